from datetime import UTC, datetime

from gateway.batch.checking import Tally, check_here, check_in_processes
from gateway.batch.records import Record
from gateway.reference.organisations import AnyOrganisation
from gateway.rules.treated_case import CaseFacts
from schemas.errors import ErrorCode
from tests.builders import case_bytes

FACTS = CaseFacts(now=datetime(2026, 1, 15, tzinfo=UTC), register=AnyOrganisation(equipped=True))


def records(count: int) -> list[Record]:
    wrong = case_bytes(diagnoses={"main": {"code": "X"}})
    return [
        Record(number, f"line {number}", wrong if number % 3 == 0 else case_bytes(), number)
        for number in range(1, count + 1)
    ]


def test_every_record_is_told_in_order_and_counted() -> None:
    tally = Tally()
    checked = list(check_here(records(9), FACTS))
    for record in checked:
        tally.add(record)
    assert [record.number for record in checked] == list(range(1, 10))
    assert (tally.records, tally.accepted, tally.refused) == (9, 6, 3)
    assert tally.by_code[ErrorCode.ICD_UNKNOWN] == 3


def test_several_processes_say_the_same() -> None:
    given = records(700)
    assert list(check_in_processes(given, FACTS, 2)) == list(check_here(given, FACTS))
