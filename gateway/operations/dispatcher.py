"""The dispatcher: carries due operations to their upstreams, each upstream in a lane of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import Connection, ScalarSelect, bindparam, func, insert, literal, select, text, update

from gateway.operations.breaker import Breaker
from gateway.operations.claims import next_due, recover
from gateway.operations.lane import Lane, LaneObserver
from gateway.operations.model import UpstreamStatus
from gateway.operations.policy import DeliveryPolicy
from gateway.operations.signals import Signals, work
from gateway.ports import Clock, Ids, Sealer, Upstream
from gateway.rules.findings import Refused
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.tables import interventions, operations, upstreams
from gateway.system import spread
from schemas.errors import ErrorCode

log = structlog.get_logger(__name__)


class Dispatcher:
    """One lane per upstream. ``exclusive`` tells that no other node shares the store (SQLite)."""

    def __init__(
        self,
        *,
        store: Store,
        signals: Signals,
        clock: Clock,
        ids: Ids,
        destinations: Sequence[tuple[Upstream, DeliveryPolicy]],
        observer: LaneObserver,
        exclusive: bool,
        sealer: Sealer,
    ) -> None:
        self._store = store
        self._signals = signals
        self._clock = clock
        self._ids = ids
        self._exclusive = exclusive
        self._lanes: Mapping[str, Lane] = {
            upstream.name: Lane(
                upstream=upstream,
                policy=policy,
                breaker=Breaker(policy.breaker, time.monotonic),
                store=store,
                signals=signals,
                clock=clock,
                ids=ids,
                observer=observer,
                sealer=sealer,
            )
            for upstream, policy in destinations
        }
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Recover what a stopped gateway left under way, then begin to deliver."""
        await self._store.write(partial(_register, names=sorted(self._lanes), at=self._clock.now()))
        await self._recover(everything=self._exclusive)
        await self._load_switches()
        self._tasks = [asyncio.create_task(lane.run(), name=f"lane-{name}") for name, lane in self._lanes.items()]
        self._tasks.append(asyncio.create_task(self._keep_house(), name="dispatcher-housekeeping"))

    async def drain(self, seconds: float) -> None:
        """Take nothing new up, let attempts under way end for ``seconds``; what has not ended then is in doubt."""
        self._stopping.set()
        await asyncio.gather(*(lane.drain(seconds) for lane in self._lanes.values()))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def statuses(self) -> Sequence[UpstreamStatus]:
        """How every upstream stands."""
        return [await self._status(lane) for lane in self._lanes.values()]

    async def pause(self, name: str, *, by: str, reason: str) -> None:
        """Begin no more attempts; those under way end. Raises ``Refused`` (UPSTREAM_NOT_FOUND)."""
        await self._switch(name, paused=True, by=by, reason=reason)

    async def resume(self, name: str, *, by: str, reason: str) -> None:
        """Deliver again. Raises ``Refused`` (UPSTREAM_NOT_FOUND)."""
        await self._switch(name, paused=False, by=by, reason=reason)

    async def _switch(self, name: str, *, paused: bool, by: str, reason: str) -> None:
        lane = self._lanes.get(name)
        if lane is None:
            raise Refused.because(ErrorCode.UPSTREAM_NOT_FOUND)  # the name is not repeated: it may be anything
        at = self._clock.now()
        note = {"subject": name, "action": "pause" if paused else "resume", "by": by, "reason": reason, "at": at}
        note_id = self._ids.new()

        def change(connection: Connection) -> None:
            connection.execute(
                update(upstreams)
                .where(upstreams.c.name == name)
                .values(paused=paused, pause_reason=reason if paused else None, changed_at=at)
            )
            connection.execute(insert(interventions).values(id=note_id, **note))

        await self._store.write(change)
        lane.set_paused(reason if paused else None)
        self._signals.fire(work(name))

    async def _status(self, lane: Lane) -> UpstreamStatus:
        name = lane.upstream.name
        row = await self._store.read(partial(_standing, name=name))
        return UpstreamStatus(
            name=name,
            paused=row.paused,
            pause_reason=row.pause_reason,
            breaker=lane.breaker.state,
            open_operations=row.open_operations,
            in_doubt=row.in_doubt,
            parked=row.parked,
            oldest_due_at=row.oldest_due_at,
            last_success_at=lane.last_success_at or row.last_success_at,
        )

    async def _load_switches(self) -> None:
        """Take over pauses made on this or another node."""

        def query(connection: Connection) -> dict[str, str | None]:
            rows = connection.execute(select(upstreams.c.name, upstreams.c.paused, upstreams.c.pause_reason))
            return {row.name: (row.pause_reason or "paused") if row.paused else None for row in rows}

        for name, reason in (await self._store.read(query)).items():
            if name in self._lanes:
                self._lanes[name].set_paused(reason)

    async def _recover(self, *, everything: bool) -> None:
        for name, lane in self._lanes.items():
            found = await self._store.write(
                partial(recover, upstream=name, now=self._clock.now(), policy=lane.policy, everything=everything)
            )
            if found.in_doubt or found.parked:
                log.warning("operations_recovered", upstream=name, in_doubt=found.in_doubt, parked=found.parked)

    async def _note_successes(self) -> None:
        """Keep for the next start when each upstream last worked."""
        latest = [
            {"upstream": name, "at": lane.last_success_at}
            for name, lane in self._lanes.items()
            if lane.last_success_at is not None
        ]
        if latest:
            await self._store.write(lambda connection: connection.execute(_NOTE_SUCCESS, latest))

    async def _keep_house(self) -> None:
        period = min((lane.policy.lease_seconds for lane in self._lanes.values()), default=60.0) / 6
        period = min(period, 5.0)
        while not self._stopping.is_set():
            await asyncio.sleep(period / 2 + spread(period / 2))
            try:
                await self._load_switches()
                await self._recover(everything=False)
                await self._note_successes()
            except StoreUnavailable:
                log.warning("store_unavailable", task="housekeeping")


