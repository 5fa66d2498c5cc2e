"""Every sample gets exactly the findings it deserves, and every code has a sample."""

from __future__ import annotations

import json
from datetime import date

import pytest

from gateway.rules.treated_case import check_json
from schemas.errors import ErrorCode, Language, Severity
from tests.builders import case_bytes, case_json, movement_json, operation_json
from tests.unit.rules import mistakes
from tests.unit.rules.circumstances import facts, said, said_of

ELSEWHERE = {
    ErrorCode.KSF_SEQ_EXHAUSTED,  # forming numbers
    ErrorCode.KSF_DUPLICATE,  # the journal
    ErrorCode.STAY_DUPLICATE,
    ErrorCode.CASE_NOT_FOUND,
    ErrorCode.CASE_NUMBER_CHANGED,
    ErrorCode.CASE_PILOT,  # tested below
    ErrorCode.SCHEMA_REPEATED_FIELD,
}
SUBJECTS = ("SCHEMA_", "PIN_", "ICD_", "KSF_", "ORG_", "DEPARTMENT_", "CASE_", "DIAGNOSIS_", "EXTERNAL_", "DEATH_")


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(each, id=f"{subject}: {each.name}")
        for subject, all_ in mistakes.BY_SUBJECT.items()
        for each in all_
    ],
)
def test_says_exactly_this(sample: mistakes.Sample) -> None:
    assert said_of(sample.case, **sample.circumstances) == list(sample.says)


def test_every_code_of_a_case_has_a_sample() -> None:
    reached = {line.split()[0] for each in mistakes.ALL for line in each.says}
    asked = {code for code in ErrorCode if code.startswith((*SUBJECTS, "FALLBACK_"))} - ELSEWHERE
    assert asked - reached == set()


def test_a_valid_case_comes_back_with_only_a_notice() -> None:
    checked = check_json(case_bytes(), facts())
    assert checked.case is not None
    assert [each.severity for each in checked.findings] == [Severity.INFO]


@pytest.mark.parametrize(("until", "is_pilot"), [(date(2025, 12, 21), True), (date(2025, 12, 20), False)])
def test_clauses_1_and_3_pilot_until_a_day_of_discharge(until: date, is_pilot: bool) -> None:  # noqa: FBT001
    found = check_json(case_bytes(), facts(pilot_until=until)).findings
    assert [each.code for each in found] == [ErrorCode.CASE_PILOT] * is_pilot


def test_a_refused_case_is_not_handed_on() -> None:
    assert check_json(case_bytes(department="05"), facts()).case is None


def test_a_warning_does_not_refuse() -> None:
    checked = check_json(case_bytes(diagnoses={"main": {"code": "J18"}}), facts())
    assert checked.case is not None
    assert said(checked.findings) == ["ICD_TOO_BROAD $.diagnoses.main.code"]


def test_twelve_mistakes_get_twelve_errors_in_one_answer() -> None:
    body = case_json(
        ksf_number="00000011895017426",
        card_number=None,
        age=35,
        patient={"pin": "30101199012345", "sex": "unknown"},
        movements=[movement_json(entered_at="2025-12-10T09:00:00+06:00", diagnosis="J06.10")],
        operations=[operation_json("2025-11-11T09:30:00+06:00", anaesthesia="ether")],
        diagnoses={"main": {"code": "S72.0"}},
        discharge={"outcome": "died", "result": "died", "transferred_to": "Республикалык оорукана"},
    )
    assert said_of(body) == [
        "CASE_MOVEMENT_BOUNDS $.movements[0].entered_at",
        "CASE_OPERATION_OUTSIDE_STAY $.operations[0].at",
        "CASE_TRANSFER_TARGET $.discharge.transferred_to",
        "DEATH_CAUSE_REQUIRED $.death",
        "EXTERNAL_CAUSE_REQUIRED $.diagnoses.external_cause",
        "ICD_UNKNOWN $.movements[0].diagnosis",
        "KSF_YEAR_MISMATCH $.ksf_number",
        "PIN_FORMAT $.patient.pin",
        "SCHEMA_TYPE $.card_number",
        "SCHEMA_UNKNOWN_FIELD $.age",
        "SCHEMA_VALUE $.operations[0].anaesthesia",
        "SCHEMA_VALUE $.patient.sex",
    ]


def test_codes_are_kept_in_their_one_spelling() -> None:
    overrides = {"diagnoses": {"main": {"code": "j181"}}, "movements": [movement_json(diagnosis="J18.1†")]}
    case = check_json(case_bytes(**overrides), facts()).case
    assert case is not None
    assert (case.diagnoses.main.code, case.movements[0].diagnosis) == ("J18.1", "J18.1")


@pytest.mark.parametrize("language", list(Language))
def test_every_finding_can_be_told(language: Language) -> None:
    for each in mistakes.ALL:
        for finding in check_json(json.dumps(each.case).encode(), facts(**each.circumstances)).findings:
            told = finding.as_json(language)
            assert "{" not in told["message"] + told["action"] or "pattern" in told["parameters"]


def test_18_digits_are_told_positions_and_contradiction() -> None:
    (finding,) = check_json(case_bytes(ksf_number="000000118950174225"), facts(pilot_until=date(2025, 1, 1))).findings
    told = finding.as_json(Language.EN)
    assert told["clause"] == "order on Sanarip Clinic, Annex 3, clauses 1, 4"
    for part in ("18 digits", "17", "10–16", "10–15", "16–17", "contradicts itself"):
        assert part in told["message"]
