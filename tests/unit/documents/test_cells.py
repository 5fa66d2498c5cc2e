"""Texts that a spreadsheet would run stay texts, and none is lost by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.cells import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-12.50", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_marked(text: str):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "540.00", "Эналаприл-Ала-Тоо", "2026-01", "a=b", " -1"])
def test_what_it_leaves_alone_stays_as_it_is(text: str):
    assert harmless(text) == text


@given(st.from_regex(r"\A['=+@\t\r-]?.*", fullmatch=True))
def test_taking_one_mark_away_gives_the_text_again(text: str):
    assert harmless(text).removeprefix("'") == text
