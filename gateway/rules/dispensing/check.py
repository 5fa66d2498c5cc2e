"""One sale against every rule of dispensing (regulation on the additional drug programme, clauses 31 to 44)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.rules.compensation import Product, Reckoning, reckon, whole_units
from gateway.rules.dispensing.boxes import check_boxes
from gateway.rules.dispensing.facts import PrescriptionFacts, SaleFacts
from gateway.rules.dispensing.paying import check_amounts, check_prices, check_receipt
from gateway.rules.dispensing.restrictions import check_restrictions
from gateway.rules.dispensing.standing import check_pharmacy, check_standing, check_time
from gateway.rules.dispensing.telling import check_telling
from gateway.rules.findings import Finding, errors
from gateway.rules.medicines.groups import same_group
from schemas.dispensing import Choice, Receipt, Sale, StockItem
from schemas.errors import ErrorCode, Severity
from schemas.medicines import Medicine

_WEIGHT: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleVerdict:
    """All that is to be said of a sale.

    ``medicine`` is the sold row of the version in force on the day of sale, ``None`` when it has none. ``reckoning`` is
    there whenever the sums can be told, also beside refusals. ``closes`` tells that nothing more can be dispensed on
    the prescription after it. ``findings`` are in order of weight, refusals first.
    """

    medicine: Medicine | None
    reckoning: Reckoning | None
    closes: bool
    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        """Whether nothing refuses the sale."""
        return not errors(self.findings)


def check_quote(sale: Sale, prescription: PrescriptionFacts, facts: SaleFacts) -> SaleVerdict:
    """What a sale would come to, and what would stand against it; receipt, offers and choice are yet to come."""
    return _verdict(sale, prescription, facts, None, ())


def check_sale(
    sale: Sale,
    prescription: PrescriptionFacts,
    facts: SaleFacts,
    *,
    receipt: Receipt | None,
    offers_shown: Sequence[StockItem],
    choice: Choice | None,
) -> SaleVerdict:
    """A sale that was made, with all findings in one pass; their paths are those of a dispense order."""
    told = check_telling(sale, prescription.medicine, facts.reference, offers_shown, choice)
    return _verdict(sale, prescription, facts, receipt, (*told, *check_receipt(receipt)))


def _verdict(
    sale: Sale,
    prescription: PrescriptionFacts,
    facts: SaleFacts,
    receipt: Receipt | None,
    more: Iterable[Finding],
) -> SaleVerdict:
    medicine = facts.reference.find(sale.medicine) if facts.reference is not None else None
    reckoned = _reckoned(sale, medicine, prescription, facts, receipt)
    found = [
        *check_pharmacy(facts),
        *check_standing(prescription, facts),
        *check_time(prescription, facts),
        *check_prices(sale, medicine, facts.settings),
        *check_boxes(sale, medicine, facts),
        *more,
    ]
    if isinstance(reckoned, Finding):
        found.append(reckoned)
    elif medicine is not None:
        found += check_restrictions(medicine, prescription, reckoned)
        found += check_amounts(sale.expected, reckoned)
        found += _remarks(reckoned, prescription, facts)
    reckoning = None if isinstance(reckoned, Finding) else reckoned
    return SaleVerdict(
        medicine=medicine,
        reckoning=reckoning,
        closes=reckoning is not None and _closes(reckoning, prescription, facts),
        findings=tuple(sorted(found, key=lambda finding: _WEIGHT.index(finding.severity))),
    )


def _reckoned(
    sale: Sale, medicine: Medicine | None, prescription: PrescriptionFacts, facts: SaleFacts, receipt: Receipt | None
) -> Reckoning | Finding:
    """What it comes to, or why nobody can tell (clauses 35 to 37)."""
    if medicine is None:
        return Finding(ErrorCode.NOT_IN_REFERENCE, "$.sale.medicine", {"medicine": sale.medicine})
    if not same_group(medicine, prescription.medicine):
        return Finding(ErrorCode.NOT_SAME_GENERIC_GROUP, "$.sale.medicine")
    return reckon(
        prescription.course,
        Product.of(medicine, sale.pack_price),
        sale.units,
        receipt.amount if receipt is not None else None,
        least_patient_share=facts.settings.least_patient_share,
    )


def _remarks(reckoning: Reckoning, prescription: PrescriptionFacts, facts: SaleFacts) -> Iterator[Finding]:
    """Those of the reckoning. Of a dispensed prescription that alone is said, and not that less than a unit remains."""
    for each in reckoning.findings:
        if each.code is ErrorCode.UNITS_ABOVE_COURSE and not facts.settings.extra_units_allowed:
            yield Finding(ErrorCode.EXTRA_UNITS_REFUSED, each.path, {"max_units": reckoning.max_units})
        elif each.code is not ErrorCode.UNITS_BELOW_ONE or not prescription.dispensed:
            yield each


def _closes(reckoning: Reckoning, prescription: PrescriptionFacts, facts: SaleFacts) -> bool:
    """Whether what remains is less than one unit of every medicine of the group, or a first sale closes anyway."""
    if not facts.settings.partial_fills:
        return True
    assert facts.reference is not None
    left = prescription.course.after(reckoning.dose)
    group = facts.reference.group_of(prescription.medicine)
    return not any(whole_units(left, one.leading.strength, one.leading.strength_unit) for one in group)
