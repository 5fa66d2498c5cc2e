"""The thirty scenarios, in order."""

from __future__ import annotations

from typing import Final

from kopuro_pos.certify.scenarios import changed, exact, interrupted, offline, refused, returned, selling
from kopuro_pos.certify.stage import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = (
    *selling.SCENARIOS,
    *interrupted.SCENARIOS,
    *refused.SCENARIOS,
    *offline.SCENARIOS,
    *returned.SCENARIOS,
    *exact.SCENARIOS,
    *changed.SCENARIOS,
)
"""S01…S30."""
