"""Treated cases as the schema allows them, sensible or not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from schemas.treated_case import AdmissionKind, DischargeOutcome, PinAbsenceReason, Sex, TreatmentResult
from tests.builders import case_json, movement_json, operation_json

_codes = st.sampled_from(
    ["J18.9", "J18", "O80.0", "N40", "P07.1", "S72.0", "W01", "W01.1", "D63.0", "XX", "I10", "R95"]
)
_departments = st.sampled_from(["18", "05", "77"])
_instants = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis wants naive bounds and adds the zone
    datetime.isoformat
)
_any_instants = st.datetimes(datetime(1901, 1, 1), datetime(2198, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - the same
    datetime.isoformat
)
_days = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
_texts = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x4FF, exclude_categories=["Cc"]), min_size=1, max_size=10
)
_names = _texts.map(lambda text: f"x{text}")
_pins = st.sampled_from(["20101199012345", "10101199012345", "29999199012345", "x"])


def _diagnoses() -> st.SearchStrategy[dict[str, Any]]:
    diagnosis = st.fixed_dictionaries({"code": _codes})
    return st.fixed_dictionaries(
        {"admission": diagnosis, "main": diagnosis},
        optional={
            "referral": diagnosis,
            "complications": st.lists(diagnosis, max_size=2),
            "concomitant": st.lists(diagnosis, max_size=2),
            "external_cause": diagnosis,
        },
    )


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A case the schema accepts, as decoded JSON."""
    instants = draw(st.sampled_from([_instants, _any_instants]))
    movement = st.builds(movement_json, _departments, instants, instants, diagnosis=_codes)
    operation = st.builds(operation_json, instants)
    overrides: dict[str, Any] = {
        "organisation": draw(st.sampled_from(["950174", "950175", "111111"])),
        "department": draw(_departments),
        "patient": {
            "pin": draw(st.none() | _pins),
            "pin_absence": draw(st.none() | st.sampled_from(PinAbsenceReason).map(lambda each: {"reason": each})),
            "family_name": draw(_names),
            "birth_date": draw(_days),
            "sex": draw(st.sampled_from(Sex)),
        },
        "referral": {"issued_on": draw(st.none() | _days)},
        "admission": {"at": draw(instants), "kind": draw(st.sampled_from(AdmissionKind))},
        "movements": draw(st.lists(movement, min_size=1, max_size=3)),
        "operations": draw(st.lists(operation, max_size=2)),
        "discharge": {
            "at": draw(instants),
            "outcome": draw(st.sampled_from(DischargeOutcome)),
            "result": draw(st.sampled_from(TreatmentResult)),
            "transferred_to": draw(st.none() | _names),
        },
        "death": draw(st.none() | _codes.map(lambda code: {"cause": {"code": code}, "autopsy": True})),
        "sick_leave": draw(
            st.none() | st.builds(lambda a, b: {"number": "7", "opened_on": a, "closed_on": b}, _days, _days)
        ),
        "ksf_number": draw(st.none() | st.text("0123456789", min_size=15, max_size=19)),
        "external_number": draw(st.none() | _names),
    }
    body = case_json(**overrides)
    body["diagnoses"] = draw(_diagnoses())
    return body
