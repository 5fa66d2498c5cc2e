"""The prescription's sheet: one page, the same bytes every time, Kyrgyz letters, no ПИН."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.documents.sheet import Sheet, draw_sheet
from gateway.documents.sheet_words import WORDS
from schemas.errors import Language
from schemas.medicines import DoseUnit, Position
from tests.support.pdf_text import page_count, text_of
from tests.support.programme import PIN, PRESCRIBER_PIN, make_issued, medicine

NUMBER = "482177305516"
ISSUED = make_issued(number=NUMBER)
LONG = make_issued(
    number=NUMBER,
    prescribed=medicine(
        components=[{"inn": f"{'substance ' * 12}{n}", "strength": "1", "strength_unit": "mg"} for n in range(10)],
        form="таблетка " * 14,
    ),
    item={"directions": "Ң" * 500 + "\n<b>&amp;</b> " + "күнүнө " * 60},
    patient={"family_name": "Ө" * 128, "given_name": "Ү" * 128},
)


def sheet(issued=ISSUED, language: Language = Language.KY, *, is_copy: bool = False) -> Sheet:
    return Sheet(message=issued.message, organisation_name="Өзгөн ҮБМБ", language=language, is_copy=is_copy)


@pytest.mark.clause("15")
@pytest.mark.parametrize("language", WORDS)
def test_clause_15_the_sheet_tells_all_that_the_patient_needs(language: Language):
    text = text_of(draw_sheet(sheet(language=language)))
    for told in (
        "4821 7730 5516",
        "Түгөлбаев Өскөн Жеңишович",
        "Rp.: Enalapril",
        "таблетка, 10 мг",
        "600 мг",
        "N. 60",
        "S. Күнүнө 2 маал 1 таблеткадан",
        "Өмүралиева Үмүт Эңсебековна",
        "Өзгөн ҮБМБ",
        "15.01.2026",
        "14.02.2026",
        WORDS[language].title,
    ):
        assert told in text


@pytest.mark.clause("34")
def test_clause_34_number_and_pin_are_not_on_one_paper():
    text = text_of(draw_sheet(sheet()))
    assert PIN not in text
    assert PRESCRIBER_PIN not in text
    assert "I10" not in text


def test_only_a_reprint_is_marked_as_a_copy():
    for language in WORDS:
        assert "КОПИЯ" not in text_of(draw_sheet(sheet(language=language)))
        assert "КОПИЯ" in text_of(draw_sheet(sheet(language=language, is_copy=True)))


def test_the_same_prescription_is_the_same_bytes_in_any_thread():
    with ThreadPoolExecutor(8) as threads:
        drawn = set(threads.map(draw_sheet, [sheet()] * 24))
    assert len(drawn) == 1


def test_however_long_the_texts_it_is_one_page_and_nothing_is_left_out():
    drawn = draw_sheet(sheet(LONG))
    assert page_count(drawn) == 1
    text = text_of(drawn).replace("\n", "")
    assert text.count("Ң") >= 500
    assert text.count("Ө") >= 128
    assert "<b>&amp;</b>" in text
    assert "14.02.2026" in text


def test_there_are_words_for_every_unit_and_position():
    for words in WORDS.values():
        assert set(words.units) == set(DoseUnit)
        assert set(words.positions) == set(Position)
