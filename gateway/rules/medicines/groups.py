"""The generic group («генерикалык топ», clause 36): medicines that may replace each other.

The regulation does not define it. Ours: the same active substances, in the same proportion when there are several, in
the same class of forms. Strength, pack and maker may differ.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

from gateway.rules.medicines.doses import in_unit
from schemas.medicines import Component, DoseUnit, Medicine

Group = tuple[str, ...]
"""What a generic group is told by: the class of forms, then each substance with its proportion to the first one."""


def group_of(medicine: Medicine) -> Group:
    """The generic group of a medicine; names of substances are compared without regard to case and spacing."""
    ordered = sorted(medicine.components, key=_name)
    first = ordered[0]
    return (_plain(medicine.form_class), *(f"{_name(one)} {_proportion(one, first)}" for one in ordered))


def group_key(medicine: Medicine) -> str:
    """The SHA-256 of the generic group, in hexadecimal."""
    return _digest(group_of(medicine))


def name_key(medicine: Medicine) -> str:
    """The SHA-256 of the name of the reference that a prescription is for («аталышы», clause 18), in hexadecimal.

    A prescription is for the international name in a class of forms, hence for the generic group: two trade names of
    one substance are one name here, or the rule of one prescription for each name could be passed by.
    """
    return group_key(medicine)


def same_group(one: Medicine, other: Medicine) -> bool:
    """Whether one may be dispensed for the other (clause 36)."""
    return group_of(one) == group_of(other)


def _digest(group: Group) -> str:
    return sha256("\0".join(group).encode()).hexdigest()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _name(component: Component) -> str:
    return _plain(component.inn)


def _proportion(component: Component, first: Component) -> str:
    """How much there is of it for one of the first; by its own unit where the two cannot be compared."""
    if component is first:
        return first.strength_unit if in_unit(Decimal(1), first.strength_unit, DoseUnit.MILLIGRAM) is None else "mass"
    amount = in_unit(component.strength, component.strength_unit, first.strength_unit)
    if amount is None:
        return f"{Fraction(component.strength) / Fraction(first.strength)} {component.strength_unit}"
    return str(Fraction(amount) / Fraction(first.strength))
