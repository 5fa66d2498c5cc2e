"""Accepting: numbers, natural keys, idempotency; on both engines."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter

import pytest
from sqlalchemy import Connection, select, update

from gateway.operations.model import Acceptance, CaseSubmission, State
from gateway.operations.numbering import CounterScope
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from gateway.store.tables import ksf_counters, operations, treated_cases
from schemas.errors import ErrorCode
from tests.support.journal import make_journal, submission


async def outcome(journal, wanted: CaseSubmission) -> Acceptance | ErrorCode:
    try:
        return await journal.submit_case(wanted)
    except Refused as refusal:
        return refusal.findings[0].code


async def count(store: Store, table) -> int:
    return len(await store.read(lambda connection: connection.execute(select(table)).all()))


async def test_the_orders_example_is_the_first_number_of_its_organisation(store: Store):
    accepted = await make_journal(store).submit_case(submission("first"))
    assert accepted.operation.business_key == "00000011895017425"
    assert accepted.operation.state is State.QUEUED
    assert accepted.operation.revision == 1
    assert not accepted.repeated


async def test_what_was_accepted_is_in_the_journal(store: Store):
    journal = make_journal(store)
    accepted = await journal.submit_case(submission("first"))
    assert await journal.operation(accepted.operation.id) == accepted.operation
    case = await journal.case("00000011895017425")
    assert case is not None
    assert case.payload == b'{"mark": "first"}'
    assert case.operation.id == accepted.operation.id


async def test_the_same_request_again_gets_the_original_answer(store: Store):
    journal = make_journal(store)
    first = await journal.submit_case(submission("a"))
    again = await journal.submit_case(submission("a"))
    assert again.repeated
    assert again.operation == first.operation
    assert await count(store, operations) == 1


async def test_the_same_key_with_another_body_is_refused(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    other = submission("b", idempotency_key="key-a")
    assert await outcome(journal, other) is ErrorCode.IDEMPOTENCY_KEY_REUSED
    assert await count(store, treated_cases) == 1


async def test_another_clients_same_key_is_independent(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    other = await journal.submit_case(submission("b", idempotency_key="key-a", client="another"))
    assert not other.repeated


async def test_a_thousand_keys_twenty_times_at_once_have_a_thousand_effects(store: Store):
    journal = make_journal(store)
    answers = await asyncio.gather(*(outcome(journal, submission(n % 1000)) for n in range(20_000)))
    in_progress = [answer for answer in answers if answer is ErrorCode.IDEMPOTENCY_IN_PROGRESS]
    accepted = [answer for answer in answers if isinstance(answer, Acceptance)]
    assert len(in_progress) + len(accepted) == 20_000
    assert len({answer.operation.id for answer in accepted}) == 1000
    assert await count(store, operations) == 1000


async def test_without_the_in_flight_guard_the_unique_key_still_holds(store: Store):
    journals = [make_journal(store) for _ in range(20)]
    answers = await asyncio.gather(*(outcome(journal, submission(n)) for n in range(50) for journal in journals))
    accepted = [answer for answer in answers if isinstance(answer, Acceptance)]
    assert len(accepted) == 1000
    assert len({answer.operation.business_key for answer in accepted}) == 50
    assert sum(not answer.repeated for answer in accepted) == 50


async def test_the_same_stay_under_a_new_key_gets_the_original_answer(store: Store):
    journal = make_journal(store)
    first = await journal.submit_case(submission("a"))
    again = await journal.submit_case(submission("a", idempotency_key="lost-and-made-anew"))
    assert again.repeated
    assert again.operation.id == first.operation.id


async def test_the_same_stay_with_other_content_is_refused_and_names_the_number(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    other = submission("a", idempotency_key="new", fingerprint=b"other")
    with pytest.raises(Refused) as refused:
        await journal.submit_case(other)
    assert refused.value.findings[0].code is ErrorCode.STAY_DUPLICATE
    assert refused.value.findings[0].parameters == {"number": "00000011895017425"}


async def test_a_senders_own_number_is_kept_and_never_given_twice(store: Store):
    journal = make_journal(store)
    own = await journal.submit_case(submission("own", ksf_number="00000021895017425"))
    assert own.operation.business_key == "00000021895017425"
    numbers = [(await journal.submit_case(submission(n))).operation.business_key for n in range(3)]
    assert numbers == ["00000011895017425", "00000031895017425", "00000041895017425"]


async def test_a_number_in_use_is_refused_for_another_case(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a", ksf_number="00000021895017425"))
    other = submission("b", ksf_number="00000021895017425")
    assert await outcome(journal, other) is ErrorCode.KSF_DUPLICATE


async def test_the_same_stay_under_another_number_is_refused(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a", ksf_number="00000021895017425"))
    other = submission("a", ksf_number="00000031895017425", idempotency_key="new")
    assert await outcome(journal, other) is ErrorCode.STAY_DUPLICATE


async def test_numbers_are_unique_and_without_gaps_under_concurrency(store: Store):
    journal = make_journal(store)
    answers = await asyncio.gather(*(journal.submit_case(submission(n)) for n in range(2000)))
    sequences = sorted(int(answer.operation.business_key[:7]) for answer in answers)
    assert sequences == list(range(1, 2001))


async def test_a_refused_case_leaves_no_gap(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    batch = [submission("b"), submission("a", idempotency_key="x", fingerprint=b"other"), submission("c")]
    await asyncio.gather(*(outcome(journal, one) for one in batch))
    last = await journal.submit_case(submission("d"))
    assert last.operation.business_key.startswith("0000004")


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (CounterScope.ORGANISATION_YEAR, ["0000001", "0000002", "0000001", "0000001"]),
        (CounterScope.DEPARTMENT_YEAR, ["0000001", "0000001", "0000001", "0000001"]),
        (CounterScope.NATIONAL_YEAR, ["0000001", "0000002", "0000003", "0000001"]),
    ],
)
async def test_the_scope_of_the_counter_is_a_setting(store: Store, scope: CounterScope, expected: list[str]):
    journal = make_journal(store, scope=scope)
    wanted = [
        submission(1),
        submission(2, department="05"),
        submission(3, organisation="950175"),
        submission(4, discharge_year=2026),
    ]
    numbers = [(await journal.submit_case(one)).operation.business_key for one in wanted]
    assert [number[:7] for number in numbers] == expected
    assert len(set(numbers)) == 4


async def test_an_exhausted_counter_refuses_and_never_wraps(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))

    def near_the_end(connection: Connection) -> None:
        connection.execute(update(ksf_counters).values(last=9_999_998))

    await store.write(near_the_end)
    answers = await asyncio.gather(*(outcome(journal, submission(n)) for n in range(3)))
    accepted = [answer.operation.business_key for answer in answers if isinstance(answer, Acceptance)]
    assert accepted == ["99999991895017425"]
    assert answers.count(ErrorCode.KSF_SEQ_EXHAUSTED) == 2
    assert await outcome(journal, submission("later")) is ErrorCode.KSF_SEQ_EXHAUSTED


async def test_a_correction_keeps_the_number_and_is_the_next_revision(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    number = "00000011895017425"
    corrected = submission("a", idempotency_key="put-1", correction_of=number, fingerprint=b"2", payload=b"{}")
    accepted = await journal.submit_case(corrected)
    assert (accepted.operation.business_key, accepted.operation.revision) == (number, 2)
    again = await journal.submit_case(corrected)
    assert again.repeated
    same_content = await journal.submit_case(
        submission("a", idempotency_key="put-2", correction_of=number, fingerprint=b"2")
    )
    assert same_content.repeated
    case = await journal.case(number)
    assert case is not None
    assert (case.revision, case.payload) == (2, b"{}")


async def test_a_correction_of_a_case_that_is_not_there_is_refused(store: Store):
    wanted = submission("a", correction_of="00000991895017425")
    assert await outcome(make_journal(store), wanted) is ErrorCode.CASE_NOT_FOUND


async def test_a_correction_of_another_organisations_case_looks_like_an_unknown_one(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    wanted = submission("b", correction_of="00000011895017425", organisation="950175")
    assert await outcome(journal, wanted) is ErrorCode.CASE_NOT_FOUND


async def test_a_correction_may_not_take_over_another_stay(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    await journal.submit_case(submission("b"))
    taken = hashlib.sha256(b"b").digest()
    wanted = submission("a", idempotency_key="x", correction_of="00000011895017425", fingerprint=b"2", stay_key=taken)
    assert await outcome(journal, wanted) is ErrorCode.STAY_DUPLICATE


async def test_simultaneous_corrections_get_successive_revisions(store: Store):
    journal = make_journal(store)
    await journal.submit_case(submission("a"))
    wanted = [
        submission("a", idempotency_key=f"put-{n}", correction_of="00000011895017425", fingerprint=bytes([n]))
        for n in range(20)
    ]
    answers = await asyncio.gather(*(journal.submit_case(one) for one in wanted))
    assert sorted(answer.operation.revision for answer in answers) == list(range(2, 22))


async def test_a_bad_row_does_not_take_its_batch_with_it(store: Store):
    journal = make_journal(store)
    impossible = submission("bad", department=None)
    answers = await asyncio.gather(
        *(journal.submit_case(one) for one in (submission("a"), impossible, submission("b"))), return_exceptions=True
    )
    kinds = Counter(isinstance(answer, Acceptance) for answer in answers)
    assert kinds == {True: 2, False: 1}
    assert await count(store, treated_cases) == 2
