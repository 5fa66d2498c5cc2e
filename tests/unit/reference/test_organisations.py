from datetime import date
from pathlib import Path

import pytest

from gateway.batch.tables import read_table
from gateway.reference.organisations import OrganisationsInMemory, RolloutRow, parse_organisations
from gateway.rules.findings import errors
from schemas.errors import ErrorCode

EXAMPLE = Path(__file__).parents[3] / "config" / "examples" / "organisations.csv"
HEADING = ["code", "name", "row", "inn", "okpo", "equipped", "equipped_since", "departments"]
SOUND = ["950174", "Больница", "bishkek", "", "", "yes", "2025-12-01", "18=Терапия;05=Хирургия"]


def changed(**values: object) -> list[object]:
    return [values.get(name, value) for name, value in zip(HEADING, SOUND, strict=True)]


def test_the_example_covers_every_row_of_the_schedule() -> None:
    rows, _ = read_table(EXAMPLE)
    parsed = parse_organisations(row for row, _ in rows)
    assert parsed.findings == ()
    assert {organisation.region for organisation in parsed.organisations} == set(RolloutRow)
    assert sum(not organisation.equipped for organisation in parsed.organisations) >= 2
    hospital = OrganisationsInMemory(parsed.organisations).find("950174")
    assert hospital is not None
    assert {"18", "05"} <= hospital.departments.keys()


def test_a_row_becomes_an_organisation() -> None:
    [organisation] = parse_organisations([HEADING, SOUND]).organisations
    assert organisation.equipped_since == date(2025, 12, 1)
    assert organisation.departments == {"18": "Терапия", "05": "Хирургия"}


def test_russian_headings_and_dropped_zeros() -> None:
    rows = [["Код", "Наименование", "Регион", "Оснащена", "ОКПО"], [50174.0, "Больница", "osh", "да", 1211791.0]]
    [organisation] = parse_organisations(rows).organisations
    assert (organisation.code, organisation.okpo, organisation.equipped) == ("050174", "01211791", True)


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"code": "95017X"}, ErrorCode.REFERENCE_ROW, "$[2].code"),
        ({"code": "9501742"}, ErrorCode.REFERENCE_ROW, "$[2].code"),
        ({"name": ""}, ErrorCode.REFERENCE_ROW, "$[2].name"),
        ({"row": "moon"}, ErrorCode.REFERENCE_ROW, "$[2].row"),
        ({"equipped": "maybe"}, ErrorCode.REFERENCE_ROW, "$[2].equipped"),
        ({"equipped_since": "soon"}, ErrorCode.REFERENCE_ROW, "$[2].equipped_since"),
        ({"equipped": "no"}, ErrorCode.REFERENCE_ROW, "$[2].equipped_since"),
        ({"departments": "18"}, ErrorCode.REFERENCE_ROW, "$[2].departments"),
        ({"departments": "18=A;18=B"}, ErrorCode.REFERENCE_ROW, "$[2].departments"),
        ({"inn": "123"}, ErrorCode.INN_DATE, "$[2].inn"),
        ({"okpo": "abc"}, ErrorCode.OKPO_FORMAT, "$[2].okpo"),
    ],
)
def test_each_mistake_is_named(values, code, path) -> None:
    parsed = parse_organisations([HEADING, changed(**values)])
    assert parsed.organisations == ()
    assert [(finding.code, finding.path) for finding in errors(parsed.findings)] == [(code, path)]


def test_all_mistakes_at_once() -> None:
    rows = [HEADING, SOUND, changed(row="x", equipped="x"), changed(), changed(code="910110", inn="1", okpo="1x")]
    parsed = parse_organisations(rows)
    assert [finding.path for finding in parsed.findings] == [
        "$[3].row",
        "$[3].equipped",
        "$[4].code",
        "$[5].inn",
        "$[5].okpo",
    ]


def test_missing_columns_are_named_together() -> None:
    found = parse_organisations([["name"]]).findings
    assert [finding.parameters["column"] for finding in found] == ["code", "row", "equipped"]
