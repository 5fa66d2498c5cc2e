"""What the kit says: in three languages, and as the gateway and the agent say it themselves."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest

from gateway.rules.findings import Finding
from kopuro_pos.agent.texts import Text
from kopuro_pos.certify import page_words, reckoning
from kopuro_pos.certify.checks import MENDING, CheckId
from kopuro_pos.certify.findings import PATHS, finding
from kopuro_pos.certify.scenarios import SCENARIOS
from schemas.errors import CATALOGUE, ErrorCode, Language


def test_every_check_says_what_to_mend() -> None:
    assert set(MENDING) == set(CheckId)


def texts() -> Iterator[Text]:
    yield from MENDING.values()
    yield from (value for value in vars(page_words).values() if isinstance(value, Text))
    yield from page_words.OUTCOMES.values()
    yield reckoning.MISSING
    for scenario in SCENARIOS:
        yield from (scenario.words.title, scenario.words.happens, scenario.words.right)


def test_every_text_is_there_in_three_languages_and_in_its_own_letters() -> None:
    for text in texts():
        assert all(words.strip() == words != "" for words in text)
        assert len({sorted_names(words) for words in text}) == 1
        assert set(text.en.lower()) & set(string.ascii_lowercase)
        assert not set(text.en.lower().replace("пин", "")) & set("абвгдежзийклмнопрстуфхцчшщъыьэюя")
        assert not set(text.ru.lower()) & set("өүң") or "Ө, Ү, Ң" in text.ru


def sorted_names(words: str) -> tuple[str, ...]:
    """The parameters of a text."""
    return tuple(sorted(name for _, name, _, _ in string.Formatter().parse(words.replace("{id}", "")) if name))


def test_no_scenario_is_told_like_another() -> None:
    titles = [scenario.words.title.ru for scenario in SCENARIOS]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("code", sorted(PATHS))
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("value", ["2026-12-22", "-40.00", "42", 42])
def test_a_finding_is_worded_as_the_gateway_words_it(code: str, language: Language, value: str | int) -> None:
    entry = CATALOGUE[ErrorCode(code)]
    parameters = {name: value for text in (entry.message, entry.action) for name in sorted_names(text.en)}
    ours, theirs = finding(code, language.value, **parameters), Finding(ErrorCode(code), "$", parameters)
    told = theirs.as_json(language)
    assert (ours.message, ours.action) == (told["message"], told["action"])
