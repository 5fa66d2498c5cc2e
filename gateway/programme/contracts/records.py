"""Applications, contracts and claims in the store: functions that run in a transaction of the caller's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Connection, Row, Select, select, text

from gateway.rules.contracts import ApplicationState, ContractDays
from gateway.rules.findings import Refused
from gateway.store.contract_tables import contract_applications, contract_claims, pharmacy_contracts
from schemas.contracts import Party
from schemas.errors import ErrorCode

_LOCK: Final = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=5_072_026_004)
"""PostgreSQL: one change of contracts at a time, so that no two find that nothing stands in their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredApplication:
    """An application; ``payload`` is the sealed form. Days are Bishkek days."""

    id: UUID
    pharmacy: str
    state: ApplicationState
    filed_at: datetime
    filed_on: date
    due_on: date
    payload: bytes = field(repr=False)
    decided_at: datetime | None
    decided_on: date | None
    reasons: tuple[str, ...]

    def overdue(self, today: date) -> bool:
        """Whether it is not decided by the last day for a refusal, or was refused after it (clause 30)."""
        if self.state is ApplicationState.CONTRACTED:
            return False
        return (self.decided_on or today) > self.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredClaim:
    """A claim; ``payload`` is what is claimed and how it ended, sealed."""

    id: UUID
    contract: UUID
    party: Party
    filed_at: datetime
    settled_at: datetime | None
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContract:
    """A contract, with its claims in the order they were filed."""

    id: UUID
    number: str
    application: UUID
    pharmacy: str
    concluded_on: date
    days: ContractDays
    termination_reason: str | None
    report_deadline_days: int
    tax_source: str
    tax_reference: str
    claims: tuple[StoredClaim, ...]

    @property
    def open_claims(self) -> int:
        """How many claims are not settled."""
        return sum(claim.settled_at is None for claim in self.claims)


def one_at_a_time(connection: Connection) -> None:
    """Let no other change of contracts happen before COMMIT. On SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def load_application(connection: Connection, application_id: UUID) -> StoredApplication:
    """An application; raises ``Refused`` (APPLICATION_NOT_FOUND)."""
    row = connection.execute(
        select(contract_applications).where(contract_applications.c.id == application_id)
    ).one_or_none()
    if row is None:
        raise Refused.because(ErrorCode.APPLICATION_NOT_FOUND, "path:application_id")
    return _application(row)


def contracted_application(connection: Connection, *, pharmacy: str) -> StoredApplication | None:
    """The application on which a pharmacy's latest contract was concluded."""
    latest = (
        select(contract_applications)
        .join(pharmacy_contracts, pharmacy_contracts.c.application == contract_applications.c.id)
        .where(pharmacy_contracts.c.pharmacy == pharmacy)
        .order_by(pharmacy_contracts.c.starts_on.desc())
    )
    row = connection.execute(latest.limit(1)).one_or_none()
    return None if row is None else _application(row)


def open_application_of(connection: Connection, pharmacy: str) -> bool:
    """Whether an application of a pharmacy is under consideration."""
    wanted = select(contract_applications.c.id).where(
        contract_applications.c.pharmacy == pharmacy, contract_applications.c.state == ApplicationState.FILED
    )
    return connection.execute(wanted).first() is not None


def list_applications(
    connection: Connection,
    *,
    within: frozenset[str] | None,
    state: ApplicationState | None,
    overdue_on: date | None,
    after: UUID | None,
    limit: int,
) -> list[StoredApplication]:
    """Applications of some pharmacies (``None``: all) in the order they were filed.

    With ``overdue_on`` only those for whose refusal that day is too late.
    """
    query = select(contract_applications)
    if within is not None:
        query = query.where(contract_applications.c.pharmacy.in_(sorted(within)))
    if state is not None:
        query = query.where(contract_applications.c.state == state)
    if overdue_on is not None:
        query = query.where(
            contract_applications.c.state == ApplicationState.FILED, contract_applications.c.due_on < overdue_on
        )
    if after is not None:
        query = query.where(contract_applications.c.id > after)
    return [_application(row) for row in connection.execute(query.order_by(contract_applications.c.id).limit(limit))]


