"""The budgets of years: approved, moved between regions, closed (clauses 7 to 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, insert, or_, select, update

from gateway.access.authors import Author
from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, Clock, Ids
from gateway.programme.budget.book import budget_state, locked_budgets
from gateway.reference.organisations import RolloutRow
from gateway.rules.budget import BudgetState, budget_sum, check_approval, check_closing, check_transfer
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.rules.money import from_tyiyn, to_tyiyn
from gateway.store.contract_tables import budget_transfers, budgets
from gateway.store.grouping import Store
from schemas.budget import BudgetApproval, BudgetTransfer
from schemas.errors import ErrorCode

_OF_REGION = and_(budgets.c.region == bindparam("of_region"), budgets.c.year == bindparam("of_year"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionBudget:
    """The budget of a region and year. Sums are tyiyn, the norm is som.

    ``overrun`` is what was sold in the year and left to the next to pay; ``lapsed`` what was left at closing.
    """

    region: str
    state: BudgetState
    insured: int | None
    norm: Decimal | None
    basis: str | None
    overrun: int
    lapsed: int | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Funds moved between regions, in tyiyn."""

    id: UUID
    source: str
    target: str
    amount: int
    analysis: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetYear:
    """The budgets of a year in order of regions, and its transfers in the order they were made."""

    year: int
    regions: tuple[RegionBudget, ...]
    transfers: tuple[Transfer, ...]

    @property
    def closed(self) -> bool:
        """Whether the year is closed for all regions."""
        return bool(self.regions) and all(one.state.closed for one in self.regions)


class BudgetYears:
    """Approves, moves and closes budgets. ``audit`` writes each change down in its own transaction.

    Dispensing charges them through :class:`gateway.programme.budget.book.Budgets`; both lock in the same order.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids, audit: AppendAudit) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit

    async def year(self, year: int) -> BudgetYear:
        """How the budgets of a year stand; without regions while there is nothing."""
        return await self._store.read(partial(_year, year=year))

    async def approve(self, approval: BudgetApproval, *, by: Author, request_id: str | None = None) -> BudgetYear:
        """Approve budgets of regions: insured × norm each (clause 7).

        Raises ``Refused`` with what :func:`check_approval` finds.
        """
        now = self._clock.now()
        norm = to_tyiyn(approval.norm)

        def change(connection: Connection) -> BudgetYear:
            states = _states(connection, approval.year, (one.region for one in approval.regions))
            if findings := check_approval(approval, states):
                raise Refused(findings)
            connection.execute(
                update(budgets)
                .where(_OF_REGION)
                .values(norm=norm, basis=approval.basis, approved_at=now, approved_by=by.id)
                .values(insured=bindparam("new_insured"), approved=bindparam("new_approved")),
                [
                    {
                        "of_region": one.region.value,
                        "of_year": approval.year,
                        "new_insured": one.insured,
                        "new_approved": budget_sum(one.insured, approval.norm),
                    }
                    for one in approval.regions
                ],
            )
            self._tell(connection, f"{approval.year}", by, request_id)
            return _year(connection, approval.year)

        return await self._store.write(change)

    async def transfer(self, transfer: BudgetTransfer, *, by: Author, request_id: str | None = None) -> BudgetYear:
        """Move funds between two regions; their sum stays (clause 9).

        Raises ``Refused`` with what :func:`check_transfer` finds.
        """
        now, amount = self._clock.now(), to_tyiyn(transfer.amount)
        transfer_id = self._ids.new()

        def change(connection: Connection) -> BudgetYear:
            states = _states(connection, transfer.year, (transfer.source, transfer.target))
            source, target = states[transfer.source], states[transfer.target]
            if findings := check_transfer(transfer, source, target, bishkek_day(now).year):
                raise Refused(findings)
            connection.execute(
                update(budgets).where(_OF_REGION).values(transferred=budgets.c.transferred + bindparam("moved")),
                [
                    {"of_region": region.value, "of_year": transfer.year, "moved": moved}
                    for region, moved in ((transfer.source, -amount), (transfer.target, amount))
                ],
            )
            row = {
                "id": transfer_id,
                "year": transfer.year,
                "source": transfer.source.value,
                "target": transfer.target.value,
                "amount": amount,
                "analysis": transfer.analysis,
                "made_at": now,
                "made_by": by.id,
            }
            connection.execute(insert(budget_transfers).values(row))
            self._tell(connection, str(transfer_id), by, request_id)
            return _year(connection, transfer.year)

        return await self._store.write(change)

    async def close(self, year: int, *, by: Author, request_id: str | None = None) -> BudgetYear:
        """Close a year: what remains lapses, what no budget covers is left to the next year (clause 8).

        Closing a closed year changes nothing. Raises ``Refused``: BUDGET_YEAR_OPEN while it, or a year before, is not
        over or not closed; BUDGET_NOT_FOUND.
        """
        now = self._clock.now()

        def change(connection: Connection) -> BudgetYear:
            states = _states(connection, year, RolloutRow)
            still_open = {region: state for region, state in states.items() if not state.closed}
            if still_open:
                if findings := check_closing(year, states, bishkek_day(now).year):
                    raise Refused(findings)
                _refuse_after_an_open_one(connection, year)
                _close(connection, year, still_open, by, now)
                self._tell(connection, f"{year}", by, request_id)
            return _year(connection, year)

        return await self._store.write(change)

    def _tell(self, connection: Connection, target: str, by: Author, request_id: str | None) -> None:
        event = AuditEvent(
            action=Action.BUDGET_CHANGED,
            actor=by.id,
            actor_kind=by.kind,
            target=target,
            purpose=Purpose.PAYMENT,
            request_id=request_id,
        )
        self._audit(connection, (event,))


def _states(connection: Connection, year: int, regions: Iterable[str]) -> dict[str, BudgetState]:
    """The budgets of a year's regions as they stand, these among them, locked to COMMIT."""
    held = locked_budgets(connection, {(year, str(region)) for region in regions})
    return {region: state for (_, region), state in held.items()}


