import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from adapters.sanarip.mapping import Columns
from gateway.batch.opening import open_batch
from gateway.batch.records import RECORD_BYTES, BatchUnreadable
from tests.builders import case_json, movement_json, operation_json

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
NOT_A_NUMBER = TEXT.filter(lambda text: not text.startswith("="))


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    return case_json(
        card_number=draw(NOT_A_NUMBER),
        patient={"family_name": draw(NOT_A_NUMBER), "given_name": draw(NOT_A_NUMBER)},
        admission={"hours_since_onset": draw(st.integers(0, 999))},
        movements=[movement_json(), movement_json(department="05")][: draw(st.integers(1, 2))],
        operations=[operation_json()] * draw(st.integers(1, 2)),
        death={"cause": {"code": "I21.9"}, "autopsy": draw(st.booleans())},
    )


def flat(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        parts = [(f"{path}.{name}" if path else name, part) for name, part in value.items()]
    elif isinstance(value, list):
        parts = [(f"{path}[{index}]", part) for index, part in enumerate(value)]
    else:
        return {path: value}
    return {name: leaf for inner, part in parts for name, leaf in flat(part, inner).items()}


def read(path: Path) -> list[Any]:
    return [json.loads(record.body) for record in open_batch(path, Columns).records]


def write(folder: Path, suffix: str, rows: Sequence[dict[str, Any]]) -> Path:
    path = folder / f"cases.{suffix}"
    table = [flat(row) for row in rows]
    heading = list(dict.fromkeys(name for row in table for name in row))
    if suffix == "ndjson":
        path.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    elif suffix == "json":
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    elif suffix == "csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(heading)
        writer.writerows([[row.get(name, "") for name in heading] for row in table])
        path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    else:
        workbook = Workbook()
        sheet = workbook.worksheets[0]
        sheet.append(heading)
        for row in table:
            sheet.append([row.get(name) for name in heading])
        workbook.save(path)
    return path


@pytest.mark.parametrize("suffix", ["ndjson", "json", "csv", "xlsx"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cases(), min_size=1, max_size=4))
def test_what_is_written_is_read(suffix: str, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    assert read(write(tmp_path, suffix, rows)) == rows


def test_places_and_progress(tmp_path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"\xef\xbb\xbf{}\n\n{}\n")
    batch = open_batch(path, Columns)
    records = list(batch.records)
    assert [(record.number, record.place) for record in records] == [(1, "line 1"), (2, "line 3")]
    assert records[-1].progress == batch.total


def test_a_line_too_long_does_not_take_the_others_with_it(tmp_path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'{"a":1}\n"' + b"x" * (3 * RECORD_BYTES) + b'"\n{"b":2}\n')
    records = list(open_batch(path, Columns).records)
    assert [record.number for record in records] == [1, 2, 3]
    assert len(records[1].body) == RECORD_BYTES
    assert records[2].body == b'{"b":2}'


@pytest.mark.parametrize("content", ['[{"a": 1}, {"a" 2}]', '[{"a": 1}', "[", '[{"a":1},'])
def test_an_array_that_breaks_off(tmp_path, content) -> None:
    path = tmp_path / "a.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BatchUnreadable):
        list(open_batch(path, Columns).records)


def test_one_object_is_one_record(tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(case_json()), encoding="utf-8")
    assert read(path) == [case_json()]


@pytest.mark.parametrize(("name", "content"), [("a.csv", "ПИН\n".encode("cp1251")), ("a.xlsx", b"no"), ("a.txt", b"")])
def test_files_that_cannot_be_read(tmp_path, name, content) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BatchUnreadable) as caught:
        list(open_batch(path, Columns).records)
    assert caught.value.advice


def test_an_unknown_heading_names_every_column(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("patient.pim,ПИН,пин,card_number,ward\n", encoding="utf-8")
    with pytest.raises(BatchUnreadable, match=r"patient.pim.*did you mean.*repeats.*ward"):
        list(open_batch(path, Columns).records)


def test_a_large_array_is_read_piece_by_piece(tmp_path) -> None:
    path = tmp_path / "a.json"
    with path.open("w", encoding="utf-8") as file:
        file.write("[" + ",".join(json.dumps(case_json(card_number=str(number))) for number in range(2000)) + "]")
    records = open_batch(path, Columns).records
    first = next(records)
    assert first.progress < path.stat().st_size / 2
    assert sum(1 for _ in records) == 1999
