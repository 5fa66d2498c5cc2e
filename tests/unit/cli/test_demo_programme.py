"""The demo's acts about the drug programme: the sums they insist on, and what makes them fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from aiohttp import web

from gateway.cli.demo import arithmetic
from gateway.cli.demo.access import register
from gateway.cli.demo.arithmetic import EXAMPLES, show_arithmetic
from gateway.cli.demo.books import EXAMPLE_PRIMARY_CARE
from gateway.cli.demo.closing import Closing
from gateway.cli.demo.dispensing import Dispensing
from gateway.cli.demo.ledger import Ledger
from gateway.cli.demo.prescribing import FUND, Prescribing
from gateway.cli.demo.reckoning import Kept, Side
from gateway.cli.demo.sender import Sender, expect
from gateway.cli.demo.stage import Stage
from gateway.cli.failures import Failure
from gateway.cli.reference import organisations_from
from gateway.cli.simulate import EXAMPLE_REGISTER
from gateway.reference.organisations import RolloutRow
from gateway.rules.days import bishkek_day
from gateway.system import SystemClock
from schemas.errors.model import Language

Answer = tuple[int, dict[str, Any]]
Open = Callable[[dict[str, Answer]], Awaitable[Sender]]


@pytest.fixture
async def sender_to() -> AsyncIterator[Open]:
    """A sender to a gateway that answers each path as it is told."""
    runners: list[web.AppRunner] = []
    clients: list[httpx.AsyncClient] = []

    async def opened(answers: dict[str, Answer]) -> Sender:
        async def answer(request: web.Request) -> web.StreamResponse:
            status, body = answers[request.path]
            return web.json_response(body, status=status)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runners.append(web.AppRunner(app, access_log=None))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runners[-1].addresses[0][1]}"
        clients.append(httpx.AsyncClient(base_url=url, trust_env=False))
        return Sender(clients[-1], httpx.Auth(), "clinic")

    yield opened
    for client in clients:
        await client.aclose()
    for runner in runners:
        await runner.cleanup()


REFUSAL = {"findings": [{"code": "RX_NOT_FOUND"}]}


async def test_a_refusal_is_no_answer_and_an_answer_is_no_refusal(sender_to) -> None:
    sender = await sender_to({"/refuses": (404, REFUSAL), "/takes": (200, {"taken": True})})
    assert await sender.refused("/refuses", {}, "RX_NOT_FOUND") == REFUSAL["findings"]
    assert await sender.post("/takes", {}) == {"taken": True}
    with pytest.raises(Failure, match="answered with 404"):
        await sender.post("/refuses", {})
    with pytest.raises(Failure, match="answered with 200"):
        await sender.refused("/takes", {}, "RX_NOT_FOUND")
    with pytest.raises(Failure, match="answered with 404"):
        await sender.refused("/refuses", {}, "RX_EXPIRED")


def test_another_sum_than_expected_fails_the_demo() -> None:
    expect("It", {"sum": "1.00", "more": 2}, sum="1.00")
    with pytest.raises(Failure, match=r"It became \{'sum': '1.01'\}"):
        expect("It", {"sum": "1.01"}, sum="1.00")


async def test_a_prescription_without_a_limit_fails_the_demo(sender_to) -> None:
    clinic = await sender_to({"/v1/prescriptions/check": (200, {"accepted": False, "valid_until": None})})
    with pytest.raises(Failure, match="The check of the worked example"):
        await Prescribing(clinic, Stage(Language.EN), Ledger()).play()


async def test_a_pharmacy_that_opens_a_prescription_with_another_pin_fails_the_demo(sender_to) -> None:
    async def never() -> None:
        raise AssertionError("nothing was sold")

    async def unasked(_: str) -> dict[str, Any]:
        raise AssertionError("nothing was sold")

    till = await sender_to({"/v1/prescriptions/lookup": (200, {"offers": []})})
    with pytest.raises(Failure, match="/v1/prescriptions/lookup"):
        await Dispensing(till, Stage(Language.EN), Ledger(), never, unasked).play("482177305516")


def test_the_worked_examples_come_out_of_the_command_itself(tmp_path, capsys) -> None:
    asyncio.run(show_arithmetic(tmp_path, Stage(Language.EN)))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    shown = [tuple(row[1:]) for row in rows if len(row) > 1 and row[1]]
    expected = [(one.units, one.pack_price, one.retail, one.fund, one.patient, one.settled) for one in EXAMPLES]
    assert shown == [tuple(map(str, row)) for row in expected]


def test_a_worked_example_that_comes_out_otherwise_fails_the_demo(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(arithmetic, "EXAMPLES", (replace(EXAMPLES[0], fund="360.01"),))
    with pytest.raises(Failure, match=r"'compensation': '360\.00'"):
        asyncio.run(show_arithmetic(tmp_path, Stage(Language.EN)))


def operation(key: str, *, state: str = "delivered", record: str | None = "DD-1", revision: int = 1) -> dict[str, Any]:
    return {"business_key": key, "revision": revision, "state": state, "record_number": record}


SOUND = Side(
    FUND,
    frozenset({"a", "b", "c"}),
    {
        "a": operation("1/1"),
        "b": operation("1/1", revision=2),
        "c": operation("1/2", state="parked", record=None),
    },
    Kept({("1/1", 1): "DD-1", ("1/1", 2): "DD-1"}, 0),
)


def test_a_side_agrees_when_nothing_is_lost_doubled_or_unasked() -> None:
    assert SOUND.agrees
    assert (SOUND.states["delivered"], SOUND.states["parked"], SOUND.unfinished, SOUND.missing) == (2, 1, 0, 0)


@pytest.mark.parametrize(
    "side",
    [
        replace(SOUND, promised=SOUND.promised | {"d"}),
        replace(SOUND, promised=SOUND.promised - {"a"}),
        replace(SOUND, journal={**SOUND.journal, "c": operation("1/2", state="queued", record=None)}),
        replace(SOUND, kept=Kept({("1/1", 1): "DD-1"}, 0)),
        replace(SOUND, kept=Kept({**SOUND.kept.records, ("1/1", 2): "DD-9"}, 0)),
        replace(SOUND, kept=Kept({**SOUND.kept.records, ("1/2", 1): "DD-3"}, 0)),
        replace(SOUND, kept=SOUND.kept._replace(doubles=1)),
    ],
    ids=["lost", "never accepted", "unfinished", "missing", "other number", "unasked", "doubled"],
)
def test_a_side_that_does_not_agree_is_found_out(side) -> None:
    assert not side.agrees


def test_a_family_medicine_centre_stands_in_every_row_of_the_schedule() -> None:
    centres = organisations_from(EXAMPLE_PRIMARY_CARE, Language.EN)
    assert {centre.region for centre in centres} == {row.value for row in RolloutRow}


def test_a_report_with_other_sums_than_were_answered_fails_the_demo(tmp_path) -> None:
    asyncio.run(register(tmp_path, organisations_from(EXAMPLE_REGISTER, Language.EN)))
    sums = dict.fromkeys(("retail", "compensation", "patient", "settled"), "1.00")
    sale = sums | {"sold_on": bishkek_day(SystemClock().now()).isoformat()}
    with pytest.raises(Failure, match="The report has 0 lines"):
        asyncio.run(Closing(tmp_path, Stage(Language.EN), Language.EN, [sale]).play({}))
