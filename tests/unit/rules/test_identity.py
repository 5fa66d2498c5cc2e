"""What the journal knows a case by."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from gateway.rules.treated_case import canonical_payload, discharge_year, stay_key
from schemas.treated_case import TreatedCase
from tests.builders import ABSENT, EXAMPLE_NUMBER, case_model, movement_json
from tests.unit.rules.mistakes import BABY, FOREIGNER, PASSPORT
from tests.unit.rules.strategies import cases

STRANGER = {"pin": ABSENT, "pin_absence": {"reason": "unidentified"}}
DOCUMENTED = FOREIGNER | {"pin_absence": {"reason": "foreign-citizen", "document": PASSPORT}}


def test_the_year_is_that_of_the_bishkek_day_of_discharge() -> None:
    assert discharge_year(case_model(discharge={"at": "2025-12-31T17:59:59Z"})) == 2025
    assert discharge_year(case_model(discharge={"at": "2025-12-31T18:00:00Z"})) == 2026


@pytest.mark.parametrize(
    "same",
    [
        {"card_number": "77"},
        {"department": "05"},
        {"ksf_number": EXAMPLE_NUMBER},
        {"patient": {"family_name": "Усенов", "birth_date": "1990-01-02", "sex": "female"}},
        {"admission": {"at": "2025-12-10T02:00:00Z"}},
        {"diagnoses": {"main": {"code": "J15.9"}}},
    ],
)
def test_one_stay_however_it_is_told(same: dict[str, Any]) -> None:
    assert stay_key(case_model(**same)) == stay_key(case_model())
    assert len(stay_key(case_model())) == 32


@pytest.mark.parametrize(
    "other",
    [
        {"organisation": "950175"},
        {"patient": {"pin": "20101199012346"}},
        {"patient": STRANGER},
        {"patient": DOCUMENTED},
        {"admission": {"at": "2025-12-10T08:00:01+06:00"}},
        {"discharge": {"at": "2025-12-20T12:00:01+06:00"}},
    ],
)
def test_another_stay(other: dict[str, Any]) -> None:
    assert stay_key(case_model(**other)) != stay_key(case_model())


def test_a_document_names_the_patient_whatever_the_names() -> None:
    first = case_model(patient=DOCUMENTED)
    assert stay_key(case_model(patient=DOCUMENTED | {"given_name": "Х"}, card_number="8")) == stay_key(first)


def test_without_pin_and_document_names_count_but_not_their_spelling() -> None:
    first = stay_key(case_model(patient=STRANGER | {"family_name": "Айтбай"}))
    assert stay_key(case_model(patient=STRANGER | {"family_name": "АЙТБАЙ"})) == first
    assert stay_key(case_model(patient=STRANGER | {"family_name": "Айтбаи\u0306"})) == first
    assert stay_key(case_model(patient=STRANGER | {"family_name": "Айтбаев"})) != first


def test_unnamed_twins_are_two() -> None:
    twins = [case_model(patient=BABY, card_number=number) for number in ("10/25", "11/25")]
    assert len({stay_key(twin) for twin in twins}) == 2


def test_parts_do_not_run_into_each_other() -> None:
    names = [{"family_name": "Аа", "given_name": "Б"}, {"family_name": "А", "given_name": "аБ"}]
    assert len({stay_key(case_model(patient=STRANGER | each)) for each in names}) == 2


def test_the_payload_leaves_the_number_and_empty_fields_out() -> None:
    payload = canonical_payload(case_model(ksf_number=EXAMPLE_NUMBER, death=None))
    assert payload == canonical_payload(case_model())
    assert b"ksf_number" not in payload
    assert b"null" not in payload
    assert "Өмүрбекович".encode() in payload
    assert json.loads(payload)["discharge"]["at"] == "2025-12-20T06:00:00Z"


@pytest.mark.parametrize(
    "same",
    [
        {"admission": {"at": "2025-12-10T02:00:00Z"}, "movements": [movement_json(entered_at="2025-12-10T02:00:00Z")]},
        {"card_number": " 1234/25 "},
        {"diagnoses": {"main": {"code": "j181"}}},
        {"operations": []},
    ],
)
def test_the_same_content_has_the_same_payload(same: dict[str, Any]) -> None:
    assert canonical_payload(case_model(**same)) == canonical_payload(case_model())


@settings(max_examples=50, deadline=None)
@given(cases())
def test_the_payload_is_a_case_again(body: dict[str, Any]) -> None:
    case = TreatedCase.model_validate_json(json.dumps(body))
    again = TreatedCase.model_validate_json(canonical_payload(case))
    assert again == case.model_copy(update={"ksf_number": None})
    assert canonical_payload(again) == canonical_payload(case)
