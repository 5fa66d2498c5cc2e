"""What the rules of a treated case know besides the case itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from gateway.rules.ksf import DEFAULT_LAYOUT, KsfLayout

DIRECT_ENTRY: Final = "direct-entry"
"""The channel of organisations without technical means (order on Sanarip Clinic, clause 10)."""

START_OF_DUTY: Final = date(2026, 1, 1)
"""From this Bishkek day the order is in force for all; cases discharged before are pilot ones (clauses 1 and 3(4))."""


class OrganisationEntry(Protocol):
    """What the rules ask of an organisation in the register."""

    @property
    def equipped(self) -> bool:
        """Whether it has the technical means to keep the System (clause 10)."""
        ...

    @property
    def equipped_since(self) -> date | None:
        """The Bishkek day from which it is equipped; ``None`` for always."""
        ...

    @property
    def departments(self) -> Mapping[str, str]:
        """Names by two-digit code; empty when the dictionary is not loaded."""
        ...


class OrganisationLookup(Protocol):
    """The register of health organisations."""

    @property
    def version(self) -> int:
        """Another number whenever the content is another."""
        ...

    def find(self, code: str) -> OrganisationEntry | None:
        """The organisation with this six-digit code, if known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The circumstances of one check. ``channel`` is a value of ``gateway.operations.model.Channel``."""

    now: datetime
    """The present instant, aware."""
    register: OrganisationLookup
    sender_organisations: frozenset[str] | None = None
    """Whose cases this sender may hand in; ``None`` for every organisation's."""
    channel: str = "system"
    layout: KsfLayout = DEFAULT_LAYOUT
    pilot_until: date = START_OF_DUTY
    """The first Bishkek day of discharge that is no longer pilot."""
    clock_tolerance: timedelta = timedelta(minutes=5)
    """How far a sender's clock may run ahead of ours."""
