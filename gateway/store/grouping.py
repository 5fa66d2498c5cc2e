"""Group commit, the part both engines share: whatever waits at the same time is written in one transaction.

A write is an item for a *batch function*: ``function(connection, items)`` answers one result, or exception, an item.
All items waiting for one function go into one call. A batch that fails is undone and run again item by item,
each behind a savepoint, so that a bad row never takes another one with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from gateway.rules.findings import Finding, Refused
from gateway.store.announce import NOTIFY, announcements
from gateway.store.driver import run
from schemas.errors import ErrorCode

Item = TypeVar("Item")
Answer = TypeVar("Answer")
BatchFunction = Callable[[Connection, Sequence[Any]], Sequence[Any]]

LARGEST_BATCH = 512
"""Items of one transaction: beyond that the waiting time of the first outweighs the saving."""

_WORTH_ANOTHER_TRY = frozenset({"40001", "40P01"})
"""PostgreSQL: serialisation failure, deadlock detected."""

_TROUBLE_CLASSES = frozenset({"08", "53", "57", "58"})
"""PostgreSQL: connection lost, out of resources (disk full among them), server going down, system error."""


class SupposedTooMuch(Exception):
    """What a batch function supposed of all its items does not hold; everything is undone.

    ``function`` is the one that supposed it, ``instead`` the one its items go to then, which supposes nothing. So the
    usual case needs no savepoint.
    """

    def __init__(self, function: BatchFunction, instead: BatchFunction) -> None:
        self.function = function
        self.instead = instead
        super().__init__("a batch is run again, with a closer look")

    def corrected(self, batch: Sequence[Waiting]) -> list[Waiting]:
        """The batch as it is to be run then."""
        return [replace(one, function=self.instead) if one.function == self.function else one for one in batch]


class StoreUnavailable(Refused):
    """The database did not take or give something; nothing was changed, or the change was not acknowledged."""

    def __init__(self) -> None:
        super().__init__((Finding(ErrorCode.STORE_UNAVAILABLE),), retry_after=5)


@dataclass(slots=True)
class Waiting:
    """One write and the future of the one who waits for it."""

    function: BatchFunction
    item: Any
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """How the store is: whether a commit succeeded just now, in how many seconds, and the free fraction of its disk."""

    writable: bool
    migrated: bool
    latency_seconds: float
    disk_free_fraction: float | None


class Store(Protocol):
    """What the core asks of an engine. Functions given to it run synchronously on a SQLAlchemy Core connection."""

    async def open(self) -> None:
        """Connect and bring the tables up to date."""
        ...

    async def close(self) -> None:
        """Finish what waits and disconnect."""
        ...

    async def submit(self, function: BatchFunction, item: Any) -> Any:
        """Run ``item`` in a batch of ``function``; returns, or raises the item's exception, after COMMIT."""
        ...

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """Run one piece of work; returns after COMMIT."""
        ...

    async def read(self, query: Callable[[Connection], Answer]) -> Answer:
        """Run a query on a connection that cannot write."""
        ...

    async def check(self) -> StoreHealth:
        """Try a real commit and look at the disk; never raises."""
        ...


def run_each(connection: Connection, items: Sequence[Callable[[Connection], Any]]) -> Sequence[Any]:
    """The batch function of unlike pieces of work: one after the other."""
    return [work(connection) for work in items]


_LAST = "kopuro.last"
_LOCK = "SELECT pg_advisory_xact_lock($1)"
_NOTIFY = f"SELECT {NOTIFY}"
_NOTIFY_AND_LOCK = f"SELECT {NOTIFY}, pg_advisory_xact_lock($2)"


