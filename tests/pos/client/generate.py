"""Writes what the client knows of the gateway's error catalogue: its codes, the catalogue itself, a class per error.

    python -m tests.pos.client.generate

The plugin may not import the gateway, so it carries its own copy; ``test_generated.py`` holds that it is not stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from schemas.errors import CATALOGUE, ErrorCode, ErrorEntry, Severity, Text

CLIENT = Path(__file__).parents[3] / "plugins/pos/src/kopuro_pos/client"

_MARK = "Written by ``python -m tests.pos.client.generate``; not to be changed by hand."
_LINE = 105
"""Characters of a docstring beside its quotes."""


def generated() -> dict[str, str]:
    """The files by name."""
    return {"codes.py": codes(), "catalogue.json": catalogue(), "refusals.py": refusals()}


def codes() -> str:
    lines = [
        f'"""Every code of the gateway. {_MARK}"""',
        "",
        "from enum import StrEnum",
        "",
        "",
        "class ErrorCode(StrEnum):",
        '    """What each says stands in :data:`kopuro_pos.client.catalogue.CATALOGUE`."""',
        "",
        *(f'    {code.value} = "{code.value}"{_excused(code)}' for code in ErrorCode),
    ]
    return "\n".join(lines) + "\n"


def _excused(code: ErrorCode) -> str:
    words = ("PASSWORD", "TOKEN", "SECRET")
    return "  # noqa: S105 - a code" if any(word in code.value for word in words) else ""


def catalogue() -> str:
    rows = [_row(code, CATALOGUE[code]) for code in ErrorCode]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def _row(code: ErrorCode, entry: ErrorEntry) -> dict[str, Any]:
    return {
        "code": code.value,
        "status": entry.status,
        "severity": entry.severity.value,
        "actor": entry.actor.value,
        "retry": entry.retry.value,
        "clause": None if entry.clause is None else _texts(entry.clause),
        "message": _texts(entry.message),
        "action": _texts(entry.action),
    }


def _texts(text: Text) -> dict[str, str]:
    return {"ky": text.ky, "ru": text.ru, "en": text.en}


def refusals() -> str:
    refusing = [code for code in ErrorCode if CATALOGUE[code].severity is Severity.ERROR]
    parts = [
        f'"""A class for each code that refuses. {_MARK}"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "from types import MappingProxyType",
        "from typing import Final",
        "",
        "from kopuro_pos.client.catalogue import CATALOGUE",
        "from kopuro_pos.client.codes import ErrorCode",
        "from kopuro_pos.client.errors import Refused",
        "",
    ]
    for code in refusing:
        parts += [
            "",
            f"class {class_name(code)}(Refused):",
            f'    """{_said(CATALOGUE[code])}"""',
            "",
            f"    entry = CATALOGUE[ErrorCode.{code.value}]",
            "",
        ]
    parts += ["", "BY_CODE: Final[Mapping[ErrorCode, type[Refused]]] = MappingProxyType(", "    {"]
    parts += [f"        ErrorCode.{code.value}: {class_name(code)}," for code in refusing]
    parts += ["    }", ")", '"""The classes by their codes."""']
    return "\n".join(parts) + "\n"


def class_name(code: ErrorCode) -> str:
    """``RX_HELD`` is ``RxHeld``."""
    return "".join(word.capitalize() for word in code.value.split("_"))


def _said(entry: ErrorEntry) -> str:
    """The English message, in one line: of a long one, how it begins."""
    said = entry.message.en
    for end in (". ", ": "):
        if len(said) > _LINE:
            said = said.split(end)[0].rstrip(".") + "."
    return said


def main() -> None:
    for name, text in generated().items():
        (CLIENT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
