"""How a call can fail: refused by the gateway, surely not sent, or in doubt.

Texts of these exceptions hold codes, statuses and the request's id only: nothing of what was asked or answered.
"""

from __future__ import annotations

from typing import ClassVar

from kopuro_pos.client.catalogue import Entry
from kopuro_pos.client.codes import ErrorCode
from kopuro_pos.client.models.problems import FindingView, Problem
from kopuro_pos.client.models.terms import Retry, Severity


class CallFailed(Exception):
    """The call brought no result. What to do next is in :mod:`kopuro_pos.client.retry`."""


class Refused(CallFailed):
    """The gateway has answered, and has not done it.

    Each code of the catalogue has a class of its own in :mod:`kopuro_pos.client.refusals`. A code that only a newer
    gateway knows raises this class itself, with everything the gateway said.
    """

    entry: ClassVar[Entry | None] = None
    """What the catalogue says of the code, in three languages; ``None`` for an unknown one."""

    def __init__(
        self,
        *,
        status: int,
        code: ErrorCode | str,
        findings: tuple[FindingView, ...] = (),
        retry_after: float | None = None,
        problem: Problem | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.findings = findings
        """Everything that is wrong, in the language asked for."""
        self.retry_after = retry_after
        """Seconds to wait before a repeat, where the gateway named them."""
        self.problem = problem
        super().__init__(f"{status} {code}" + (f" ({problem.instance})" if problem else ""))

    @property
    def severity(self) -> Severity:
        """Of the code: an error, since it refused."""
        return self.entry.severity if self.entry else Severity.ERROR

    @property
    def retry(self) -> Retry:
        """What a repeat is worth; of an unknown code, by the status."""
        if self.entry:
            return self.entry.retry
        return Retry.SAME_KEY_LATER if self.status == 429 or self.status >= 500 else Retry.AFTER_CORRECTION


class SignInRefused(Refused):
    """The gateway gives this terminal no token: its key, its name or its clock is not what the gateway expects.

    Nothing was sent but the question for a token.
    """

    def __init__(self, *, status: int, code: ErrorCode | str, error: str) -> None:
        super().__init__(status=status, code=code)
        self.error = error
        """By RFC 6749, section 5.2, and RFC 9449: ``invalid_client``, ``invalid_dpop_proof``…"""


class Unreachable(CallFailed):
    """No answer of the gateway. ``reason`` is a short name for logs, such as ``ConnectTimeout`` or ``status 502``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NotSent(Unreachable):
    """Surely not sent: the connection, or the token for it, did not come about. Nothing has happened."""


class InDoubt(Unreachable):
    """Sent, and no answer that tells what was done: it may have been. Only a repeat with the same key is safe.

    ``refusal`` is what the gateway itself said, where it has answered that it failed: then it is not the line.
    """

    def __init__(self, reason: str, refusal: Refused | None = None) -> None:
        self.refusal = refusal
        super().__init__(reason)
