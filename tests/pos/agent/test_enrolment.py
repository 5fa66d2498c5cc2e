"""Enrolment and change of the key at a real gateway: lost answers, crashes in between, wrong codes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kopuro_pos.agent.ports import Terminal
from kopuro_pos.agent.settings import Settings
from kopuro_pos.agent.terminal.connecting import Connecting, connect_with
from kopuro_pos.agent.terminal.enrolment import (
    Connect,
    Enrolled,
    EnrolmentFailed,
    TerminalFile,
    change_is_due,
    change_key,
    enrol,
    machine,
)
from kopuro_pos.agent.terminal.keys import FileKeys, KeyUnusable
from kopuro_pos.client import InDoubt, Machine, NotSent, PharmacyClient, SignInRefused
from tests.pos.client.guarded import TILL, Guarded
from tests.support.doubles import SystemClock
from tests.support.programme import PHARMACY

CLOCK = SystemClock()


class Crash(BaseException):
    """The power goes."""


class Line:
    """Opens clients; ``spoil`` decides what becomes of an answer that the gateway has given."""

    def __init__(self) -> None:
        self.spoil: BaseException | None = None
        self.before: BaseException | None = None

    def __call__(self, origin: str, machine: Machine | None) -> Any:
        line = self

        class Spoiled(PharmacyClient):
            async def enrol(self, *given: Any, **more: Any) -> Any:
                return await line.pass_on(super().enrol, *given, **more)

            async def change_key(self, *given: Any, **more: Any) -> Any:
                return await line.pass_on(super().change_key, *given, **more)

        return Spoiled(origin, machine=machine)

    async def pass_on(self, call: Callable[..., Any], *given: Any, **more: Any) -> Any:
        if self.before is not None:
            raise self.before
        answer = await call(*given, **more)
        if self.spoil is not None:
            raise self.spoil
        return answer


class Till:
    """A state folder and what is done in it."""

    def __init__(self, folder: Path, guarded: Guarded) -> None:
        folder.mkdir(mode=0o700)
        self.folder = folder
        self.file = TerminalFile(folder)
        self.keys = FileKeys(folder / "keys")
        self.line = Line()
        self.waiting = 0
        self._guarded = guarded

    async def enrol(self, code: str, *, connect: Connect | None = None) -> Enrolled:
        async def waiting() -> int:
            return self.waiting

        return await enrol(
            code, gateway=self._guarded.origin, file=self.file, keys=self.keys, connect=connect or self.line,
            clock=CLOCK, waiting=waiting,
        )  # fmt: skip

    async def change_key(self) -> Enrolled:
        return await change_key(file=self.file, keys=self.keys, connect=self.line, clock=CLOCK)

    async def signs_in(self) -> bool:
        terminal = self.file.load()
        assert terminal is not None
        async with PharmacyClient(terminal.gateway, machine=machine(terminal, self.keys)) as client:
            try:
                await client.sign_in()
            except SignInRefused:
                return False
        return True

    def kept(self) -> set[str]:
        return {path.stem for path in (self.folder / "keys").iterdir()}


@pytest.fixture
def till(tmp_path: Path, guarded: Guarded) -> Till:
    return Till(tmp_path / "till", guarded)


async def test_a_code_makes_a_terminal(till: Till, guarded: Guarded):
    terminal = await till.enrol((await guarded.code()).lower().replace("-", " "))
    assert (terminal.client, terminal.pharmacy, terminal.pharmacy_name) == (TILL, PHARMACY, "«Шипаа» дарыканасы")
    assert till.file.load() == terminal
    assert till.kept() == {terminal.kid}
    assert await till.signs_in()
    assert (till.folder / "terminal.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("failure", [InDoubt("ReadTimeout"), Crash()])
async def test_a_code_may_be_repeated_after_a_lost_answer(till: Till, guarded: Guarded, failure: BaseException):
    code = await guarded.code()
    till.line.spoil = failure
    with pytest.raises((EnrolmentFailed, Crash)):
        await till.enrol(code)
    assert till.file.load() is None
    till.line.spoil = None
    terminal = await till.enrol(code)
    assert till.kept() == {terminal.kid}
    assert await till.signs_in()


async def test_a_code_may_be_repeated_after_nothing_was_sent(till: Till, guarded: Guarded):
    code = await guarded.code()
    till.line.before = NotSent("ConnectError")
    with pytest.raises(EnrolmentFailed, match="does not answer"):
        await till.enrol(code)
    till.line.before = None
    await till.enrol(code)


async def test_a_new_code_gets_a_new_key_and_the_first_ones_is_forgotten(till: Till, guarded: Guarded):
    till.line.spoil = InDoubt("ReadTimeout")
    with pytest.raises(EnrolmentFailed):
        await till.enrol(await guarded.code())
    till.line.spoil = None
    terminal = await till.enrol(await guarded.code())
    assert till.kept() == {terminal.kid}
    assert await till.signs_in()


@pytest.mark.parametrize("code", ["", "ABCD", "ABCD-EFGH-JKMN-PQRU", "ABCD-EFGH-JKMN-PQRS-T"])
async def test_what_is_no_code_is_not_sent(till: Till, code: str):
    till.line.before = AssertionError("it was sent")
    with pytest.raises(EnrolmentFailed, match="no code"):
        await till.enrol(code)


async def test_letters_that_look_like_digits_are_read_as_them(till: Till, guarded: Guarded):
    code = await guarded.code()
    await till.enrol(code.replace("0", "O").replace("1", "l"))


async def test_a_wrong_code_changes_nothing(till: Till, guarded: Guarded):
    before = await till.enrol(await guarded.code())
    with pytest.raises(EnrolmentFailed, match="ENROLMENT_CODE_INVALID") as refusal:
        await till.enrol("ABCD-EFGH-JKMN-PQRS")
    assert refusal.value.advice
    assert till.file.load() == before
    assert await till.signs_in()


async def test_enrolling_again_keeps_the_client_and_ends_the_old_key(till: Till, guarded: Guarded):
    before = await till.enrol(await guarded.code())
    after = await till.enrol(await guarded.code())
    assert after.client == before.client
    assert after.kid != before.kid
    assert till.kept() == {after.kid}


async def test_a_terminal_stays_itself_while_its_queue_is_not_empty(till: Till, guarded: Guarded):
    before = await till.enrol(await guarded.code())
    other = await guarded.code("till-2")
    till.waiting = 3
    with pytest.raises(EnrolmentFailed, match=r"till-2.*till-1"):
        await till.enrol(other)
    assert till.file.load() == before
    assert await till.signs_in()
    till.waiting = 0
    assert (await till.enrol(other)).client == "till-2"
    assert await till.signs_in()


async def test_the_terminal_changes_its_key(till: Till, guarded: Guarded):
    before = await till.enrol(await guarded.code())
    after = await till.change_key()
    assert (after.client, after.next_kid) == (before.client, None)
    assert after.kid != before.kid
    assert after.key_changed_at > before.key_changed_at
    assert till.kept() == {after.kid}
    assert await till.signs_in()


@pytest.mark.parametrize("reached", [True, False], ids=["the gateway had it", "nothing was sent"])
async def test_a_change_that_was_interrupted_is_taken_up(till: Till, guarded: Guarded, *, reached: bool):
    before = await till.enrol(await guarded.code())
    if reached:
        till.line.spoil = Crash()
    else:
        till.line.before = Crash()
    with pytest.raises(Crash):
        await till.change_key()
    between = till.file.load()
    assert between is not None
    assert between.kid == before.kid
    assert till.kept() == {before.kid, between.next_kid}
    assert await till.signs_in()
    assert change_is_due(between, CLOCK.now(), days=90)
    till.line.spoil = till.line.before = None
    after = await till.change_key()
    assert after.kid == between.next_kid
    assert till.kept() == {after.kid}
    assert await till.signs_in()


async def test_without_the_line_the_old_key_stays(till: Till, guarded: Guarded):
    before = await till.enrol(await guarded.code())
    till.line.before = NotSent("ConnectError")
    with pytest.raises(EnrolmentFailed, match="old key goes on"):
        await till.change_key()
    assert till.file.load() == before.model_copy(update={"next_kid": (till.kept() - {before.kid}).pop()})


async def test_a_refused_key_is_forgotten(till: Till, guarded: Guarded):
    before = await till.enrol(await guarded.code())
    await guarded.revoke()
    with pytest.raises(EnrolmentFailed, match="refused"):
        await till.change_key()
    assert till.file.load() == before
    assert till.kept() == {before.kid}


async def test_only_the_enrolled_change_keys(till: Till):
    with pytest.raises(EnrolmentFailed, match="not enrolled"):
        await till.change_key()


async def test_one_change_at_a_time(till: Till, guarded: Guarded):
    code = await guarded.code()
    with till.file.changing(), pytest.raises(EnrolmentFailed, match="another program"):
        await till.enrol(code)
    await till.enrol(code)


async def test_a_lost_key_is_told(till: Till, guarded: Guarded):
    terminal = await till.enrol(await guarded.code())
    till.keys.remove(terminal.kid)
    with pytest.raises(KeyUnusable, match="is gone"):
        machine(terminal, till.keys)


def test_a_key_is_due_after_its_days():
    terminal = Enrolled.model_construct(next_kid=None, key_changed_at=CLOCK.now() - timedelta(days=89))
    assert not change_is_due(terminal, CLOCK.now(), days=90)
    assert change_is_due(terminal, CLOCK.now() + timedelta(days=1, minutes=1), days=90)


async def test_the_agent_follows_enrolments_and_changes_its_key_by_itself(till: Till, guarded: Guarded):
    told: asyncio.Queue[Terminal] = asyncio.Queue()
    async with AsyncExitStack() as clients:
        settings = Settings(key_change_days=90)
        connecting = Connecting(
            settings=settings, file=till.file, keys=till.keys, clock=CLOCK, clients=clients,
            connected=lambda _client, terminal: told.put_nowait(terminal),
        )  # fmt: skip
        connecting.connect()
        assert told.empty()
        stopping = asyncio.Event()
        following = asyncio.create_task(connecting.run(stopping))
        old = (await till.enrol(await guarded.code(), connect=connect_with(settings))).model_copy(
            update={"key_changed_at": CLOCK.now() - timedelta(days=91)}
        )
        async with asyncio.timeout(10):
            assert (await told.get()).client == TILL
            till.file.save(old)
            await connecting.change_when_due()
            while (await told.get()).key_changed_at == old.key_changed_at:
                pass
        stopping.set()
        await following
    changed = till.file.load()
    assert changed is not None
    assert changed.kid != old.kid
    assert await till.signs_in()
