"""What a rule says: a finding, in one of three languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from schemas.errors import ErrorCode, Language, Severity, entry

NO_PARAMETERS: Mapping[str, str | int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule has to say about a message.

    ``path`` is a JSON path from the message's root (``$.diagnoses.main.code``; ``$`` is the whole).
    ``parameters`` fill the catalogue's texts and never hold personal data: codes, positions, limits, days.
    """

    code: ErrorCode
    path: str = "$"
    parameters: Mapping[str, str | int] = field(default_factory=lambda: NO_PARAMETERS, hash=False)

    @property
    def severity(self) -> Severity:
        """What it does to the request."""
        return entry(self.code).severity

    def as_json(self, language: Language) -> dict[str, Any]:
        """The wire form: code, severity, path, clause, message, action, parameters."""
        row = entry(self.code)
        parameters = dict(self.parameters)
        return {
            "code": self.code.value,
            "severity": row.severity.value,
            "path": self.path,
            "clause": row.clause.in_language(language) if row.clause else None,
            "message": row.message.in_language(language).format_map(parameters),
            "action": row.action.in_language(language).format_map(parameters),
            "parameters": parameters,
        }

    def as_stored(self) -> dict[str, Any]:
        """The form kept in the journal, without any language."""
        return {"code": self.code.value, "path": self.path, "parameters": dict(self.parameters)}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Finding:
        """The inverse of :meth:`as_stored`."""
        return cls(ErrorCode(stored["code"]), stored["path"], stored["parameters"])


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of ``findings`` that refuse the request."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


class Refused(Exception):
    """A request is refused; nothing was changed. Carries every finding, the deciding one first."""

    def __init__(self, findings: Iterable[Finding], *, retry_after: int | None = None) -> None:
        self.findings = tuple(findings)
        self.retry_after = retry_after
        super().__init__(", ".join(finding.code.value for finding in self.findings))

    @classmethod
    def because(
        cls, code: ErrorCode, path: str = "$", *, retry_after: int | None = None, **parameters: str | int
    ) -> Refused:
        """A refusal for one reason."""
        return cls((Finding(code, path, parameters),), retry_after=retry_after)
