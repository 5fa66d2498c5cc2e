"""The circumstances under which the tests of the rules check a case, and short ways to say what was found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from gateway.rules.findings import Finding
from gateway.rules.treated_case import CaseFacts, check_case, check_json
from schemas.treated_case import TreatedCase
from tests.builders import case_json

NOW = datetime(2026, 2, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """An organisation as the rules see it."""

    equipped: bool = True
    equipped_since: date | None = None
    departments: Mapping[str, str] = field(default_factory=dict)


class Register:
    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries

    def find(self, code: str) -> Entry | None:
        return self._entries.get(code)


REGISTER = Register(
    {
        "950174": Entry(departments={"18": "Терапия", "05": "Хирургия"}),
        "950175": Entry(),
        "950176": Entry(equipped=False),
        "950177": Entry(equipped=True, equipped_since=date(2026, 2, 2)),
        "950178": Entry(equipped=True, equipped_since=date(2026, 2, 1)),
    }
)


def facts(**overrides: Any) -> CaseFacts:
    given: dict[str, Any] = {"now": NOW, "register": REGISTER, **overrides}
    return CaseFacts(**given)


def said(findings: Iterable[Finding]) -> list[str]:
    """Findings as ``CODE $.path``, sorted, without the notice that a case is a pilot one."""
    return sorted(f"{each.code} {each.path}" for each in findings if each.code != "CASE_PILOT")


def said_of(body: dict[str, Any], **circumstances: Any) -> list[str]:
    """What is said of a case as decoded JSON; model and body must get the same answer if the schema accepts it."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    checked = check_json(raw, facts(**circumstances))
    if not any(each.code.startswith("SCHEMA_") for each in checked.findings):
        assert check_case(TreatedCase.model_validate_json(raw), facts(**circumstances)) == checked.findings
    return said(checked.findings)


def said_of_case(**overrides: Any) -> list[str]:
    return said_of(case_json(**overrides))
