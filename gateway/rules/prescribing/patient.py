"""For whom, and what must have gone before (clauses 5, 17 to 21)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.rules.days import add_months
from gateway.rules.findings import Finding
from gateway.rules.identifiers import check_pin, check_pin_agrees
from gateway.rules.prescribing.facts import PrescribingFacts
from schemas.codelists import icd10
from schemas.errors import ErrorCode
from schemas.prescriptions import PrescribedPatient, PrescriptionOrder, RemoteIssue
from schemas.treated_case import Sex

_PIN = "$.patient.pin"


def check_patient(order: PrescriptionOrder, facts: PrescribingFacts) -> Iterator[Finding]:
    """The patient's number, the diagnosis, the card and the telling; of a remote one also history and last contact."""
    yield from _check_person(order.patient)
    yield from _check_diagnosis(order.diagnosis)
    yield from _check_card(order, facts.today)
    if order.informed is None:
        yield Finding(ErrorCode.PATIENT_NOT_INFORMED, "$.informed")
    if order.remote is not None:
        yield from _check_remote(order.remote, facts)


def check_insurance(order: PrescriptionOrder, facts: PrescribingFacts) -> Iterator[Finding]:
    """Insured and registered at an organisation of primary care, confirmed on the day of issue (clauses 5, 21(3)).

    Without an answer nobody is presumed insured. Nobody can be asked by a number that is none.
    """
    confirmed = facts.insurance
    if confirmed is None:
        if not check_pin(order.patient.pin, _PIN):
            yield Finding(ErrorCode.INSURANCE_CHECK_REQUIRED, _PIN)
        return
    if not confirmed.insured:
        yield Finding(ErrorCode.PATIENT_NOT_INSURED, _PIN)
    if confirmed.organisation is None:
        yield Finding(ErrorCode.PATIENT_NOT_REGISTERED, _PIN)
    elif not confirmed.organisation_known:
        yield Finding(ErrorCode.PATIENT_ORGANISATION_UNKNOWN, _PIN, {"organisation": confirmed.organisation})


def open_already(open_until: date) -> Finding:
    """That the patient has an open prescription for the same name of the reference (clause 18)."""
    return Finding(ErrorCode.RX_DUPLICATE_OPEN, "$.item.medicine", {"last_day": open_until.isoformat()})


def _check_person(patient: PrescribedPatient) -> Iterator[Finding]:
    wrong = check_pin(patient.pin, _PIN)
    yield from wrong
    if not wrong:
        sex = Sex.FEMALE if patient.pin.startswith("1") else Sex.MALE  # the order names none to compare
        yield from check_pin_agrees(patient.pin, _PIN, sex=sex, birth_date=patient.birth_date)


def _check_diagnosis(diagnosis: str) -> Iterator[Finding]:
    """By medical indications (clause 21(2)): a disease that ICD-10 has."""
    code = icd10.find(diagnosis)
    if code is None:
        yield Finding(ErrorCode.ICD_UNKNOWN, "$.diagnosis")
    elif code.subdivided:
        yield Finding(ErrorCode.ICD_TOO_BROAD, "$.diagnosis")


def _check_card(order: PrescriptionOrder, today: date) -> Iterator[Finding]:
    """The outpatient's card has the prescription on the day of issue, a remote patient's too (clause 19)."""
    if order.card_entry is None:
        yield Finding(ErrorCode.CARD_ENTRY_REQUIRED, "$.card_entry")
    elif order.card_entry.on != today:
        yield Finding(ErrorCode.CARD_ENTRY_DATE, "$.card_entry.on", {"day": today.isoformat()})


def _check_remote(remote: RemoteIssue, facts: PrescribingFacts) -> Iterator[Finding]:
    """A remote patient goes on with what was prescribed before, and is seen at least once a month (clause 17).

    Ours for «айына 1 жолудан кем эмес»: within one month before the day of issue, by the same day of the month; where
    the month before has no such day, since its last one.
    """
    if not facts.history.prescribed_before:
        yield Finding(ErrorCode.REMOTE_NO_HISTORY, "$.item.medicine")
    first = add_months(facts.today, -1)
    if not first <= remote.last_contact <= facts.today:
        span = {"first": first.isoformat(), "last": facts.today.isoformat()}
        yield Finding(ErrorCode.REMOTE_VISIT_OVERDUE, "$.remote.last_contact", span)
