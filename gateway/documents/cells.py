"""Texts as cells of a table that a spreadsheet will open."""

from __future__ import annotations

from typing import Final

_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins with one of these for a formula, and runs it."""
_MARK: Final = "'"
"""A spreadsheet leaves what stands behind it a text."""


def harmless(text: str) -> str:
    """The text as a cell that is never taken for a formula. Numbers that may be below zero do not belong in here.

    A mark that is the text's own is doubled, so that taking one away gives the text again.
    """
    return f"{_MARK}{text}" if text.startswith((*_FORMULA_SIGNS, _MARK)) else text
