"""The reference comes from the real gateway over a socket, and is still there without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from gateway.api import medicines
from gateway.reference.medicine_register import MedicinesInMemory
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.medicines.versions import VersionDates
from gateway.services import SERVICES
from kopuro_pos.agent.goods import reference as reference_module
from kopuro_pos.agent.goods.reference import Reference, ReferenceUnavailable
from schemas.medicines import Medicine
from tests.service.api.conftest import make_services
from tests.support.doubles import SettableClock
from tests.support.programme import medicine

TODAY = date(2026, 1, 15)
TOMORROW = TODAY + timedelta(days=1)
GTIN = "4600000000015"
OLD = [
    medicine(code="E1", trade_name="Эналаб"),
    medicine(code="L1", trade_name="Лозаб", components=[{"inn": "losartan", "strength": "50", "strength_unit": "mg"}]),
]
NEW = [medicine(code="E2", trade_name="Эналаб Нео"), medicine(code="L2", trade_name="Лозаб", gtin="4600000000022")]


class Versions:
    """The gateway's register, whose versions can be replaced while it serves."""

    def __init__(self) -> None:
        self.publish((4, TODAY, OLD))

    def publish(self, *versions: tuple[int, date, list[Medicine]]) -> None:
        ends = [start - timedelta(days=1) for _, start, _ in versions[1:]] + [None]
        known = [(number, start, end, rows) for (number, start, rows), end in zip(versions, ends, strict=True)]
        self.now = MedicinesInMemory(
            [ReferenceVersion(number, start, end, rows) for number, start, end, rows in known],
            [
                VersionDates(
                    number=number, valid_from=start, valid_until=end, list_approved_on=start, levels_set_on=start
                )
                for number, start, end, _ in known
            ],
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


class Line:
    """The way to the gateway: counts what goes over it, and can be cut."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answered: list[int] = []
        self.cut = False
        self.after: dict[int, Callable[[], None]] = {}
        """What happens once so many answers have come."""

    async def request(self, request: httpx.Request) -> None:
        if self.cut:
            raise httpx.ConnectError("cut", request=request)
        self.asked.append(request)

    async def response(self, response: httpx.Response) -> None:
        self.answered.append(response.status_code)
        self.after.pop(len(self.answered), lambda: None)()


@pytest.fixture
def versions() -> Versions:
    return Versions()


@pytest.fixture
async def port(versions: Versions) -> AsyncIterator[int]:
    """Of the gateway's own route on a socket, without all its others, which take a while to build."""
    application = web.Application()
    application[SERVICES] = make_services(medicines=versions)
    application.router.add_get("/v1/medicines", medicines.index)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
async def open_reference(
    port: int, line: Line, clock: SettableClock, tmp_path: Path
) -> AsyncIterator[Callable[[], Reference]]:
    hooks = {"request": [line.request], "response": [line.response]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", event_hooks=hooks) as http:
        yield lambda: Reference(http, tmp_path / "reference.json", clock)


Open = Callable[[], Reference]


async def test_rows_are_fetched_and_found(open_reference: Open) -> None:
    reference = open_reference()
    assert reference.brief("E1") is None
    await reference.refresh()
    found = reference.brief("E1", TODAY)
    assert found is not None
    assert found.model_dump() == {
        "code": "E1",
        "inn": "enalapril",
        "trade_name": "Эналаб",
        "form": "таблетка",
        "strength": "10",
        "strength_unit": "mg",
        "pack_size": 30,
        "manufacturer": "Ала-Тоо Фарм",
        "country": "Кыргызстан",
        "gtin": GTIN,
    }
    assert reference.code_of_gtin(GTIN) == reference.code_of_gtin(f"0{GTIN}") == "E1"
    assert reference.code_of_gtin("4600000000022") is None
    assert reference.brief("X") is None
    assert reference.brief("E1", TODAY - timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [("LOSAR", ["L1"]), ("эналаб", ["E1"]), ("", ["E1", "L1"]), ("l1", ["L1"]), (GTIN, ["E1", "L1"]), ("%", [])],
)
async def test_search(open_reference: Open, text: str, codes: list[str]) -> None:
    reference = open_reference()
    assert reference.search(text) == []
    await reference.refresh()
    assert [one.code for one in reference.search(text)] == codes
    assert len(reference.search(text, limit=1)) == min(1, len(codes))


async def test_every_page_is_read_and_nothing_twice(
    open_reference: Open, versions: Versions, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_module, "_PAGE", 2)
    versions.publish((4, TODAY, [medicine(code=f"E{number}") for number in range(5)]))
    reference = open_reference()
    await reference.refresh()
    assert [one.code for one in reference.search("")] == ["E0", "E1", "E2", "E3", "E4"]
    assert line.answered == [200, 200, 200]
    await reference.refresh()
    assert line.answered[3:] == [304]


async def test_an_agent_that_starts_without_the_line_has_the_last_reference(open_reference: Open, line: Line) -> None:
    await open_reference().refresh()
    line.cut = True
    reference = open_reference()
    assert reference.code_of_gtin(GTIN) == "E1"
    with pytest.raises(ReferenceUnavailable):
        await reference.refresh()
    assert reference.code_of_gtin(GTIN) == "E1"


async def test_a_version_known_in_advance_comes_into_force_at_midnight_in_bishkek_without_the_line(
    open_reference: Open, versions: Versions, line: Line, clock: SettableClock
) -> None:
    versions.publish((4, TODAY, OLD), (5, TOMORROW, NEW))
    reference = open_reference()
    await reference.refresh()
    line.cut = True
    assert reference.code_of_gtin(GTIN) == "E1"
    assert reference.code_of_gtin(GTIN, TOMORROW) == "E2"
    clock.at = datetime(2026, 1, 15, 17, 59, 59, tzinfo=UTC)
    assert reference.code_of_gtin(GTIN) == "E1"
    clock.move(seconds=1)
    assert reference.code_of_gtin(GTIN) == "E2"
    assert reference.brief("E1", TODAY) is not None, "yesterday's sales are still named"
    assert reference.brief("E1") is None


async def test_a_version_taken_back_before_it_began_is_forgotten(
    open_reference: Open, versions: Versions, clock: SettableClock
) -> None:
    versions.publish((4, TODAY, OLD), (5, TOMORROW, NEW))
    reference = open_reference()
    await reference.refresh()
    versions.publish((4, TODAY, OLD))
    await reference.refresh()
    clock.move(days=1)
    assert reference.code_of_gtin(GTIN) == "E1"
    assert open_reference().code_of_gtin(GTIN) == "E1"


async def test_a_reference_that_changes_between_two_pages_is_not_mixed(
    open_reference: Open, versions: Versions, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_module, "_PAGE", 1)
    reference = open_reference()
    await reference.refresh()
    seen = reference.search("")
    versions.publish((6, TODAY, OLD))
    line.after[len(line.answered) + 1] = lambda: versions.publish((7, TODAY, NEW))
    with pytest.raises(ReferenceUnavailable):
        await reference.refresh()
    assert reference.search("") == seen
    await reference.refresh()
    assert {one.code for one in reference.search("")} == {"E2", "L2"}


@pytest.mark.parametrize("content", [b"", b"{", b'[{"number": 1}]', b"\xff\xfe"])
async def test_a_file_that_is_damaged_is_fetched_anew(open_reference: Open, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "reference.json").write_bytes(content)
    (tmp_path / "reference.json").chmod(0o600)
    reference = open_reference()
    assert reference.brief("E1") is None
    await reference.refresh()
    assert reference.brief("E1") is not None
    assert open_reference().brief("E1") is not None


async def test_a_gateway_that_answers_something_else_changes_nothing(
    clock: SettableClock, tmp_path: Path, open_reference: Open
) -> None:
    await open_reference().refresh()
    for answer in (
        httpx.Response(502, html="<p>bad gateway</p>"),
        httpx.Response(200, html="<p>sign in to the network</p>"),
        httpx.Response(304),
        httpx.Response(200, json={"version": {}, "items": [], "next": None}),
        httpx.Response(302, headers={"Location": "http://elsewhere.example/"}),
    ):
        transport = httpx.MockTransport(lambda _request, answer=answer: answer)
        async with httpx.AsyncClient(base_url="http://gateway.example", transport=transport) as http:
            fresh = Reference(http, tmp_path / "other.json", clock)
            with pytest.raises(ReferenceUnavailable):
                await fresh.refresh()
            if answer.status_code != 304:
                reference = Reference(http, tmp_path / "reference.json", clock)
                with pytest.raises(ReferenceUnavailable):
                    await reference.refresh()
                assert reference.brief("E1") is not None
    assert not (tmp_path / "other.json").exists()


async def test_a_full_disk_keeps_the_reference_in_memory(open_reference: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reference_module, "write_private", full)
    reference = open_reference()
    await reference.refresh()
    assert reference.brief("E1") is not None


async def test_whoever_depends_on_it_is_told_when_other_rows_come_into_force(
    open_reference: Open, versions: Versions, line: Line, clock: SettableClock
) -> None:
    versions.publish((4, TODAY, OLD), (5, TOMORROW, NEW))
    reference, told, stopping = open_reference(), [], asyncio.Event()

    async def listen() -> None:
        told.append(reference.code_of_gtin(GTIN))
        if len(told) == 2:
            stopping.set()

    reference.on_change(listen)
    await reference.refresh()
    await reference.refresh()
    assert told == ["E1"]
    line.cut = True
    clock.move(days=1)
    await asyncio.wait_for(reference.run(stopping), 5)
    assert told == ["E1", "E2"], "without the line too"


async def test_it_waits_until_the_day_begins_or_an_hour(open_reference: Open, clock: SettableClock) -> None:
    reference = open_reference()
    clock.at = datetime(2026, 1, 15, 17, 50, tzinfo=UTC)
    assert reference._until_midnight() == timedelta(minutes=10, seconds=5)
