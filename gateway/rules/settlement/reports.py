"""The lines of a monthly report, its sums and its digest (clause 41). Sums are whole tyiyn, as they are added up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dispense or reversal of a report. The sums of a reversal are below zero.

    ``number_ending`` are the last four digits of the prescription's number, all that settlement needs of it.
    """

    dispense: UUID
    reversal_of: UUID | None
    sold_on: date
    number_ending: str
    medicine: str
    reference_version: int
    units: int
    compensated_units: int
    retail: int
    patient: int
    compensation: int
    settled: int
    outside_contract: bool

    @property
    def payable(self) -> int:
        """What the report asks the fund for: nothing for what was sold outside the contract (clause 53)."""
        return 0 if self.outside_contract else self.settled

    def is_late(self, month: date) -> bool:
        """Whether it was sold before the month of the report it is in."""
        return self.sold_on < month


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of a report, with how many lines and late lines there are.

    ``outside_contract`` is what clause 53 takes away of the settled sum, zero or less.
    """

    lines: int = 0
    late_lines: int = 0
    retail: int = 0
    patient: int = 0
    compensation: int = 0
    settled: int = 0
    outside_contract: int = 0

    @property
    def payable(self) -> int:
        """What the report asks the fund for."""
        return self.settled + self.outside_contract


class Tally:
    """Adds lines up, in their order: by day of sale, then by id. The same lines always give the same digest."""

    def __init__(self, pharmacy: str, month: date) -> None:
        self._month = month
        self._digest = hashlib.sha256(f"settlement report v1\n{pharmacy} {month:%Y-%m}\n".encode())
        self._lines = self._late = self._retail = self._patient = self._compensation = 0
        self._settled = self._payable = 0

    def add(self, line: Line) -> None:
        """Count one line."""
        self._lines += 1
        self._late += line.is_late(self._month)
        self._retail += line.retail
        self._patient += line.patient
        self._compensation += line.compensation
        self._settled += line.settled
        self._payable += line.payable
        fields = (
            line.dispense,
            line.reversal_of or "-",
            line.sold_on,
            line.medicine,
            line.reference_version,
            line.units,
            line.compensated_units,
            line.retail,
            line.patient,
            line.compensation,
            line.settled,
            "outside" if line.outside_contract else "-",
        )
        self._digest.update(" ".join(map(str, fields)).encode() + b"\n")

    def totals(self) -> Totals:
        """What was counted so far."""
        return Totals(
            lines=self._lines,
            late_lines=self._late,
            retail=self._retail,
            patient=self._patient,
            compensation=self._compensation,
            settled=self._settled,
            outside_contract=self._payable - self._settled,
        )

    def digest(self) -> bytes:
        """SHA-256 of the pharmacy, the month and the lines counted so far."""
        return self._digest.digest()
