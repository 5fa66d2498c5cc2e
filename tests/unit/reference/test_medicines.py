import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.batch.tables import read_table
from gateway.reference.medicine_export import as_csv, as_xlsx, table
from gateway.reference.medicines import COLUMNS, ParsedReference, parse_medicines
from schemas.errors import ErrorCode, Severity
from schemas.medicines import ControlledClass, Medicine, Per, Registration

EXAMPLE = Path(__file__).parents[3] / "config" / "examples" / "medicines.csv"
HEADING = list(COLUMNS)
SOUND = {
    "code": "M1", "inn": "enalapril", "strength": "10 mg", "trade_name": "Эналаб", "form": "таблетка",
    "form_class": "oral-solid", "pack_size": "30", "manufacturer": "Чүй Фарм", "country": "Кыргызстан",
    "atc": "C09AA02", "gtin": "4600000000015", "reference_price": "12.00", "compensation": "6.00", "per": "unit",
}  # fmt: skip


def parsed(*rows: dict[str, object], before: tuple[str, ...] = ()) -> ParsedReference:
    full = [[row.get(column, "") for column in HEADING] for row in rows]
    return parse_medicines([HEADING, *full], before)


def codes(result: ParsedReference) -> list[tuple[ErrorCode, str]]:
    return [(finding.code, finding.path) for finding in result.findings]


@pytest.mark.clause("11")
def test_clause_11_the_example_shows_what_the_reference_can_hold() -> None:
    rows, _ = read_table(EXAMPLE)
    result = parse_medicines(row for row, _ in rows)
    assert result.findings == ()
    medicines = result.medicines
    assert len({medicine.inn for medicine in medicines}) >= 25
    assert {medicine.compensation.per for medicine in medicines} == set(Per)
    assert {medicine.controlled for medicine in medicines} == set(ControlledClass)
    assert {medicine.registration for medicine in medicines} == set(Registration)
    assert any(len(medicine.components) > 1 for medicine in medicines)
    assert any(medicine.special_designation for medicine in medicines)
    assert any(medicine.largest_retail_price is None for medicine in medicines)


@pytest.mark.clause("11")
def test_clause_11_a_row_becomes_a_medicine() -> None:
    [medicine] = parsed(SOUND | {"reference_price": "1 012,5", "compensation": "6"}).medicines
    assert medicine.reference_price == Decimal("1012.5")
    assert medicine.compensation.amount == Decimal(6)
    assert medicine.leading.strength == Decimal(10)


def test_spreadsheets_give_numbers() -> None:
    numbers = {"pack_size": 30.0, "reference_price": 119.99, "compensation": 33, "gtin": 46000000023}
    result = parsed(SOUND | numbers)
    assert codes(result) == [(ErrorCode.MEDICINE_GTIN, "$[2].gtin")]
    [medicine] = parsed(SOUND | numbers | {"gtin": ""}).medicines
    assert (medicine.pack_size, medicine.reference_price) == (30, Decimal("119.99"))


def test_russian_headings() -> None:
    heading = [(COLUMNS[column] or (column,))[0].upper() for column in HEADING]
    result = parse_medicines([heading, [SOUND.get(column, "") for column in HEADING]])
    assert [medicine.code for medicine in result.medicines] == ["M1"]


@pytest.mark.clause("11")
@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"code": ""}, "code"),
        ({"code": "ы 1"}, "code"),
        ({"inn": ""}, "inn"),
        ({"inn": "enalapril + losartan"}, "strength"),
        ({"strength": "10"}, "strength"),
        ({"strength": "10 stone"}, "strength"),
        ({"strength": "-10 mg"}, "strength"),
        ({"strength": "0 mg"}, "strength"),
        ({"trade_name": ""}, "trade_name"),
        ({"pack_size": "0"}, "pack_size"),
        ({"pack_size": "30.5"}, "pack_size"),
        ({"pack_size": "٣٠"}, "pack_size"),
        ({"atc": "C9"}, "atc"),
        ({"gtin": "46000000000ab"}, "gtin"),
        ({"reference_price": "0"}, "reference_price"),
        ({"reference_price": "12.345"}, "reference_price"),
        ({"reference_price": "1e3"}, "reference_price"),
        ({"reference_price": "NaN"}, "reference_price"),
        ({"compensation": "-1"}, "compensation"),
        ({"per": "box"}, "per"),
        ({"controlled": "perhaps"}, "controlled"),
        ({"registration": "no"}, "registration"),
        ({"positions": "family-doctor;surgeon", "protocol_number": "1", "protocol_date": "2026-01-01"}, "positions"),
        ({"largest_units": "many", "protocol_number": "1", "protocol_date": "2026-01-01"}, "largest_units"),
        ({"protocol_number": "1", "protocol_date": "soon"}, "protocol_date"),
    ],
)
def test_clause_11_each_broken_cell_is_named(change: dict[str, object], column: str) -> None:
    result = parsed(SOUND | change, SOUND | {"code": "M2"})
    assert (ErrorCode.MEDICINE_ROW, f"$[2].{column}") in codes(result)
    assert {path.split(".")[0] for _, path in codes(result)} == {"$[2]"}
    assert result.medicines == ()


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    result = parsed(
        SOUND | {"code": "", "pack_size": "x", "per": "y"},
        SOUND | {"compensation": "13.00"},
        SOUND | {"code": "M3", "gtin": "4600000000014"},
        SOUND | {"code": "M3", "indications": "I10"},
    )
    assert codes(result) == [
        (ErrorCode.MEDICINE_ROW, "$[2].code"),
        (ErrorCode.MEDICINE_ROW, "$[2].pack_size"),
        (ErrorCode.MEDICINE_ROW, "$[2].per"),
        (ErrorCode.MEDICINE_COMPENSATION, "$[3].compensation"),
        (ErrorCode.MEDICINE_GTIN, "$[4].gtin"),
        (ErrorCode.PROTOCOL_REQUIRED, "$[5].protocol_number"),
        (ErrorCode.MEDICINE_REPEATED, "$[5].code"),
    ]


