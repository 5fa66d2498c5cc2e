"""Mistakes of the patient and the diagnoses."""

from __future__ import annotations

from tests.builders import ABSENT, movement_json, operation_json
from tests.unit.rules.mistakes.sample import BABY, CHILD, FOREIGNER, GIRL, PASSPORT, WOMAN, sample

PATIENT = [
    sample("no ПИН and no reason", "PIN_REQUIRED $.patient.pin", patient={"pin": ABSENT}),
    sample(
        "ПИН and a reason for having none",
        "PIN_AND_ABSENCE $.patient.pin_absence",
        patient={"pin_absence": {"reason": "unidentified"}},
    ),
    sample("a short ПИН", "PIN_FORMAT $.patient.pin", patient={"pin": "2010119901234"}),
    sample("a ПИН of the 30th of February", "PIN_DATE $.patient.pin", patient={"pin": "23002199012345"}),
    sample("a ПИН of the other sex", "PIN_SEX_MISMATCH $.patient.pin", patient={"pin": "10101199012345"}),
    sample("a ПИН of another day", "PIN_BIRTH_DATE_MISMATCH $.patient.pin", patient={"pin": "20201199012345"}),
    sample("a newborn without ПИН", patient=BABY),
    sample("27 days old on admission", patient=BABY | {"birth_date": "2025-11-13"}),
    sample(
        "28 days old on admission",
        "PIN_ABSENCE_NOT_NEWBORN $.patient.pin_absence.reason",
        patient=BABY | {"birth_date": "2025-11-12"},
    ),
    sample("a foreigner without document", "PIN_ABSENCE_DOCUMENT $.patient.pin_absence.document", patient=FOREIGNER),
    sample(
        "a stateless person without document",
        "PIN_ABSENCE_DOCUMENT $.patient.pin_absence.document",
        patient={"pin": ABSENT, "pin_absence": {"reason": "stateless"}},
    ),
    sample(
        "a foreigner with document",
        patient=FOREIGNER | {"pin_absence": {"reason": "foreign-citizen", "document": PASSPORT}},
    ),
    sample("unidentified", patient={"pin": ABSENT, "pin_absence": {"reason": "unidentified"}}),
    sample(
        "doctors' ПИН",
        "PIN_FORMAT $.doctors.attending.pin",
        "PIN_DATE $.doctors.head_of_department.pin",
        "PIN_FORMAT $.movements[0].doctor.pin",
        "PIN_FORMAT $.operations[0].surgeon.pin",
        doctors={"attending": {"pin": "1"}, "head_of_department": {"full_name": "А. А.", "pin": "29999199012345"}},
        movements=[movement_json(doctor={"pin": "2"})],
        operations=[operation_json(surgeon={"pin": "3"})],
    ),
]