def load_contract(connection: Connection, contract_id: UUID) -> StoredContract:
    """A contract; raises ``Refused`` (CONTRACT_NOT_FOUND)."""
    found = _contracts(connection, select(pharmacy_contracts).where(pharmacy_contracts.c.id == contract_id))
    if not found:
        raise Refused.because(ErrorCode.CONTRACT_NOT_FOUND, "path:contract_id")
    return found[0]


def list_contracts(
    connection: Connection,
    *,
    within: frozenset[str] | None,
    pharmacy: str | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[StoredContract]:
    """Contracts of some pharmacies (``None``: all) in the order they were concluded."""
    query = select(pharmacy_contracts).order_by(pharmacy_contracts.c.id).limit(limit)
    if within is not None:
        query = query.where(pharmacy_contracts.c.pharmacy.in_(sorted(within)))
    if pharmacy is not None:
        query = query.where(pharmacy_contracts.c.pharmacy == pharmacy)
    if after is not None:
        query = query.where(pharmacy_contracts.c.id > after)
    return _contracts(connection, query)


def overlapping(
    connection: Connection, pharmacy: str, days: ContractDays, *, but: UUID | None = None
) -> tuple[str, ...]:
    """Numbers of a pharmacy's other contracts that cover some of the days."""
    rows = connection.execute(select(pharmacy_contracts).where(pharmacy_contracts.c.pharmacy == pharmacy))
    return tuple(row.number for row in rows if row.id != but and contract_days(row).overlaps(days))


def is_number_taken(connection: Connection, number: str) -> bool:
    """Whether a contract has this number."""
    wanted = select(pharmacy_contracts.c.id).where(pharmacy_contracts.c.number == number)
    return connection.execute(wanted).first() is not None


def contract_days(row: Row[Any]) -> ContractDays:
    """The days of a row of :data:`gateway.store.contract_tables.pharmacy_contracts`."""
    return ContractDays(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        prolongations=row.prolongations,
        terminated_from=row.terminated_from,
    )


def _application(row: Row[Any]) -> StoredApplication:
    return StoredApplication(
        id=row.id,
        pharmacy=row.pharmacy,
        state=ApplicationState(row.state),
        filed_at=row.filed_at,
        filed_on=row.filed_on,
        due_on=row.due_on,
        payload=row.payload,
        decided_at=row.decided_at,
        decided_on=row.decided_on,
        reasons=tuple(orjson.loads(row.reasons)) if row.reasons else (),
    )


def _contracts(connection: Connection, query: Select[Any]) -> list[StoredContract]:
    rows = connection.execute(query).all()
    claims = _claims(connection, [row.id for row in rows])
    return [_contract(row, claims.get(row.id, ())) for row in rows]


def _contract(row: Row[Any], claims: Sequence[StoredClaim]) -> StoredContract:
    return StoredContract(
        id=row.id,
        number=row.number,
        application=row.application,
        pharmacy=row.pharmacy,
        concluded_on=row.concluded_on,
        days=contract_days(row),
        termination_reason=row.termination_reason,
        report_deadline_days=row.report_deadline_days,
        tax_source=row.tax_source,
        tax_reference=row.tax_reference,
        claims=tuple(claims),
    )


def _claims(connection: Connection, contracts: Iterable[UUID]) -> Mapping[UUID, Sequence[StoredClaim]]:
    found: dict[UUID, list[StoredClaim]] = defaultdict(list)
    query = select(contract_claims).where(contract_claims.c.contract.in_(list(contracts)))
    for row in connection.execute(query.order_by(contract_claims.c.id)):
        found[row.contract].append(
            StoredClaim(
                id=row.id,
                contract=row.contract,
                party=Party(row.party),
                filed_at=row.filed_at,
                settled_at=row.settled_at,
                payload=row.payload,
            )
        )
    return found
