"""Buckets over nodes on one PostgreSQL: exact where it must be, within a tenth elsewhere, and cheap."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text

from gateway.limits.buckets import SECOND, Quota
from gateway.limits.local import monotonic_microseconds
from gateway.limits.shared import LeaseWanted, SharedBuckets, forget_full_buckets, grant_leases, largest_lease
from gateway.store.access_tables import rate_buckets
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.postgres import PostgresStore

pytestmark = pytest.mark.postgres
SLOW = 86_400
"""A window so long that nothing is made good during a test."""


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[list[PostgresStore]]:
    """Three nodes' stores on one database."""
    opened = [PostgresStore(postgres_url, connections=2) for _ in range(3)]
    for one in opened:
        await one.open()
    yield opened
    for one in opened:
        await one.close()


async def passed(nodes: Sequence[SharedBuckets], quota: Quota, each: int, key: str = "sanarip") -> int:
    """How many of ``each`` requests at every node pass, all sent at once."""
    standings = await asyncio.gather(*(node.take(quota, key) for node in nodes for _ in range(each)))
    return sum(standing.allowed for standing in standings)


@pytest.mark.parametrize("requests", [1, 10, 19, 100, 640])
async def test_all_nodes_together_never_pass_more_than_the_quota(stores: list[PostgresStore], requests: int):
    nodes = [SharedBuckets(store) for store in stores]
    quota = Quota("lookups", requests, SLOW)
    count = await passed(nodes, quota, each=requests)
    # What is not passed is in hand of a node: at most one lease each, and none where leases are of one.
    assert requests - 3 * (largest_lease(quota) - 1) <= count <= requests
    if requests < 20:
        assert count == requests


async def test_one_node_gets_the_whole_quota_and_asks_seldom(stores: list[PostgresStore]):
    node = SharedBuckets(stores[0])
    quota = Quota("submissions", 3000, SLOW)
    remaining = [(await node.take(quota, "sanarip")).remaining for _ in range(3000)]
    assert remaining == list(range(2999, -1, -1))
    refused = await node.take(quota, "sanarip")
    assert not refused.allowed
    assert refused.retry_after in {28, 29}  # 86,400 s / 3,000, less what this test took
    # Leases double up to a tenth: 2, 4, … 256, then eight or nine of 300, and one that found nothing.
    assert node.trips < 25


async def test_a_refused_client_costs_the_database_little(stores: list[PostgresStore]):
    node = SharedBuckets(stores[0])
    quota = Quota("lookups", 2, 3600)
    await passed([node], quota, 5)
    trips, until = node.trips, time.monotonic() + 0.5
    count = 0
    while time.monotonic() < until:
        assert not (await node.take(quota, "sanarip")).allowed
        count += 1
    assert node.trips - trips == 0
    assert count > 1000


async def test_it_is_made_good_as_promised(stores: list[PostgresStore]):
    nodes = [SharedBuckets(store) for store in stores]
    quota = Quota("reads", 50, 1)
    begun = time.monotonic()
    count = 0
    while time.monotonic() - begun < 2.0:
        count += await passed(nodes, quota, each=5)
        await asyncio.sleep(0.005)
    took = time.monotonic() - begun
    assert quota.requests * (took - 0.5) <= count <= quota.requests * (1 + took)


async def test_a_client_at_its_pace_is_never_refused(stores: list[PostgresStore]):
    node = SharedBuckets(stores[0])
    quota = Quota("reads", 300, 1)
    until = time.monotonic() + 1.0
    trips = 0
    while time.monotonic() < until:
        assert (await node.take(quota, "sanarip")).allowed
        trips = node.trips
        await asyncio.sleep(0.01)
    assert trips < 12


async def test_clients_and_quotas_are_counted_apart(stores: list[PostgresStore]):
    node = SharedBuckets(stores[0])
    assert await passed([node], Quota("reads", 5, SLOW), 10, "one") == 5
    assert await passed([node], Quota("reads", 5, SLOW), 10, "two") == 5
    assert await passed([node], Quota("lookups", 5, SLOW), 10, "one") == 5


async def test_what_is_given_back_is_there_for_the_next(stores: list[PostgresStore]):
    node = SharedBuckets(stores[0])
    quota = Quota("reads", 1, SLOW)
    for _ in range(3):
        assert (await node.take(quota, "sanarip")).allowed
        node.give_back(quota, "sanarip")


async def test_a_node_that_stands_still_with_a_bucket_locked_holds_nobody_up(stores: list[PostgresStore]):
    quota = Quota("reads", 10, SLOW)
    await passed([SharedBuckets(stores[0])], quota, 1)
    other = PostgresStore(stores[0]._engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    async with other._engine.begin() as connection:
        await connection.execute(select(rate_buckets).with_for_update())
        node = SharedBuckets(stores[1])
        # Its own bucket is the only one that cannot be had; other writes of the same batch are done.
        waiting = asyncio.create_task(node.take(quota, "sanarip"))
        async with asyncio.timeout(0.5):
            await stores[1].write(lambda c: c.execute(text("SELECT 1")).scalar_one())
            assert (await node.take(quota, "another")).allowed
        with pytest.raises(StoreUnavailable):
            await waiting
    await other.close()


async def test_a_cancelled_request_does_not_take_the_others_with_it(stores: list[PostgresStore]):
    node = SharedBuckets(stores[0])
    quota = Quota("reads", 100, SLOW)
    tasks = [asyncio.create_task(node.take(quota, "sanarip")) for _ in range(5)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [True, False, False, False, False]


async def test_full_buckets_are_forgotten(stores: list[PostgresStore]):
    now = time.time_ns() // 1000

    def fill(connection: Connection) -> None:
        rows = [{"name": "old", "tat": now - 7200 * SECOND}, {"name": "busy", "tat": now + SECOND}]
        connection.execute(insert(rate_buckets), rows)

    await stores[0].write(fill)
    assert await stores[0].write(forget_full_buckets) == 1
    assert await stores[0].read(lambda c: list(c.execute(select(rate_buckets.c.name)).scalars())) == ["busy"]


async def test_a_batch_is_granted_bucket_by_bucket(stores: list[PostgresStore]):
    quota = Quota("reads", 10, SLOW)
    wanted = [LeaseWanted("a", quota, 7), LeaseWanted("a", quota, 7), LeaseWanted("b", quota, 7)]
    answers = await stores[0].write(lambda connection: list(grant_leases(connection, wanted)))
    assert [one.granted for one in answers if one is not None] == [7, 3, 7]


class Away:
    """A store whose database is gone, and comes back."""

    def __init__(self, store: Store) -> None:
        self.store: Store | None = None
        self._back = store
        self.asked = 0

    def come_back(self) -> None:
        self.store = self._back

    async def submit(self, function: Callable[..., Any], item: Any) -> Any:
        self.asked += 1
        if self.store is None:
            raise StoreUnavailable
        return await self.store.submit(function, item)


async def test_while_the_database_is_away_it_is_not_asked_all_the_time(stores: list[PostgresStore]):
    later = 0
    away = Away(stores[0])
    node = SharedBuckets(away, lambda: monotonic_microseconds() + later)  # type: ignore[arg-type] # it needs submit only
    quota = Quota("reads", 10, SLOW)
    for _ in range(100):
        with pytest.raises(StoreUnavailable):
            await node.take(quota, "sanarip")
    assert away.asked == 1
    away.come_back()
    later = 2 * SECOND
    assert (await node.take(quota, "sanarip")).allowed