def _refuse_after_an_open_one(connection: Connection, year: int) -> None:
    earlier = select(budgets.c.year).where(budgets.c.year < year, budgets.c.closed_at.is_(None), _is_in_use())
    found = connection.execute(earlier.order_by(budgets.c.year).limit(1)).scalar_one_or_none()
    if found is not None:
        raise Refused.because(ErrorCode.BUDGET_YEAR_OPEN, "path:year", year=found)


def _close(connection: Connection, year: int, states: dict[str, BudgetState], by: Author, at: datetime) -> None:
    connection.execute(
        update(budgets)
        .where(_OF_REGION)
        .values(closed_at=at, closed_by=by.id, lapsed=bindparam("new_lapsed"), overrun=bindparam("new_overrun")),
        [
            {"of_region": region, "of_year": year, "new_lapsed": state.remaining, "new_overrun": state.unbudgeted}
            for region, state in states.items()
        ],
    )
    left = {region: state.unbudgeted for region, state in states.items() if state.unbudgeted}
    locked_budgets(connection, {(year + 1, region) for region in left})
    for region, amount in sorted(left.items()):
        connection.execute(
            update(budgets)
            .where(budgets.c.region == region, budgets.c.year == year + 1)
            .values(carried=budgets.c.carried + amount)
        )


def _year(connection: Connection, year: int) -> BudgetYear:
    rows = connection.execute(select(budgets).where(budgets.c.year == year, _is_in_use()).order_by(budgets.c.region))
    following = select(budgets.c.region, budgets.c.carried).where(budgets.c.year == year + 1)
    overruns: dict[str, int] = {row.region: row.carried for row in connection.execute(following)}
    moved = select(budget_transfers).where(budget_transfers.c.year == year).order_by(budget_transfers.c.id)
    return BudgetYear(
        year=year,
        regions=tuple(_region(row, overruns.get(row.region, 0)) for row in rows),
        transfers=tuple(_transfers(connection.execute(moved).all())),
    )


def _is_in_use() -> ColumnElement[bool]:
    """Leaves out rows that only came about because a neighbouring year was touched."""
    return or_(
        budgets.c.approved.is_not(None),
        budgets.c.charged != 0,
        budgets.c.carried != 0,
        budgets.c.closed_at.is_not(None),
    )


def _region(row: Row[Any], overrun: int) -> RegionBudget:
    return RegionBudget(
        region=row.region,
        state=budget_state(row),
        insured=row.insured,
        norm=None if row.norm is None else from_tyiyn(row.norm),
        basis=row.basis,
        overrun=overrun,
        lapsed=row.lapsed,
        closed_at=row.closed_at,
    )


def _transfers(rows: Sequence[Row[Any]]) -> list[Transfer]:
    return [
        Transfer(
            id=row.id,
            source=row.source,
            target=row.target,
            amount=row.amount,
            analysis=row.analysis,
            made_at=row.made_at,
        )
        for row in rows
    ]
