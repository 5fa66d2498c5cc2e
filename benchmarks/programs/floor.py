"""The service with storing switched off: the same application over a journal that answers at once and keeps nothing."""

from __future__ import annotations

import asyncio
import gc
import secrets
from collections.abc import Sequence
from itertools import count
from typing import cast

import orjson
import uvloop
from aiohttp import web

from benchmarks.cases import PILOT_UNTIL
from gateway.api.application import build_application, make_runner
from gateway.checking.checks import Checkers, spare_cores
from gateway.cli.reference import organisations_from
from gateway.cli.simulate import EXAMPLE_REGISTER
from gateway.operations.journal import Journal
from gateway.operations.model import (
    Acceptance,
    CaseSubmission,
    Channel,
    OperationKind,
    OperationRecord,
    State,
    UpstreamStatus,
)
from gateway.ports import AuditEvent
from gateway.reference.organisations import OrganisationsInMemory
from gateway.sealing.index import HmacIndex
from gateway.services import CaseSettings, NamedSenders, Sender, Services
from gateway.store.grouping import StoreHealth
from gateway.system import SystemClock, TimeOrderedIds
from gateway.telemetry.logging import configure_logging
from schemas.errors.model import Language


class InstantJournal:
    """Numbers a case and forgets it."""

    def __init__(self) -> None:
        self._clock, self._ids, self._sequence = SystemClock(), TimeOrderedIds(), count(1)

    async def submit_case(self, submission: CaseSubmission) -> Acceptance:
        """The answer the real journal would give."""
        at = self._clock.now()
        year = submission.discharge_year % 100
        number = f"{next(self._sequence):07d}{submission.department}{submission.organisation}{year:02d}"
        record = OperationRecord(
            id=self._ids.new(),
            kind=OperationKind.SUBMIT_TREATED_CASE,
            upstream="foms",
            state=State.QUEUED,
            client=submission.client,
            channel=submission.channel,
            idempotency_key=submission.idempotency_key,
            business_key=number,
            revision=1,
            organisation=submission.organisation,
            pilot=submission.pilot,
            findings=submission.findings,
            accepted_at=at,
            updated_at=at,
            due_at=at,
            attempts=0,
            outcome=None,
            reason=None,
            record_number=None,
            rejections=(),
        )
        return Acceptance(record, repeated=False)


class _NoUpstreams:
    async def statuses(self) -> Sequence[UpstreamStatus]:
        return ()

    async def pause(self, name: str, *, by: str, reason: str) -> None:
        """Nothing is delivered anyway."""

    async def resume(self, name: str, *, by: str, reason: str) -> None:
        """Nothing is ever delivered."""


class _NoStore:
    async def check(self) -> StoreHealth:
        return StoreHealth(writable=True, migrated=True, disk_free_fraction=None, latency_seconds=0.0)


class _NoAudit:
    async def record(self, event: AuditEvent) -> None:
        """Nothing is written down."""


async def _main() -> None:
    checkers = Checkers(spare_cores())
    await checkers.start()
    services = Services(
        journal=cast("Journal", InstantJournal()),
        dispatcher=_NoUpstreams(),
        store_probe=_NoStore(),
        register=OrganisationsInMemory(organisations_from(EXAMPLE_REGISTER, Language.EN)),
        clock=SystemClock(),
        ids=TimeOrderedIds(),
        index=HmacIndex(secrets.token_bytes(32)),
        audit=_NoAudit(),
        checks=checkers,
        case=CaseSettings(pilot_until=PILOT_UNTIL),
        access=NamedSenders({"sanarip": Sender(name="sanarip", organisations=None, channel=Channel.SYSTEM)}, "sanarip"),
    )
    runner = make_runner(build_application(services))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    # As gateway.app.serve_until does.
    gc.freeze()
    gc.set_threshold(10_000, 50, 1000)
    print(orjson.dumps({"ready": True, "port": runner.addresses[0][1]}).decode(), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    configure_logging("INFO")
    uvloop.run(_main())
