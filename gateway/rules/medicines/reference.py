"""A version of the reference of medicines, as the rules ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from gateway.rules.medicines.groups import Group, group_of
from schemas.medicines import Medicine


class ReferenceVersion:
    """The medicines of one version («Маалымдама»), valid from a Bishkek day to a last one, or without an end."""

    def __init__(self, number: int, valid_from: date, valid_until: date | None, medicines: Iterable[Medicine]) -> None:
        self.number = number
        self.valid_from = valid_from
        self.valid_until = valid_until
        self.medicines: Mapping[str, Medicine] = {medicine.code: medicine for medicine in medicines}
        groups: dict[Group, list[Medicine]] = {}
        for medicine in self.medicines.values():
            groups.setdefault(group_of(medicine), []).append(medicine)
        self._groups = {group: tuple(members) for group, members in groups.items()}

    def covers(self, day: date) -> bool:
        """Whether it is in force on a Bishkek day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def find(self, code: str) -> Medicine | None:
        """The medicine with the fund's code."""
        return self.medicines.get(code)

    def group_of(self, medicine: Medicine) -> tuple[Medicine, ...]:
        """All trade names that may replace a medicine, itself included when it is in this version (clause 36)."""
        return self._groups.get(group_of(medicine), ())
