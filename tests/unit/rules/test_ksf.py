"""The КСФ number, clause by clause (order on Sanarip Clinic, Annex 3)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.findings import Refused
from gateway.rules.ksf import DEFAULT_LAYOUT, KsfLayout, KsfNumber, check_format, form, normalise_input, parse
from schemas.errors import Language
from tests.builders import EXAMPLE_NUMBER

DIGITS = "0123456789"
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def code_of(text: str, layout: KsfLayout = DEFAULT_LAYOUT) -> str | None:
    found = check_format(text, layout=layout)
    return found[0].code if found else None


def refusal(sequence: int, department: str, organisation: str, discharged: date) -> str:
    with pytest.raises(Refused) as refused:
        form(sequence, department, organisation, discharged)
    return refused.value.findings[0].code


def test_the_example_of_the_order() -> None:
    number = parse(EXAMPLE_NUMBER)
    assert number == KsfNumber(sequence=1, department="18", organisation="950174", year="25")
    assert str(number) == EXAMPLE_NUMBER
    assert number.display == "0 0 0 0 0 0 1 1 8 9 5 0 1 7 4 2 5"
    assert number.discharge_year == 2025
    assert parse(normalise_input(number.display)) == number


def test_admitted_in_one_year_and_discharged_in_the_next() -> None:
    assert str(form(123, "05", "950174", date(2026, 1, 3))) == "00001230595017426"


@pytest.mark.parametrize("position", range(1, 18))
def test_clauses_2_to_5_every_position_belongs_to_its_part(position: int) -> None:
    base = "1" * 17
    changed = parse(base[: position - 1] + "2" + base[position:])
    parts = {"sequence": range(1, 8), "department": (8, 9), "organisation": range(10, 16), "year": (16, 17)}
    for part, positions in parts.items():
        assert (getattr(changed, part) != getattr(parse(base), part)) == (position in positions)


@pytest.mark.parametrize("length", [*range(17), *range(18, 40)])
def test_clause_1_another_length_is_refused(length: int) -> None:
    expected = {0: "KSF_FORMAT", 16: "KSF_LENGTH_16", 18: "KSF_LENGTH_18"}
    assert code_of("1" * length) == expected.get(length, "KSF_LENGTH")


@pytest.mark.parametrize("position", range(1, 18))
@pytest.mark.parametrize("character", ["x", " ", "-", "+", ".", "１", "٣", "²", "①", "О", "\n"])
def test_clause_1_only_ascii_digits(position: int, character: str) -> None:
    (finding,) = check_format(EXAMPLE_NUMBER[: position - 1] + character + EXAMPLE_NUMBER[position:], "$.ksf_number")
    assert (finding.code, finding.path) == ("KSF_FORMAT", "$.ksf_number")
    assert finding.parameters == {"position": position, "expected": 17}
    assert str(position) in finding.as_json(Language.KY)["message"]


def test_clause_2_the_sequence_begins_with_one_and_ends_with_seven_nines() -> None:
    assert code_of("00000001895017425") == "KSF_SEQ_ZERO"
    assert str(form(9_999_999, "18", "950174", date(2025, 1, 1))) == "99999991895017425"
    assert refusal(10_000_000, "18", "950174", date(2025, 1, 1)) == "KSF_SEQ_EXHAUSTED"
    assert refusal(0, "18", "950174", date(2025, 1, 1)) == "KSF_SEQ_ZERO"
    assert refusal(-1, "18", "950174", date(2025, 1, 1)) == "KSF_SEQ_ZERO"


@pytest.mark.parametrize(
    ("department", "organisation", "position"),
    [("8", "950174", 8), ("018", "950174", 8), ("1x", "950174", 8), ("18", "9501742", 10), ("18", "９５０１７４", 10)],
)
def test_clauses_3_and_4_codes_fill_their_positions(department: str, organisation: str, position: int) -> None:
    with pytest.raises(Refused) as refused:
        form(1, department, organisation, date(2025, 1, 1))
    (finding,) = refused.value.findings
    assert (finding.code, finding.parameters["position"]) == ("KSF_FORMAT", position)


@pytest.mark.parametrize("year", [1925, 1999, 2100])
def test_clause_5_two_digits_mean_this_century(year: int) -> None:
    assert refusal(1, "18", "950174", date(year, 6, 1)) == "KSF_YEAR_RANGE"


def test_refusals_carry_every_parameter_their_texts_ask_for() -> None:
    for text in ("", "1", "1" * 16, "1" * 17 + "x", "1" * 18, "0" * 17):
        for language in Language:
            (finding,) = check_format(text)
            assert finding.as_json(language)["message"]
    for sequence in (0, 10**7):
        with pytest.raises(Refused) as refused:
            form(sequence, "18", "950174", date(2025, 1, 1))
        assert refused.value.findings[0].as_json(Language.RU)["message"]


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        (" 0 0 0 0 0 0 1 1 8 9 5 0 1 7 4 2 5 ", EXAMPLE_NUMBER),
        (EXAMPLE_NUMBER + "\n", EXAMPLE_NUMBER),
        ("0  0", "0  0"),
        ("0000001 18 950174 25", "0000001 18 950174 25"),
        ("", ""),
    ],
)
def test_only_the_display_form_loses_its_spaces(typed: str, digits: str) -> None:
    assert normalise_input(typed) == digits


@pytest.mark.parametrize(
    "text", ["7-2-6", "7-2-6-2-1", "7-2-6-x", "7-2-6-4", "0-2-6-2", "７-2-6-2", "", "7-2-6-+2", "100-2-6-2"]
)
def test_a_layout_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="КСФ"):
        KsfLayout.parse(text)


def test_the_layout_is_a_setting() -> None:
    assert KsfLayout.parse("7-2-6-2") == DEFAULT_LAYOUT
    literal = KsfLayout.parse("7-2-7-2")
    assert (str(literal), literal.length, literal.organisation_positions) == ("7-2-7-2", 18, "10-16")
    assert parse("000000118950174225", literal).organisation == "9501742"
    assert code_of(EXAMPLE_NUMBER, literal) == "KSF_LENGTH"


def test_positions_are_those_of_the_order() -> None:
    layout = DEFAULT_LAYOUT
    assert (layout.department_positions, layout.organisation_positions, layout.year_positions) == (
        "8-9",
        "10-15",
        "16-17",
    )


@given(
    st.integers(1, 9_999_999),
    st.text(DIGITS, min_size=2, max_size=2),
    st.text(DIGITS, min_size=6, max_size=6),
    days,
)
def test_parse_undoes_form(sequence: int, department: str, organisation: str, discharged: date) -> None:
    number = form(sequence, department, organisation, discharged)
    assert parse(str(number)) == number
    assert parse(normalise_input(number.display)) == number
    assert number.discharge_year == discharged.year


@given(st.text(DIGITS, min_size=17, max_size=17).filter(lambda text: text[:7].strip("0")))
def test_any_17_digits_with_a_sequence_are_a_number(text: str) -> None:
    assert str(parse(text)) == text


@given(
    st.text(DIGITS, min_size=17, max_size=17).map(
        lambda text: text.translate({ord("0") + n: ord("０") + n for n in range(10)})
    )
)
def test_full_width_digits_never_are(text: str) -> None:
    assert code_of(text) == "KSF_FORMAT"


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    if code_of(text) is None:
        assert str(parse(text)) == text
    else:
        with pytest.raises(Refused):
            parse(text)
