"""Rotation of master keys without downtime: every data key is wrapped anew, the content stays as it is.

A new master key is made, with an instant at which all nodes have it; from then on it seals. What older keys had sealed
is rewrapped in small batches while the gateway works. Each row is exchanged only if it still is what was read, so
nothing written meanwhile is lost. A sweep may be broken off: what is left to do is seen from the rows themselves. Once
:func:`count_by_key` finds no row under an old key, that key may be destroyed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, case, func, literal, select, update

from gateway.sealing.envelope import HEAD_BYTES, VERSION, EnvelopeSealer
from gateway.sealing.errors import CannotOpen
from gateway.sealing.payloads import TOMBSTONE_BYTES
from gateway.store.access_tables import sessions, sign_ins, signing_keys, staff_grants
from gateway.store.contract_tables import contract_applications, contract_claims
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, prescriptions
from gateway.store.settlement_tables import settlement_disputes
from gateway.store.tables import events, operations, treated_cases


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of envelopes, and its table's primary key."""

    key: Column[Any]
    sealed: Column[Any]

    @property
    def name(self) -> str:
        """``table.column``."""
        return f"{self.sealed.table.name}.{self.sealed.name}"


SEALED_COLUMNS: Final = (
    SealedColumn(operations.c.id, operations.c.payload),
    SealedColumn(operations.c.id, operations.c.rejections),
    SealedColumn(treated_cases.c.ksf_number, treated_cases.c.review_reason),
    SealedColumn(events.c.position, events.c.words),
    SealedColumn(staff_grants.c.id, staff_grants.c.sealed),
    SealedColumn(signing_keys.c.kid, signing_keys.c.sealed),
    SealedColumn(sessions.c.token_hash, sessions.c.sealed),
    SealedColumn(sign_ins.c.state_hash, sign_ins.c.sealed),
    SealedColumn(prescriptions.c.id, prescriptions.c.payload),
    SealedColumn(dispenses.c.id, dispenses.c.payload),
    SealedColumn(contract_applications.c.id, contract_applications.c.payload),
    SealedColumn(contract_claims.c.id, contract_claims.c.payload),
    SealedColumn(settlement_disputes.c.id, settlement_disputes.c.statement),
    SealedColumn(settlement_disputes.c.id, settlement_disputes.c.members),
)
"""Everything that is sealed in the store: a column that is not named here would be lost with its master key."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One row whose envelope ``old`` is to become ``new``."""

    key: Any
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How far a sweep has come: rows rewrapped, and rows that stay because they do not open."""

    rewrapped: int = 0
    unopenable: int = 0


class Rewrapping:
    """Brings all rows of the store under the master key that seals now.

    ``rest_seconds`` is the pause after each batch, which leaves the disk to those who wait for an answer.
    """

    def __init__(self, store: Store, sealer: EnvelopeSealer, *, batch: int = 100, rest_seconds: float = 0.02) -> None:
        self._store = store
        self._sealer = sealer
        self._batch = batch
        self._rest_seconds = rest_seconds

    async def run(self, tell: Callable[[Rewrapped], None] = lambda _: None) -> Rewrapped:
        """Go through all columns once, telling how far it is after each batch.

        Raises :class:`gateway.store.grouping.StoreUnavailable`; run again, it goes on with what is left.
        """
        so_far = Rewrapped()
        for column in SEALED_COLUMNS:
            after: Any = None
            while rows := await self._store.read(partial(self._outdated, column=column, after=after)):
                exchanges = self._rewrap(rows)
                exchanged = await self._store.write(partial(exchange, column=column, exchanges=exchanges))
                so_far = Rewrapped(so_far.rewrapped + exchanged, so_far.unopenable + len(rows) - len(exchanges))
                tell(so_far)
                after = rows[-1][0]
                await asyncio.sleep(self._rest_seconds)
        return so_far

    def _outdated(self, connection: Connection, *, column: SealedColumn, after: Any) -> Sequence[tuple[Any, bytes]]:
        return outdated(connection, column=column, head=self._sealer.head, after=after, limit=self._batch)

    def _rewrap(self, rows: Sequence[tuple[Any, bytes]]) -> list[Exchange]:
        exchanges = []
        for key, old in rows:
            try:
                exchanges.append(Exchange(key, old, self._sealer.rewrap(old)))
            except CannotOpen:
                continue  # counted by the caller; «gateway keys check» names the key that is missing
        return exchanges


def outdated(
    connection: Connection, *, column: SealedColumn, head: bytes, after: Any, limit: int
) -> list[tuple[Any, bytes]]:
    """Rows past a primary key, in its order, with envelopes that do not begin with ``head``: key and envelope."""
    query = (
        select(column.key, column.sealed)
        .where(
            column.sealed.is_not(None),
            func.length(column.sealed) != TOMBSTONE_BYTES,
            _head(column) != literal(head, LargeBinary),
        )
        .order_by(column.key)
        .limit(limit)
    )
    if after is not None:
        query = query.where(column.key > after)
    return [(key, bytes(sealed)) for key, sealed in connection.execute(query)]


def exchange(connection: Connection, *, column: SealedColumn, exchanges: Sequence[Exchange]) -> int:
    """Exchange envelopes that still are as they were read; how many were. Those changed meanwhile are left alone."""
    return sum(
        connection.execute(
            update(column.sealed.table)
            .where(column.key == one.key, column.sealed == one.old)
            .values({column.sealed.name: one.new})
        ).rowcount
        for one in exchanges
    )


@dataclass(frozen=True, slots=True)
class Census:
    """Rows of the store by the id of the master key they need, those erased, and those that are no envelopes."""

    by_key: Mapping[bytes, int]
    erased: int
    unsealed: int


def count_by_key(connection: Connection) -> Census:
    """Which master keys are still needed, and by how many rows. Reads every row."""
    by_key: Counter[bytes] = Counter()
    erased = unsealed = 0
    for column in SEALED_COLUMNS:
        head = case((func.length(column.sealed) == TOMBSTONE_BYTES, None), else_=_head(column))
        query = select(head, func.count()).where(column.sealed.is_not(None)).group_by(head)
        for found, count in connection.execute(query):
            if found is None:
                erased += count
            elif bytes(found).startswith(VERSION):
                by_key[bytes(found)[len(VERSION) :]] += count
            else:
                unsealed += count
    return Census(by_key, erased, unsealed)


def _head(column: SealedColumn) -> Any:
    return func.substr(column.sealed, 1, HEAD_BYTES, type_=LargeBinary)
