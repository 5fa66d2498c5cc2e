"""The periodic duty of signing the audit's head and exporting it.

Of many nodes one signs, by a lease; every node that has an export file exports all heads, whoever signed them.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection, select

from gateway.audit.chain import Link
from gateway.audit.head_file import HeadFile
from gateway.audit.heads import Head, HeadSigner, last_head, read_heads, sign_head, store_head
from gateway.audit.trail import chain_end
from gateway.ports import Clock, Ids
from gateway.store import cursors
from gateway.store.access_tables import audit_entries
from gateway.store.grouping import Store, StoreUnavailable
from gateway.system import spread

log = structlog.get_logger(__name__)

LONGEST_INTERVAL = 300.0
"""Seconds: what was written since the last head can be rewritten unseen, so that time is kept short."""
_CURSOR = "audit-head"
_EXPORTED_AT_ONCE = 500


class HeadKeeper:
    """Signs the head when it has moved, and exports heads. ``every_seconds`` is at most :data:`LONGEST_INTERVAL`."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        signer: HeadSigner,
        file: HeadFile | None,
        every_seconds: float = 60.0,
    ) -> None:
        if not 0 < every_seconds <= LONGEST_INTERVAL:
            raise ValueError("the head is signed at least every five minutes")
        self._store = store
        self._clock = clock
        self._signer = signer
        self._file = file
        self._every_seconds = every_seconds
        self._lease = ids.new()
        self._covered_until = clock.now()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                await self.turn()
                await asyncio.sleep(self._every_seconds * 0.8 + spread(self._every_seconds * 0.2))
        finally:
            await asyncio.shield(self._release())

    async def turn(self) -> None:
        """Look once: sign if the head has moved and it is ours to sign, export what is not exported yet.

        What goes wrong is logged, and :meth:`age_seconds` grows until it goes well again.
        """
        begun = self._clock.now()
        try:
            exported = await asyncio.to_thread(self._file.last) if self._file is not None else None
            await self._store.write(partial(self._sign_if_moved, exported=exported, now=begun))
            covered = await self._export(exported)
            first_uncovered = await self._store.read(partial(_instant_after, position=covered))
        except StoreUnavailable:
            log.warning("store_unavailable", task="audit-head")
        except OSError as error:
            log.error("audit_head_not_exported", alarm=True, error_type=type(error).__name__)  # noqa: TRY400 - a traceback says no more
        else:
            self._covered_until = begun if first_uncovered is None else min(first_uncovered, begun)

    async def close(self) -> None:
        """Sign and export what was written last, and let another node sign."""
        await self.turn()
        await self._release()

    def age_seconds(self) -> float:
        """For how long entries have been without a signed, exported head: ``gateway_audit_head_age_seconds``.

        In good order it stays below the interval, however much or little is written.
        """
        return max(0.0, (self._clock.now() - self._covered_until).total_seconds())

    def _sign_if_moved(self, connection: Connection, *, exported: Head | None, now: datetime) -> None:
        lease_seconds = 2 * self._every_seconds
        if cursors.take(connection, name=_CURSOR, lease=self._lease, now=now, seconds=lease_seconds) is None:
            return
        end, head = chain_end(connection), last_head(connection)
        if not (_agrees(connection, head) and _agrees(connection, exported)):
            # Signing would vouch for what an earlier signature contradicts.
            log.error("audit_chain_broken", alarm=True, position=end.position)
            return
        if end != Link() and (head is None or head.position < end.position):
            store_head(connection, sign_head(self._signer, end, now))

    async def _export(self, exported: Head | None) -> int:
        """Export what is not exported yet; returns the position up to which entries are covered."""
        if self._file is None:
            head = await self._store.read(last_head)
            return head.position if head is not None else 0
        covered = exported.position if exported is not None else 0
        while heads := await self._store.read(partial(read_heads, after=covered, limit=_EXPORTED_AT_ONCE)):
            await asyncio.to_thread(self._file.append, heads, self._signer.jwks()["keys"])
            covered = heads[-1].position
        return covered

    async def _release(self) -> None:
        try:
            async with asyncio.timeout(2):
                await self._store.write(partial(cursors.release, name=_CURSOR, lease=self._lease))
        except (StoreUnavailable, TimeoutError):
            log.warning("lease_not_released", cursor=_CURSOR)


def _agrees(connection: Connection, head: Head | None) -> bool:
    """Whether the entry at a head's position still has the digest that was signed."""
    if head is None:
        return True
    there = select(audit_entries.c.digest).where(audit_entries.c.position == head.position)
    return connection.execute(there).scalar_one_or_none() == head.digest


def _instant_after(connection: Connection, position: int) -> datetime | None:
    """When the first entry past a position was written; ``None`` when there is none."""
    past = select(audit_entries.c.at).where(audit_entries.c.position > position)
    at: datetime | None = connection.execute(past.order_by(audit_entries.c.position).limit(1)).scalar_one_or_none()
    return at
