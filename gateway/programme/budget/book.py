"""The budgets of regions and years, charged inside the transaction of the dispense.

All budgets of a year and of the next are locked together, in order, before any is changed. So no two nodes overshoot
one, and none waits for the other in a circle, however often a transaction charges and gives back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text, update

from gateway.programme.ports import Charge, Split
from gateway.rules.budget import BudgetState
from gateway.store.contract_tables import budgets

Place = tuple[int, str]
"""The year and the region of a budget."""

_ENSURE = text("INSERT INTO budgets (region, year) VALUES (:region, :year) ON CONFLICT (region, year) DO NOTHING")
_WRITE = (
    update(budgets)
    .where(budgets.c.region == bindparam("of_region"), budgets.c.year == bindparam("of_year"))
    .values(charged=bindparam("new_charged"), carried=bindparam("new_carried"))
)


class Budgets:
    """The budgets as dispensing charges them: a :class:`gateway.programme.ports.BudgetBook`.

    They are approved, changed and closed by :class:`gateway.programme.budget.years.BudgetYears`.

    A region and year for which no budget is approved are charged all the same, and the sum counts as unbudgeted. After
    a year is closed, what is still sold in it is charged to the next.
    """

    def charge(self, connection: Connection, charges: Sequence[Charge]) -> Sequence[Split]:
        """Charge sums, one after the other; the splits in their order. No budget is ever charged above its sum."""
        held = locked_budgets(connection, _touched(charges))
        states = dict(held)
        splits = [Split(0, 0)] * len(charges)
        # What one year leaves to the next is known before anything of that is charged.
        for index in sorted(range(len(charges)), key=lambda index: charges[index].year):
            one = charges[index]
            here, following = (one.year, one.region), (one.year + 1, one.region)
            now, later = states[here].split(one.amount)
            states[here] = states[here].with_charged(now)
            states[following] = states[following].with_carried(later)
            splits[index] = Split(now, later)
        _write(connection, held, states)
        return splits

    def give_back(self, connection: Connection, charges: Sequence[tuple[Charge, Split]]) -> None:
        """Take charges back exactly as they were split."""
        held = locked_budgets(connection, _touched(one for one, _ in charges))
        states = dict(held)
        for one, split in charges:
            here, following = (one.year, one.region), (one.year + 1, one.region)
            states[here] = states[here].with_charged(-split.now)
            states[following] = states[following].with_carried(-split.next)
        _write(connection, held, states)


def _touched(charges: Iterable[Charge]) -> set[Place]:
    return {(year, one.region) for one in charges for year in (one.year, one.year + 1)}


def locked_budgets(connection: Connection, places: set[Place]) -> dict[Place, BudgetState]:
    """All budgets of the years named, locked to COMMIT; the ones named are made if they were not there."""
    years = {year for year, _ in places}
    found = _locked(connection, years)
    if missing := sorted(places - found.keys()):
        connection.execute(_ENSURE, [{"region": region, "year": year} for year, region in missing])
        found = _locked(connection, years)
    return found


def _locked(connection: Connection, years: set[int]) -> dict[Place, BudgetState]:
    rows = connection.execute(
        select(budgets)
        .where(budgets.c.year.in_(sorted(years)))
        .order_by(budgets.c.year, budgets.c.region)
        .with_for_update()
    )
    return {(row.year, row.region): budget_state(row) for row in rows}


def budget_state(row: Row[Any]) -> BudgetState:
    """A row of :data:`gateway.store.contract_tables.budgets` as the rules ask it."""
    return BudgetState(
        approved=row.approved,
        transferred=row.transferred,
        carried=row.carried,
        charged=row.charged,
        closed=row.closed_at is not None,
    )


def _write(connection: Connection, held: Mapping[Place, BudgetState], states: Mapping[Place, BudgetState]) -> None:
    changed = [
        {"of_region": region, "of_year": year, "new_charged": state.charged, "new_carried": state.carried}
        for (year, region), state in states.items()
        if state != held[year, region]
    ]
    if changed:
        connection.execute(_WRITE, changed)
