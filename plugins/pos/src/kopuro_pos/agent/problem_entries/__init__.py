"""All refusals of the agent, each with its status, what trying again is worth, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kopuro_pos.agent.problem_entries import calling, selling
from kopuro_pos.agent.problem_entries.model import ProblemCode, ProblemEntry

ENTRIES: Final[Mapping[ProblemCode, ProblemEntry]] = {**selling.ENTRIES, **calling.ENTRIES}

__all__ = ["ENTRIES", "ProblemCode", "ProblemEntry"]
