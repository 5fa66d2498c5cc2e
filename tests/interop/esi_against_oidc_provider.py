"""``python -m tests.interop.esi_against_oidc_provider``: our ESI client against an OpenID provider we did not write.

Needs Node 20 or newer and ``npm ci`` run in ``tests/interop/oidc_provider``. Prints one line for each thing tried and
ends with status 1 if any of them went otherwise than it should.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from aiohttp import web

from adapters.esi import EsiClient, EsiIdentity, Refusal, SignInRefused, open_esi_client
from adapters.esi.simulator import PEOPLE
from adapters.xroad.simulator.running import Door
from gateway.access.jose import Reason
from gateway.access.roles import SignInMethod
from gateway.system import SystemClock
from tests.contract.esi import CALLBACK, CLIENT_ID, SECRET, SIGNED_OUT, MemoryReplays, settings

PROVIDER = Path(__file__).parent / "oidc_provider"
READY_SECONDS = 20.0
SCOPES = frozenset(("openid", "profile", "organizations"))
PERSON = PEOPLE[0]
VERIFIER = "v" * 64
NONCE = "a-nonce"


@dataclass
class World:
    """The provider, our client, a browser, and what came over the back channel."""

    url: str
    client: EsiClient
    browser: httpx.AsyncClient
    notices: asyncio.Queue[str]

    async def callback(self, *, step_up: bool = False) -> dict[str, str]:
        """Sign the person in; gives the callback's parameters."""
        url = await self.client.authorization_url(state="a-state", nonce=NONCE, verifier=VERIFIER, step_up=step_up)
        answer = await self.browser.get(url)
        while answer.is_redirect and not answer.headers["Location"].startswith(CALLBACK):
            target = httpx.URL(self.url).join(answer.headers["Location"])
            if target.path.startswith("/interaction/"):
                answer = await self.browser.post(target, params={"sub": PERSON.subject})
            else:
                answer = await self.browser.get(target)
        assert answer.is_redirect, (answer.status_code, answer.text)
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    async def identify(self, back: dict[str, str], *, verifier: str = VERIFIER, nonce: str = NONCE) -> EsiIdentity:
        return await self.client.identify(code=back["code"], verifier=verifier, nonce=nonce, iss=back.get("iss"))


async def signing_in(world: World) -> None:
    back = await world.callback()
    assert back["state"] == "a-state"
    assert back["iss"] == world.url, "this provider names itself in the callback (RFC 9207)"
    identity = await world.identify(back)
    assert (identity.subject, identity.pin) == (PERSON.subject, PERSON.pin)
    assert identity.method is SignInMethod.PASSWORD
    assert identity.auth_time is not None
    assert identity.provider_session is not None


async def step_up(world: World) -> None:
    back = await world.callback(step_up=True)
    identity = await world.client.identify(
        code=back["code"], verifier=VERIFIER, nonce=NONCE, iss=back["iss"], max_age=300
    )
    assert identity.pin == PERSON.pin


async def wrong_verifier(world: World) -> None:
    back = await world.callback()
    await refused(world.identify(back, verifier="w" * 64), Refusal.CODE_REFUSED)


async def replayed_code(world: World) -> None:
    back = await world.callback()
    await world.identify(back)
    await refused(world.identify(back), Refusal.CODE_REFUSED)


async def wrong_nonce(world: World) -> None:
    back = await world.callback()
    await refused(world.identify(back, nonce="another"), Refusal.WRONG_NONCE)


async def wrong_issuer_in_the_callback(world: World) -> None:
    back = await world.callback()
    await refused(world.identify({**back, "iss": "https://elsewhere.example"}), Refusal.WRONG_ISSUER_IN_CALLBACK)
    del back["iss"]
    await refused(world.identify(back), Refusal.WRONG_ISSUER_IN_CALLBACK)


async def rotated_keys(world: World) -> None:
    assert (await world.browser.post(f"{world.url}/simulator/keys/rotate")).status_code == 204
    async with asyncio.timeout(5):
        while not await _knows_the_new_key(world):
            await asyncio.sleep(0.2)  # the client reads the keys once a second at most


async def _knows_the_new_key(world: World) -> bool:
    world.browser.cookies.clear()
    try:
        identity = await world.identify(await world.callback())
    except SignInRefused as refusal:
        if refusal.reason is not Reason.KEY_UNKNOWN:
            raise
        return False
    return identity.pin == PERSON.pin


async def logout(world: World) -> None:
    identity = await world.identify(await world.callback())
    url = await world.client.sign_out_url(identity.id_token)
    assert url is not None
    page = await world.browser.get(url)
    secret = re.search(r'name="xsrf" value="([^"]+)"', page.text)
    action = re.search(r'action="([^"]+)"', page.text)
    assert secret is not None, page.text
    assert action is not None, page.text
    answer = await world.browser.post(action[1], data={"xsrf": secret[1], "logout": "yes"})
    assert answer.headers["Location"].startswith(SIGNED_OUT)
    token = await asyncio.wait_for(world.notices.get(), 5)
    notice = await world.client.ended_sessions(token)
    assert (notice.issuer, notice.provider_session) == (world.url, identity.provider_session)
    await refused(world.client.ended_sessions(token), Reason.REPLAYED)
    await refused(world.client.ended_sessions(identity.id_token), Refusal.NO_LOGOUT_EVENT)


TRIED: tuple[Callable[[World], Awaitable[None]], ...] = (
    signing_in,
    step_up,
    wrong_verifier,
    replayed_code,
    wrong_nonce,
    wrong_issuer_in_the_callback,
    rotated_keys,
    logout,
)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


async def refused(attempt: Awaitable[object], reason: Refusal | Reason) -> None:
    found: Refusal | Reason | None = None
    try:
        await attempt
    except SignInRefused as refusal:
        found = refusal.reason
    assert found is reason, found


@asynccontextmanager
async def provider(backchannel: str) -> AsyncIterator[str]:
    """The provider as a process; gives its address."""
    client = {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [SIGNED_OUT],
        "backchannel_logout_uri": backchannel,
    }
    people = {person.subject: person.claims(SCOPES) for person in PEOPLE}
    process = await asyncio.create_subprocess_exec(
        "node",
        "server.mjs",
        cwd=PROVIDER,
        env={**os.environ, "KOPURO_INTEROP": json.dumps({"client": client, "people": people})},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), READY_SECONDS))
        yield ready["url"]
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    notices: asyncio.Queue[str] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        notices.put_nowait(str((await request.post())["logout_token"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/notices", take)
    door = Door(app, 0)
    async with AsyncExitStack() as stack:
        await door.open()
        stack.push_async_callback(door.close)
        url = await stack.enter_async_context(provider(f"{door.url}/notices"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # The interval of a minute between two readings of the keys is the contract tests' matter.
        client = open_esi_client(
            settings(folder, url, keys_interval_seconds=1), clock=SystemClock(), replays=MemoryReplays()
        )
        stack.push_async_callback(client.close)
        browser = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10))
        yield World(url, client, browser, notices)


async def main() -> int:
    """Try everything; gives the exit status."""
    failed = 0
    async with world() as given:
        for trial in TRIED:
            name = trial.__name__.replace("_", " ")
            try:
                await trial(given)
            except AssertionError as error:
                failed += 1
                say(f"failed  {name}: {error}")
            else:
                say(f"ok      {name}")
    say(f"{len(TRIED) - failed} of {len(TRIED)} as it should be, against npm oidc-provider")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
