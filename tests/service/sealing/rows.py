"""Sealed rows for tests: operations in a state, with times and a payload, and rows of the other sealed tables."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    insert,
    select,
    update,
)

from gateway.operations.model import State
from gateway.ports import Sealer
from gateway.sealing.payloads import open_payload, seal_payload
from gateway.store.access_tables import people, sessions, sign_ins, signing_keys, staff_grants
from gateway.store.contract_tables import contract_applications, contract_claims, pharmacy_contracts
from gateway.store.programme_tables import dispenses, prescriptions
from gateway.store.settlement_tables import settlement_disputes
from gateway.store.tables import events, operations, treated_cases
from gateway.store.types import UtcInstant
from tests.support.doubles import NOON


def uuid7_of(instant: datetime) -> uuid.UUID:
    """An identifier (UUID version 7) as one made at this instant."""
    milliseconds = int(instant.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | secrets.randbits(62))


def operation_row(
    sealer: Sealer, payload: bytes, *, state: State = State.DELIVERED, accepted_at: datetime = NOON, days: float = 0
) -> dict[str, Any]:
    """An operation accepted at an instant, that took ``days``; its identifier is of the time of acceptance."""
    identifier = uuid7_of(accepted_at)
    ended = accepted_at + timedelta(days=days)
    return {
        "id": identifier,
        "kind": "treated-case.submit",
        "upstream": "foms",
        "state": state.value,
        "client": "sanarip",
        "channel": "system",
        "fingerprint": b"",
        "business_key": f"{identifier.int % 10**17:017d}",
        "revision": 1,
        "organisation": "950174",
        "pilot": False,
        "payload": seal_payload(sealer, identifier, payload),
        "accepted_at": accepted_at,
        "updated_at": ended,
        "due_at": ended,
    }


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(insert(operations), [dict(row) for row in rows])


def kept(connection: Connection) -> dict[uuid.UUID, bytes]:
    """Payloads as they stand in the store."""
    found = connection.execute(select(operations.c.id, operations.c.payload))
    return {identifier: bytes(payload) for identifier, payload in found}


def opened(stored: Mapping[uuid.UUID, bytes], sealer: Sealer) -> dict[uuid.UUID, bytes]:
    return {identifier: open_payload(sealer, identifier, payload) for identifier, payload in stored.items()}


def add_words(connection: Connection, operation: uuid.UUID, sealer: Sealer, *, at: datetime = NOON) -> None:
    """What the upstream said of an operation: to it, in a review of its case, and in the feed at an instant."""
    number = connection.execute(select(operations.c.business_key).where(operations.c.id == operation)).scalar_one()
    connection.execute(
        update(operations).where(operations.c.id == operation).values(rejections=sealer.seal(b"operations", b"c"))
    )
    connection.execute(
        insert(treated_cases).values(
            ksf_number=number,
            organisation="950174",
            department="18",
            discharge_year=2025,
            stay_key=operation.bytes,
            fingerprint=b"f",
            revision=1,
            operation_id=operation,
            review_reason=sealer.seal(b"treated_cases", b"c"),
        )
    )
    connection.execute(
        insert(events).values(
            type="treated-case.reviewed",
            at=at,
            operation_id=operation,
            organisation="950174",
            business_key=number,
            revision=1,
            words=sealer.seal(b"events", b"c"),
        )
    )


def add_one_of_each(connection: Connection, sealer: Sealer) -> None:
    """One value in every other sealed column, its content the table's name; an operation must be there."""
    add_words(connection, connection.execute(select(operations.c.id).limit(1)).scalar_one(), sealer)
    person = uuid.uuid4()
    connection.execute(
        insert(people).values(id=person, issuer="i", subject="s", pin_index=b"p", first_seen_at=NOON),
    )
    connection.execute(
        insert(staff_grants).values(
            id=uuid.uuid4(),
            pin_index=b"p",
            sealed=sealer.seal(b"staff_grants", b"c"),
            role="auditor",
            valid_from=date(2026, 1, 1),
            granted_at=NOON,
            granted_by="x",
        )
    )
    connection.execute(
        insert(signing_keys).values(
            kid="k1",
            algorithm="ES256",
            public="{}",
            sealed=sealer.seal(b"signing_keys", b"c"),
            made_at=NOON,
            signs_from=NOON,
        )
    )
    connection.execute(
        insert(sessions).values(
            token_hash=b"\x00\xff",
            person=person,
            csrf_hash=b"c",
            sealed=sealer.seal(b"sessions", b"c"),
            signed_in_at=NOON,
            seen_at=NOON,
            expires_at=NOON,
        )
    )
    connection.execute(
        insert(sign_ins).values(state_hash=b"\x01", sealed=sealer.seal(b"sign_ins", b"c"), expires_at=NOON)
    )
    _add_programme(connection, sealer)


def _add_programme(connection: Connection, sealer: Sealer) -> None:
    """The same of the drug programme's tables, whose other columns do not matter here."""
    operation = connection.execute(select(operations.c.id).limit(1)).scalar_one()

    def add_row(table: Table, **given: Any) -> Any:
        row = {column.name: _some(column) for column in table.columns if not column.nullable} | given
        return connection.execute(insert(table).values(row)).inserted_primary_key[0]

    def sealed(table: Table) -> bytes:
        return sealer.seal(table.name.encode(), b"c")

    prescription = add_row(prescriptions, payload=sealed(prescriptions), operation_id=operation)
    dispense = add_row(dispenses, payload=sealed(dispenses), prescription=prescription, operation_id=operation)
    application = add_row(contract_applications, payload=sealed(contract_applications))
    contract = add_row(pharmacy_contracts, application=application)
    add_row(contract_claims, payload=sealed(contract_claims), contract=contract)
    texts = {"statement": sealed(settlement_disputes), "members": sealed(settlement_disputes)}
    add_row(settlement_disputes, dispense=dispense, **texts)


def _some(column: Column[Any]) -> Any:
    """A value that fits a column."""
    for kind, value in _VALUES:
        if isinstance(column.type, kind):
            return value() if callable(value) else value
    raise TypeError(column.type)


_VALUES: tuple[tuple[type, Any], ...] = (
    (Uuid, uuid.uuid4),
    (UtcInstant, NOON),
    (Date, date(2026, 1, 1)),
    (Boolean, False),
    (Integer, 1),
    (LargeBinary, b"x"),
    (String, "1"),
)
