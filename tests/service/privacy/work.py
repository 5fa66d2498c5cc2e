"""A day's work of a gateway with planted people: everything that is done with their data, at its outer doors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import httpx
import orjson

from adapters.esi.simulator import Person, run_simulator
from tests.builders import case_json
from tests.contract.esi import CALLBACK, CLIENT_ID, SECRET, SIGNED_OUT, registered, signing_key
from tests.service.access_api.browser import Browser
from tests.service.privacy.refusals import Ask, of
from tests.support.guarded import add_client, guard, machine, open_store
from tests.support.planted import BORN, PlantedPerson
from tests.support.processes import Pace, World, world

JSON: Final = {"Content-Type": "application/json"}
HOSPITAL: Final = "950174"
CLIENT: Final = "leak-test"
_AT_ONCE: Final = 16
_DEADLINE: Final = 45.0
_PACE: Final = Pace(concurrency=16, attempt=10.0, lease=30.0)
_REFUSED_BY_THE_FUND: Final = "Q"
"""Card numbers that begin so are refused by the fund, which names the patient."""


@dataclass
class Day:
    """A gateway at work, what it answered when it refused, and to whom it had to say what."""

    built: World
    client: httpx.AsyncClient
    auth: httpx.Auth
    http: aiohttp.ClientSession
    esi: str
    refusals: list[bytes] = field(default_factory=list)
    """Status line, headers and body of every answer that told of no success."""
    statuses: dict[int, int] = field(default_factory=dict)
    acceptances: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.built.urls[0]

    @property
    def files(self) -> list[Path]:
        """Everything that lies about: store, logs, settings, keys; not what the fund keeps for itself."""
        return [path for path in self.built.folder.iterdir() if path.name != "fund"]

    async def send(self, ask: Ask) -> httpx.Response:
        """Make a request; its answer is remembered unless it is a success."""
        headers = [(name.encode(), value.encode("latin-1")) for name, value in ask.headers.items()]
        auth = self.auth if ask.proven else None
        answer = await self.client.request(ask.method, ask.path, content=ask.content, headers=headers, auth=auth)
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if not answer.is_success:
            told = [f"{name}: {value}" for name, value in answer.headers.multi_items()]
            self.refusals.append("\n".join(told).encode() + b"\n\n" + answer.content)
        return answer

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.send(Ask("GET", path, headers=headers))
        assert answer.status_code == 200, (path, answer.status_code, answer.json()["code"])
        return answer

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self.send(Ask("POST", path, orjson.dumps(body), dict(JSON)))

    async def accept(self, people: Sequence[PlantedPerson], *, refused_by_fund: int = 0) -> list[str]:
        """Hand in a case of each; gives their numbers. The fund refuses the first ones."""

        async def one(number: int, person: PlantedPerson) -> str:
            prefix = _REFUSED_BY_THE_FUND if number < refused_by_fund else ""
            content = orjson.dumps(case_of(person, f"{prefix}{number}/25"))
            # Senders choose the key, and may well take what they know best.
            headers = {**JSON, "Idempotency-Key": f"{person.pin}-1"}
            answer = await self.send(Ask("POST", "/v1/treated-cases", content, headers))
            assert answer.status_code == 202, answer.json()["findings"]
            self.acceptances.append(answer.content)
            return str(answer.json()["ksf_number"])

        return await self.each(one, people)

    async def each(self, do: Callable[[int, Any], Awaitable[Any]], items: Sequence[Any]) -> list[Any]:
        """Do it with every item, a few at once."""
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, item: Any) -> Any:
            async with free:
                return await do(number, item)

        return await asyncio.gather(*(one(number, item) for number, item in enumerate(items)))

    async def refuse(self, people: Sequence[PlantedPerson]) -> None:
        """Ask for everything that is refused; some of it is answered well, and none of it may be kept."""
        await self.each(lambda _, ask: self.send(ask), [ask for person in people for ask in of(person)])
        await self._garbage(people[0])

    async def _garbage(self, person: PlantedPerson) -> None:
        """What no client of HTTP would send."""
        for words in (
            f"GET /{person.pin} {person.family_name} HTTP/9.9\r\nX: {person.pin}\r\n\r\n",
            f"{person.pin} / HTTP/1.1\r\nHost: x\r\n\r\n",
            f"POST /v1/treated-cases HTTP/1.1\r\nHost: {person.pin}\r\nContent-Length: {person.family_name}\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(self.url.rpartition(":")[2]))
            writer.write(words.encode())
            self.refusals.append(await reader.read())
            writer.close()
            await writer.wait_closed()

    async def order(self, path: str, body: Mapping[str, Any]) -> None:
        """Tell the fund what to do."""
        async with self.http.post(f"{self.built.fund_control}/simulator/{path}", json=body) as answer:
            assert answer.status == 204, await answer.text()

    async def review(self, numbers: Sequence[str], people: Sequence[PlantedPerson]) -> None:
        """Expert control returns the cases, with a reason that names the patient; wait until that is told."""
        for number, person in zip(numbers, people, strict=True):
            reason = f"{person.pin}: {person.family_name} {person.given_name}"
            await self.order("reviews", {"ksf_number": number, "state": "returned", "reason": reason})
        await self.until(lambda: self._review(numbers[-1]), "returned")

    async def _review(self, number: str) -> str | None:
        review = (await self.get(f"/v1/treated-cases/{number}")).json()["review"]
        return None if review is None else str(review["state"])

    async def settle(self) -> None:
        """Wait until the fund has answered everything."""
        await self.until(self._open, 0)

    async def _open(self) -> int:
        upstreams = (await self.get("/v1/upstreams")).json()["items"]
        return sum(one["open_operations"] for one in upstreams)

    async def until(self, ask: Callable[[], Awaitable[Any]], wanted: Any) -> None:
        deadline = time.monotonic() + _DEADLINE
        while (found := await ask()) != wanted:
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.1)

    async def sign_in(self, person: PlantedPerson) -> tuple[Browser, int]:
        """A person tries to sign in through ESI; the browser and the status of the gateway's answer."""
        browser = Browser(self.http, self.url, self.esi)
        back = await browser.at_esi(await browser.begin(), as_person(person))
        answer = await browser.get(back)
        if answer.status >= 400:
            self.refusals.append(answer.body)
        return browser, answer.status


