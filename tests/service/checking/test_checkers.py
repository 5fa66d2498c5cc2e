"""Checkers are processes beside the gateway: same answers, nothing lost with them, gone when it is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import psutil
import pytest

from gateway.checking.checks import Checkers
from gateway.checking.frames import Batch, Question, framed, read_message
from gateway.ports import Organisation
from gateway.reference.organisations import OrganisationsInMemory
from gateway.rules.treated_case import CaseFacts, PreparedCase, RefusedCase, prepare
from schemas.errors import ErrorCode
from tests.builders import DEPARTMENT, EXAMPLE_NUMBER, ORGANISATION, case_bytes


def _organisation(code: str) -> Organisation:
    return Organisation(
        code=code, name="A", region="osh", inn=None, okpo=None, equipped=True, equipped_since=None,
        departments={DEPARTMENT: "B"},
    )  # fmt: skip


@pytest.fixture
def facts() -> CaseFacts:
    return CaseFacts(
        now=datetime(2026, 1, 15, 6, 0, tzinfo=UTC),
        register=OrganisationsInMemory([_organisation(ORGANISATION)]),
        pilot_until=date(2025, 1, 1),
    )


@pytest.fixture
async def checkers() -> AsyncIterator[Checkers]:
    made = Checkers(2)
    await made.start()
    async with asyncio.timeout(20):
        while len(made._checkers) < 2:
            await asyncio.sleep(0.01)
    yield made
    await made.close()
    assert not psutil.Process().children()


BODIES = [
    *(case_bytes(card_number=f"{number}/25") for number in range(40)),
    case_bytes(diagnoses={"main": {"code": "Q"}}),
    case_bytes(department="99"),
    case_bytes(organisation="111111"),
    case_bytes(patient={"pin": "1"}),
    b"{",
    b'{"a":1,"a":2}',
    b"\xff",
    b"",
]


async def test_many_at_once_get_the_answers_that_each_would_get_here(checkers: Checkers, facts: CaseFacts):
    answers = await asyncio.gather(*(checkers.prepare(body, facts) for body in BODIES))
    assert answers == [prepare(body, facts) for body in BODIES]
    assert {type(answer) for answer in answers} == {PreparedCase, RefusedCase}


async def test_each_is_judged_by_its_own_sender_and_purpose(checkers: Checkers, facts: CaseFacts):
    elsewhere = replace(facts, sender_organisations=frozenset({"111111"}))
    entered = replace(facts, channel="direct-entry")
    body = case_bytes()
    questions = [(facts, None), (elsewhere, None), (entered, None), (facts, EXAMPLE_NUMBER), (facts, "0" * 17)] * 5
    answers = await asyncio.gather(*(checkers.prepare(body, own, number) for own, number in questions))
    assert answers == [prepare(body, own, number) for own, number in questions]
    assert len({str(answer) for answer in answers}) >= 4


async def test_a_changed_register_is_seen_at_once(checkers: Checkers, facts: CaseFacts):
    register = facts.register
    assert isinstance(register, OrganisationsInMemory)
    bodies = [case_bytes(organisation="111111", card_number=f"{number}/25") for number in range(20)]
    before = await asyncio.gather(*(checkers.prepare(body, facts) for body in bodies))
    assert {answer.findings[0].code for answer in before if isinstance(answer, RefusedCase)} == {ErrorCode.ORG_UNKNOWN}
    register.replace([_organisation("111111")])
    after = await asyncio.gather(*(checkers.prepare(body, facts) for body in bodies))
    assert {type(answer) for answer in after} == {PreparedCase}


async def test_nothing_is_lost_with_a_killed_checker(checkers: Checkers, facts: CaseFacts):
    bodies = [case_bytes(card_number=f"{number}/25") for number in range(200)]
    asked = [asyncio.ensure_future(checkers.prepare(body, facts)) for body in bodies]
    await asyncio.sleep(0)
    for child in psutil.Process().children():
        os.kill(child.pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*asked)
    assert answers == [prepare(body, facts) for body in bodies]


async def test_a_lost_checker_is_replaced(checkers: Checkers):
    killed = {child.pid for child in psutil.Process().children()}
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        while len(checkers._checkers) < 2 or killed & {child.pid for child in psutil.Process().children()}:
            await asyncio.sleep(0.01)


async def test_a_caller_that_went_away_disturbs_nobody(checkers: Checkers, facts: CaseFacts):
    asked = [asyncio.ensure_future(checkers.prepare(body, facts)) for body in BODIES]
    await asyncio.sleep(0)
    for gone in asked[::2]:
        gone.cancel()
    kept = await asyncio.gather(*asked[1::2])
    assert kept == [prepare(body, facts) for body in BODIES[1::2]]


def test_a_checker_ends_with_its_pipe_and_not_by_signals(facts: CaseFacts):
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.checking.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        assert read_message(process.stdout) == "ready"
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        question = Question(case_bytes(), None, "system", None)
        process.stdin.write(framed(Batch(facts.now, [question], facts)))
        process.stdin.flush()
        assert read_message(process.stdout) == [prepare(question.body, facts)]
        process.stdin.close()
        assert process.wait(10) == 0