DIAGNOSES = [
    sample(
        "unknown codes everywhere",
        "ICD_UNKNOWN $.diagnoses.referral.code",
        "ICD_UNKNOWN $.diagnoses.admission.code",
        "ICD_UNKNOWN $.diagnoses.main.code",
        "ICD_UNKNOWN $.diagnoses.complications[0].code",
        "ICD_UNKNOWN $.diagnoses.concomitant[1].code",
        "ICD_UNKNOWN $.diagnoses.external_cause.code",
        "ICD_UNKNOWN $.movements[0].diagnosis",
        "ICD_UNKNOWN $.operations[0].complications[0].code",
        "ICD_UNKNOWN $.death.cause.code",
        "ICD_UNKNOWN $.death.immediate_cause.code",
        diagnoses={
            "referral": {"code": "J06.10"},
            "admission": {"code": "J18,9"},
            "main": {"code": "Ж18.9"},
            "complications": [{"code": "X"}],
            "concomitant": [{"code": "I10"}, {"code": "J09-J18"}],
            "external_cause": {"code": "W99.99"},
        },
        movements=[movement_json(diagnosis="XX")],
        operations=[operation_json(complications=[{"code": "Q99.99"}])],
        discharge={"outcome": "died", "result": "died"},
        death={"cause": {"code": "I99.9"}, "immediate_cause": {"code": "X"}, "autopsy": False},
    ),
    sample("a category divided further", "ICD_TOO_BROAD $.diagnoses.main.code", diagnoses={"main": {"code": "J18"}}),
    sample("spelled in another way", diagnoses={"main": {"code": "j181"}, "admission": {"code": "A17.0†"}}),
    sample(
        "pregnancy of a man",
        "DIAGNOSIS_SEX $.diagnoses.main.code",
        "DIAGNOSIS_SEX $.movements[0].diagnosis",
        diagnoses={"main": {"code": "O80.0"}},
        movements=[movement_json(diagnosis="O80.0")],
    ),
    sample("pregnancy of a woman", diagnoses={"main": {"code": "O80.0"}}, patient=WOMAN),
    sample(
        "prostate of a woman",
        "DIAGNOSIS_SEX $.diagnoses.concomitant[0].code",
        diagnoses={"concomitant": [{"code": "N40"}]},
        patient=WOMAN,
    ),
    sample(
        "pregnancy at seven",
        "DIAGNOSIS_AGE $.diagnoses.main.code",
        diagnoses={"main": {"code": "O80.0"}},
        patient=GIRL,
    ),
    sample(
        "pregnancy on the tenth birthday",
        diagnoses={"main": {"code": "O80.0"}},
        patient={"pin": "11012201512345", "sex": "female", "birth_date": "2015-12-10"},
    ),
    sample(
        "pregnancy the day before",
        "DIAGNOSIS_AGE $.diagnoses.main.code",
        diagnoses={"main": {"code": "O80.0"}},
        patient={"pin": "11112201512345", "sex": "female", "birth_date": "2015-12-11"},
    ),
    sample(
        "an impossible birth date is one mistake, not two",
        "CASE_BIRTH_AFTER_ADMISSION $.patient.birth_date",
        diagnoses={"main": {"code": "O80.0"}},
        patient={"pin": "10201202612345", "sex": "female", "birth_date": "2026-01-02"},
    ),
    sample(
        "a perinatal condition at four",
        "DIAGNOSIS_AGE $.diagnoses.main.code",
        diagnoses={"main": {"code": "P07.1"}},
        patient=CHILD,
    ),
    sample("a perinatal condition of a newborn", diagnoses={"main": {"code": "P07.1"}}, patient=BABY),
    sample(
        "the day before the first birthday",
        diagnoses={"main": {"code": "P07.1"}},
        patient={"pin": "21112202412345", "birth_date": "2024-12-11"},
    ),
    sample(
        "the first birthday",
        "DIAGNOSIS_AGE $.diagnoses.main.code",
        diagnoses={"main": {"code": "P07.1"}},
        patient={"pin": "21012202412345", "birth_date": "2024-12-10"},
    ),
    sample(
        "an asterisk code as main",
        "DIAGNOSIS_MAIN_ASTERISK $.diagnoses.main.code",
        diagnoses={"main": {"code": "D63.0"}},
    ),
    sample("an asterisk code besides", diagnoses={"concomitant": [{"code": "D63.0*"}]}),
    sample(
        "an external cause as main",
        "DIAGNOSIS_MAIN_EXTERNAL $.diagnoses.main.code",
        diagnoses={"main": {"code": "W01"}},
    ),
    sample(
        "an injury without cause",
        "EXTERNAL_CAUSE_REQUIRED $.diagnoses.external_cause",
        diagnoses={"main": {"code": "S72.0"}},
    ),
    sample(
        "an injury with its cause",
        diagnoses={"main": {"code": "S72.01"}, "external_cause": {"code": "W01.0"}},
    ),
    sample(
        "an external cause that is none",
        "EXTERNAL_CAUSE_RANGE $.diagnoses.external_cause.code",
        diagnoses={"main": {"code": "S72.0"}, "external_cause": {"code": "S06.0"}},
    ),
]
