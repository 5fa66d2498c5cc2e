"""Identifiers of people and organisations: ПИН, ИНН, ОКПО.

No text of the law with their make-up is public. What is checked is what public examples agree on: an impossible
structure is an error; a disagreement with the rest of the record, or a wrong ОКПО check digit, only a warning.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from gateway.rules.days import date_of
from gateway.rules.findings import Finding
from schemas.errors import ErrorCode
from schemas.treated_case import Sex

Findings = tuple[Finding, ...]

_EARLIEST_YEAR: Final = 1800
_SEX_OF_FIRST_DIGIT: Final = {"1": Sex.FEMALE, "2": Sex.MALE}
_ORGANISATION: Final = "0"


def check_pin(pin: str, path: str) -> Findings:
    """A person's ПИН («ПИН / ИЖН»): 14 ASCII digits, the first 1 (female) or 2 (male), then the birth date DDMMYYYY.

    Digits 10-14 are a serial; no check digit is known. Finds PIN_FORMAT or PIN_DATE.
    """
    if not _is_digits(pin, 14) or pin[0] not in _SEX_OF_FIRST_DIGIT:
        return (Finding(ErrorCode.PIN_FORMAT, path),)
    if _embedded_date(pin) is None:
        return (Finding(ErrorCode.PIN_DATE, path),)
    return ()


def check_pin_agrees(pin: str, path: str, *, sex: Sex, birth_date: date) -> Findings:
    """A ПИН against the record's sex and birth date; says nothing of a malformed ПИН.

    Finds the warnings PIN_SEX_MISMATCH and PIN_BIRTH_DATE_MISMATCH: papers get corrected, a ПИН hardly ever.
    """
    if check_pin(pin, path):
        return ()
    found = []
    if _SEX_OF_FIRST_DIGIT[pin[0]] is not sex:
        found.append(Finding(ErrorCode.PIN_SEX_MISMATCH, path))
    if _embedded_date(pin) != birth_date:
        found.append(Finding(ErrorCode.PIN_BIRTH_DATE_MISMATCH, path))
    return tuple(found)


def check_inn(inn: str, path: str) -> Findings:
    """A taxpayer's number («ИНН»): 14 ASCII digits, 0 and the registration date DDMMYYYY, or an entrepreneur's ПИН.

    Finds INN_FORMAT or INN_DATE.
    """
    if not _is_digits(inn, 14) or (inn[0] != _ORGANISATION and inn[0] not in _SEX_OF_FIRST_DIGIT):
        return (Finding(ErrorCode.INN_FORMAT, path),)
    if _embedded_date(inn) is None:
        return (Finding(ErrorCode.INN_DATE, path),)
    return ()


def check_okpo(okpo: str, path: str) -> Findings:
    """A code of the classifier of enterprises («ОКПО»): eight ASCII digits.

    Finds the error OKPO_FORMAT, or the warning OKPO_CHECK for a check digit other than the classifier's rule gives: the
    rule likely, but not provenly, holds for every Kyrgyz code.
    """
    if not _is_digits(okpo, 8):
        return (Finding(ErrorCode.OKPO_FORMAT, path),)
    if _okpo_check_digit(okpo[:7]) != int(okpo[7]):
        return (Finding(ErrorCode.OKPO_CHECK, path),)
    return ()


def _okpo_check_digit(digits: str) -> int:
    """The sum weighted 1..7 modulo 11; where that is 10, weighted 3..9; where that is 10 again, 0."""
    for first_weight in (1, 3):
        remainder = sum(weight * int(digit) for weight, digit in enumerate(digits, first_weight)) % 11
        if remainder < 10:
            return remainder
    return 0


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _embedded_date(digits: str) -> date | None:
    """The date DDMMYYYY in digits 2-9, if the calendar has it and it is not before 1800."""
    found = date_of(digits[1:3], digits[3:5], digits[5:9])
    return found if found is not None and found.year >= _EARLIEST_YEAR else None
