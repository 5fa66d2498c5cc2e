"""Mistakes of the КСФ number and of who hands the case in."""

from __future__ import annotations

from tests.builders import EXAMPLE_NUMBER, movement_json
from tests.unit.rules.mistakes.sample import TWO_MOVEMENTS, sample

NUMBERING = [
    sample("the order's example", ksf_number=EXAMPLE_NUMBER),
    sample("the order's example as printed", ksf_number=" ".join(EXAMPLE_NUMBER)),
    sample("clause 1: 16 digits", "KSF_LENGTH_16 $.ksf_number", ksf_number="0000001189501742"),
    sample("clauses 1 and 4: 18 digits", "KSF_LENGTH_18 $.ksf_number", ksf_number="000000118950174225"),
    sample("clause 1: 10 digits", "KSF_LENGTH $.ksf_number", ksf_number="0000001189"),
    sample("clause 1: a letter", "KSF_FORMAT $.ksf_number", ksf_number="0000001189501742O"),
    sample("clause 1: full-width digits", "KSF_FORMAT $.ksf_number", ksf_number="０００００００１１８９５０１７４２５"),
    sample("clause 1: double spaces", "KSF_FORMAT $.ksf_number", ksf_number="0000001  18 950174 25"),
    sample("clause 2: no sequence", "KSF_SEQ_ZERO $.ksf_number", ksf_number="00000001895017425"),
    sample("clause 3: another department", "KSF_DEPARTMENT_MISMATCH $.ksf_number", ksf_number="00000010595017425"),
    sample("clause 3: no such department", "KSF_DEPARTMENT_UNKNOWN $.ksf_number", ksf_number="00000017795017425"),
    sample("clause 4: another organisation", "KSF_ORG_MISMATCH $.ksf_number", ksf_number="00000011895017525"),
    sample("clause 4: no such organisation", "KSF_ORG_UNKNOWN $.ksf_number", ksf_number="00000011811111125"),
    sample("clause 5: year not of discharge", "KSF_YEAR_MISMATCH $.ksf_number", ksf_number="00000011895017426"),
    sample(
        "clause 5: year of admission instead of discharge",
        "KSF_YEAR_MISMATCH $.ksf_number",
        ksf_number="00001231895017425",
        admission={"at": "2025-12-28T08:00:00+06:00"},
        discharge={"at": "2026-01-03T12:00:00+06:00"},
        movements=[movement_json("18", "2025-12-28T08:00:00+06:00", "2026-01-03T12:00:00+06:00")],
    ),
    sample(
        "clause 5: the Bishkek day decides, already 2026 while still 2025 in UTC",
        ksf_number="00001231895017426",
        discharge={"at": "2025-12-31T19:00:00Z"},
        movements=[movement_json(left_at="2025-12-31T19:00:00Z")],
    ),
    sample(
        "clause 5: before the System",
        "KSF_YEAR_EARLY $.ksf_number",
        ksf_number="00000011895017424",
        admission={"at": "2024-12-10T08:00:00+06:00"},
        discharge={"at": "2024-12-20T12:00:00+06:00"},
        movements=[movement_json("18", "2024-12-10T08:00:00+06:00", "2024-12-20T12:00:00+06:00")],
    ),
    sample(
        "clause 5: a century two digits do not name",
        "KSF_YEAR_RANGE $.discharge.at",
        "CASE_BIRTH_AFTER_ADMISSION $.patient.birth_date",
        admission={"at": "1925-12-10T08:00:00+06:00"},
        discharge={"at": "1925-12-20T12:00:00+06:00"},
        movements=[movement_json("18", "1925-12-10T08:00:00+06:00", "1925-12-20T12:00:00+06:00")],
    ),
]

ORGANISATION = [
    sample("clause 4: unknown organisation", "ORG_UNKNOWN $.organisation", organisation="111111"),
    sample(
        "somebody else's organisation",
        "ORG_NOT_OWN $.organisation",
        circumstances={"sender_organisations": frozenset({"950175"})},
    ),
    sample("one's own organisation", circumstances={"sender_organisations": frozenset({"950174"})}),
    sample(
        "clause 3: unknown department",
        "DEPARTMENT_UNKNOWN $.department",
        "DEPARTMENT_UNKNOWN $.movements[0].department",
        department="77",
        movements=[movement_json("77")],
    ),
    sample("no dictionary of departments", organisation="950175", department="77", movements=[movement_json("77")]),
    sample("clause 3: never in that department", "CASE_FORMING_DEPARTMENT $.department", department="05"),
    sample("several departments", movements=TWO_MOVEMENTS),
    sample(
        "clause 3: not the last department",
        "CASE_FORMING_DEPARTMENT_NOT_LAST $.department",
        department="05",
        movements=TWO_MOVEMENTS,
    ),
    sample(
        "clause 10: direct entry though equipped",
        "FALLBACK_NOT_ALLOWED $.organisation",
        circumstances={"channel": "direct-entry"},
    ),
    sample("clause 10: not equipped", organisation="950176", circumstances={"channel": "direct-entry"}),
    sample("clause 10: equipped from tomorrow", organisation="950177", circumstances={"channel": "direct-entry"}),
    sample(
        "clause 10: equipped from today",
        "FALLBACK_NOT_ALLOWED $.organisation",
        organisation="950178",
        circumstances={"channel": "direct-entry"},
    ),
    sample(
        "clause 10: number of the fund's database",
        organisation="950176",
        external_number="A-1",
        circumstances={"channel": "direct-entry"},
    ),
    sample("clause 10: that number elsewhere", "EXTERNAL_NUMBER_NOT_ALLOWED $.external_number", external_number="A-1"),
]
