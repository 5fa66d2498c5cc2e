"""A morning at the counter, told as HTTP: what ``docs/pos-agent.md`` shows, recorded from the real agent and gateway.

python -m tests.pos.agent.transcript      writes it into the page anew
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from gateway.store.sqlite import SqliteStore
from kopuro_pos.agent.composing import running
from kopuro_pos.agent.problems import ENTRIES
from kopuro_pos.agent.settings import Settings
from kopuro_pos.agent.storage.private_files import private_folder
from kopuro_pos.agent.terminal.connecting import connect_with
from kopuro_pos.agent.terminal.enrolment import TerminalFile, enrol
from kopuro_pos.agent.terminal.keys import FileKeys
from kopuro_pos.agent.web.sessions import installation_token
from tests.pos.client.guarded import Guarded, open_guarded
from tests.service.dispensing.counter import SUBSTITUTE
from tests.support.programme import MEDICINE, issue_into

PAGE = Path(__file__).parents[3] / "docs" / "pos-agent.md"

_BRIEFLY = ("id", "key", "sequence", "state")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Recorder:
    """Calls the agent as a till, and writes down what was said."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token
        self.blocks: list[str] = []

    async def say(
        self,
        title: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: bool = True,
        lines: int | None = None,
        only: tuple[str, ...] = (),
    ) -> Any:
        """One exchange under a title: ``lines`` of an answer that is no JSON, ``only`` some fields of one that is."""
        headers = {"Authorization": f"Bearer {self._token}"} if token else {}
        given = {} if body is None else {"json": body}
        async with self._http.request(method, self._url + path, headers=headers, **given) as answer:
            if answer.content_type == "text/event-stream":
                content = b"".join([await answer.content.readline() for _ in range(lines or 1)])
            else:
                content = await answer.read()
            self._write(title, f"{method} {path}", body, answer, content, lines, only)
            return json.loads(content) if "json" in answer.content_type else content

    def _write(
        self,
        title: str,
        request: str,
        body: Any,
        answer: aiohttp.ClientResponse,
        content: bytes,
        lines: int | None,
        only: tuple[str, ...],
    ) -> None:
        told = [request]
        if body is not None:
            told += [json.dumps(body, ensure_ascii=False, indent=2)]
        told += ["", f"{answer.status} {answer.reason}"]
        if "json" in answer.content_type:
            said = json.loads(content)
            shown = json.dumps({name: said[name] for name in only} if only else said, ensure_ascii=False, indent=2)
            told += [shown.removesuffix("\n}") + ",\n  …\n}" if only else shown]
        elif content:
            told[-1] += f"\nContent-Type: {answer.headers['Content-Type']}"
            if lines is not None:
                told += ["", *content.decode("utf-8-sig").splitlines()[:lines]]
        self.blocks.append(f"### {title}\n\n```http\n" + "\n".join(told) + "\n```\n")

    def text(self) -> str:
        """Everything, with ids, tokens and codes of this run replaced by such as are the same in every run."""
        text = re.sub(r'"\d{12}"', '"625498741294"', "\n".join(self.blocks))
        text = re.sub(r'"\d{4} \d{4} \d{4}"', '"6254 9874 1294"', text)
        for number, found in enumerate(dict.fromkeys(_ID.findall(text)), 1):
            text = text.replace(found, f"01990000-0000-7000-8000-{number:012}")
        text = re.sub(r'("code": ")[\w-]{22}"', r'\1q2Vd0eXc5mT1uYk7RwZbNg"', text)
        text = re.sub(r'("lookup": ")[^"]*"', r'\1Zk1xW0w9b3Q"', text)
        text = re.sub(r'(offset_seconds"?: ?)-?[\d.e-]+', r"\g<1>0.0", text)
        text = re.sub(r'("origin": ?)"[^"]*"', r'\1"https://gateway.example"', text)
        return re.sub(r'("(?:expires_at|key_changed_at|last_answer_at)": ?)"[^"]*"', r'\1"2026-01-15T06:00:00Z"', text)