def case_of(person: PlantedPerson, card: str) -> dict[str, Any]:
    """A case that names the person wherever a text may stand."""
    name = f"{person.family_name} {person.given_name}"
    return case_json(
        card_number=card,
        patient={
            **person.as_patient(),
            "patronymic": person.given_name,
            "residence": {"address": f"{name}, {person.pin}"},
        },
        diagnoses={"main": {"text": name}},
        doctors={"attending": {"full_name": name}},
    )


def as_person(person: PlantedPerson) -> Person:
    """The person as the simulated ESI knows them."""
    return Person(
        key=person.pin,
        pin=person.pin,
        family_name=person.family_name,
        given_name=person.given_name,
        birthdate=BORN.isoformat(),
        phone="+996700000000",
    )


@asynccontextmanager
async def working(
    folder: Path,
    *,
    known_to_esi: Sequence[PlantedPerson] = (),
    postgres_url: str | None = None,
    module: str | None = None,
) -> AsyncIterator[Day]:
    """A gateway process with access on and everything logged, with fund, security server and ESI beside it."""
    async with AsyncExitStack() as stack:
        esi = await run_simulator(clients=[registered()], people=map(as_person, known_to_esi), key=signing_key())
        stack.push_async_callback(esi.close)
        built = await stack.enter_async_context(world(folder, postgres_url=postgres_url, pace=_PACE))
        (folder / "esi-secret").write_text(SECRET, encoding="utf-8")
        origin = guard(built, _settings(esi.url))
        _ask_for_reviews_often(folder / "node-0.toml")
        store = await open_store(folder, postgres_url)
        key = await add_client(store, CLIENT)
        await store.close()
        await built.start(module=module)
        limits = httpx.Limits(max_connections=_AT_ONCE)
        client = httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30, limits=limits)
        http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        yield Day(
            built,
            await stack.enter_async_context(client),
            machine(CLIENT, key, origin),
            await stack.enter_async_context(http),
            esi.url,
        )


def _settings(esi: str) -> str:
    return f"""
[audit]
head_seconds = 0.5
heads_file = "heads.jsonl"

[esi]
issuer = "{esi}"
client_id = "{CLIENT_ID}"
client_secret = {{ file = "esi-secret" }}
redirect_uri = "{CALLBACK}"
post_logout_redirect_uri = "{SIGNED_OUT}"
deadlines = {{ connect = 5.0, read = 5.0, total = 8.0 }}
"""


def _ask_for_reviews_often(settings: Path) -> None:
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[foms]\n", "[foms]\nreview_seconds = 0.5\n"), encoding="utf-8")
