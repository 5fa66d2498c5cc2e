"""Group commit: what is supposed of a batch, and what is done last in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, insert, select

from gateway.store.announce import Signals, announce
from gateway.store.grouping import Store, SupposedTooMuch, do_last
from gateway.store.postgres import PostgresStore
from gateway.store.tables import cursors
from tests.support import postgres

LOCK = 77


def written(connection: Connection) -> list[str]:
    return sorted(connection.execute(select(cursors.c.name)).scalars())


def put(connection: Connection, name: str) -> None:
    connection.execute(insert(cursors).values(name=name, value="x"))


def hopeful(connection: Connection, items: Sequence[str]) -> Sequence[str]:
    """Writes all, and only then finds that one is not as the others."""
    for item in items:
        put(connection, f"hoped {item}")
    do_last(connection, LOCK, lastly, [f"hoped {item}" for item in items])
    if "odd" in items:
        raise SupposedTooMuch(hopeful, careful)
    return [f"hoped {item}" for item in items]


def careful(connection: Connection, items: Sequence[str]) -> Sequence[str]:
    for item in items:
        put(connection, f"looked {item}")
    do_last(connection, LOCK, lastly, [f"looked {item}" for item in items])
    return [f"looked {item}" for item in items]


def lastly(connection: Connection, items: Sequence[str]) -> Sequence[None]:
    for item in items:
        put(connection, f"last {item}")
    return [None] * len(items)


def failing(_connection: Connection, items: Sequence[str]) -> Sequence[str]:
    raise ZeroDivisionError(*items)


async def test_what_was_supposed_is_undone_and_done_with_a_closer_look(store: Store):
    answers = await asyncio.gather(
        store.submit(hopeful, "even"), store.submit(hopeful, "odd"), store.write(lambda c: put(c, "another's"))
    )
    assert answers == ["looked even", "looked odd", None]
    lines = ["another's", "last looked even", "last looked odd", "looked even", "looked odd"]
    assert await store.read(written) == lines
    assert await store.submit(hopeful, "plain") == "hoped plain"


async def test_it_is_so_beside_one_that_fails_too(store: Store):
    answers = await asyncio.gather(
        store.submit(failing, "x"), store.submit(hopeful, "even"), store.submit(hopeful, "odd"), return_exceptions=True
    )
    assert [str(answer) for answer in answers] == ["x", "hoped even", "looked odd"]
    assert await store.read(written) == ["hoped even", "last hoped even", "last looked odd", "looked odd"]


async def test_a_function_that_miscounts_its_answers_harms_nobody_else(store: Store):
    def miscounting(_connection: Connection, _items: Sequence[str]) -> Sequence[str]:
        return ["one", "and one too many"]

    wrong, right = await asyncio.gather(
        store.submit(miscounting, "x"), store.submit(careful, "y"), return_exceptions=True
    )
    assert isinstance(wrong, ValueError)
    assert right == "looked y"
    assert await store.submit(careful, "z") == "looked z"


class Heard(Signals):
    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.something = asyncio.Event()

    def fire(self, topic: str) -> None:
        self.topics.add(topic)
        self.something.set()


@pytest.mark.postgres
async def test_other_nodes_hear_of_what_was_committed_and_of_nothing_else(postgres_server: str):
    url = await postgres.create_database(postgres_server, migrated=True)
    heard = Heard()
    store, other = PostgresStore(url), PostgresStore(url, signals=heard)
    await store.open()
    await other.open()

    def told(connection: Connection, items: Sequence[str]) -> Sequence[None]:
        announce(connection, items)
        if "undone" in items:
            raise ZeroDivisionError
        return [None] * len(items)

    def in_the_end(connection: Connection, items: Sequence[str]) -> Sequence[None]:
        do_last(connection, LOCK, told, items)
        return [None] * len(items)

    async with asyncio.timeout(30):
        while not heard.topics:  # until it listens
            await store.submit(told, "first")
            await asyncio.sleep(0.01)
        with pytest.raises(ZeroDivisionError):
            await store.submit(told, "undone")
        many = [f"topic {number:05d} {'x' * 90}" for number in range(200)]
        await asyncio.gather(*(store.submit(told, topic) for topic in many))
        await store.submit(in_the_end, "last")
        while "last" not in heard.topics:
            heard.something.clear()
            await heard.something.wait()
    assert heard.topics == {"first", "last", *many}
    await store.close()
    await other.close()
    await postgres.drop_database(url)