_NOTE_SUCCESS = (
    update(upstreams).where(upstreams.c.name == bindparam("upstream")).values(last_success_at=bindparam("at"))
)


def _register(connection: Connection, names: Sequence[str], at: object) -> None:
    known = set(connection.execute(select(upstreams.c.name)).scalars())
    for name in names:
        if name not in known:
            connection.execute(insert(upstreams).values(name=name, paused=False, changed_at=at))


class _Standing(NamedTuple):
    paused: bool
    pause_reason: str | None
    last_success_at: datetime | None
    open_operations: int
    in_doubt: int
    parked: int
    oldest_due_at: datetime | None


_COUNTED_AT_MOST = 100_001
"""Beyond a hundred thousand the exact number of waiting operations is not worth its cost."""


def _standing(connection: Connection, name: str) -> _Standing:
    switches = connection.execute(select(upstreams).where(upstreams.c.name == name)).one_or_none()

    def number(condition: str) -> ScalarSelect[int]:
        some = select(literal(1)).where(operations.c.upstream == name, text(condition)).limit(_COUNTED_AT_MOST)
        return select(func.count()).select_from(some.subquery()).scalar_subquery()

    # One statement sees one moment: an operation that moves on meanwhile is neither missed nor counted twice.
    # Each condition has the words of a partial index in it: SQLite takes no other for its equal.
    waiting, sending, in_doubt, parked = connection.execute(
        select(
            number("operations.state IN (1, 3)"),
            number("operations.state = 2"),
            number("operations.state IN (3, 4) AND operations.state = 3"),
            number("operations.state IN (3, 4) AND operations.state = 4"),
        )
    ).one()
    return _Standing(
        paused=bool(switches and switches.paused),
        pause_reason=switches.pause_reason if switches else None,
        last_success_at=switches.last_success_at if switches else None,
        open_operations=waiting + sending,
        in_doubt=in_doubt,
        parked=parked,
        oldest_due_at=next_due(connection, name),
    )
