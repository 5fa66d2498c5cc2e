"""How the agent refuses. What each code stands for is in ``problem_entries``.

A refusal of the gateway is passed on as :attr:`ProblemCode.GATEWAY_REFUSED` with the gateway's own findings, of which
the first names its code. Every problem that leaves the agent holds at least one finding.
"""

from __future__ import annotations

from collections.abc import Sequence

from kopuro_pos.agent.contract import Finding, Problem, Retry, Severity
from kopuro_pos.agent.problem_entries import ENTRIES, ProblemCode, ProblemEntry

__all__ = ["ENTRIES", "AgentProblem", "ProblemCode", "ProblemEntry", "finding_of"]


class AgentProblem(Exception):
    """The agent refuses. Its text is the code alone: nothing personal.

    ``status`` and ``retry`` are those of the code unless given (a gateway's refusal brings its own); ``findings`` are
    in the caller's language already. ``retry_after`` is in whole seconds.
    """

    def __init__(
        self,
        code: ProblemCode,
        status: int | None = None,
        retry: Retry | None = None,
        *,
        findings: Sequence[Finding] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code.value)
        entry = ENTRIES[code]
        self.code = code
        self.status = entry.status if status is None else status
        self.retry = entry.retry if retry is None else retry
        self.findings = tuple(findings)
        self.retry_after = retry_after

    def told(self, language: str) -> Problem:
        """As it leaves the agent, in this language."""
        entry = ENTRIES[self.code]
        own = finding_of(self.code, language)
        first = next((one for one in self.findings if one.severity is Severity.ERROR), own)
        passed_on = self.code is ProblemCode.GATEWAY_REFUSED
        return Problem(
            type=f"urn:kopuro-pos:problem:{self.code}",
            title=first.message if passed_on else entry.message.of(language),
            status=self.status,
            detail=(first.action if passed_on else None) or entry.action.of(language),
            code=self.code,
            retry=self.retry,
            findings=list(self.findings) or [own],
        )


def finding_of(code: ProblemCode, language: str, *, path: str | None = None) -> Finding:
    """A code of the agent as a finding."""
    entry = ENTRIES[code]
    return Finding(
        code=code,
        severity=Severity.ERROR,
        path=path,
        message=entry.message.of(language),
        action=entry.action.of(language),
    )
