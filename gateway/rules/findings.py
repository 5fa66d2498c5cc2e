"""What a rule says: a finding, in one of three languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from schemas.errors import ErrorCode, Language, Severity, entry

NO_PARAMETERS: Mapping[str, str | int] = MappingProxyType({})

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FRACTION: Final = re.compile(r"(-?\d+)\.(\d+)")


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
        """The wire form: code, severity, path, clause, message, action, parameters.

        In the texts days and decimal fractions are as people write them; in ``parameters`` they are as machines do.
        """
        row = entry(self.code)
        written = {name: _as_written(value, language) for name, value in self.parameters.items()}
        return {
            "code": self.code.value,
            "severity": row.severity.value,
            "path": self.path,
            "clause": row.clause.in_language(language) if row.clause else None,
            "message": row.message.in_language(language).format_map(written),
            "action": row.action.in_language(language).format_map(written),
            "parameters": dict(self.parameters),
        }

    def as_stored(self) -> dict[str, Any]:
        """The form kept in the journal, without any language."""
        return {"code": self.code.value, "path": self.path, "parameters": dict(self.parameters)}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Finding:
        """The inverse of :meth:`as_stored`."""
        return cls(ErrorCode(stored["code"]), stored["path"], stored["parameters"])


def _as_written(value: str | int, language: Language) -> str | int:
    """A day and a decimal fraction as people write them in Kyrgyz and Russian: ``22.12.2026``, ``40,00``."""
    if language is Language.EN or not isinstance(value, str):
        return value
    if day := _DAY.fullmatch(value):
        return ".".join(reversed(day.groups()))
    if fraction := _FRACTION.fullmatch(value):
        return ",".join(fraction.groups())
    return value


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
