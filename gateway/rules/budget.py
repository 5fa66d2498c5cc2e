"""The arithmetic of a region's yearly budget (regulation on the additional drug programme, clauses 7 to 9).

Sums are whole tyiyn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.rules.findings import Finding
from gateway.rules.money import from_tyiyn, to_tyiyn
from schemas.budget import BudgetApproval, BudgetTransfer, PatientLimitCommand
from schemas.errors import ErrorCode

LARGEST_SUM: Final = 999_999_999_999
"""The largest sum that the wire has room for: ten digits of som."""


def budget_sum(insured: int, norm: Decimal) -> int:
    """A budget in tyiyn: the insured who are registered, times the per-capita norm in som (clause 7). Exact."""
    return insured * to_tyiyn(norm)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """How the budget of one region and year stands.

    ``approved`` is its sum as approved, ``None`` while none is, ``transferred`` what other regions gave it, below zero
    when it gave. ``carried`` is what the year before has left to it to pay, ``charged`` what is sold and paid in the
    year itself.
    """

    approved: int | None = None
    transferred: int = 0
    carried: int = 0
    charged: int = 0
    closed: bool = False

    @property
    def total(self) -> int | None:
        """What may be spent; ``None`` while no budget is approved."""
        return None if self.approved is None else self.approved + self.transferred

    @property
    def remaining(self) -> int:
        """What can still be charged or given to another region; nothing after the year is closed (clause 8)."""
        if self.closed or self.total is None:
            return 0
        return max(0, self.total - self.carried - self.charged)

    @property
    def unbudgeted(self) -> int:
        """What is charged or carried with no budget to cover it.

        That is everything while none is approved. With an approved one it is what was charged before it was approved
        and what the year before has left, as far as both go beyond its sum. Closing hands it on to the next year.
        """
        return 0 if self.closed else max(0, self.carried + self.charged - (self.total or 0))

    def split(self, amount: int) -> tuple[int, int]:
        """What of a sum is charged to this year, and what to the next (clause 8).

        While no budget is approved for the region and year, nobody can say what exceeds it, and a year is not treated
        as one of no funds: all is charged to the year itself and counted as :attr:`unbudgeted`.
        """
        if self.total is None and not self.closed:
            return amount, 0
        now = min(amount, self.remaining)
        return now, amount - now

    def with_charged(self, amount: int) -> BudgetState:
        """The same budget with so much more charged to it."""
        return replace(self, charged=self.charged + amount)

    def with_carried(self, amount: int) -> BudgetState:
        """The same budget with so much more left to it by the year before."""
        return replace(self, carried=self.carried + amount)


def check_approval(approval: BudgetApproval, states: Mapping[str, BudgetState]) -> tuple[Finding, ...]:
    """Whether budgets may be approved. ``states`` has the budget of each region as it stands.

    Finds BUDGET_CLOSED, BUDGET_EXISTS (also of a region that stands twice in it), SCHEMA_VALUE for a sum too large to
    be written down.
    """
    found = []
    seen: set[str] = set()
    for index, one in enumerate(approval.regions):
        path, state = f"$.regions[{index}]", states[one.region]
        place: dict[str, str | int] = {"region": one.region.value, "year": approval.year}
        if state.closed:
            found.append(Finding(ErrorCode.BUDGET_CLOSED, path, {"year": approval.year}))
        elif state.approved is not None or one.region in seen:
            found.append(Finding(ErrorCode.BUDGET_EXISTS, path, place))
        if budget_sum(one.insured, approval.norm) > LARGEST_SUM:
            allowed = f"≤ {from_tyiyn(LARGEST_SUM)}"
            found.append(Finding(ErrorCode.SCHEMA_VALUE, f"{path}.insured", {"allowed": allowed}))
        seen.add(one.region)
    return tuple(found)


def check_transfer(
    transfer: BudgetTransfer, source: BudgetState, target: BudgetState, this_year: int
) -> tuple[Finding, ...]:
    """Whether funds may be moved (clause 9): after an analysis, within the year, and nothing that is spent already.

    Finds BUDGET_ANALYSIS_REQUIRED, BUDGET_TRANSFER_YEAR, BUDGET_TRANSFER_REGIONS, BUDGET_CLOSED, BUDGET_NOT_FOUND,
    BUDGET_TRANSFER_COMMITTED.
    """
    found = []
    if not transfer.analysis:
        found.append(Finding(ErrorCode.BUDGET_ANALYSIS_REQUIRED, "$.analysis"))
    if transfer.source is transfer.target:
        found.append(Finding(ErrorCode.BUDGET_TRANSFER_REGIONS, "$.target"))
    if transfer.year != this_year:
        found.append(Finding(ErrorCode.BUDGET_TRANSFER_YEAR, "$.year", {"year": this_year}))
    for path, region, state in (("$.source", transfer.source, source), ("$.target", transfer.target, target)):
        if state.closed:
            found.append(Finding(ErrorCode.BUDGET_CLOSED, path, {"year": transfer.year}))
        elif state.total is None:
            place: dict[str, str | int] = {"region": region.value, "year": transfer.year}
            found.append(Finding(ErrorCode.BUDGET_NOT_FOUND, path, place))
    if source.total is not None and not source.closed and to_tyiyn(transfer.amount) > source.remaining:
        available = str(from_tyiyn(source.remaining))
        parameters: dict[str, str | int] = {"region": transfer.source.value, "available": available}
        found.append(Finding(ErrorCode.BUDGET_TRANSFER_COMMITTED, "$.amount", parameters))
    return tuple(found)


def check_closing(year: int, states: Mapping[str, BudgetState], this_year: int) -> tuple[Finding, ...]:
    """Whether a year may be closed (clause 8): it is over, and every region that has spent anything has a budget.

    Finds BUDGET_YEAR_OPEN and BUDGET_NOT_FOUND.
    """
    if year >= this_year:
        return (Finding(ErrorCode.BUDGET_YEAR_OPEN, "path:year", {"year": year}),)
    nobody_has = all(state.approved is None for state in states.values())
    return tuple(
        Finding(ErrorCode.BUDGET_NOT_FOUND, "path:year", {"region": region, "year": year})
        for region, state in sorted(states.items())
        if state.approved is None and (state.unbudgeted or nobody_has)
    )


def check_limit(command: PatientLimitCommand, today: date) -> tuple[Finding, ...]:
    """Whether the limit of a patient's year may be set so (clause 21(1)).

    Finds MULTIPLIER_DATE for a day that is past, for what was prescribed then was judged by what counted then, and
    SCHEMA_VALUE for a limit too large to be written down.
    """
    found = []
    if command.effective_on < today:
        found.append(Finding(ErrorCode.MULTIPLIER_DATE, "$.effective_on", {"earliest": today.isoformat()}))
    if command.multiplier * to_tyiyn(command.norm) > LARGEST_SUM:
        found.append(Finding(ErrorCode.SCHEMA_VALUE, "$.norm", {"allowed": f"≤ {from_tyiyn(LARGEST_SUM)}"}))
    return tuple(found)
