"""Rules depend on what they say they depend on, and on nothing else."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.operations.model import Channel
from gateway.rules.findings import Finding
from gateway.rules.treated_case import check_json
from gateway.rules.treated_case.check import RULES
from gateway.rules.treated_case.engine import Rule, json_path
from schemas.treated_case import TreatedCase
from tests.builders import case_json, movement_json, operation_json
from tests.unit.rules import mistakes
from tests.unit.rules.circumstances import facts

DOCTOR = {"full_name": "А. А.", "pin": "2"}
FULL = case_json(
    ksf_number="00000017711111126",
    external_number="A-1",
    organisation="950174",
    patient={
        "pin": "10201199012345",
        "pin_absence": {"reason": "newborn", "document": mistakes.PASSPORT},
        "disability": "none",
    },
    referral={"organisation": "950175", "number": "1", "issued_on": "2026-03-01"},
    admission={"at": "2026-03-01T08:00:00+06:00"},
    diagnoses={
        "referral": {"code": "O80.0", "text": "Төрөт"},
        "admission": {"code": "J18,9"},
        "main": {"code": "S72.0"},
        "complications": [{"code": "P07.1"}],
        "concomitant": [{"code": "N70.1"}, {"code": "J18"}],
        "external_cause": {"code": "J18.9"},
    },
    movements=[
        movement_json("77", doctor=DOCTOR, diagnosis="XX"),
        movement_json("05", "2025-12-21T08:00:00+06:00", "2025-12-19T08:00:00+06:00"),
    ],
    operations=[operation_json("2026-03-01T08:00:00+06:00", surgeon=DOCTOR, complications=[{"code": "O80"}])],
    discharge={"transferred_to": "Республикалык оорукана", "result": "died"},
    death={"cause": {"code": "C53.9"}, "immediate_cause": {"code": "XX"}, "autopsy": True},
    sick_leave={"number": "7", "opened_on": "2025-12-21", "closed_on": "2025-12-01"},
    doctors={"attending": DOCTOR, "head_of_department": DOCTOR},
)
"""Schema-valid, every field given, and wrong wherever a rule could look."""

CIRCUMSTANCES = facts(sender_organisations=frozenset({"950175"}))
Place = tuple[str | int, ...]


class Recorder:
    """A model that notes which fields are read."""

    def __init__(self, model: BaseModel, path: str, reads: set[str]) -> None:
        self._model, self._path, self._reads = model, path, reads

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}".lstrip(".")
        self._reads.add(path)
        return self._wrapped(getattr(self._model, name), path)

    def _wrapped(self, value: Any, path: str) -> Any:
        if isinstance(value, BaseModel):
            return Recorder(value, path, self._reads)
        if isinstance(value, tuple):
            return tuple(self._wrapped(each, path) for each in value)
        return value


def reads_of(rule: Rule, case: TreatedCase) -> set[str]:
    reads: set[str] = set()
    for channel in Channel:
        circumstances = replace(CIRCUMSTANCES, channel=channel)
        list(rule.judgement(Recorder(case, "", reads), circumstances))  # type: ignore[arg-type]  # answers like a case
    return reads


def encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def valid_samples() -> list[TreatedCase]:
    bodies = [FULL, *(each.case for each in mistakes.ALL if each not in mistakes.SHAPE)]
    return [TreatedCase.model_validate_json(encoded(body)) for body in bodies]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_reads_only_what_it_declares(rule: Rule) -> None:
    declared = (*rule.needs, *rule.judges)
    reads = set().union(*(reads_of(rule, case) for case in valid_samples()))
    undeclared = {path for path in reads if not any(each == path or each.startswith(path + ".") for each in declared)}
    assert undeclared == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_declares_only_what_it_reads(rule: Rule) -> None:
    reads = set().union(*(reads_of(rule, case) for case in valid_samples()))
    assert set(rule.needs) | set(rule.judges) <= reads


def test_every_rule_has_its_own_name() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def places(value: Any, above: Place = ()) -> list[Place]:
    """Every place in decoded JSON except the root."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[Place] = []
    for step, held in steps:
        found += [(*above, step), *places(held, (*above, step))]
    return found


def changed(body: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(body)
    holder: Any = body
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return body


def expected_without(place: Place) -> list[Finding]:
    """What the rules say of the full case, less what depends on ``place``: told from the declarations alone."""
    case = TreatedCase.model_validate_json(encoded(FULL))
    field = tuple(step for step in place if isinstance(step, str))
    found = []
    for rule in RULES:
        needs = [tuple(need.split(".")) for need in rule.needs]
        if not any(need[: len(field)] == field for need in needs):
            found += [each for each in rule.judgement(case, CIRCUMSTANCES) if not is_below(each.path, json_path(place))]
    return found


def is_below(path: str, place: str) -> bool:
    return path == place or path.startswith((place + ".", place + "["))


@pytest.mark.parametrize("place", places(FULL), ids=json_path)
def test_a_broken_field_silences_only_what_depends_on_it(place: Place) -> None:
    found = check_json(encoded(changed(FULL, place, 12.5)), CIRCUMSTANCES).findings
    shape = [each for each in found if each.code.startswith("SCHEMA_")]
    assert [(each.path, each.code[:7]) for each in shape] == [(json_path(place), "SCHEMA_")]
    assert [each for each in found if each not in shape] == expected_without(place)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(places(FULL)),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=5), held, max_size=3),
                max_leaves=5,
            ),
        ),
        max_size=5,
    )
)
def test_whatever_is_broken_it_is_answered(changes: list[tuple[Place, Any]]) -> None:
    body = FULL
    for place, value in changes:
        try:
            body = changed(body, place, value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    checked = check_json(json.dumps(body).encode(), CIRCUMSTANCES)
    assert checked.case is None
    assert checked.findings