def test_missing_columns_and_an_empty_table() -> None:
    assert codes(parse_medicines([["code", "inn"]]))[0] == (ErrorCode.MEDICINE_ROW, "$[1].strength")
    assert codes(parse_medicines([HEADING])) == [(ErrorCode.MEDICINE_ROW, "$[2].code")]


@pytest.mark.clause("14")
def test_clause_14_unregistered_only_where_nothing_registered_replaces_it() -> None:
    permitted = SOUND | {"code": "M9", "registration": "temporarily-permitted", "strength": "20 mg"}
    assert parsed(permitted).findings == ()
    assert codes(parsed(SOUND, permitted)) == [(ErrorCode.REF_NOT_REGISTERED, "$[3].registration")]
    assert parsed(SOUND | {"inn": "losartan"}, permitted).findings == ()


@pytest.mark.clause("14")
def test_clause_14_once_a_registered_one_appears_the_row_is_marked_for_removal() -> None:
    permitted = SOUND | {"code": "M9", "registration": "temporarily-permitted"}
    result = parsed(SOUND, permitted, before=("M9",))
    assert codes(result) == [(ErrorCode.REF_REGISTERED_APPEARED, "$[3].registration")]
    assert result.findings[0].severity is Severity.WARNING
    assert len(result.medicines) == 2


@pytest.mark.clause("25", "26")
def test_clause_25_a_restriction_needs_its_protocol() -> None:
    restricted = SOUND | {"indications": "I10;I11", "protocol_number": "7", "protocol_date": "01.02.2026"}
    [medicine] = parsed(restricted).medicines
    assert medicine.special_designation is not None
    assert medicine.special_designation.indications == ("I10", "I11")
    assert codes(parsed(restricted | {"protocol_date": ""})) == [(ErrorCode.PROTOCOL_REQUIRED, "$[2].protocol_date")]


texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
sums = st.decimals("0.01", "9999.99", places=2).map(str)


@st.composite
def sound_rows(draw: st.DrawFn) -> dict[str, object]:
    price = draw(st.decimals("1", "9999.99", places=2))
    return SOUND | {
        "trade_name": draw(st.sampled_from(["=1+1", "-Өрөөн", "@x", "Үмүт"]) | texts.filter(lambda t: t[0] != "'")),
        "manufacturer": draw(texts.filter(lambda t: t[0] != "'")),
        "strength": f"{draw(st.decimals('0.001', '5000', places=3))} {draw(st.sampled_from(['mg', 'ml', 'IU']))}",
        "pack_size": str(draw(st.integers(1, 500))),
        "reference_price": str(price),
        "compensation": str(min(price, draw(st.decimals("0", "9999.99", places=2)))),
        "per": draw(st.sampled_from(Per)).value,
        "largest_retail_price": draw(st.just("") | sums),
    }


@given(st.lists(sound_rows(), min_size=1, max_size=5))
def test_clause_13_what_is_exported_is_imported_the_same(rows: list[dict[str, object]]) -> None:
    medicines = parsed(*(row | {"code": f"M{number}"} for number, row in enumerate(rows))).medicines
    assert len(medicines) == len(rows)
    assert parse_medicines(table(medicines)).medicines == medicines


@pytest.mark.clause("13")
@pytest.mark.parametrize(("write", "suffix"), [(as_csv, ".csv"), (as_xlsx, ".xlsx")])
def test_clause_13_the_files_are_read_again(write, suffix: str, tmp_path: Path) -> None:
    rows, _ = read_table(EXAMPLE)
    medicines = parse_medicines(row for row, _ in rows).medicines
    file = tmp_path / f"reference{suffix}"
    file.write_bytes(write(medicines))
    again, _ = read_table(file)
    assert parse_medicines(row for row, _ in again).medicines == medicines


def test_no_cell_is_taken_for_a_formula() -> None:
    [medicine] = parsed(SOUND | {"trade_name": "=HYPERLINK(1)"}).medicines
    text = io.StringIO(as_csv([medicine]).decode("utf-8-sig")).getvalue()
    assert ";'=HYPERLINK(1);" in text
    assert isinstance(medicine, Medicine)
