"""The error catalogue as a Markdown page, for ``docs/errors.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.errors import CATALOGUE, ErrorCode, ErrorEntry, Language

_HEAD: Final = """\
# Error catalogue

Made from `schemas/errors` by `gateway schemas write`; do not edit. The same is served at `/v1/errors`, in the language
of `Accept-Language`. A code never changes its meaning. `{name}` stands for a parameter of the finding.

**Who acts**: clinic (who entered the data), integrator (who keeps the sending system), operator (who runs this
gateway), fund, nobody. **Retry**: never; after-correction (with a new `Idempotency-Key`); same-key-later (the same
request with the same key, not before `Retry-After`); not-needed (it was accepted).

"""
_NAMES: Final = {Language.KY: "Кыргызча", Language.RU: "Русский", Language.EN: "English"}


def render() -> str:
    """The page: an overview, then every code with its texts in the three languages."""
    return _HEAD + "".join((*_overview(), *(part for code in CATALOGUE for part in _section(code, CATALOGUE[code]))))


def _overview() -> Iterator[str]:
    yield "| Code | Status | Severity | Who acts | Retry |\n|---|---|---|---|---|\n"
    for code, row in CATALOGUE.items():
        link = f"[`{code}`](#{code.lower()})"
        yield f"| {link} | {row.status} | {row.severity} | {row.actor} | {row.retry} |\n"


def _section(code: ErrorCode, row: ErrorEntry) -> Iterator[str]:
    yield f"\n## {code}\n\n{row.status} · {row.severity} · {row.actor} · {row.retry}\n"
    for language in (Language.EN, Language.RU, Language.KY):
        clause = f" _({row.clause.in_language(language)})_" if row.clause else ""
        message, action = row.message.in_language(language), row.action.in_language(language)
        yield f"\n- **{_NAMES[language]}**: {message}{clause}  \n  {action}"
    yield "\n"
