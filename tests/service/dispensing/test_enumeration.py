"""The short form of ``tests.campaigns.enumeration``, and that two nodes count together."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.limits.lookups import LookupPolicy, LookupThrottle
from gateway.limits.policy import RatePolicy
from gateway.limits.shared import SharedBuckets
from gateway.rules.findings import Refused
from gateway.store.postgres import PostgresStore
from tests.campaigns.enumeration import attack
from tests.service.dispensing.counter import FREE, Counter, codes
from tests.support.programme import issue_into, prescription_number


@pytest.mark.slow
@pytest.mark.clause("34")
@pytest.mark.parametrize("knows_names", [False, True])
async def test_clause_34_the_throttle_holds_against_a_driven_attack(tmp_path: Path, *, knows_names: bool):
    report = await attack(tmp_path, 1000, knows_names=knows_names)
    assert report.broken == []
    assert len(report.neutral) == 1
    assert report.lookups == 1000
    assert report.honest["opened"] >= 3


@pytest.mark.postgres
@pytest.mark.clause("34")
async def test_clause_34_nodes_count_the_failures_of_a_patient_together(postgres_url: str):
    stores = [PostgresStore(postgres_url) for _ in range(2)]
    for store in stores:
        await store.open()
    policy = LookupPolicy(
        terminal=FREE.terminal,
        pharmacy_hour=FREE.pharmacy_hour,
        pharmacy_day=FREE.pharmacy_day,
        patient=RatePolicy(requests=10, seconds=86_400),
    )
    told: list[str] = []
    nodes = [
        Counter(store, throttle=LookupThrottle(policy, SharedBuckets(store), throttled=told.append)) for store in stores
    ]
    issued = await issue_into(stores[0])
    await asyncio.gather(*(node.look_up(issued) for node in nodes for _ in range(10)))
    answers = await asyncio.gather(
        *(
            node.look_up(issued, client=f"till-{n}", prescription={"number": prescription_number(n)})
            for n in range(30)
            for node in nodes
        ),
        return_exceptions=True,
    )
    found = [codes(answer)[0] for answer in answers if isinstance(answer, Refused)]
    assert len(found) == 60
    assert found.count("RX_NOT_FOUND") <= 10
    assert found.count("LOOKUP_FACTOR_REQUIRED") == len(told) >= 50
    for store in stores:
        await store.close()
