"""The block of codes on dispensing is described whole, and where it should be."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from schemas.errors import Actor, ErrorCode, ErrorEntry, Retry, Severity, codes
from schemas.errors.dispensing import ENTRIES

ROWS = [pytest.param(row, id=code) for code, row in ENTRIES.items()]
_STATUS = {403, 404, 409, 422, 429}


def block(name: str) -> set[ErrorCode]:
    """The codes below a comment of the list, up to the next blank line."""
    source = Path(codes.__file__).read_text(encoding="utf-8")
    listed = source.partition(f"# {name}\n")[2].partition("\n\n")[0]
    return {ErrorCode(code) for code in re.findall(r'= "([A-Z_0-9]+)"', listed)}


def test_the_block_is_whole():
    assert set(ENTRIES) == block("Dispensing")


@pytest.mark.parametrize("row", ROWS)
def test_what_passes_needs_no_retry_and_what_does_not_names_its_clause(row: ErrorEntry):
    passes = row.severity is not Severity.ERROR
    assert passes == (row.status == 200) == (row.retry is Retry.NOT_NEEDED)
    assert passes or row.status in _STATUS
    assert row.clause is not None
    assert (row.actor is Actor.NOBODY) == (row.severity is Severity.INFO)


@pytest.mark.parametrize("row", ROWS)
def test_texts_are_whole_in_each_language_with_the_same_parameters(row: ErrorEntry):
    for text in (row.message, row.action):
        assert len(set(text)) == 3
        named = [{name for _, name, _, _ in string.Formatter().parse(said) if name} for said in text]
        assert named[0] == named[1] == named[2]
        assert all(said.endswith(".") and said == said.strip() for said in text)
        assert not set("өүңӨҮҢ") & set(text.ru)