def do_last(connection: Connection, lock: int, function: BatchFunction, items: Sequence[Any]) -> None:
    """Have a batch function run just before COMMIT, with all that was given for it, alone among all nodes.

    On PostgreSQL it runs under an advisory lock, which is held to COMMIT. Taken after all other work and in the order
    of their numbers, such locks cannot be part of a deadlock, and are held for as short as can be. What may fail for
    one item must have been tried before: a failure here is everyone's. On SQLite there is one writer and no lock.
    """
    waiting: dict[int, tuple[BatchFunction, list[Any]]] = connection.info.setdefault(_LAST, {})
    waiting.setdefault(lock, (function, []))[1].extend(items)


def _forget(connection: Connection) -> None:
    """What a transaction that was undone has left to be done."""
    connection.info.pop(_LAST, None)
    announcements(connection)


def _finish(connection: Connection) -> None:
    waiting: dict[int, tuple[BatchFunction, list[Any]]] = connection.info.pop(_LAST, {})
    payloads = announcements(connection)
    for lock, (function, items) in sorted(waiting.items(), key=itemgetter(0)):
        if connection.dialect.name == "postgresql":
            if payloads:  # in one way to the server and back
                run(connection, _NOTIFY_AND_LOCK, (payloads.pop(), lock))
            else:
                run(connection, _LOCK, (lock,))
        function(connection, items)
    for payload in (*payloads, *announcements(connection)):  # what was done last may have something to announce, too
        run(connection, _NOTIFY, (payload,))


def is_engine_trouble(error: Exception) -> bool:
    """Whether the database itself, or the way to it, failed, and not what was asked of it."""
    if isinstance(error, OSError | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _sqlstate(error)[:2] in _TROUBLE_CLASSES


def is_worth_another_try(error: Exception) -> bool:
    """Whether the same transaction may well succeed when run again."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _WORTH_ANOTHER_TRY


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def run_together(connection: Connection, batch: Sequence[Waiting]) -> list[Any]:
    """Answers in the order of ``batch``, all in the caller's transaction. Raises whatever a function raises."""
    _forget(connection)
    groups: dict[BatchFunction, list[int]] = {}
    for index, waiting in enumerate(batch):
        groups.setdefault(waiting.function, []).append(index)
    answers: list[Any] = [None] * len(batch)
    for function, indices in groups.items():
        results = function(connection, [batch[index].item for index in indices])
        for index, result in zip(indices, results, strict=True):
            answers[index] = result
    _finish(connection)
    return answers


def run_singly(connection: Connection, batch: Sequence[Waiting]) -> list[Any]:
    """As :func:`run_together`, with each item behind a savepoint and its exception as its answer."""
    answers: list[Any] = []
    for waiting in batch:
        try:
            answers.append(_run_one(connection, waiting))
        except Exception as error:
            # Why so broad: it is handed to the one who waits, and the others must not suffer; nothing is swallowed.
            # Trouble of the engine is everyone's.
            if is_engine_trouble(error):
                raise
            answers.append(error)
    return answers


def _run_one(connection: Connection, waiting: Waiting) -> Any:
    try:
        return _behind_savepoint(connection, waiting.function, waiting.item)
    except SupposedTooMuch as error:
        return _behind_savepoint(connection, error.instead, waiting.item)


def _behind_savepoint(connection: Connection, function: BatchFunction, item: Any) -> Any:
    _forget(connection)
    with connection.begin_nested():
        (answer,) = function(connection, [item])
        _finish(connection)
    return answer


def settle(batch: Sequence[Waiting], answers: Sequence[Any]) -> None:
    """Give each waiting future its answer; on the event loop's thread."""
    for waiting, answer in zip(batch, answers, strict=True):
        if waiting.future.done():
            continue
        if isinstance(answer, Exception):
            waiting.future.set_exception(answer)
        else:
            waiting.future.set_result(answer)


def unavailable(batch: Sequence[Waiting], cause: BaseException) -> list[Any]:
    """The answer of everyone in a batch that the engine did not commit."""
    answers: list[Any] = []
    for _ in batch:
        refusal = StoreUnavailable()
        refusal.__cause__ = cause
        answers.append(refusal)
    return answers
