"""What is wrong with a configuration, said all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing wrong: where it was set, which key, what is wrong and what to do. Never holds the value itself."""

    source: str
    key: str
    problem: str
    advice: str

    def as_json(self) -> dict[str, str]:
        """The four fields by name."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.source}: {self.key}: {self.problem} {self.advice}"


class ConfigInvalid(Exception):
    """The configuration cannot be used; carries every problem found in it."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
