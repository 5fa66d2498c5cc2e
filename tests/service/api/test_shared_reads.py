"""Identical reads at the same moment are one read of the journal."""

from __future__ import annotations

import asyncio

from tests.service.api.conftest import Gateway


async def test_many_readers_of_one_operation_read_the_journal_once(gateway: Gateway, monkeypatch):
    accepted = await gateway.send()
    operation_id = accepted.json["operation"]["id"]
    journal, reads, going_on = gateway.services.journal, [], asyncio.Event()
    plain = journal.operation

    async def slow(asked):
        reads.append(asked)
        await going_on.wait()
        return await plain(asked)

    monkeypatch.setattr(journal, "operation", slow)
    asked = [asyncio.create_task(gateway.get(f"/v1/operations/{operation_id}")) for _ in range(10)]
    async with asyncio.timeout(10):
        while gateway.services.reads.shared < 9:
            await asyncio.sleep(0.005)
    going_on.set()
    answers = await asyncio.gather(*asked)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len(reads) == 1
