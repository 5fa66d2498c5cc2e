"""Mistakes of the shape, which the schema finds."""

from __future__ import annotations

from tests.builders import ABSENT, operation_json
from tests.unit.rules.mistakes.sample import DEATH, NUMBER_FOR_A_NAME, sample

SHAPE = [
    sample("missing", "SCHEMA_REQUIRED $.patient.birth_date", patient={"birth_date": ABSENT}),
    sample("missing object", "SCHEMA_REQUIRED $.discharge", discharge=ABSENT),
    sample("unknown field", "SCHEMA_UNKNOWN_FIELD $.patient.birthdate", patient={"birthdate": "1990-01-01"}),
    sample("a name as a field's name", "SCHEMA_UNKNOWN_FIELD $.patient", patient={"Үсөнов": 1}),
    sample("a number as a field's name", "SCHEMA_UNKNOWN_FIELD $", **NUMBER_FOR_A_NAME),
    sample("a number for a text", "SCHEMA_TYPE $.card_number", card_number=7),
    sample("a text for an object", "SCHEMA_TYPE $.referral", referral="self"),
    sample("an object for a list", "SCHEMA_TYPE $.operations", operations={}),
    sample("a text for a count", "SCHEMA_TYPE $.admission.hours_since_onset", admission={"hours_since_onset": "5"}),
    sample("a fraction for a count", "SCHEMA_TYPE $.admission.hours_since_onset", admission={"hours_since_onset": 5.5}),
    sample("an endless count", "SCHEMA_VALUE $.admission.hours_since_onset", admission={"hours_since_onset": 10**400}),
    sample("below zero", "SCHEMA_VALUE $.admission.hours_since_onset", admission={"hours_since_onset": -1}),
    sample(
        "a word for a truth", "SCHEMA_TYPE $.death.autopsy", "DEATH_UNEXPECTED $.death", death=DEATH | {"autopsy": "no"}
    ),
    sample("no such sex", "SCHEMA_VALUE $.patient.sex", patient={"sex": "M"}),
    sample("empty text", "SCHEMA_LENGTH $.card_number", card_number="  "),
    sample("long text", "SCHEMA_LENGTH $.card_number", card_number="1" * 65),
    sample("no movements", "SCHEMA_LENGTH $.movements", movements=[]),
    sample("many operations", "SCHEMA_LENGTH $.operations", operations=[operation_json()] * 51),
    sample("a five-digit code", "SCHEMA_PATTERN $.organisation", organisation="95017"),
    sample("full-width digits in a code", "SCHEMA_PATTERN $.department", department="１８"),
    sample("no such day", "SCHEMA_INSTANT $.patient.birth_date", patient={"birth_date": "1990-02-30"}),
    sample("no offset", "SCHEMA_INSTANT $.discharge.at", discharge={"at": "2025-12-20T12:00:00"}),
    sample("seconds since 1970", "SCHEMA_INSTANT $.discharge.at", discharge={"at": 1766210400}),
    sample("the year 1", "SCHEMA_INSTANT $.discharge.at", discharge={"at": "0001-01-01T00:00:00+06:00"}),
    sample("the year 9999", "SCHEMA_INSTANT $.discharge.at", discharge={"at": "9999-12-31T23:59:59-06:00"}),
    sample("a control character", "SCHEMA_CHARACTERS $.patient.family_name", patient={"family_name": "Үсө\u0007нов"}),
    sample("a line break in a name", "SCHEMA_CHARACTERS $.patient.family_name", patient={"family_name": "Ү\nС"}),
    sample("a line break in a long text", diagnoses={"main": {"text": "Бир\nэки"}}),
]
