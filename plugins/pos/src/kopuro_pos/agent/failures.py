"""Why a command cannot go on: what is wrong, what to do next, and what the shell is told."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the shell is told."""

    FINE = 0
    REFUSED = 1
    """The gateway or the agent said no."""
    USAGE = 2
    """The command line or the settings are wrong."""
    UNREACHABLE = 3
    """A file, the agent or the gateway cannot be read or reached."""


class Failure(Exception):
    """A command cannot go on. ``advice`` says what to do; neither text holds anything personal or secret."""

    code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.advice = advice


class Unreachable(Failure):
    """The agent or the gateway does not answer."""

    code = ExitCode.UNREACHABLE


class CannotStart(Failure):
    """The agent cannot begin its work."""

    code = ExitCode.UNREACHABLE
