from datetime import datetime

import pytest

from adapters.sanarip.mapping import RUSSIAN_NAMES, Columns, ColumnsUnusable, fields, path_of


def test_russian_names_stand_for_fields_of_the_contract_each_once() -> None:
    assert all(path_of(name.upper()) == path for name, path in RUSSIAN_NAMES.items())
    assert len(set(RUSSIAN_NAMES.values())) == len(RUSSIAN_NAMES)


def test_every_field_of_the_contract_can_be_a_column() -> None:
    heading = [path.replace("[]", "[1]") for path in fields()]
    assert Columns(heading).case(["1"] * len(heading)) is not None


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("department", 5.0, "05"),
        ("organisation", 50174, "050174"),
        ("patient.pin", 20101199012345.0, "20101199012345"),
        ("ksf_number", 11895017425.0 * 10**6, 11895017425000000),
        ("death.autopsy", "Да", True),
        ("death.autopsy", "жок", False),
        ("death.autopsy", "perhaps", "perhaps"),
        ("admission.hours_since_onset", "5", 5),
        ("admission.hours_since_onset", "five", "five"),
        ("patient.birth_date", datetime(1990, 1, 1), "1990-01-01"),  # noqa: DTZ001 - as openpyxl reads a day
        ("patient.birth_date", "01.01.1990", "1990-01-01"),
        ("discharge.at", datetime(2025, 12, 20, 12), "2025-12-20T12:00:00+06:00"),  # noqa: DTZ001 - as openpyxl reads it
        ("discharge.at", "20.12.2025 12:00", "2025-12-20T12:00:00+06:00"),
        ("discharge.at", "2025-12-20 12:00", "2025-12-20T12:00:00+06:00"),
        ("discharge.at", "2025-12-20T06:00:00Z", "2025-12-20T06:00:00+00:00"),
        ("discharge.at", "2025-12-20", "2025-12-20"),
        ("discharge.at", "yesterday at noon", "yesterday at noon"),
    ],
)
def test_cells_become_wire_values(column, cell, expected) -> None:
    value = Columns([column]).case([cell])
    for part in column.split("."):
        value = value[part]
    assert value == expected
    assert type(value) is type(expected)


def test_empty_cells_leave_fields_out_and_empty_rows_go() -> None:
    columns = Columns(["card_number", "death.cause.code", None, "movements[2].department", "movements[0].department"])
    assert columns.case(["1", " ", "x", "18", "05"]) == {
        "card_number": "1",
        "movements": [{"department": "05"}, {"department": "18"}],
    }
    assert columns.case(["", None]) is None
    assert columns.case(["7"]) == {"card_number": "7"}


@pytest.mark.parametrize("heading", [[], [None, ""], ["patient"], ["movements.department"], ["пин", "patient.pin"]])
def test_headings_that_cannot_be_used(heading) -> None:
    with pytest.raises(ColumnsUnusable):
        Columns(heading)
