"""Diagnoses: WHO ICD-10 codes that exist and fit the patient and their place in the form."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.days import bishkek_day, completed_years
from gateway.rules.findings import Finding
from gateway.rules.treated_case.engine import rule
from gateway.rules.treated_case.facts import CaseFacts
from schemas.codelists import icd10
from schemas.errors import ErrorCode
from schemas.treated_case import TreatedCase

_CODES = (
    "diagnoses.referral.code",
    "diagnoses.admission.code",
    "diagnoses.main.code",
    "diagnoses.complications.code",
    "diagnoses.concomitant.code",
    "diagnoses.external_cause.code",
    "movements.diagnosis",
    "operations.complications.code",
    "death.cause.code",
    "death.immediate_cause.code",
)
_MAIN = "$.diagnoses.main.code"
_EXTERNAL = "$.diagnoses.external_cause"


@rule(judges=_CODES)
def codes_exist(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Every code is one of ICD-10; a category that ICD-10 divides further is a warning."""
    for path, code in _noteworthy(case):
        if code is None:
            yield Finding(ErrorCode.ICD_UNKNOWN, path)
        elif code.subdivided:
            yield Finding(ErrorCode.ICD_TOO_BROAD, path)


@rule(needs=("patient.sex",), judges=_CODES)
def codes_fit_the_sex(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Diagnoses of one sex, as pregnancy O00-O99, belong to it (ICD-10, volume 2)."""
    sex = case.patient.sex
    for path, code in _noteworthy(case):
        if code is not None and code.sex is not None and code.sex != sex:
            yield Finding(ErrorCode.DIAGNOSIS_SEX, path)


@rule(needs=("patient.birth_date", "admission.at"), judges=_CODES)
def codes_fit_the_age(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Diagnoses of an age, as perinatal conditions P00-P96, belong to it; the age is that on the day of admission."""
    noteworthy = _noteworthy(case)
    if not noteworthy:
        return
    age = completed_years(case.patient.birth_date, bishkek_day(case.admission.at))
    if age < 0:
        return
    for path, code in noteworthy:
        if code is None:
            continue
        is_too_young = code.minimum_age is not None and age < code.minimum_age
        is_too_old = code.below_age is not None and age >= code.below_age
        if is_too_young or is_too_old:
            yield Finding(ErrorCode.DIAGNOSIS_AGE, path)


@rule(needs=("diagnoses.main.code",))
def main_diagnosis_can_lead(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Asterisk codes and external causes are never the main diagnosis (ICD-10, volume 2)."""
    code = icd10.find(case.diagnoses.main.code)
    if code is None:
        return
    if code.asterisk:
        yield Finding(ErrorCode.DIAGNOSIS_MAIN_ASTERISK, _MAIN)
    if code.external_cause:
        yield Finding(ErrorCode.DIAGNOSIS_MAIN_EXTERNAL, _MAIN)


@rule(needs=("diagnoses.main.code", "diagnoses.external_cause"))
def injury_has_an_external_cause(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """A main diagnosis S00-T98 goes with an external cause V01-Y98 (ICD-10, chapters XIX and XX)."""
    code = icd10.find(case.diagnoses.main.code)
    if code is not None and code.injury and case.diagnoses.external_cause is None:
        yield Finding(ErrorCode.EXTERNAL_CAUSE_REQUIRED, _EXTERNAL)


@rule(needs=("diagnoses.external_cause", "diagnoses.external_cause.code"))
def external_cause_is_one(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """An external cause lies in V01-Y98 (ICD-10, chapter XX)."""
    cause = case.diagnoses.external_cause
    code = None if cause is None else icd10.find(cause.code)
    if code is not None and not code.external_cause:
        yield Finding(ErrorCode.EXTERNAL_CAUSE_RANGE, _EXTERNAL + ".code")


def _noteworthy(case: TreatedCase) -> list[tuple[str, icd10.Code | None]]:
    """The codes about which there is anything to say, with their paths: most cases have none, and are done quickly."""
    if all(map(icd10.is_plain, _texts(case))):
        return []
    return [(path, icd10.find(text)) for path, text in _codes(case) if not icd10.is_plain(text)]


def _texts(case: TreatedCase) -> Iterator[str]:
    """Every ICD-10 code of the case."""
    diagnoses = case.diagnoses
    yield diagnoses.admission.code
    yield diagnoses.main.code
    for diagnosis in (diagnoses.referral, diagnoses.external_cause, *diagnoses.complications, *diagnoses.concomitant):
        if diagnosis is not None:
            yield diagnosis.code
    for movement in case.movements:
        yield movement.diagnosis
    for operation in case.operations:
        for diagnosis in operation.complications:
            yield diagnosis.code
    if case.death is not None:
        yield case.death.cause.code
        if case.death.immediate_cause is not None:
            yield case.death.immediate_cause.code


def _codes(case: TreatedCase) -> list[tuple[str, str]]:
    """Every ICD-10 code of the case with its path."""
    diagnoses = case.diagnoses
    codes = [("$.diagnoses.admission.code", diagnoses.admission.code), (_MAIN, diagnoses.main.code)]
    if diagnoses.referral is not None:
        codes.append(("$.diagnoses.referral.code", diagnoses.referral.code))
    for number, diagnosis in enumerate(diagnoses.complications):
        codes.append((f"$.diagnoses.complications[{number}].code", diagnosis.code))
    for number, diagnosis in enumerate(diagnoses.concomitant):
        codes.append((f"$.diagnoses.concomitant[{number}].code", diagnosis.code))
    if diagnoses.external_cause is not None:
        codes.append((_EXTERNAL + ".code", diagnoses.external_cause.code))
    for number, movement in enumerate(case.movements):
        codes.append((f"$.movements[{number}].diagnosis", movement.diagnosis))
    for number, operation in enumerate(case.operations):
        for place, diagnosis in enumerate(operation.complications):
            codes.append((f"$.operations[{number}].complications[{place}].code", diagnosis.code))
    if case.death is not None:
        codes.append(("$.death.cause.code", case.death.cause.code))
        if case.death.immediate_cause is not None:
            codes.append(("$.death.immediate_cause.code", case.death.immediate_cause.code))
    return codes


RULES = (
    codes_exist,
    codes_fit_the_sex,
    codes_fit_the_age,
    main_diagnosis_can_lead,
    injury_has_an_external_cause,
    external_cause_is_one,
)
