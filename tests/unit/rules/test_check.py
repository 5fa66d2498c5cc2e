"""From bytes to findings: malformed bodies, fields given twice, and what findings never tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.rules.treated_case import check_case, check_json
from schemas.errors import Language, Severity
from schemas.treated_case import TreatedCase
from tests.builders import ADMITTED_AT, DISCHARGED_AT, case_bytes, movement_json, operation_json
from tests.unit.rules import mistakes
from tests.unit.rules.circumstances import facts, said
from tests.unit.rules.strategies import cases


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        (b"", 1, 0),
        (b"{", 1, 1),
        (b'{\n "a": 1,\n "b" 2}', 3, 6),
        (b"\xef\xbb\xbf{}", 1, 1),
        (b'{"card_number": "\xff"}', 1, 18),
        (b'{"card_number": "\\ud800"}', 1, 24),
        (b"[" * 100_000, 1, 202),
        (b"{} {}", 1, 4),
    ],
)
def test_malformed_json_is_all_that_is_said(body: bytes, line: int, column: int) -> None:
    checked = check_json(body, facts())
    assert checked.case is None
    (finding,) = checked.findings
    assert (finding.code, finding.path) == ("REQUEST_MALFORMED_JSON", "$")
    assert finding.parameters == {"line": line, "column": column}


@pytest.mark.parametrize("body", [b"null", b"[]", b'"case"', b"1"])
def test_a_message_that_is_no_object(body: bytes) -> None:
    assert said(check_json(body, facts()).findings) == ["SCHEMA_TYPE $"]


def test_an_empty_object_lacks_every_required_field() -> None:
    required = [name for name, field in TreatedCase.model_fields.items() if field.is_required()]
    assert said(check_json(b"{}", facts()).findings) == sorted(f"SCHEMA_REQUIRED $.{name}" for name in required)


def test_a_field_given_twice_is_refused_where_it_stands() -> None:
    body = case_bytes().replace(b'"sex": "male"', b'"sex": "female", "sex": "male"')
    checked = check_json(body, facts())
    assert checked.case is None
    assert said(checked.findings) == ["SCHEMA_REPEATED_FIELD $.patient.sex"]


def test_a_field_given_twice_is_found_besides_other_mistakes() -> None:
    body = case_bytes(card_number=7).replace(b'"department": "18"', b'"department": "18", "\\u0064epartment": "18"')
    assert said(check_json(body, facts()).findings) == [
        "SCHEMA_REPEATED_FIELD $.department",
        "SCHEMA_REPEATED_FIELD $.movements[0].department",
        "SCHEMA_TYPE $.card_number",
    ]


def test_a_hopeless_body_gets_a_short_answer() -> None:
    names = ", ".join(f'"f{letter}{number}": 1' for number in range(100) for letter in "abcdefghijklmnopqrst")
    assert len(check_json(("{" + names + "}").encode(), facts()).findings) == 100


def test_a_list_that_is_too_long_is_found_besides_its_broken_items() -> None:
    """The schema counts sound items only: one broken item of 51 hides that there are too many."""
    many = [operation_json(code=7), *([operation_json()] * 50)]
    many[1] = operation_json(complications=[{"code": 7}, *([{"code": "I10"}] * 20)])
    checked = check_json(case_bytes(operations=many), facts())
    assert checked.case is None
    assert [text for text in said(checked.findings) if text.startswith("SCHEMA")] == [
        "SCHEMA_LENGTH $.operations",
        "SCHEMA_LENGTH $.operations[1].complications",
        "SCHEMA_TYPE $.operations[0].code",
        "SCHEMA_TYPE $.operations[1].complications[0].code",
    ]


def secrets(value: Any) -> list[str]:
    """The texts of a case that belong to a person: not codes of organisations, not the words of the contract."""
    if isinstance(value, dict):
        public = {"organisation", "department", "ksf_number", "at", "entered_at", "left_at"}
        return [text for name, held in value.items() if name not in public for text in secrets(held)]
    if isinstance(value, list):
        return [text for held in value for text in secrets(held)]
    return [value] if isinstance(value, str) and len(value) > 4 and not value.islower() else []


@pytest.mark.parametrize("sample", [pytest.param(each, id=each.name) for each in mistakes.ALL])
def test_findings_tell_nothing_of_the_person(sample: mistakes.Sample) -> None:
    body = sample.case
    found = check_json(json.dumps(body, ensure_ascii=False).encode(), facts(**sample.circumstances)).findings
    told = json.dumps([each.as_stored() for each in found], ensure_ascii=False)  # all that texts are filled from
    for secret in secrets(body):
        assert secret not in told


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
@example(b"\x00")
@example(b'{"a":1e999}')
@example(b'{"patient":NaN}')
@example(b'{"admission":{"hours_since_onset":' + b"9" * 5000 + b"}}")
def test_any_bytes_are_answered(body: bytes) -> None:
    assert check_json(body, facts()).findings


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_damage_is_answered(data: st.DataObject) -> None:
    body = bytearray(case_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body) - 1))
        body[start : start + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    checked = check_json(bytes(body), facts())
    assert (checked.case is None) == any(each.severity == "error" for each in checked.findings)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_every_rule_answers_every_case(body: dict[str, Any]) -> None:
    raw = json.dumps(body, ensure_ascii=False).encode()
    case = TreatedCase.model_validate_json(raw)
    found = check_case(case, facts())
    assert check_json(raw, facts()).findings == found
    for finding in found:
        for language in Language:
            assert finding.as_json(language)["message"]


def test_a_bad_item_of_a_list_is_no_short_list() -> None:
    movement = movement_json("18", ADMITTED_AT, DISCHARGED_AT) | {"bed_profile": "x"}
    found = check_json(case_bytes(movements=[movement]), facts()).findings
    refusing = [(each.code, each.path) for each in found if each.severity is Severity.ERROR]
    assert refusing == [("SCHEMA_PATTERN", "$.movements[0].bed_profile")]


def test_an_empty_list_is_too_short() -> None:
    found = check_json(case_bytes(movements=[]), facts()).findings
    assert ("SCHEMA_LENGTH", "$.movements") in [(each.code, each.path) for each in found]
