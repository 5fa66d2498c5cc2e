"""Whether a pharmacy may sell on a prescription on a day (clauses 31, 34, 40 and 53)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from gateway.rules.days import bishkek_time
from gateway.rules.dispensing.facts import PrescriptionFacts, SaleFacts
from gateway.rules.findings import Finding
from schemas.errors import ErrorCode

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_SOLD_AT: Final = "$.sold_at"


def check_pharmacy(facts: SaleFacts) -> Iterator[Finding]:
    """Only a pharmacy under contract dispenses (clause 31), and nothing is paid outside its days (clause 53)."""
    if facts.contracted_at_sale:
        return
    if facts.contracted_now:
        yield Finding(ErrorCode.OUTSIDE_CONTRACT, _SOLD_AT, {"day": facts.sold_on.isoformat()})
    else:
        yield Finding(ErrorCode.PHARMACY_NOT_CONTRACTED, "$.pharmacy", {"day": facts.sold_on.isoformat()})


def check_standing(prescription: PrescriptionFacts, facts: SaleFacts) -> Iterator[Finding]:
    """The prescription is open, in its term on the day of sale (clause 40), and no other pharmacy holds it."""
    if prescription.cancelled:
        yield Finding(ErrorCode.RX_CANCELLED, "$.prescription")
    if prescription.dispensed:
        yield Finding(ErrorCode.RX_DISPENSED, "$.prescription")
    if facts.sold_on > prescription.valid_until:
        last_day = prescription.valid_until.isoformat()
        yield Finding(ErrorCode.RX_EXPIRED, "$.prescription", {"last_day": last_day})
    since, until = prescription.held_by_other_since, prescription.held_by_other_until
    if since is not None and until is not None and facts.now < until:
        yield Finding(ErrorCode.RX_HELD, "$.prescription", {"since": bishkek_time(since), "until": bishkek_time(until)})


def check_time(prescription: PrescriptionFacts, facts: SaleFacts) -> Iterator[Finding]:
    """A sale is recorded as it is made; later only within minutes, or under a hold taken before it (domain rules, 2.4).

    Accounting is in real time (clause 6).
    """
    settings = facts.settings
    if facts.sold_at > facts.now + settings.clock_tolerance:
        yield Finding(ErrorCode.SALE_IN_FUTURE, _SOLD_AT)
    if facts.sold_on < prescription.issued_on:
        yield Finding(ErrorCode.SALE_BEFORE_ISSUE, _SOLD_AT, {"issued_on": prescription.issued_on.isoformat()})
    if facts.now - facts.sold_at <= settings.late_freely:
        return
    taken = facts.hold_taken_at
    under_hold = taken is not None and taken <= facts.sold_at and facts.now - taken <= settings.late_under_hold
    if not under_hold:
        minutes = settings.late_freely // _MINUTE
        hours = settings.late_under_hold // _HOUR
        yield Finding(ErrorCode.SALE_TOO_OLD, _SOLD_AT, {"minutes": minutes, "hours": hours})
