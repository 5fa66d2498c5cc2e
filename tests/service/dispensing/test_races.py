"""Terminals and nodes at the same moment: the short form of ``tests.campaigns.dispense_race``, and what it omits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from gateway.programme.dispensing.quoting import Quote
from gateway.programme.dispensing.sales import Dispensed
from gateway.rules.findings import Refused
from gateway.store.postgres import PostgresStore
from tests.campaigns.dispense_race import race_on_postgres, race_on_sqlite
from tests.service.dispensing.counter import Counter, codes, patient_year, prescription
from tests.support.doubles import SettableClock
from tests.support.programme import OTHER_PHARMACY, PHARMACY, issue_into

ROUNDS = 20


@pytest.fixture
async def nodes(postgres_url: str) -> AsyncIterator[list[Counter]]:
    """Two nodes on one PostgreSQL."""
    stores = [PostgresStore(postgres_url) for _ in range(2)]
    clock = SettableClock()
    for store in stores:
        await store.open()
    yield [Counter(store, clock=clock) for store in stores]
    for store in stores:
        await store.close()


@pytest.mark.slow
@pytest.mark.clause("8", "21", "37")
async def test_of_twenty_terminals_in_two_pharmacies_one_wins_each_time():
    report = await race_on_sqlite(ROUNDS)
    assert report.broken == []
    assert report.wins == {1: ROUNDS}


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.clause("8", "21", "37")
async def test_of_twenty_terminals_at_two_nodes_one_wins_each_time(postgres_server: str):
    report = await race_on_postgres(postgres_server, ROUNDS)
    assert report.broken == []
    assert report.wins == {1: ROUNDS}


@pytest.mark.slow
@pytest.mark.postgres
async def test_of_two_pharmacies_at_two_nodes_one_holds_each_time(nodes: list[Counter]):
    for number in range(ROUNDS):
        issued = await issue_into(nodes[0].store, patient={"pin": f"21205197{number:06d}"})
        asked = zip(nodes, (PHARMACY, OTHER_PHARMACY), strict=True)
        answers: list[Any] = await asyncio.gather(
            *(node.quote(issued, pharmacy=pharmacy, hold=True) for node, pharmacy in asked), return_exceptions=True
        )
        assert sum(isinstance(answer, Quote) for answer in answers) == 1
        assert [codes(answer)[0] for answer in answers if isinstance(answer, Refused)] == ["RX_HELD"]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.clause("21", "37")
async def test_nodes_that_sell_quote_and_take_back_at_once_lose_nothing_of_each_other(nodes: list[Counter]):
    issued = await issue_into(nodes[0].store)
    first = (await nodes[0].dispense(issued, sale={"units": 5})).record.row
    answers: list[Any] = await asyncio.gather(
        *(node.dispense(issued, sale={"units": 1}) for node in nodes for _ in range(20)),
        *(node.quote(issued, sale={"units": 1}, hold=True) for node in nodes for _ in range(20)),
        nodes[1].reverse(first.id),
    )
    sold = [answer.record.row for answer in answers if isinstance(answer, Dispensed) and answer.record.row.units > 0]
    assert sorted(row.fill for row in sold) == list(range(2, 42))
    left = await prescription(nodes[0].store, issued)
    assert (left.dispensed_dose, left.fills) == (Decimal(400), 41)
    assert await patient_year(nodes[0].store, issued) == (40 * 600, 20 * 600)
