"""A pharmacy's contract with the fund (regulation on the additional drug programme, clauses 27 to 30, 52 and 53)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

from gateway.rules.findings import Finding
from gateway.rules.identifiers import check_inn
from schemas.contracts import ApplicationDecision, ContractApplication, ContractTerms, RefusalTerms, TaxCheck
from schemas.errors import ErrorCode

REFUSAL_DAYS: Final = 3
"""Calendar days from the day of filing within which a refusal has to be sent (clause 30)."""

_ONE_DAY: Final = timedelta(days=1)
_DECISIONS: Final = {"allowed": "contract + tax_check, refusal"}
_REQUIRED: Final = ("legal_name", "inn", "licence", "head", "chief_accountant", "email", "phone")


class ApplicationState(IntEnum):
    """Where an application stands. Values are kept in the store."""

    FILED = 1
    CONTRACTED = 2
    REFUSED = 3


class ContractState(IntEnum):
    """Where a contract stands on a day; never kept, for it follows from its days."""

    ACTIVE = 1
    PROLONGED = 2
    EXPIRED = 3
    TERMINATED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDays:
    """When a contract counts: Bishkek days, first and last within it, and the day from which it is terminated."""

    starts_on: date
    ends_on: date
    prolongations: int = 0
    terminated_from: date | None = None

    @property
    def last_day(self) -> date:
        """The last day on which it counts; before :attr:`starts_on` when it was terminated before it began."""
        if self.terminated_from is None:
            return self.ends_on
        return min(self.ends_on, self.terminated_from - _ONE_DAY)

    def covers(self, day: date) -> bool:
        """Whether what is sold on a day is sold within the contract (clause 53)."""
        return self.starts_on <= day <= self.last_day

    def overlaps(self, other: ContractDays) -> bool:
        """Whether both cover some day."""
        first, last = max(self.starts_on, other.starts_on), min(self.last_day, other.last_day)
        return first <= last

    def state(self, today: date) -> ContractState:
        """Where it stands on a day."""
        if self.terminated_from is not None and self.terminated_from <= today:
            return ContractState.TERMINATED
        if self.ends_on < today:
            return ContractState.EXPIRED
        return ContractState.PROLONGED if self.prolongations else ContractState.ACTIVE

    def prolonged(self) -> ContractDays:
        """The same contract with another year."""
        years = self.prolongations + 2
        return ContractDays(
            starts_on=self.starts_on,
            ends_on=last_day_of(self.starts_on, years),
            prolongations=self.prolongations + 1,
            terminated_from=self.terminated_from,
        )


def last_day_of(starts_on: date, years: int = 1) -> date:
    """The last day of a term of whole years, that on which it starts included: the day before the anniversary.

    Where a year has no 29 February its anniversary is 1 March. Each term is counted from the very first day, so that
    prolonging never moves the anniversary.
    """
    year = starts_on.year + years
    if (starts_on.month, starts_on.day) == (2, 29):
        return date(year, 3, 1) - _ONE_DAY
    return starts_on.replace(year=year) - _ONE_DAY


def one_year_from(starts_on: date) -> ContractDays:
    """The days of a new contract (clause 29)."""
    return ContractDays(starts_on=starts_on, ends_on=last_day_of(starts_on))


def refusal_due(filed_on: date) -> date:
    """The last day on which a refusal is sent in time (clause 30)."""
    return filed_on + timedelta(days=REFUSAL_DAYS)


def check_application(application: ContractApplication, today: date) -> tuple[Finding, ...]:
    """Whether a form is complete and the pharmacy works lawfully (clauses 27 and 28).

    Finds APPLICATION_INCOMPLETE for each thing that is missing, INN_FORMAT, INN_DATE, PHARMACY_LICENCE.
    """
    found = [
        Finding(ErrorCode.APPLICATION_INCOMPLETE, f"$.{name}", {"field": name})
        for name in _REQUIRED
        if getattr(application, name) is None
    ]
    if not application.form_signed:
        found.append(Finding(ErrorCode.APPLICATION_INCOMPLETE, "$.form_signed", {"field": "form_signed"}))
    if application.inn is not None:
        found += check_inn(application.inn, "$.inn")
    if application.licence is not None:
        found += _check_licence(application.licence.valid_until, today, "$.licence.valid_until")
    return tuple(found)


def check_decision(decision: ApplicationDecision) -> tuple[Finding, ...]:
    """Whether a decision is one: a contract, or a refusal without what belongs to a contract. Finds SCHEMA_VALUE."""
    if decision.refusal is None:
        return () if decision.contract is not None else (Finding(ErrorCode.SCHEMA_VALUE, "$", _DECISIONS),)
    if decision.contract is None and decision.tax_check is None:
        return ()
    return (Finding(ErrorCode.SCHEMA_VALUE, "$", _DECISIONS),)


def check_conclusion(
    terms: ContractTerms, tax: TaxCheck | None, application: ContractApplication, today: date
) -> tuple[Finding, ...]:
    """Whether a contract may be concluded today (clauses 27 and 29).

    Finds CONTRACT_DATES when it would start in the past, PHARMACY_LICENCE when the licence has ended by its first day,
    TAX_CHECK_REQUIRED without a check of this very day, TAX_DEBT.
    """
    found = []
    if terms.starts_on < today:
        found.append(Finding(ErrorCode.CONTRACT_DATES, "$.contract.starts_on", {"earliest": today.isoformat()}))
    if application.licence is not None:
        found += _check_licence(application.licence.valid_until, terms.starts_on, "$.contract.starts_on")
    if tax is None:
        found.append(Finding(ErrorCode.TAX_CHECK_REQUIRED, "$.tax_check", {"day": today.isoformat()}))
        return tuple(found)
    if tax.checked_on != today:
        found.append(Finding(ErrorCode.TAX_CHECK_REQUIRED, "$.tax_check.checked_on", {"day": today.isoformat()}))
    if tax.debt > 0:
        found.append(Finding(ErrorCode.TAX_DEBT, "$.tax_check.debt"))
    return tuple(found)


def check_refusal(refusal: RefusalTerms, due_on: date, today: date) -> tuple[Finding, ...]:
    """Whether a refusal is reasoned, and in time (clause 30).

    Finds REFUSAL_REASON_REQUIRED, and the warning REFUSAL_LATE: late as it is, it has to be sent.
    """
    found = []
    if not refusal.reasons or not all(refusal.reasons):
        found.append(Finding(ErrorCode.REFUSAL_REASON_REQUIRED, "$.refusal.reasons"))
    if today > due_on:
        found.append(Finding(ErrorCode.REFUSAL_LATE, "$", {"due": due_on.isoformat()}))
    return tuple(found)


def check_prolongation(days: ContractDays, open_claims: int, today: date) -> tuple[Finding, ...]:
    """Whether a contract may be prolonged to the next year (clause 29): in its last year, with no claim open.

    Finds CONTRACT_STATE and CONTRACT_CLAIMS_OPEN. The text asks for no debts on the day of conclusion only.
    """
    found = []
    state = days.state(today)
    is_last_year = days.prolongations == 0 or today > last_day_of(days.starts_on, days.prolongations)
    if days.terminated_from is not None or state is ContractState.EXPIRED or not is_last_year:
        found.append(Finding(ErrorCode.CONTRACT_STATE, "$", {"state": state.name}))
    if open_claims:
        found.append(Finding(ErrorCode.CONTRACT_CLAIMS_OPEN, "$", {"claims": open_claims}))
    return tuple(found)


def check_termination(days: ContractDays, from_day: date, today: date) -> tuple[Finding, ...]:
    """Whether a contract may be terminated from a day on: today or later, and not after its end.

    Finds CONTRACT_STATE and CONTRACT_DATES. What was sold within it before stays within it.
    """
    state = days.state(today)
    if days.terminated_from is not None or state is ContractState.EXPIRED:
        return (Finding(ErrorCode.CONTRACT_STATE, "$", {"state": state.name}),)
    if not today <= from_day <= days.ends_on:
        return (Finding(ErrorCode.CONTRACT_DATES, "$.from_day", {"earliest": today.isoformat()}),)
    return ()


def _check_licence(valid_until: date | None, day: date, path: str) -> tuple[Finding, ...]:
    if valid_until is None or valid_until >= day:
        return ()
    return (Finding(ErrorCode.PHARMACY_LICENCE, path, {"until": valid_until.isoformat()}),)
