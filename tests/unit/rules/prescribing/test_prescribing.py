"""The rules of prescribing, clause by clause."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.rules.prescribing import (
    HistoryFacts,
    InsuranceFacts,
    LimitFacts,
    check_limit,
    check_order,
    form,
)
from gateway.rules.validity import ValidityPolicy
from gateway.store.programme_tables import dispenses
from schemas.errors import CATALOGUE, ErrorCode, Language, Severity, prescribing
from schemas.medicines import ControlledClass, Position
from tests.builders import ABSENT
from tests.support.programme import CLINIC, medicine, order
from tests.unit.rules.prescribing.circumstances import WELL, about, codes, facts, paths, prescribed

PROTOCOL = {"protocol_number": "12", "protocol_date": "2025-12-01"}


def test_a_sound_order_is_found_sound():
    assert codes() == []


@pytest.mark.clause("1", "2")
@pytest.mark.parametrize("inpatient", ["admission", "department", "discharge"])
def test_clause_1_an_order_is_for_an_outpatient_and_nothing_else_can_be_said_in_it(inpatient: str):
    with pytest.raises(ValidationError):
        order(**{inpatient: {"at": "2026-01-15T10:00:00+06:00"}})


@pytest.mark.clause("3(1)")
def test_clause_3_1_nothing_is_dispensed_and_so_compensated_without_a_prescription():
    column = dispenses.c.prescription
    assert not column.nullable
    assert [key.target_fullname for key in column.foreign_keys] == ["prescriptions.id"]


@pytest.mark.clause("16")
@pytest.mark.parametrize("position", Position)
def test_clause_16_only_the_named_positions_prescribe(position: Position):
    found = paths(order(prescriber={"position": position}))
    assert found == ([(ErrorCode.PRESCRIBER_NOT_ALLOWED, "$.prescriber.position")] if position == "other" else [])


@pytest.mark.clause("4", "16")
def test_clause_4_the_organisation_is_known_and_the_senders_own():
    expected = [(ErrorCode.PRESCRIBER_ORGANISATION, "$.organisation")]
    assert paths(order(), facts(organisation_known=False)) == expected
    assert paths(order(organisation="950175")) == expected
    assert paths(order(), facts(sender_organisations=None)) == []


@pytest.mark.clause("16")
def test_clause_16_prescriber_and_patient_have_numbers_that_can_be():
    wrong = order(prescriber={"pin": "90102196500033"}, patient={"pin": "23113197000011"})
    assert paths(wrong) == [(ErrorCode.PIN_FORMAT, "$.prescriber.pin"), (ErrorCode.PIN_DATE, "$.patient.pin")]


def test_a_birth_date_that_disagrees_with_the_number_is_only_remarked():
    (finding,) = check_order(order(patient={"birth_date": "1970-05-13"}), WELL)
    assert (finding.code, finding.severity) == (ErrorCode.PIN_BIRTH_DATE_MISMATCH, Severity.WARNING)


@pytest.mark.clause("5", "21(3)")
@pytest.mark.parametrize(
    ("insurance", "expected"),
    [
        (None, [ErrorCode.INSURANCE_CHECK_REQUIRED]),
        ((False, CLINIC, True), [ErrorCode.PATIENT_NOT_INSURED]),
        ((True, None, False), [ErrorCode.PATIENT_NOT_REGISTERED]),
        ((False, None, False), [ErrorCode.PATIENT_NOT_INSURED, ErrorCode.PATIENT_NOT_REGISTERED]),
        ((True, "123456", False), [ErrorCode.PATIENT_ORGANISATION_UNKNOWN]),
    ],
)
def test_clause_5_the_patient_is_insured_and_registered(insurance, expected):
    confirmed = None
    if insurance is not None:
        insured, organisation, known = insurance
        confirmed = InsuranceFacts(insured=insured, organisation=organisation, organisation_known=known)
    assert codes(circumstances=facts(insurance=confirmed)) == expected


def test_by_a_number_that_is_none_nobody_could_be_asked():
    assert codes(order(patient={"pin": "1"}), facts(insurance=None)) == [ErrorCode.PIN_FORMAT]


@pytest.mark.clause("18")
@given(
    dose=st.decimals("0.000001", "99999", places=6),
    units=st.integers(1, 10_000),
)
def test_clause_18_the_course_dose_is_dose_times_units_exactly(dose: Decimal, units: int):
    formed = form(order(item={"dose": str(dose), "units": units}), WELL)
    assert formed is not None
    assert Fraction(formed.course_dose) == Fraction(dose) * units


@pytest.mark.clause("18")
def test_clause_18_a_senders_course_dose_is_only_compared():
    assert codes(order(item={"course_dose": "600.00"})) == []
    (finding,) = check_order(order(item={"course_dose": "590"}), WELL)
    assert (finding.code, finding.path) == (ErrorCode.COURSE_DOSE_MISMATCH, "$.item.course_dose")
    assert finding.parameters == {"course_dose": "600", "unit": "mg"}


@pytest.mark.clause("18")
def test_clause_18_a_course_larger_than_can_be_told_is_refused():
    huge = order(item={"dose": "999999999", "units": 10_000})
    assert codes(huge) == [ErrorCode.SCHEMA_VALUE]
    assert form(huge, WELL) is None


@pytest.mark.clause("18")
def test_clause_18_a_second_open_one_of_the_name_is_refused():
    (finding,) = check_order(order(), facts(history=HistoryFacts(open_until=date(2026, 2, 1))))
    assert (finding.code, finding.parameters) == (ErrorCode.RX_DUPLICATE_OPEN, {"last_day": "2026-02-01"})


@pytest.mark.clause("18", "35")
@pytest.mark.parametrize("circumstances", [facts(reference=None), about(medicine(code="X"))])
def test_clause_18_only_what_the_reference_in_force_has(circumstances):
    assert paths(order(), circumstances) == [(ErrorCode.NOT_IN_REFERENCE, "$.item.medicine")]


@pytest.mark.clause("18")
@pytest.mark.parametrize(("unit", "comparable"), [("g", True), ("mcg", True), ("ml", False), ("dose", False)])
def test_clause_18_the_dose_is_comparable_with_the_strength(unit: str, comparable: bool):  # noqa: FBT001
    found = codes(order(item={"dose_unit": unit, "dose": "0.001" if unit == "g" else "1000"}))
    assert (ErrorCode.DOSE_NOT_COMPARABLE not in found) is comparable


@pytest.mark.clause("18", "37")
def test_clause_18_a_course_below_one_unit_is_remarked():
    (finding,) = check_order(order(item={"dose": "5", "units": 1}), WELL)
    assert (finding.code, finding.severity) == (ErrorCode.COURSE_BELOW_ONE_UNIT, Severity.WARNING)


@pytest.mark.clause("15", "40")
@pytest.mark.parametrize("controlled", [ControlledClass.PSYCHOTROPIC, ControlledClass.NARCOTIC])
def test_clause_15_a_controlled_medicine_needs_a_term_of_its_own(controlled: ControlledClass):
    circumstances = about(prescribed(controlled=controlled))
    assert paths(order(), circumstances) == [(ErrorCode.VALIDITY_POLICY_MISSING, "$.item.medicine")]
    with_a_term = about(prescribed(controlled=controlled), policy=ValidityPolicy(controlled={controlled: 10}))
    formed = form(order(), with_a_term)
    assert codes(circumstances=with_a_term) == []
    assert formed is not None
    assert formed.valid_until == date(2026, 1, 25)


@pytest.mark.clause("19")
def test_clause_19_the_card_has_an_entry_of_the_same_day():
    assert paths(order(card_entry=ABSENT)) == [(ErrorCode.CARD_ENTRY_REQUIRED, "$.card_entry")]
    for day in ("2026-01-14", "2026-01-16"):
        (finding,) = check_order(order(card_entry={"on": day}), WELL)
        assert (finding.code, finding.parameters) == (ErrorCode.CARD_ENTRY_DATE, {"day": "2026-01-15"})


@pytest.mark.clause("19")
@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 1, 15, 17, 59, 59, 999_999, tzinfo=UTC), "2026-01-15"),
        (datetime(2026, 1, 15, 18, 0, tzinfo=UTC), "2026-01-16"),
    ],
)
def test_clause_19_the_day_is_that_of_bishkek(now: datetime, day: str):
    assert codes(order(card_entry={"on": day}), facts(now=now)) == []


@pytest.mark.clause("20")
def test_clause_20_not_without_telling_the_patient():
    assert paths(order(informed=ABSENT)) == [(ErrorCode.PATIENT_NOT_INFORMED, "$.informed")]
    assert codes(order(informed={"way": "by-phone"})) == []


def _remote(last_contact: str) -> dict[str, str]:
    return {"reason": "Жайлоодо", "last_contact": last_contact, "contact": "home-visit"}


BEFORE = HistoryFacts(prescribed_before=True)


@pytest.mark.clause("17")
def test_clause_17_remote_needs_an_earlier_prescription():
    assert paths(order(remote=_remote("2026-01-10"))) == [(ErrorCode.REMOTE_NO_HISTORY, "$.item.medicine")]
    assert codes(order(remote=_remote("2026-01-10")), facts(history=BEFORE)) == []


@pytest.mark.clause("17", "19", "20")
def test_clause_17_remote_frees_neither_from_the_card_nor_from_telling():
    ordered = order(remote=_remote("2026-01-10"), card_entry=ABSENT, informed=ABSENT)
    assert codes(ordered, facts(history=BEFORE)) == [ErrorCode.CARD_ENTRY_REQUIRED, ErrorCode.PATIENT_NOT_INFORMED]


@pytest.mark.clause("17")
@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 1, 15), date(2025, 12, 15)),
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2028, 3, 31), date(2028, 2, 29)),
        (date(2026, 1, 31), date(2025, 12, 31)),
        (date(2026, 2, 28), date(2026, 1, 28)),
    ],
)
def test_clause_17_the_patient_was_seen_within_the_month_before(today: date, first: date):
    now = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
    circumstances = facts(now=now, history=BEFORE)

    def found(contact: date) -> list[ErrorCode]:
        return codes(order(remote=_remote(contact.isoformat()), card_entry={"on": today.isoformat()}), circumstances)

    assert found(first) == found(today) == []
    for outside in (date.fromordinal(first.toordinal() - 1), date.fromordinal(today.toordinal() + 1)):
        assert found(outside) == [ErrorCode.REMOTE_VISIT_OVERDUE]


@pytest.mark.clause("21(1)")
@given(
    limit=st.integers(0, 10**9), used=st.integers(0, 10**9), reserved=st.integers(0, 10**9), more=st.integers(0, 10**9)
)
def test_clause_21_1_used_set_aside_and_expected_stay_within_the_limit(limit, used, reserved, more):
    exceeded = check_limit(LimitFacts(limit=limit, used=used, reserved=reserved), more)
    assert (exceeded is None) == (used + reserved + more <= limit)


@pytest.mark.clause("21(1)")
def test_clause_21_1_exactly_the_limit_is_allowed_and_none_at_all_is_not():
    """Norm 12.50 × 300 = 3,750.00; used 3,500.00 + 360.00 is too much, × 310 allows it; exactly 3,750.00 is allowed."""
    assert codes(circumstances=facts(limit=LimitFacts(limit=375_000, used=350_000))) == [
        ErrorCode.PATIENT_LIMIT_EXCEEDED
    ]
    assert codes(circumstances=facts(limit=LimitFacts(limit=387_500, used=350_000))) == []
    assert codes(circumstances=facts(limit=LimitFacts(limit=375_000, used=339_000))) == []
    assert codes(circumstances=facts(limit=LimitFacts(limit=None))) == [ErrorCode.PATIENT_LIMIT_NOT_SET]


@pytest.mark.clause("21(2)")
def test_clause_21_2_the_diagnosis_is_one_of_icd_10():
    assert paths(order(diagnosis="Q99.99")) == [(ErrorCode.ICD_UNKNOWN, "$.diagnosis")]
    assert codes(order(diagnosis="i10")) == []
    (broad,) = check_order(order(diagnosis="E11"), WELL)
    assert (broad.code, broad.severity) == (ErrorCode.ICD_TOO_BROAD, Severity.WARNING)


@pytest.mark.clause("24", "25")
@pytest.mark.parametrize(
    ("indications", "diagnosis", "allowed"),
    [
        (["I10"], "I10", True),
        (["I11"], "I11.9", True),
        (["i11.9"], "I11.9", True),
        (["I11.9"], "I11.0", False),
        (["E11", "J45"], "I10", False),
        ([], "I10", True),
    ],
)
def test_clause_24_for_the_indications_of_the_protocol(indications, diagnosis, allowed):
    circumstances = about(prescribed(special_designation=PROTOCOL | {"indications": indications}))
    expected = [] if allowed else [(ErrorCode.RESTRICTED_DRUG, "$.diagnosis")]
    assert paths(order(diagnosis=diagnosis), circumstances) == expected


@pytest.mark.clause("24", "25")
def test_clause_24_by_the_positions_for_the_categories_and_up_to_the_units_of_the_protocol():
    restricted = PROTOCOL | {"positions": ["psychiatrist"], "categories": ["child"], "largest_units": 59}
    circumstances = about(prescribed(special_designation=restricted))
    assert paths(order(), circumstances) == [
        (ErrorCode.RESTRICTED_DRUG, "$.prescriber.position"),
        (ErrorCode.RESTRICTED_DRUG, "$.patient.category"),
        (ErrorCode.RESTRICTED_DRUG, "$.item.units"),
    ]
    fitting = order(prescriber={"position": "psychiatrist"}, patient={"category": "child"}, item={"units": 59})
    assert paths(fitting, circumstances) == []


@pytest.mark.clause("24")
def test_clause_24_the_most_units_cannot_be_passed_by_ordering_larger_doses():
    circumstances = about(prescribed(special_designation=PROTOCOL | {"largest_units": 30}))
    assert codes(order(item={"dose": "20", "units": 30}), circumstances) == [ErrorCode.RESTRICTED_DRUG]
    assert codes(order(item={"dose": "0.01", "dose_unit": "g", "units": 30}), circumstances) == []


@pytest.mark.clause("25", "26")
@pytest.mark.parametrize("left_out", ["protocol_number", "protocol_date"])
def test_clause_26_a_designation_stands_with_its_protocol(left_out: str):
    designation = {name: value for name, value in PROTOCOL.items() if name != left_out}
    assert codes(circumstances=about(prescribed(special_designation=designation))) == [ErrorCode.PROTOCOL_REQUIRED]


@pytest.mark.clause("21(1)")
def test_clause_21_1_expected_is_the_compensation_of_the_prescribed_row_for_whole_units():
    formed = form(order(item={"dose": "15", "units": 3}), WELL)  # 45 mg: four whole units of 10 mg
    assert formed is not None
    assert formed.expected_compensation == Decimal("24.00")
    per_pack = about(prescribed(compensation={"per": "pack", "amount": "50.00"}))
    formed = form(order(item={"units": 20}), per_pack)
    assert formed is not None
    assert formed.expected_compensation == Decimal("33.33")


def test_every_code_of_the_block_has_its_texts():
    assert set(prescribing.ENTRIES) <= set(CATALOGUE)
    for row in prescribing.ENTRIES.values():
        assert row.clause is not None


def test_findings_of_an_order_can_be_told_in_every_language():
    restricted = PROTOCOL | {"indications": ["E11"], "positions": ["psychiatrist"], "largest_units": 1}
    wrong = order(
        organisation="950175",
        prescriber={"position": "other"},
        diagnosis="Q99.99",
        item={"dose_unit": "ml", "course_dose": "1"},
        card_entry={"on": "2026-01-14"},
        informed=ABSENT,
        remote=_remote("2025-01-10"),
    )
    hopeless = facts(
        insurance=InsuranceFacts(insured=False, organisation="123456", organisation_known=False),
        history=HistoryFacts(open_until=date(2026, 2, 1)),
        limit=LimitFacts(limit=1),
    )
    controlled = about(prescribed(special_designation=restricted, controlled="narcotic"), insurance=None)
    found = [*check_order(wrong, hopeless), *check_order(wrong, controlled), *check_order(order(), hopeless)]
    found += check_order(order(), facts(reference=None, limit=LimitFacts(limit=None)))
    for finding in found:
        for language in Language:
            assert "{" not in finding.as_json(language)["message"]
    mentioned = {finding.code for finding in found}
    assert len(mentioned & set(prescribing.ENTRIES)) >= 15
