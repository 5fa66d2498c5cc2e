"""The gateway, broken on purpose: ``python -m tests.faults.sabotage serve …`` stands in for ``gateway serve …``.

Three environment variables say how. ``KOPURO_TEST_POINTS`` names points between receiving a case and writing down how
it ended, with commas between; there the process ends at once, as if its power were cut (exit code :data:`CRASHED`), and
is started again for the next point. It stands still there instead when ``KOPURO_TEST_ACT`` is ``pause``.
``KOPURO_TEST_BREAK`` names a guarantee that is taken out. The product knows nothing of this: its functions are wrapped
from here before it starts.
"""

# mypy: disable-error-code="attr-defined, assignment, method-assign"
# Putting other functions in the place of the product's is what this module is for.

from __future__ import annotations

import functools
import inspect
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import aiohttp
from aiohttp import web
from sqlalchemy import Connection, text, update

import gateway.app  # noqa: F401 - the names it has imported are wrapped where they are used
import gateway.operations.dispatcher as dispatching
import gateway.operations.lane as lanes
from adapters.foms.client import FomsClient
from adapters.xroad.transport import PooledTransport
from gateway.cli import main as gateway_main
from gateway.operations.acceptance import CaseAcceptance
from gateway.operations.journal import Journal
from gateway.operations.model import Outcome, Result, State
from gateway.store import sqlite
from gateway.store.tables import operations

CRASHED: Final = 86
"""Exit code of a process that ended at its point."""

POINTS: Final = (
    "request-checked",
    "batch-begun",
    "case-written",
    "case-committed",
    "answer-due",
    "answer-sent",
    "claim-written",
    "claim-committed",
    "attempt-due",
    "send-due",
    "request-sent",
    "reply-begun",
    "reply-read",
    "recovery-written",
    "question-due",
    "question-answered",
    "end-written",
    "end-committed",
)
"""Every point, in the order in which a case comes past them when the gateway crashes at the one before."""

_PAUSES: Final = os.environ.get("KOPURO_TEST_ACT") == "pause"
_POINT_SECONDS: Final = 60.0


class _Trap:
    """Springs the first time its point is reached."""

    def __init__(self) -> None:
        self.point: str | None = None

    def reached(self, point: str) -> None:
        if point != self.point:
            return
        self.point = None
        if _PAUSES:
            os.kill(os.getpid(), signal.SIGSTOP)
        else:
            os._exit(CRASHED)


_TRAP: Final = _Trap()


def _around(
    owner: Any,
    name: str,
    *,
    before: str | None = None,
    after: str | None = None,
    when: Callable[[Any], bool] = lambda _: True,
) -> None:
    """Put points before and after a function; the one after counts when its result fulfils ``when``."""
    original = getattr(owner, name)

    def begun() -> None:
        if before is not None:
            _TRAP.reached(before)

    def done(result: Any) -> Any:
        if after is not None and when(result):
            _TRAP.reached(after)
        return result

    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def wrapped(*given: Any, **named: Any) -> Any:
            begun()
            return done(await original(*given, **named))

    else:

        @functools.wraps(original)
        def wrapped(*given: Any, **named: Any) -> Any:
            begun()
            return done(original(*given, **named))

    setattr(owner, name, wrapped)


def _lay_points() -> None:
    _around(Journal, "submit_case", before="request-checked", after="answer-due")
    _around(CaseAcceptance, "accept", before="batch-begun", after="case-written")
    _around(lanes, "claim", after="claim-written", when=any)
    _around(lanes, "finish", after="end-written")
    _around(lanes.Lane, "_attempt", before="attempt-due")
    _around(FomsClient, "deliver", before="send-due", after="reply-read")
    _around(aiohttp.ClientResponse, "start", before="request-sent")
    _around(PooledTransport, "_read", before="reply-begun")
    _around(dispatching, "recover", after="recovery-written", when=lambda found: found.in_doubt > 0)
    _around(FomsClient, "ask", before="question-due", after="question-answered")
    _lay_point_after_answer()
    _lay_points_after_commit()