async def morning(recorder: Recorder, guarded: Guarded) -> None:
    """Every route once, in the order of a day."""
    issued = await issue_into(guarded.counter.store)
    number = issued.number
    await recorder.say("How the agent is", "GET", "/api/state")
    await recorder.say("Without the token", "GET", "/api/state", token=False)
    await recorder.say("A code that opens the counter page", "POST", "/api/codes")
    rows = [
        {"medicine": MEDICINE, "pack_price": "450.00", "packs": 7},
        {"medicine": SUBSTITUTE, "pack_price": "360.00"},
        {"gtin": "4607000000000", "pack_price": "99.00"},
    ]
    await recorder.say("Stock and shelf prices", "POST", "/api/stock", {"rows": rows, "replace": True})
    await recorder.say("Search in the reference", "GET", "/api/medicines?search=ала-тоо")
    await recorder.say("What was scanned", "POST", "/api/scan", {"text": number})
    order = {"pin": issued.pin, "number": number}
    await recorder.say("A field is wrong", "POST", "/api/lookup", {**order, "pin": "123"})
    found = await recorder.say("Find a prescription", "POST", "/api/lookup", order)
    await recorder.say("It is not found", "POST", "/api/lookup", {**order, "pin": "10304198500022"})
    asked = {"lookup": found["lookup"], "medicine": MEDICINE, "units": 30, "pack_price": "450.00"}
    await recorder.say("What it would cost", "POST", "/api/quote", asked)
    await recorder.say("Give it free again", "POST", "/api/release", {"lookup": found["lookup"]})
    quoted = await recorder.say("Quote it again", "POST", "/api/quote", asked, only=("quote", "patient", "expires_at"))
    sale = {
        "key": "till-1-2026-01-15-0001", "quote": quoted["quote"], "pharmacist": "Асанова А.",
        "receipt_number": "000017", "receipt_amount": quoted["patient"],
    }  # fmt: skip
    sold = await recorder.say("Sell", "POST", "/api/sales", sale)
    await recorder.say(
        "The answer was lost: the same again", "POST", "/api/sales", sale, only=("id", "key", "sequence", "state")
    )
    changed = {**sale, "receipt_number": "000018"}
    await recorder.say("The same key with another order", "POST", "/api/sales", changed)
    await recorder.say("One sale", "GET", f"/api/sales/{sold['id']}", only=("id", "state", "fund"))
    await recorder.say("Its slip", "GET", f"/api/sales/{sold['id']}/slip?format=pdf&copy=1&language=ky")
    reversal = {"key": "till-1-2026-01-15-0002", "reason": "returned", "pharmacist": "Асанова А."}
    fields = ("id", "sequence", "state", "units", "patient", "reversal_of", "reason", "dispense")
    await recorder.say("Take it back", "POST", f"/api/sales/{sold['id']}/reversal", reversal, only=fields)
    await recorder.say("What waits", "GET", "/api/queue")
    seen = {"pharmacist": "Асанова А."}
    await recorder.say(
        "A refused sale was seen by a person", "POST", f"/api/sales/{sold['id']}/seen", seen, only=("id", "state")
    )
    await recorder.say("The day's sales", "GET", "/api/sales?day=2026-01-14")
    await recorder.say("The day's end", "GET", "/api/day?day=2026-01-15&language=ru")
    export = "/api/day/export?day=2026-01-15&format=csv&language=ru"
    await recorder.say("The day for the bookkeeper", "GET", export, lines=2)
    await recorder.say("Events", "GET", "/api/events", lines=4)


@asynccontextmanager
async def agent_at(guarded: Guarded, state: Path) -> AsyncIterator[tuple[str, str]]:
    """The whole agent, enrolled, by the counters' clock: its address and token."""
    private_folder(state)
    settings, clock = Settings(port=0), guarded.counter.clock
    await enrol(
        await guarded.code(), gateway=guarded.origin, file=TerminalFile(state), keys=FileKeys(state / "keys"),
        connect=connect_with(settings), clock=clock, waiting=_none,
    )  # fmt: skip
    async with running(state, settings, clock=clock) as port:
        token = installation_token(state)
        assert token is not None
        yield f"http://127.0.0.1:{port}", token


async def _none() -> int:
    return 0


async def record(folder: Path, database: Path) -> str:
    """Play the morning, and give what was said."""
    store = SqliteStore(database)
    await store.open()
    try:
        async with open_guarded(store) as guarded, agent_at(guarded, folder / "till") as (url, token):
            async with aiohttp.ClientSession() as http:
                # The reference is fetched, and the line looked for, in the background.
                while not await _get(http, url, token, "/api/medicines?search=a"):
                    await asyncio.sleep(0.02)
                while not (await _get(http, url, token, "/api/state"))["gateway"]["reachable"]:
                    await asyncio.sleep(0.02)
                recorder = Recorder(http, url, token)
                await morning(recorder, guarded)
            return recorder.text()
    finally:
        await store.close()


async def _get(http: aiohttp.ClientSession, url: str, token: str, path: str) -> Any:
    async with http.get(url + path, headers={"Authorization": f"Bearer {token}"}) as answer:
        return await answer.json(content_type=None)


def table() -> str:
    """The problems of the agent, each with its status, what trying again is worth, and what to do."""
    rows = [
        f"| `{code}` | {entry.status} | {entry.retry} | {entry.message.en} | {entry.action.en} |"
        for code, entry in ENTRIES.items()
    ]
    return "\n".join(["| Code | Status | Try again | Meaning | What to do |", "|---|---|---|---|---|", *rows])


def part(page: str, name: str) -> str:
    """What stands between the marks of this name."""
    begin = page.index(f"<!-- {name} -->") + len(f"<!-- {name} -->")
    return page[begin : page.index(f"<!-- end of {name} -->")].strip()


def main() -> None:
    """Write the transcript and the table into the page."""
    with TemporaryDirectory() as folder:
        text = asyncio.run(record(Path(folder), Path(folder) / "kopuro.db"))
    page = PAGE.read_text(encoding="utf-8")
    for name, content in (("transcript", text), ("problems", table())):
        begin = page.index(f"<!-- {name} -->") + len(f"<!-- {name} -->")
        end = page.index(f"<!-- end of {name} -->")
        page = f"{page[:begin]}\n\n{content.strip()}\n\n{page[end:]}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
