"""Mistakes of the order of time and of the outcome."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import movement_json, operation_json
from tests.unit.rules.mistakes.sample import BABY, DEATH, LAST_DAY, TWO_MOVEMENTS, sample

TIMES = [
    sample(
        "admitted after leaving",
        "CASE_ADMISSION_AFTER_DISCHARGE $.discharge.at",
        "CASE_MOVEMENT_ORDER $.movements[0].left_at",
        admission={"at": "2025-12-20T12:00:00+06:00"},
        discharge={"at": "2025-12-10T08:00:00+06:00"},
        movements=[movement_json("18", "2025-12-20T12:00:00+06:00", "2025-12-10T08:00:00+06:00")],
    ),
    sample(
        "gone the moment of coming",
        discharge={"at": "2025-12-10T08:00:00+06:00"},
        movements=[movement_json(left_at="2025-12-10T08:00:00+06:00")],
    ),
    sample(
        "not yet discharged",
        "CASE_IN_FUTURE $.discharge.at",
        "CASE_IN_FUTURE $.movements[0].left_at",
        discharge={"at": "2026-02-01T12:05:01+06:00"},
        movements=[movement_json(left_at="2026-02-01T12:05:01+06:00")],
    ),
    sample(
        "a clock ahead within the tolerance",
        discharge={"at": "2026-02-01T12:05:00+06:00"},
        movements=[movement_json(left_at="2026-02-01T12:05:00+06:00")],
    ),
    sample(
        "no tolerance",
        "CASE_IN_FUTURE $.discharge.at",
        "CASE_IN_FUTURE $.movements[0].left_at",
        discharge={"at": "2026-02-01T12:05:00+06:00"},
        movements=[movement_json(left_at="2026-02-01T12:05:00+06:00")],
        circumstances={"clock_tolerance": timedelta(0)},
    ),
    sample("a referral of tomorrow", "CASE_IN_FUTURE $.referral.issued_on", referral={"issued_on": "2026-02-02"}),
    sample(
        "born the day after admission",
        "CASE_BIRTH_AFTER_ADMISSION $.patient.birth_date",
        patient=BABY | {"birth_date": "2025-12-11"},
    ),
    sample("born on the day of admission", patient=BABY | {"birth_date": "2025-12-10"}),
    sample(
        "left before entering",
        "CASE_MOVEMENT_ORDER $.movements[0].left_at",
        "CASE_MOVEMENT_BOUNDS $.movements[0].left_at",
        "CASE_MOVEMENT_BOUNDS $.movements[1].entered_at",
        movements=[
            movement_json("05", left_at="2025-12-09T08:00:00+06:00"),
            movement_json("18", entered_at="2025-12-09T08:00:00+06:00"),
        ],
    ),
    sample(
        "a gap between departments",
        "CASE_MOVEMENT_GAP $.movements[1].entered_at",
        movements=[movement_json("05", left_at="2025-12-15T09:30:00+06:00"), TWO_MOVEMENTS[1]],
    ),
    sample(
        "in two departments at once",
        "CASE_MOVEMENT_GAP $.movements[1].entered_at",
        movements=[movement_json("05", left_at="2025-12-16T10:00:00+06:00"), TWO_MOVEMENTS[1]],
    ),
    sample(
        "entered after admission",
        "CASE_MOVEMENT_BOUNDS $.movements[0].entered_at",
        movements=[movement_json(entered_at="2025-12-10T09:00:00+06:00")],
    ),
    sample(
        "left before discharge",
        "CASE_MOVEMENT_BOUNDS $.movements[0].left_at",
        movements=[movement_json(left_at="2025-12-20T11:00:00+06:00")],
    ),
    sample("the same instant in another offset", movements=[movement_json(left_at="2025-12-20T06:00:00Z")]),
    sample("operated on during the stay", operations=[operation_json()]),
    sample(
        "operated on before and after",
        "CASE_OPERATION_OUTSIDE_STAY $.operations[0].at",
        "CASE_OPERATION_OUTSIDE_STAY $.operations[2].at",
        operations=[
            operation_json("2025-12-10T07:59:59+06:00"),
            operation_json("2025-12-10T08:00:00+06:00"),
            operation_json("2025-12-20T12:00:01+06:00"),
        ],
    ),
    sample(
        "a sheet until after discharge",
        sick_leave={"number": "7", "opened_on": "2025-12-09", "closed_on": "2026-01-05"},
    ),
    sample(
        "a sheet closed before it is opened",
        "CASE_SICK_LEAVE_DATES $.sick_leave.closed_on",
        sick_leave={"number": "7", "opened_on": "2025-12-10", "closed_on": "2025-12-09"},
    ),
    sample("a sheet opened and closed on the last day", sick_leave=LAST_DAY),
    sample(
        "a sheet opened after discharge",
        "CASE_SICK_LEAVE_DATES $.sick_leave.opened_on",
        sick_leave={"number": "7", "opened_on": "2025-12-21"},
    ),
]

OUTCOME = [
    sample("died", discharge={"outcome": "died", "result": "died"}, death=DEATH),
    sample("died of what", "DEATH_CAUSE_REQUIRED $.death", discharge={"outcome": "died", "result": "died"}),
    sample("a cause of death of the living", "DEATH_UNEXPECTED $.death", death=DEATH),
    sample("dead and recovered", "CASE_RESULT_MISMATCH $.discharge.result", discharge={"outcome": "died"}, death=DEATH),
    sample("discharged and dead", "CASE_RESULT_MISMATCH $.discharge.result", discharge={"result": "died"}),
    sample("transferred", discharge={"outcome": "transferred", "transferred_to": "Республикалык оорукана"}),
    sample(
        "transferred to nowhere",
        "CASE_TRANSFER_TARGET $.discharge.transferred_to",
        discharge={"outcome": "transferred"},
    ),
    sample(
        "a target without transfer",
        "CASE_TRANSFER_TARGET $.discharge.transferred_to",
        discharge={"transferred_to": "Республикалык оорукана"},
    ),
]
