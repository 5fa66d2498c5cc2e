"""Small periodic duties: forgetting old idempotency keys, taking over changes of the register."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import Connection, select, update

from gateway.operations.instants import highest_id
from gateway.ports import Clock, Organisation
from gateway.store import cursors
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.organisations import load_organisations
from gateway.store.tables import cursors as cursors_table
from gateway.store.tables import operations
from gateway.system import spread

log = structlog.get_logger(__name__)

_REGISTER_SECONDS = 10.0
_FORGOTTEN_AT_ONCE = 500
"""Keys forgotten in one transaction: small, so that accepting is never held up."""


class ReplaceableRegister(Protocol):
    """The register kept in memory."""

    def replace(self, organisations: Iterable[Organisation]) -> None:
        """From now on the register holds these."""
        ...


class Housekeeping:
    """Runs the duties until cancelled. ``idempotency_days`` is how long a repeated key gets its original answer."""

    def __init__(self, store: Store, clock: Clock, register: ReplaceableRegister, *, idempotency_days: int) -> None:
        self._store = store
        self._clock = clock
        self._register = register
        self._kept = timedelta(days=idempotency_days)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(_REGISTER_SECONDS / 2 + spread(_REGISTER_SECONDS / 2))
            try:
                self._register.replace(await self._store.read(load_organisations))
                await self.forget_old_keys()
            except StoreUnavailable:
                log.warning("store_unavailable", task="housekeeping")

    async def forget_old_keys(self) -> int:
        """Forget idempotency keys past their time; returns how many. The natural keys go on to refuse doubles."""
        before = self._clock.now() - self._kept
        forgotten = 0
        while (now := await self._store.write(partial(_forget, before=before))) > 0:
            forgotten += now
        return forgotten


_CURSOR = "idempotency-keys"


def _forget(connection: Connection, before: datetime) -> int:
    """Go on where the last turn ended: identifiers are in order of acceptance."""
    connection.execute(cursors.ENSURE, {"name": _CURSOR})
    place = select(cursors_table.c.value).where(cursors_table.c.name == _CURSOR).with_for_update()
    reached = connection.execute(place).scalar_one()
    old = select(operations.c.id).where(operations.c.id <= highest_id(before), operations.c.accepted_at < before)
    if reached is not None:
        old = old.where(operations.c.id > UUID(reached))
    ids = list(connection.execute(old.order_by(operations.c.id).limit(_FORGOTTEN_AT_ONCE)).scalars())
    if ids:
        connection.execute(update(operations).where(operations.c.id.in_(ids)).values(idempotency_key=None))
        here = update(cursors_table).where(cursors_table.c.name == _CURSOR)
        connection.execute(here.values(value=str(ids[-1])))
    return len(ids)
