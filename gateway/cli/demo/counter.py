"""The act at the counter: a terminal enrols with a one-time code, and a pharmacist sells through the agent beside it.

The agent is a program of its own («kopuro-pos», in plugins/pos) that knows the gateway by its interface only. The demo
talks to it as a till does: plain HTTP on 127.0.0.1, with the token that lies in its folder.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

from gateway.cli.demo.access import agent_folder, enrolment_file
from gateway.cli.demo.dispensing import PHARMACIST, STOCK
from gateway.cli.demo.ledger import Ledger
from gateway.cli.demo.prescribing import PRESCRIBED, SECOND_PATIENT, Prescribing
from gateway.cli.demo.processes import AGENT, environment
from gateway.cli.demo.sender import Sender, expect
from gateway.cli.demo.stage import Stage
from gateway.cli.failures import Failure
from schemas.errors.model import Language

_TOKEN_FILE: Final = "token"  # noqa: S105 - the name of a file
_PATIENCE_SECONDS: Final = 20.0
_BOX: Final = "010470999900038621SIM0003"
_RECEIPT: Final = "B-0001"
_SUMS: Final = {"retail": "450.00", "compensation": "180.00", "patient": "270.00"}
"""A box of 30 tablets at 450.00, of which the fund pays up to 6.00 a tablet."""


async def counter_page(folder: Path) -> str:
    """The address of the counter page, good for ten minutes and one visitor."""
    return str((await agent_command(folder, "counter", "--json"))["url"])


def till_of(folder: Path, agent: str, language: Language) -> httpx.AsyncClient:
    """A till that calls the agent with its token."""
    token = (agent_folder(folder) / _TOKEN_FILE).read_text(encoding="ascii").strip()
    return httpx.AsyncClient(
        base_url=agent,
        trust_env=False,
        timeout=_PATIENCE_SECONDS,
        headers={"Authorization": f"Bearer {token}", "Accept-Language": language.value},
    )


async def knows_the_gateway(till: httpx.AsyncClient) -> None:
    """Wait until the running agent has taken note of its enrolment and fetched the reference.

    Raises :class:`Failure`.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (await asked(till, "POST", "/api/scan", {"text": _BOX}))["medicine"] != PRESCRIBED:
        if time.monotonic() > deadline:
            raise Failure("The counter's agent has not fetched the reference.")
        await asyncio.sleep(0.1)


async def fill_shelf(till: httpx.AsyncClient) -> None:
    """What the pharmacy has, as its till tells the agent."""
    rows = [{"medicine": one["medicine"], "pack_price": one["pack_price"], "packs": 5} for one in STOCK]
    await asked(till, "POST", "/api/stock", {"rows": rows})


@dataclass(slots=True)
class CounterAct:
    """Plays the act. ``settled`` waits until nothing is under way at the gateway."""

    folder: Path
    gateway: str
    agent: str
    till: Sender
    prescribing: Prescribing
    stage: Stage
    ledger: Ledger
    settled: Callable[[], Awaitable[None]]
    language: Language

    async def play(self) -> str:
        """Enrol, sell half a course, and compare at the day's end; the number of the prescription, half of it left.

        Raises :class:`Failure`.
        """
        self.stage.heading("counter")
        code = enrolment_file(self.folder).read_text(encoding="utf-8")
        enrolled = await agent_command(self.folder, "enrol", code, "--gateway", self.gateway, "--json")
        self.stage.say("counter.enrolled", client=enrolled["client"], pharmacy=enrolled["pharmacy"])
        number = await self.prescribing.issue_to(SECOND_PATIENT)
        async with till_of(self.folder, self.agent, self.language) as agent:
            await knows_the_gateway(agent)
            await fill_shelf(agent)
            await self._sell(agent, number)
            await self.settled()
            await self._day(agent)
        return number

    async def _sell(self, agent: httpx.AsyncClient, number: str) -> None:
        question = {"pin": SECOND_PATIENT["pin"], "number": number}
        found = await asked(agent, "POST", "/api/lookup", question)
        expect("What the counter finds", found, remaining_units=60)
        scanned = await asked(agent, "POST", "/api/scan", {"text": _BOX})
        quoted = await asked(
            agent,
            "POST",
            "/api/quote",
            {
                "lookup": found["lookup"],
                "medicine": scanned["medicine"],
                "units": 30,
                "pack_price": "450.00",
                "boxes": [scanned["code"]],
            },
        )
        expect("The counter's quote", quoted, remaining_units=30, **_SUMS)
        order = {
            "key": f"demo-{quoted['quote']}",
            "quote": quoted["quote"],
            "pharmacist": PHARMACIST,
            "receipt_number": _RECEIPT,
            "receipt_amount": _SUMS["patient"],
        }
        sold = await asked(agent, "POST", "/api/sales", order)
        again = await asked(agent, "POST", "/api/sales", order)
        expect("The counter's sale", sold, state="recorded", **_SUMS)
        expect("The same sale once more", again, id=sold["id"], dispense=sold["dispense"])
        self.ledger.remember_sale(await self.till.get(f"/v1/dispenses/{sold['dispense']}"))
        self.stage.say("counter.sold", **_SUMS)

    async def _day(self, agent: httpx.AsyncClient) -> None:
        """At the day's end the agent's book, the gateway and the fund say the same of what was sold at this counter."""
        day = await asked(agent, "GET", "/api/day")
        self.stage.say("counter.day")
        self.stage.table(
            ("counter.who", "counter.sales", "retail", "fund-pays", "patient-pays"),
            [
                (
                    self.stage.text(f"counter.{who}"),
                    *(day[who][name] for name in ("sales", "retail", "compensation", "patient")),
                )
                for who in ("agent", "gateway", "fund")
            ],
        )
        mine = [one for one in day["differences"] if one["sale"] is not None]
        if mine:
            raise Failure(f"The counter's day does not agree: {mine}")


async def asked(agent: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What the agent answers. Raises :class:`Failure`."""
    response = await agent.request(method, path, json=body)
    if not response.is_success:
        raise Failure(f"The counter's agent, {path}: answered with {response.status_code}: {response.text[:500]}")
    return orjson.loads(response.content)


async def agent_command(folder: Path, *arguments: str) -> dict[str, Any]:
    """What a command of ``kopuro-pos`` says. Raises :class:`Failure`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", AGENT, *arguments, "--state", str(agent_folder(folder)),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=folder, env={**environment(), "NO_COLOR": "1", "PATH": os.environ.get("PATH", "")},
    )  # fmt: skip
    told, complaint = await process.communicate()
    if process.returncode != 0:
        raise Failure(f"kopuro-pos {arguments[0]}: {complaint.decode(errors='replace').strip()}")
    answer: dict[str, Any] = orjson.loads(told)
    return answer
