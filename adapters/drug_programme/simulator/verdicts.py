"""What the simulated fund does not store, and why. Runs within the transaction that would store it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from adapters.drug_programme.simulator.messages import Verdict
from adapters.drug_programme.simulator.store import Accepted, ProgrammeStore

REFUSALS: Final = {
    "INSURANCE_NOT_CONFIRMED": ("Камсыздандыруу ырасталган жок: өкүм күчүндө эмес", "order/patient/pin"),
    "MEDICINE_NOT_IN_REFERENCE": ("Дары Маалымдамада жок, үлгүсү өңдөлө элек", "medicine"),
    "PERIOD_CLOSED": ("Отчеттук мезгил жабылган, күнү өтүп кетти", "soldOn"),
}
"""The fund's own business rules, each by its code. They are made up: the fund's rules are not public."""

_COME_AGAIN_SECONDS: Final = 1


def verdict(operation: str, request: Accepted, store: ProgrammeStore) -> Verdict | None:
    """Why a request is rejected or deferred; ``None`` when it is to be stored."""
    if operation == "SubmitPrescription":
        return None
    if operation == "ReverseDispense":
        return _of_reversal(request, store)
    prescription = store.newest(request.number)
    if prescription is None:
        return _deferred("PRESCRIPTION_UNKNOWN", "Рецепт азырынча келе элек: өтүнмөнү кийинчерээк жөнөтүңүз")
    if operation == "CancelPrescription":
        if store.standing_dispenses(request.number):
            return _deferred("DISPENSE_STANDS", "Рецепт боюнча берилген дары кайтарыла элек, күтүңүз")
        return None
    if prescription.revision > 1 and request.happened_at >= prescription.happened_at:
        return Verdict("rejected", "PRESCRIPTION_CANCELLED", "Рецепт сатуудан мурун жокко чыгарылган", "number")
    return None


def _of_reversal(request: Accepted, store: ProgrammeStore) -> Verdict | None:
    dispensed = store.revision(request.number, request.fill, 1)
    if dispensed is None:
        return _deferred("DISPENSE_UNKNOWN", "Берилген дары азырынча келе элек: өтүнмөнү кийинчерээк жөнөтүңүз")
    if dispensed.dispense != request.dispense:
        return Verdict("rejected", "DISPENSE_DIFFERS", "Башка берилген дары көрсөтүлгөн", "reversed/dispense")
    sums = ((dispensed.compensation, request.compensation), (dispensed.settled, request.settled))
    if any(Decimal(first or 0) + Decimal(second or 0) for first, second in sums):
        return Verdict("rejected", "SUMS_DIFFER", "Суммалар берилген дарынын тескериси эмес", "reversed/settled")
    return None


def _deferred(code: str, message: str) -> Verdict:
    return Verdict("deferred", code, message, retry_after=_COME_AGAIN_SECONDS)
