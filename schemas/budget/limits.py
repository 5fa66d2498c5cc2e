"""The limit of a patient's year (regulation on the additional drug programme, clause 21(1))."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from schemas.amounts import Money, PositiveMoney
from schemas.api import Answer, ReasonedCommand
from schemas.base import Contract

MULTIPLIER: Final = 300
"""How many norms the limit is, as the regulation has it."""


class PatientLimitCommand(ReasonedCommand, Contract):
    """Set the limit anew from a day on: multiplier × norm."""

    norm: PositiveMoney
    """Per-capita norm («жан башына ченем»), in som."""
    multiplier: Annotated[int, Field(ge=1, le=100_000)] = MULTIPLIER
    """How many norms («эселөө өлчөмү»)."""
    effective_on: date
    """First Bishkek day on which it counts: today or later."""


class PatientLimitSetting(Answer):
    """One setting of the limit."""

    id: UUID
    effective_on: date
    norm: Money
    multiplier: int
    limit: Money
    """Multiplier × norm: what a patient's prescriptions of a calendar year may come to."""
    reason: str
    set_at: datetime
    set_by: str


class PatientLimitView(Answer):
    """The limit and its history."""

    current: PatientLimitSetting | None
    """What counts today; ``null`` while nobody has set it: then nothing can be prescribed."""
    history: tuple[PatientLimitSetting, ...]
    """All settings, those still to come included, the newest first."""
