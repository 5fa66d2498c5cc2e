"""Who checks a case: this process, or checkers beside it when many come at once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Coroutine, Sequence
from operator import attrgetter
from typing import Final, NamedTuple, Protocol

import structlog

from gateway.checking.frames import HEADER_BYTES, Answers, Batch, Question, framed, unpacked
from gateway.rules.treated_case import CaseFacts, PreparedCase, RefusedCase, prepare

log = structlog.get_logger(__name__)

Prepared = PreparedCase | RefusedCase

_MOST_OUT: Final = 48
"""Bodies that one checker may have at a time. What comes on top is checked here, so that no core is idle."""
_TOGETHER: Final = 8
"""Bodies that go to a checker, and come back from it, in one message: it works on while we take in what it has done."""
_AT_ONCE: Final = 4
"""Bodies checked here before other requests get their turn."""
_AGAIN_SECONDS: Final = 1.0
"""How long a lost checker is done without."""


class CaseChecks(Protocol):
    """Checks bodies of treated cases."""

    async def prepare(self, body: bytes, facts: CaseFacts, correction_of: str | None = None) -> Prepared:
        """As :func:`gateway.rules.treated_case.prepare`."""
        ...


class ChecksHere:
    """Checks in this process."""

    async def prepare(self, body: bytes, facts: CaseFacts, correction_of: str | None = None) -> Prepared:
        """As :func:`gateway.rules.treated_case.prepare`."""
        return prepare(body, facts, correction_of)


class _Waiting(NamedTuple):
    body: bytes
    facts: CaseFacts
    correction_of: str | None
    answer: asyncio.Future[Prepared]

    def check_here(self) -> None:
        if not self.answer.done():
            self.answer.set_result(prepare(self.body, self.facts, self.correction_of))


def spare_cores() -> int:
    """How many checkers are of use: one for each core this process may use besides its own, three at most."""
    return max(0, min(len(os.sched_getaffinity(0)) - 1, 3))


class Checkers:
    """Checks here while single cases come, and on other cores as well when many come at once.

    What arrives within one turn of the event loop goes to the checkers a few at a time. A checker that is lost loses
    nothing: what it had is checked again, for checking changes nothing.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._waiting: deque[_Waiting] = deque()
        self._checkers: list[_Checker] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._scheduled = False

    async def start(self) -> None:
        """Begin to start the checkers; until they are ready everything is checked here."""
        for _ in range(self._count):
            self._keep(self._run_checkers())

    async def close(self) -> None:
        """End the checkers. What still waits is checked here."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def prepare(self, body: bytes, facts: CaseFacts, correction_of: str | None = None) -> Prepared:
        """As :func:`gateway.rules.treated_case.prepare`."""
        if not self._checkers:
            return prepare(body, facts, correction_of)
        waiting = _Waiting(body, facts, correction_of, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._schedule()
        return await waiting.answer

    def _schedule(self) -> None:
        """Look at what waits once the other requests that are ready now have had their turn."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._distribute)

    def _distribute(self) -> None:
        self._scheduled = False
        waiting = self._waiting
        # A case that comes alone is soonest done here. When others are out, doing it here would keep them waiting.
        if len(waiting) > 1 or any(checker.is_busy for checker in self._checkers):
            self._hand_out()
        for _ in range(min(_AT_ONCE, len(waiting))):
            waiting.popleft().check_here()
        if waiting:
            self._schedule()

    def _hand_out(self) -> None:
        """Give the checkers what they have room for, the least busy first."""
        waiting = self._waiting
        while waiting and self._checkers:
            checker = max(self._checkers, key=attrgetter("room"))
            if not checker.room:
                return
            checker.send([waiting.popleft() for _ in range(min(checker.room, len(waiting), _TOGETHER))])

    async def _run_checkers(self) -> None:
        """One checker after another, as each is lost."""
        while True:
            try:
                await self._run(_Checker(await _start_process()))
            except (asyncio.IncompleteReadError, OSError) as error:
                log.warning("checker_lost", error_type=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _run(self, checker: _Checker) -> None:
        """Use one checker until it is lost; raises ``IncompleteReadError`` or ``OSError`` then."""
        try:
            await checker.ready()
            self._checkers.append(checker)
            await checker.answer_all()
        finally:
            if checker in self._checkers:
                self._checkers.remove(checker)
            self._waiting.extend(checker.unanswered())
            self._schedule()
            await asyncio.shield(checker.end())

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name="checker")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _start_process() -> asyncio.subprocess.Process:
    """A checker's process. Its standard error is closed: a traceback could quote what was sent."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "gateway.checking.worker",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


class _Checker:
    """One process and what it has been given."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._pipe, self._source = process, process.stdin, process.stdout
        self._out: deque[Sequence[_Waiting]] = deque()
        self._count = 0
        self._version: tuple[object, ...] | None = None

    @property
    def room(self) -> int:
        """How many bodies it can be given now."""
        return _MOST_OUT - self._count

    @property
    def is_busy(self) -> bool:
        """Whether it has bodies to check."""
        return self._count > 0

    async def ready(self) -> None:
        """Wait until the process has loaded its code lists."""
        await self._next()

    def send(self, batch: Sequence[_Waiting]) -> None:
        """Give it a batch."""
        facts = batch[0].facts
        version = (facts.layout, facts.pilot_until, facts.clock_tolerance, facts.register, facts.register.version)
        changed, self._version = version != self._version, version
        questions = [
            Question(one.body, one.facts.sender_organisations, one.facts.channel, one.correction_of) for one in batch
        ]
        self._out.append(batch)
        self._count += len(batch)
        self._pipe.write(framed(Batch(facts.now, questions, facts if changed else None)))

    async def answer_all(self) -> None:
        """Hand over answers as they come; raises ``IncompleteReadError`` when the process has ended."""
        while True:
            answers: Answers = await self._next()
            batch = self._out.popleft()
            self._count -= len(batch)
            for waiting, answer in zip(batch, answers, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(answer)

    def unanswered(self) -> list[_Waiting]:
        """What it was given and has not answered."""
        left = [waiting for batch in self._out for waiting in batch]
        self._out.clear()
        return left

    async def end(self) -> None:
        """Close its pipe, at which it ends, and wait for that."""
        self._pipe.close()
        try:
            await asyncio.wait_for(self._process.wait(), _AGAIN_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _next(self) -> Answers:
        header = await self._source.readexactly(HEADER_BYTES)
        answers: Answers = unpacked(await self._source.readexactly(int.from_bytes(header, "big")))
        return answers
