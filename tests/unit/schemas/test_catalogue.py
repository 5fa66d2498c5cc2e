"""The error catalogue: complete, in three languages, without gaps."""

from __future__ import annotations

import string

import pytest

from schemas.errors import (
    CATALOGUE,
    Actor,
    ErrorCode,
    ErrorEntry,
    Retry,
    Severity,
    Text,
    identifiers,
    ksf,
    reference,
    shape,
    treated_case,
)

OURS = shape.ENTRIES | identifiers.ENTRIES | ksf.ENTRIES | treated_case.ENTRIES | reference.ENTRIES
ENTRIES = [pytest.param(row, id=code) for code, row in CATALOGUE.items()]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_code_has_an_entry() -> None:
    assert set(CATALOGUE) == set(ErrorCode)


def test_no_code_is_described_twice() -> None:
    modules = (shape, identifiers, ksf, treated_case, reference)
    assert sum(len(module.ENTRIES) for module in modules) == len(OURS)


@pytest.mark.parametrize("row", ENTRIES)
def test_texts_are_there_and_differ(row: ErrorEntry) -> None:
    for text in (row.message, row.action):
        assert all(language.strip() == language != "" for language in text)
        assert len(set(text)) == 3
        assert all(language[-1] in ".!?»" for language in text)


@pytest.mark.parametrize("row", ENTRIES)
def test_placeholders_are_the_same_in_every_language(row: ErrorEntry) -> None:
    for text in (row.message, row.action):
        assert placeholders(text.ky) == placeholders(text.ru) == placeholders(text.en)


@pytest.mark.parametrize("row", ENTRIES)
def test_languages_keep_to_their_letters(row: ErrorEntry) -> None:
    kyrgyz_only = set("өүңӨҮҢ")
    for text in (row.message, row.action):
        assert not kyrgyz_only & set(text.ru)
        assert not any(
            "а" <= letter <= "я"
            for letter in text.en.replace("ПИН", "")
            .lower()
            .replace("ксф", "")
            .replace("пин", "")
            .replace("инн", "")
            .replace("окпо", "")
        )


def test_kyrgyz_is_written_with_its_own_letters() -> None:
    text = " ".join(row.message.ky + row.action.ky for row in CATALOGUE.values())
    assert set("өүңӨҮ") <= set(text)


@pytest.mark.parametrize("row", [pytest.param(row, id=code) for code, row in OURS.items()])
def test_what_passes_needs_no_retry_and_what_does_not_names_its_clause(row: ErrorEntry) -> None:
    passes = row.severity is not Severity.ERROR
    assert passes == (row.status == 200) == (row.retry is Retry.NOT_NEEDED)
    assert isinstance(row.clause, Text)
    assert (row.actor is Actor.NOBODY) == (row.severity is Severity.INFO)


def test_duplicates_name_the_number_that_is_there() -> None:
    for code in (ErrorCode.KSF_DUPLICATE, ErrorCode.STAY_DUPLICATE):
        assert (CATALOGUE[code].status, placeholders(CATALOGUE[code].message.ky)) == (422, {"number"})
