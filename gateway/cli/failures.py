"""How commands fail: what is wrong, what to do next, and an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told."""

    FINE = 0
    REFUSED = 1
    """Findings, refusals, or numbers that do not agree."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    UNREACHABLE = 3
    """A file, a host or the store cannot be read, written or reached."""


class Failure(Exception):
    """A command cannot go on. ``advice`` says what to do next."""

    def __init__(self, problem: str, advice: str = "", *, code: ExitCode = ExitCode.REFUSED) -> None:
        self.advice = advice
        self.code = code
        super().__init__(problem)

    @classmethod
    def of_file(cls, error: OSError) -> Failure:
        """For a file that cannot be read or written."""
        name = error.filename if error.filename is not None else "the file"
        return cls(f"{name}: {error.strerror}.", "Check the path and its permissions.", code=ExitCode.UNREACHABLE)

    @classmethod
    def of_configuration(cls, problems: Iterable[object]) -> Failure:
        """For a configuration that cannot be used: every problem, one a line."""
        listed = "\n".join(f"  {problem}" for problem in problems)
        advice = "Correct these, then look again with «gateway config check»."
        return cls(f"The configuration cannot be used:\n{listed}", advice, code=ExitCode.USAGE)
