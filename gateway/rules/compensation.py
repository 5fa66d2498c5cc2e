"""Who pays what for a medicine that is sold (regulation on the additional drug programme, clauses 37 and 42 to 44).

Prices of a unit are exact fractions and are never rounded; each sum of a line is rounded once, half up, to a tyiyn. The
patient's sum is always the rest, so that the fund's and the patient's make up the retail value exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self

from gateway.rules.findings import Finding
from gateway.rules.medicines.doses import in_unit
from gateway.rules.money import to_som
from schemas.amounts import som
from schemas.errors import ErrorCode
from schemas.medicines import Compensation, DoseUnit, Medicine, Per

NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course dose («курстук доза», clause 18) and what of it has been compensated so far, both in :attr:`unit`.

    :attr:`dose` is the dose of one unit × the number of units.
    """

    dose: Decimal
    unit: DoseUnit
    dispensed: Decimal = NOTHING

    @property
    def remaining(self) -> Decimal:
        """What may still be compensated, never below zero."""
        return max(self.dose - self.dispensed, NOTHING)

    def after(self, dose: Decimal) -> Course:
        """The course once ``dose`` more of it, in the same unit, is dispensed; below zero takes back."""
        return replace(self, dispensed=self.dispensed + dose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A medicine at its price: the row that is sold, not the prescribed one (clause 42). Prices are som.

    :attr:`strength` is that of one dispensed unit, of the leading component.
    """

    strength: Decimal
    strength_unit: DoseUnit
    pack_size: int
    pack_price: Decimal
    compensation: Compensation

    @classmethod
    def of(cls, medicine: Medicine, pack_price: Decimal) -> Self:
        """A row of the reference at a pharmacy's price for a pack."""
        return cls(
            strength=medicine.leading.strength,
            strength_unit=medicine.leading.strength_unit,
            pack_size=medicine.pack_size,
            pack_price=pack_price,
            compensation=medicine.compensation,
        )

    @property
    def unit_price(self) -> Fraction:
        """Retail price of one unit, exact."""
        return Fraction(self.pack_price) / self.pack_size

    @property
    def unit_compensation(self) -> Fraction:
        """What the fund pays for one unit at most, exact."""
        return _per_unit(self.compensation, self.pack_size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The sums of one line, in som with two digits; :attr:`retail` = :attr:`compensation` + :attr:`patient`."""

    retail: Decimal
    compensation: Decimal
    """The fund's part (clause 42)."""
    patient: Decimal
    """What the patient has to pay."""
    settled: Decimal
    """What the pharmacy will be paid after a look at the receipt (clause 44)."""


def negative(sums: Sums) -> Sums:
    """What takes a line back exactly."""
    return Sums(retail=-sums.retail, compensation=-sums.compensation, patient=-sums.patient, settled=-sums.settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning(Sums):
    """What a sale comes to. Doses are in the course's unit."""

    max_units: int
    """How many units of this product the remaining course allows (clause 37)."""
    compensated_units: int
    extra_units: int
    """Those above the course, which the patient pays alone (clause 43)."""
    dose: Decimal
    """What is counted against the course: the compensated units × the product's strength."""
    remaining: Decimal
    """What is left of the course after this sale."""
    findings: tuple[Finding, ...]
    """Remarks on units, the patient's share and the receipt; their paths are those of a dispense order."""

    @property
    def sums(self) -> Sums:
        """The sums alone."""
        return Sums(retail=self.retail, compensation=self.compensation, patient=self.patient, settled=self.settled)


def reckon(
    course: Course,
    product: Product,
    units: int,
    receipt: Decimal | None = None,
    *,
    least_patient_share: Decimal = NOTHING,
) -> Reckoning | Finding:
    """What selling ``units`` of a product comes to; the finding ``DOSE_NOT_COMPARABLE`` where nobody can tell.

    ``receipt`` is what the patient has paid by it, in som. Having been charged more than due lessens what the pharmacy
    is paid, so that nothing is paid twice; having been charged less does not raise it (clause 44).
    ``least_patient_share`` is the least part of the compensated units' value that the patient bears (clause 3(2)), from
    0 to 1; 0 by default, since the regulation names none.
    """
    max_units = largest_units(course, product)
    strength = in_unit(product.strength, product.strength_unit, course.unit)
    if max_units is None or strength is None:
        return not_comparable(product.strength_unit, course.unit)
    compensated = min(units, max_units)
    retail = to_som(product.unit_price * units)
    cap = to_som(product.unit_price * compensated)
    compensation = min(
        to_som(product.unit_compensation * compensated),
        to_som(product.unit_price * compensated * (1 - Fraction(least_patient_share))),
    )
    patient = retail - compensation
    dose = strength * compensated
    return Reckoning(
        max_units=max_units,
        compensated_units=compensated,
        extra_units=units - compensated,
        dose=dose,
        retail=retail,
        compensation=compensation,
        patient=patient,
        settled=compensation if receipt is None else to_som(max(NOTHING, min(compensation, retail - receipt))),
        remaining=course.remaining - dose,
        findings=(
            *_units_findings(max_units, units, retail - cap),
            *_share_findings(cap, compensation),
            *_receipt_findings(patient, receipt),
        ),
    )


def largest_units(course: Course, product: Product) -> int | None:
    """How many whole units of a product the remaining course allows (clause 37); ``None`` if not comparable."""
    return whole_units(course, product.strength, product.strength_unit)


def whole_units(course: Course, strength: Decimal, unit: DoseUnit) -> int | None:
    """How many units of a strength go into what remains of a course; ``None`` if not comparable."""
    of_one = in_unit(strength, unit, course.unit)
    return None if of_one is None else int(Fraction(course.remaining) // Fraction(of_one))


def expected_compensation(course: Course, medicine: Medicine) -> Decimal:
    """What the fund would pay for all that remains, if the medicine of the order were sold at a price above it, in som.

    It is set aside of the patient's limit (clause 21(1)). Raises ``ValueError`` where the doses cannot be compared,
    which keeps an order from being issued.
    """
    units = whole_units(course, medicine.leading.strength, medicine.leading.strength_unit)
    if units is None:
        raise ValueError("the course and the strength of its medicine cannot be compared")
    return to_som(_per_unit(medicine.compensation, medicine.pack_size) * units)


def not_comparable(strength_unit: DoseUnit, course_unit: DoseUnit) -> Finding:
    """That a medicine's strength and the course are in units of different dimensions."""
    return Finding(
        ErrorCode.DOSE_NOT_COMPARABLE,
        "$.sale.medicine",
        {"unit": strength_unit.value, "course_unit": course_unit.value},
    )


def _per_unit(compensation: Compensation, pack_size: int) -> Fraction:
    amount = Fraction(compensation.amount)
    return amount if compensation.per is Per.UNIT else amount / pack_size


def _units_findings(max_units: int, units: int, extra_value: Decimal) -> tuple[Finding, ...]:
    if max_units < 1:
        return (Finding(ErrorCode.UNITS_BELOW_ONE, "$.sale.units"),)
    if units > max_units:
        parameters: dict[str, str | int] = {
            "max_units": max_units,
            "extra_units": units - max_units,
            "extra_value": som(extra_value),
        }
        return (Finding(ErrorCode.UNITS_ABOVE_COURSE, "$.sale.units", parameters),)
    return ()


def _share_findings(cap: Decimal, compensation: Decimal) -> tuple[Finding, ...]:
    """Clause 3(2) has the patient pay a part; a price at or below the compensation leaves none."""
    return (Finding(ErrorCode.PATIENT_SHARE_ZERO, "$.sale.pack_price"),) if cap == compensation > 0 else ()


def _receipt_findings(patient: Decimal, receipt: Decimal | None) -> tuple[Finding, ...]:
    if receipt is None or receipt == patient:
        return ()
    parameters: dict[str, str | int] = {
        "paid": som(receipt),
        "due": som(patient),
        "difference": f"{receipt - patient:+.2f}",
    }
    return (Finding(ErrorCode.RECEIPT_MISMATCH, "$.receipt.amount", parameters),)
