"""The way of a sale with the client of either face, at the gateway on a socket."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web

from gateway.cli.demo.processes import free_port
from gateway.store.programme_tables import dispenses
from kopuro_pos.client import (
    CATALOGUE,
    Choice,
    ErrorCode,
    InDoubt,
    NotSent,
    OperationState,
    PharmacyClient,
    Retry,
    ReversalOrder,
    ReversalReason,
    Severity,
    Timeouts,
)
from kopuro_pos.client.refusals import DispenseNotFound, IdempotencyKeyReused, OffersNotShown, RxHeld, RxNotFound
from tests.pos.client.conftest import Open
from tests.pos.client.orders import look_up, order, quote
from tests.service.dispensing.counter import IN_EXCHANGE, SUBSTITUTE, rows
from tests.service.dispensing.pharmacy import Pharmacy
from tests.support.certificates import Authority
from tests.support.programme import MEDICINE, PHARMACY, issue_into

RETURNED = ReversalOrder(reason=ReversalReason.RETURNED)


@pytest.mark.clause("34", "36", "37")
async def test_clause_36_the_way_of_a_sale(pharmacy: Pharmacy, open_client: Open):
    client = open_client(pharmacy.url(""), sender="pharmacy")
    issued = await issue_into(pharmacy.counter.store)
    found = await client.look_up(look_up(issued))
    assert [(one.medicine.code, one.prescribed, one.patient) for one in found.offers] == [
        (SUBSTITUTE, False, Decimal("240.00")),
        (MEDICINE, True, Decimal("540.00")),
    ]
    quoted = await client.quote(quote(issued, sale=IN_EXCHANGE, hold=True))
    assert (quoted.compensation, quoted.patient, quoted.hold.holder) == (300, 240, "self")
    sold = await client.dispense(
        order(issued, sale=IN_EXCHANGE, quote=quoted.id, hold=quoted.hold.id), key="till-1-000001"
    )
    assert (sold.fill, sold.settled, sold.state, sold.choice) == (1, 300, "dispensed", Choice.SUBSTITUTED)
    assert [one.state for one in sold.operations] == [OperationState.QUEUED]
    assert await client.get_dispense(sold.id) == sold
    taken_back = await client.reverse(sold.id, RETURNED, key="till-1-000002")
    assert (taken_back.reversal_of, taken_back.settled, taken_back.units) == (sold.id, -300, -30)
    listed = [one.id async for one in client.dispenses(pharmacy=PHARMACY, receipt="Ч-1")]
    assert listed == [sold.id, taken_back.id]


async def test_a_repeat_with_the_same_key_gets_the_same_dispense(pharmacy: Pharmacy, open_client: Open):
    client = open_client(pharmacy.url(""), sender="pharmacy")
    issued = await issue_into(pharmacy.counter.store)
    first = await client.dispense(order(issued, sale={"units": 10}), key="till-1-000001")
    assert await client.dispense(order(issued, sale={"units": 10}), key="till-1-000001") == first
    with pytest.raises(IdempotencyKeyReused):
        await client.dispense(order(issued, sale={"units": 20}), key="till-1-000001")
    assert len(await rows(pharmacy.counter.store, dispenses)) == 1


async def test_a_hold_is_renewed_released_and_respected(pharmacy: Pharmacy, open_client: Open):
    mine = open_client(pharmacy.url(""), sender="pharmacy")
    others = open_client(pharmacy.url(""), sender="other")
    issued = await issue_into(pharmacy.counter.store)
    first = await mine.quote(quote(issued, hold=True))
    again = await mine.quote(quote(issued, hold=True))
    assert again.hold.id == first.hold.id
    with pytest.raises(RxHeld) as held:
        await others.quote(quote(issued, pharmacy="700002"))
    assert held.value.retry is Retry.SAME_KEY_LATER
    assert (await mine.release(first.hold.id)).prescription == issued.id
    assert (await others.quote(quote(issued, pharmacy="700002"))).hold is None


async def test_a_refusal_says_everything_in_the_language_asked_for(pharmacy: Pharmacy, open_client: Open):
    client = open_client(pharmacy.url(""), sender="pharmacy", language="ru")
    issued = await issue_into(pharmacy.counter.store)
    with pytest.raises(OffersNotShown) as in_russian:
        await client.dispense(order(issued, offers_shown=[], receipt=None), key="till-1-000001")
    with pytest.raises(OffersNotShown) as in_kyrgyz:
        await client.dispense(order(issued, offers_shown=[], receipt=None), key="till-1-000001", language="ky")
    refusal = in_russian.value
    assert (refusal.status, refusal.code, refusal.severity) == (422, ErrorCode.OFFERS_NOT_SHOWN, Severity.ERROR)
    assert refusal.retry is Retry.AFTER_CORRECTION
    assert {one.code for one in refusal.findings} == {"OFFERS_NOT_SHOWN", "RECEIPT_REQUIRED"}
    assert refusal.entry is not None
    for told, language in ((in_russian, "ru"), (in_kyrgyz, "ky")):
        assert told.value.findings[0].message == refusal.entry.message.in_language(language)
        assert told.value.findings[0].action == refusal.entry.action.in_language(language)


async def test_what_is_not_there_is_named(pharmacy: Pharmacy, open_client: Open):
    client = open_client(pharmacy.url(""), sender="pharmacy")
    issued = await issue_into(pharmacy.counter.store)
    with pytest.raises(RxNotFound):
        await client.look_up(look_up(issued, prescription={"pin": "10304198500022"}))
    with pytest.raises(DispenseNotFound):
        await client.get_dispense(uuid4())


async def test_a_long_list_comes_page_by_page(pharmacy: Pharmacy, open_client: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kopuro_pos.client.calls._PAGE", 2)
    client = open_client(pharmacy.url(""), sender="pharmacy")
    issued = await issue_into(pharmacy.counter.store)
    sold = [await client.dispense(order(issued, sale={"units": 10}), key=f"till-1-{one}") for one in range(5)]
    day = sold[0].sold_on
    assert [one.id async for one in client.dispenses(first=day, last=day)] == [one.id for one in sold]
    assert [one async for one in client.dispenses(last=day - timedelta(days=1))] == []
    assert len([one async for one in client.dispenses(recorded_first=day, recorded_last=day)]) == 5


async def test_the_catalogue_of_the_gateway_is_the_one_we_carry(pharmacy: Pharmacy, open_client: Open):
    client = open_client(pharmacy.url(""))
    catalogue = await client.errors(language="ky")
    assert {one.code for one in catalogue.items} == set(ErrorCode)
    assert catalogue.items[0].message == CATALOGUE[catalogue.items[0].code].message.ky


@asynccontextmanager
async def losing_the_reply(url: str, times: int) -> AsyncIterator[str]:
    """A line that takes requests to ``url``, and drops so many answers on the way back."""
    port, left = free_port(), times

    async def carry(request: web.Request) -> web.StreamResponse:
        nonlocal left
        async with aiohttp.ClientSession() as session:
            body, kept = await request.read(), dict(request.headers)
            async with session.request(request.method, url + request.path_qs, data=body, headers=kept) as answer:
                content = await answer.read()
        if left:
            left -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=answer.status, body=content, content_type=answer.content_type)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", carry)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def test_a_lost_reply_is_in_doubt_and_the_same_key_settles_it(pharmacy: Pharmacy, open_client: Open):
    issued = await issue_into(pharmacy.counter.store)
    async with losing_the_reply(pharmacy.url(""), times=1) as line:
        client = open_client(line, sender="pharmacy")
        with pytest.raises(InDoubt):
            await client.dispense(order(issued), key="till-1-000001")
        assert len(await rows(pharmacy.counter.store, dispenses)) == 1
        again = await client.dispense(order(issued), key="till-1-000001")
    assert [one.id async for one in open_client(pharmacy.url(""), sender="pharmacy").dispenses()] == [again.id]


async def test_settling_goes_on_until_it_is_recorded_once(
    pharmacy: Pharmacy, open_client: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kopuro_pos.client.retry._wait", lambda _: 0.01)
    issued = await issue_into(pharmacy.counter.store)
    async with losing_the_reply(pharmacy.url(""), times=3) as line:
        sold = await open_client(line, sender="pharmacy").settle(order(issued), key="till-1-000001")
    assert [row.id for row in await rows(pharmacy.counter.store, dispenses)] == [sold.id]


async def test_where_nobody_listens_nothing_is_sent(open_client: Open):
    client = open_client(f"http://127.0.0.1:{free_port()}", sender="pharmacy")
    with pytest.raises(NotSent, match="ConnectError"):
        await client.release(uuid4())


@asynccontextmanager
async def line(serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """Somebody listens who speaks as told; gives the address."""
    writers: list[asyncio.StreamWriter] = []

    async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await serve(reader, writer)

    server = await asyncio.start_server(kept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        for writer in writers:
            writer.close()
        server.close()
        await server.wait_closed()


async def test_a_silent_gateway_is_given_up_in_time(open_client: Open):
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with line(silent) as url:
        client = open_client(url, sender="pharmacy", timeouts=Timeouts(lookup=0.1, commit=60.0))
        with pytest.raises(InDoubt, match="ReadTimeout"):
            await client.release(uuid4())


async def test_an_answer_in_drops_is_given_up_in_time():
    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing() and not reader.at_eof():
            writer.write(b" ")
            await asyncio.sleep(0.01)

    async with line(dripping) as url, PharmacyClient(url, timeouts=Timeouts(lookup=0.2)) as client:
        began = time.monotonic()
        with pytest.raises(InDoubt, match="ReadTimeout"):
            await client.release(uuid4())
        assert time.monotonic() - began < 3.0


async def test_a_gateway_whose_certificate_nobody_vouches_for_is_not_spoken_to(tmp_path: Path, open_client: Open):
    authority = Authority("Test servers")
    certificate, key = authority.issue("localhost", server=True).write(tmp_path, "server")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    heard: list[bytes] = []

    async def speak(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n"))

    server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=context)
    origin = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(NotSent, match="ConnectError"):
        await open_client(origin).release(uuid4())
    assert heard == []
    trusting = ssl.create_default_context(cadata=authority.card.pem)
    with pytest.raises(InDoubt):
        await open_client(origin, verify=trusting, timeouts=Timeouts(lookup=0.5)).release(uuid4())
    assert heard[0].startswith(b"POST /v1/holds/")
    server.close()