def _lay_point_after_answer() -> None:
    original = web.RequestHandler.finish_response

    async def finish_response(self: web.RequestHandler, request: web.BaseRequest, *given: Any) -> Any:
        finished = await original(self, request, *given)
        if request.method == "POST":
            _TRAP.reached("answer-sent")
        return finished

    web.RequestHandler.finish_response = finish_response


_COMMITTED: Final = {"accept": "case-committed", "claim": "claim-committed", "finish": "end-committed"}


def _lay_points_after_commit() -> None:
    original = sqlite._commit

    def commit(connection: Connection, batch: list[Any]) -> list[Any]:
        answers = original(connection, batch)
        for waiting, answer in zip(batch, answers, strict=True):
            point = _COMMITTED.get(getattr(waiting.function, "__name__", ""))
            if point is not None and answer:
                _TRAP.reached(point)
        return answers

    sqlite._commit = commit


def _answer_before_commit() -> None:
    """Everyone is told of success, and only then the transaction is committed, a moment later."""
    original = sqlite.run_together

    def run_together(connection: Connection, batch: list[Any]) -> list[Any]:
        answers = original(connection, batch)
        batch[0].future.get_loop().call_soon_threadsafe(sqlite.settle, batch, answers)
        time.sleep(0.3)
        return answers

    sqlite.run_together = run_together


def _do_not_mark_sending() -> None:
    """What is being sent stays QUEUED in the journal, so a crash forgets that it may have been sent."""
    original = lanes.claim

    @functools.wraps(original)
    def claim(connection: Connection, requests: list[Any]) -> Any:
        claims = original(connection, requests)
        connection.execute(update(operations).where(operations.c.state == State.SENDING).values(state=State.QUEUED))
        return claims

    lanes.claim = claim


def _take_anything_for_delivered() -> None:
    """No usable answer counts as an acknowledgement."""
    original = FomsClient.deliver

    @functools.wraps(original)
    async def deliver(self: FomsClient, message: Any) -> Result:
        result = await original(self, message)
        if result.outcome is Outcome.IN_DOUBT:
            return Result(outcome=Outcome.DELIVERED, reason="FUND_ACCEPTED", record_number="unknown")
        return result

    FomsClient.deliver = deliver


def _drop_unique_indexes() -> None:
    """Neither the client's key nor the stay is unique any more."""
    original = sqlite.migrate

    def migrate(connection: Connection) -> None:
        original(connection)
        for statement in (
            "DROP INDEX IF EXISTS uq_operations_client_idempotency_key",
            "CREATE TABLE unguarded AS SELECT * FROM treated_cases",
            "DROP TABLE treated_cases",
            "ALTER TABLE unguarded RENAME TO treated_cases",
        ):
            connection.execute(text(statement))

    sqlite.migrate = migrate


BREAKAGES: Final[dict[str, Callable[[], None]]] = {
    "answer-before-commit": _answer_before_commit,
    "sending-not-marked": _do_not_mark_sending,
    "anything-is-delivered": _take_anything_for_delivered,
    "no-unique-index": _drop_unique_indexes,
}
"""Each guarantee that can be taken out."""


def main() -> None:
    """Break what is asked for and run the gateway's command line, once for every point."""
    _lay_points()
    if breakage := os.environ.get("KOPURO_TEST_BREAK"):
        BREAKAGES[breakage]()
    points = [point for point in os.environ.get("KOPURO_TEST_POINTS", "").split(",") if point]
    if len(points) > 1:
        sys.exit(_in_turn(points))
    _TRAP.point = points[0] if points else None
    gateway_main()


def _in_turn(points: Sequence[str]) -> int:
    """A gateway for each point, one after the other, forked from here: what is imported need not be so again."""
    for point in points:
        if (child := os.fork()) == 0:
            _TRAP.point = point
            gateway_main()
            os._exit(0)
        code = _ended(child)
        if code != CRASHED:
            sys.stderr.write(f"at the point {point} the gateway ended with {code}\n")
            return 1
    return CRASHED


def _ended(child: int) -> int | None:
    """The exit code; ``None`` when the process had to be ended because it never came to its point."""
    deadline = time.monotonic() + _POINT_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


if __name__ == "__main__":
    main()
