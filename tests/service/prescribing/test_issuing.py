"""Issuing: number, limit, one open prescription of a name; on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import orjson
import pytest
from sqlalchemy import Connection, select

from gateway.operations.model import OperationKind, State
from gateway.programme.model import PrescriptionState
from gateway.programme.prescribing.limits import PatientYear, change_years, locked_years
from gateway.programme.prescribing.model import IssuedAnswer
from gateway.rules.findings import Refused
from gateway.rules.money import to_tyiyn
from gateway.rules.prescription_number import read
from gateway.sealing.payloads import open_payload
from gateway.store.access_tables import audit_entries
from gateway.store.grouping import Store
from gateway.store.programme_tables import prescriptions
from gateway.store.tables import operations
from schemas.errors import ErrorCode
from tests.service.prescribing.clinic import CALLER, EVERYWHERE, Clinic, count, on_sqlite
from tests.support.doubles import NOON
from tests.support.journal import INDEX, SEALER
from tests.support.programme import (
    OTHER_PIN,
    PIN,
    FixedLimit,
    Insurer,
    References,
    insurance_answer,
    issue_into,
    medicine,
    order,
    reference,
)

SECOND = medicine(code="MET-500-60", components=[{"inn": "metformin", "strength": "500", "strength_unit": "mg"}])
BOTH = References(reference(medicine(), SECOND))
OF_THE_SECOND = {"item": {"medicine": "MET-500-60", "dose": "500"}, "diagnosis": "E11.9"}


@pytest.mark.clause("6", "15")
async def test_clause_6_what_is_issued_is_in_the_store_and_on_its_way_at_once(store: Store):
    clinic = Clinic(store)
    issued = await clinic.issue()
    row = await clinic.row(issued.id)
    assert (row.state, row.number, row.operation_id) == (
        PrescriptionState.ISSUED,
        issued.message.number,
        issued.operation_id,
    )
    assert read(row.number) == row.number
    assert (row.region, row.reserved, row.issued_on) == ("osh", 36_000, date(2026, 1, 15))
    (operation,) = await store.read(lambda connection: connection.execute(select(operations)).all())
    assert (operation.kind, operation.upstream, operation.business_key, operation.revision, operation.state) == (
        OperationKind.SUBMIT_PRESCRIPTION,
        "drug-programme",
        row.number,
        1,
        State.QUEUED,
    )
    sent = orjson.loads(open_payload(SEALER, operation.id, operation.payload))
    assert sent == orjson.loads(issued.message.model_dump_json())
    actions = await _audited(store)
    assert actions == ["insurance-checked", "prescription-issued"]


@on_sqlite
@pytest.mark.clause("18")
async def test_clause_18_the_course_dose_is_formed_here(store: Store):
    issued = await Clinic(store).issue()
    assert (issued.message.course_dose, issued.message.dose_unit) == (600, "mg")


@on_sqlite
@pytest.mark.clause("40")
async def test_clause_40_the_last_day_is_thirty_days_after_the_day_of_issue(store: Store):
    issued = await Clinic(store).issue()
    assert issued.message.valid_until == date(2026, 2, 14)


@on_sqlite
async def test_nothing_personal_stands_in_clear_in_the_row(store: Store):
    await Clinic(store).issue()
    row = await store.read(lambda connection: connection.execute(select(prescriptions)).one())
    told = repr([value for value in row if not isinstance(value, bytes)]).encode() + b"".join(
        value for value in row if isinstance(value, bytes)
    )
    for secret in (PIN, "Түгөлбаев", "I10", "маал"):
        assert secret.encode() not in told


@pytest.mark.clause("18")
async def test_clause_18_a_second_open_prescription_of_the_name_is_refused(store: Store):
    clinic = Clinic(store)
    await clinic.issue()
    with pytest.raises(Refused) as refused:
        await clinic.issue()
    (finding,) = refused.value.findings
    assert (finding.code, finding.parameters) == (ErrorCode.RX_DUPLICATE_OPEN, {"last_day": "2026-02-14"})
    assert await count(store, prescriptions) == await count(store, operations) == 1


@on_sqlite
@pytest.mark.clause("18")
async def test_clause_18_another_trade_name_of_the_same_substance_is_the_same_name(store: Store):
    other = medicine(code="ENA-5-20", trade_name="Башка", components=[
        {"inn": "Enalapril", "strength": "5", "strength_unit": "mg"}])  # fmt: skip
    clinic = Clinic(store, references=References(reference(medicine(), other)))
    await clinic.issue()
    again = order(item={"medicine": "ENA-5-20", "dose": "5"})
    assert await clinic.outcome(again) is ErrorCode.RX_DUPLICATE_OPEN


@on_sqlite
@pytest.mark.clause("18")
async def test_clause_18_each_name_has_a_prescription_of_its_own(store: Store):
    clinic = Clinic(store, references=BOTH)
    await clinic.issue()
    assert isinstance(await clinic.outcome(order(**OF_THE_SECOND)), IssuedAnswer)
    assert isinstance(await clinic.outcome(order(patient={"pin": OTHER_PIN})), IssuedAnswer)


@pytest.mark.clause("18", "40")
async def test_clause_40_an_overdue_one_stands_in_nobodys_way_and_gives_its_reserve_back(store: Store):
    clinic = Clinic(store, limit=FixedLimit("360.00"))
    first = await clinic.issue()
    clinic.clock.move(days=31)
    clinic.insurer.usually = insurance_answer(checked_at=clinic.clock.now())
    second = await clinic.issue(order(card_entry={"on": "2026-02-15"}))
    assert (await clinic.row(first.id)).state is PrescriptionState.EXPIRED
    assert (await clinic.row(first.id)).reserved == 0
    assert (await clinic.row(second.id)).state is PrescriptionState.ISSUED
    assert await clinic.year(PIN) == (0, 360)


@on_sqlite
@pytest.mark.clause("40")
async def test_clause_40_on_its_last_day_it_is_still_open(store: Store):
    clinic = Clinic(store)
    await clinic.issue()
    clinic.clock.move(days=30, hours=11, minutes=59)  # 23:59 in Bishkek
    clinic.insurer.usually = insurance_answer(checked_at=clinic.clock.now())
    assert await clinic.outcome(order(card_entry={"on": "2026-02-14"})) is ErrorCode.RX_DUPLICATE_OPEN


@on_sqlite
@pytest.mark.clause("21(1)")
async def test_clause_21_1_exactly_what_is_left_of_the_limit_may_be_prescribed(store: Store):
    assert isinstance(await Clinic(store, limit=FixedLimit("360.00")).outcome(), IssuedAnswer)


@pytest.mark.clause("21(1)")
async def test_clause_21_1_a_tyiyn_more_than_the_limit_is_refused(store: Store):
    clinic = Clinic(store, limit=FixedLimit("359.99"))
    with pytest.raises(Refused) as refused:
        await clinic.issue()
    (finding,) = refused.value.findings
    assert finding.code is ErrorCode.PATIENT_LIMIT_EXCEEDED
    assert finding.parameters == {"limit": "359.99", "left": "359.99", "expected": "360.00"}
    assert await count(store, prescriptions) == await count(store, operations) == 0


@on_sqlite
@pytest.mark.clause("21(1)")
async def test_clause_21_1_the_worked_example_of_norm_and_multiplier(store: Store):
    """Norm 12.50 × 300 = 3,750.00; used 3,500.00 + 360.00 is refused; × 310 = 3,875.00 allows it."""
    clinic = Clinic(store, limit=FixedLimit("3750.00"), references=BOTH)
    await _use(clinic, "3500.00")
    assert await clinic.outcome() is ErrorCode.PATIENT_LIMIT_EXCEEDED
    clinic.limit.som = "3875.00"
    assert isinstance(await clinic.outcome(), IssuedAnswer)


@on_sqlite
@pytest.mark.clause("21(1)")
async def test_clause_21_1_without_a_limit_nothing_is_issued(store: Store):
    assert await Clinic(store, limit=FixedLimit(None)).outcome() is ErrorCode.PATIENT_LIMIT_NOT_SET


@pytest.mark.clause("21(1)")
async def test_clause_21_1_the_limit_is_of_the_calendar_year_of_issue(store: Store):
    clinic = Clinic(store, limit=FixedLimit("360.00"))
    in_december = clinic.clock.now() - timedelta(days=20)
    await issue_into(store, issued_at=in_december, prescribed=SECOND, item={"dose": "500"})
    assert isinstance(await clinic.outcome(), IssuedAnswer)
    assert await clinic.year(PIN, 2025) == (0, 360)
    assert await clinic.year(PIN, 2026) == (0, 360)


@on_sqlite
@pytest.mark.clause("5", "21(3)")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (insurance_answer(insured=False), ErrorCode.PATIENT_NOT_INSURED),
        (insurance_answer(organisation=None), ErrorCode.PATIENT_NOT_REGISTERED),
        (insurance_answer(organisation="123456"), ErrorCode.PATIENT_ORGANISATION_UNKNOWN),
        (None, ErrorCode.INSURANCE_CHECK_REQUIRED),
    ],
)
async def test_clause_21_3_only_who_is_confirmed_insured_and_registered_gets_one(store: Store, answer, code):
    clinic = Clinic(store)
    clinic.insurer.usually = answer
    with pytest.raises(Refused) as refused:
        await clinic.issue()
    assert [finding.code for finding in refused.value.findings] == [code]
    assert refused.value.retry_after == (30 if answer is None else None)
    assert await count(store, prescriptions) == await count(store, operations) == 0


@on_sqlite
async def test_everything_wrong_is_told_at_once_and_nothing_written(store: Store):
    clinic = Clinic(store, insurer=Insurer(insured=False), limit=FixedLimit("1.00"))
    ordered = order(prescriber={"position": "other"}, diagnosis="Q99.99", informed=None, card_entry=None)
    with pytest.raises(Refused) as refused:
        await clinic.issue(ordered)
    assert [finding.code for finding in refused.value.findings] == [
        ErrorCode.PRESCRIBER_NOT_ALLOWED,
        ErrorCode.ICD_UNKNOWN,
        ErrorCode.CARD_ENTRY_REQUIRED,
        ErrorCode.PATIENT_NOT_INFORMED,
        ErrorCode.PATIENT_LIMIT_EXCEEDED,
        ErrorCode.PATIENT_NOT_INSURED,
    ]
    assert await count(store, prescriptions) == await count(store, operations) == 0


@pytest.mark.clause("17")
async def test_clause_17_a_remote_patient_needs_an_earlier_prescription_of_the_group(store: Store):
    clinic = Clinic(store)
    remote = {"reason": "Жайлоодо", "last_contact": "2026-01-02", "contact": "visit"}
    assert await clinic.outcome(order(remote=remote)) is ErrorCode.REMOTE_NO_HISTORY
    await issue_into(store, issued_at=clinic.clock.now() - timedelta(days=40), state=PrescriptionState.EXPIRED)
    issued = await clinic.issue(order(remote=remote))
    assert await _remote(store, issued) is True


@on_sqlite
@pytest.mark.clause("21(3)")
async def test_clause_21_3_by_which_answer_it_was_issued_is_kept_with_it(store: Store):
    clinic = Clinic(store)
    issued = await clinic.issue()
    kept = (await clinic.service.find(issued.id, EVERYWHERE)).kept
    assert (kept.insurance.source, kept.insurance.reference, kept.insurance.checked_at) == ("foms", "F-77", NOON)


@on_sqlite
@pytest.mark.clause("17")
async def test_clause_17_a_cancelled_one_is_no_history(store: Store):
    clinic = Clinic(store)
    await issue_into(store, issued_at=clinic.clock.now() - timedelta(days=3), state=PrescriptionState.CANCELLED)
    remote = {"reason": "Жайлоодо", "last_contact": "2026-01-02", "contact": "visit"}
    assert await clinic.outcome(order(remote=remote)) is ErrorCode.REMOTE_NO_HISTORY


@on_sqlite
async def test_checking_an_order_writes_nothing_of_it(store: Store):
    clinic = Clinic(store)
    judged = await clinic.service.judge(order(), EVERYWHERE)
    assert judged.findings == ()
    assert judged.formed is not None
    assert judged.formed.expected_compensation == 360
    assert await count(store, prescriptions) == await count(store, operations) == 0


async def test_the_same_request_again_gets_the_original_answer(store: Store):
    clinic = Clinic(store)
    first = await clinic.issue(key="a")
    clinic.clock.move(days=3)  # the card's entry would no longer be of the day
    again = await clinic.issue(key="a")
    assert again.repeated
    assert (again.id, again.message, again.remarks) == (first.id, first.message, first.remarks)
    assert await count(store, prescriptions) == 1


@on_sqlite
async def test_the_same_key_with_another_order_is_refused(store: Store):
    clinic = Clinic(store)
    await clinic.issue(key="a")
    assert await clinic.outcome(order(item={"units": 30}), key="a") is ErrorCode.IDEMPOTENCY_KEY_REUSED


async def test_a_number_that_is_taken_is_drawn_again(store: Store):
    drawn = iter([7, 7, 8, 7, 8, 9])
    clinic = Clinic(store, references=BOTH, below=lambda _: next(drawn))
    numbers = [(await clinic.issue()).message.number, (await clinic.issue(order(**OF_THE_SECOND))).message.number]
    other = await clinic.issue(order(patient={"pin": OTHER_PIN}))
    assert [number[:11] for number in (*numbers, other.message.number)] == [f"{n:011d}" for n in (7, 8, 9)]


@on_sqlite
async def test_for_a_foreign_organisation_nobody_is_asked_about_the_patient(store: Store):
    clinic = Clinic(store)
    stranger = type(EVERYWHERE)(caller=CALLER, organisations=frozenset({"950175"}))
    assert await clinic.outcome(requester=stranger) is ErrorCode.PRESCRIBER_ORGANISATION
    assert clinic.insurer.asked == 0
    assert await _audited(store) == []


async def _remote(store: Store, issued: IssuedAnswer) -> bool:
    query = select(prescriptions.c.remote).where(prescriptions.c.id == issued.id)
    return await store.read(lambda connection: connection.execute(query).scalar_one())


async def _audited(store: Store) -> list[str]:
    query = select(audit_entries.c.entry).order_by(audit_entries.c.position)
    entries = await store.read(lambda connection: connection.execute(query).scalars().all())
    return [orjson.loads(entry)["action"] for entry in entries]


async def _use(clinic: Clinic, som: str) -> None:
    """As if so much had been dispensed this year."""

    def use(connection: Connection) -> None:
        whose = (INDEX.of("pin", PIN), 2026)
        locked_years(connection, {whose})
        change_years(connection, [(whose, PatientYear(used=to_tyiyn(Decimal(som))))])

    await clinic.store.write(use)
