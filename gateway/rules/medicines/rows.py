"""Rules of the reference's rows (regulation on the additional drug programme, clauses 11, 12, 14 and 25)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from gateway.rules.findings import Finding
from gateway.rules.medicines.groups import Group, group_of
from schemas.errors import ErrorCode
from schemas.medicines import Medicine, Registration


class Row(NamedTuple):
    """A medicine with the number of its row, from 1."""

    number: int
    medicine: Medicine


def check_row(row: Row) -> tuple[Finding, ...]:
    """What one row says against itself."""
    number, medicine = row
    findings = []
    if medicine.gtin is not None and not is_gtin(medicine.gtin):
        findings.append(_at(ErrorCode.MEDICINE_GTIN, number, "gtin"))
    if medicine.compensation.amount > medicine.reference_price:
        findings.append(_at(ErrorCode.MEDICINE_COMPENSATION, number, "compensation"))
    special = medicine.special_designation
    if special is not None and (special.protocol_number is None or special.protocol_date is None):
        column = "protocol_number" if special.protocol_number is None else "protocol_date"
        findings.append(_at(ErrorCode.PROTOCOL_REQUIRED, number, column))
    return tuple(findings)


def check_table(rows: Sequence[Row], before: Container[str] = ()) -> tuple[Finding, ...]:
    """What rows say against each other. ``before`` holds the codes of the version before.

    A medicine that is only permitted for a time has no place beside a registered one of its generic group; where it
    was listed before, its row is marked for removal, for the registered one has appeared since (clause 14).
    """
    findings = []
    first: dict[str, int] = {}
    for number, medicine in rows:
        if medicine.code in first:
            parameters: dict[str, str | int] = {"row": number, "first": first[medicine.code]}
            findings.append(Finding(ErrorCode.MEDICINE_REPEATED, f"$[{number}].code", parameters))
        first.setdefault(medicine.code, number)
    registered = _groups_with_registered(rows)
    for number, medicine in rows:
        if medicine.registration is Registration.REGISTERED or group_of(medicine) not in registered:
            continue
        known = medicine.code in before
        code = ErrorCode.REF_REGISTERED_APPEARED if known else ErrorCode.REF_NOT_REGISTERED
        findings.append(_at(code, number, "registration"))
    return tuple(findings)


def is_gtin(text: str) -> bool:
    """Whether the digits are a Global Trade Item Number with a right check digit (GS1 General Specifications, 7.9)."""
    from biip import ParseError  # noqa: PLC0415 - slow to import
    from biip.gtin import Gtin  # noqa: PLC0415 - as above

    try:
        Gtin.parse(text)
    except ParseError:
        return False
    return True


def _groups_with_registered(rows: Iterable[Row]) -> set[Group]:
    return {group_of(one.medicine) for one in rows if one.medicine.registration is Registration.REGISTERED}


def _at(code: ErrorCode, number: int, column: str) -> Finding:
    return Finding(code, f"$[{number}].{column}", {"row": number, "column": column})
