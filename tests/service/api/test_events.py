from __future__ import annotations

import asyncio

import pytest

from schemas.api import EventPage
from tests.service.api.conftest import Gateway


async def test_events_past_the_cursor(gateway: Gateway):
    for _ in range(3):
        gateway.journal.tell("950174")
    first = EventPage.model_validate_json((await gateway.get("/v1/events?limit=2")).body)
    second = EventPage.model_validate_json((await gateway.get(f"/v1/events?after={first.next}")).body)

    assert [event.position for event in first.items] == [1, 2]
    assert [event.position for event in second.items] == [3]
    assert second.next == 3


async def test_nothing_new_keeps_the_cursor(gateway: Gateway):
    assert (await gateway.get("/v1/events?after=7")).json == {"items": [], "next": 7}


async def test_a_long_poll_answers_as_soon_as_something_happens(gateway: Gateway):
    waiting = asyncio.create_task(gateway.get("/v1/events?wait=25"))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        while not waiting.done():
            gateway.journal.tell("950174")
            await asyncio.wait({waiting}, timeout=0.05)

    assert waiting.result().json["items"][0]["position"] == 1


async def test_a_long_poll_is_not_ended_by_others_events_but_passes_them(gateway: Gateway):
    gateway.journal.tell("950174")
    reply = await gateway.get("/v1/events?wait=1", sender="direct-entry")

    assert reply.json == {"items": [], "next": 1}


async def test_a_long_poll_finds_its_own_among_others(gateway: Gateway):
    waiting = asyncio.create_task(gateway.get("/v1/events?wait=25", sender="direct-entry"))
    async with asyncio.timeout(5):
        while not waiting.done():
            gateway.journal.tell("950174")
            gateway.journal.tell("950175")
            await asyncio.wait({waiting}, timeout=0.05)

    assert {event["organisation"] for event in waiting.result().json["items"]} == {"950175"}


async def test_a_long_poll_ends_when_the_gateway_is_told_to_stop(gateway: Gateway):
    waiting = asyncio.create_task(gateway.get("/v1/events?wait=25"))
    await asyncio.wait({waiting}, timeout=0.1)
    gateway.services.lifecycle.drain()
    async with asyncio.timeout(5):
        reply = await waiting

    assert reply.json == {"items": [], "next": 0}


@pytest.mark.parametrize("query", ["after=-1", "wait=26", "limit=0", "after=9223372036854775808", "since=3"])
async def test_wrong_questions_are_refused(gateway: Gateway, query: str):
    reply = await gateway.get(f"/v1/events?{query}")

    assert (reply.status, reply.code) == (400, "REQUEST_PARAMETER")
