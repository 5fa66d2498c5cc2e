"""What the tests of sign-in share: the real client, a simulated ESI over sockets, and a browser without a screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc.jwk import RSAKey

from adapters.esi import EsiClient, EsiIdentity, EsiSettings, open_esi_client
from adapters.esi.simulator import PASSWORD, PEOPLE, Person, RegisteredClient, run_simulator
from adapters.esi.simulator.signing import new_key
from adapters.xroad.settings import Deadlines
from adapters.xroad.simulator import RunningSimulator
from gateway.ports import Clock
from tests.support.doubles import SettableClock

CLIENT_ID = "kopuro"
SECRET = "a secret: 100 % synthetic+/&"  # noqa: S105 - of a simulator
"""With characters that client_secret_basic must encode."""
CALLBACK = "http://127.0.0.1:8066/sign-in/callback"
SIGNED_OUT = "http://127.0.0.1:8066/"
VERIFIER = "v" * 64
STATE = "a-state"
NONCE = "a-nonce"
QUICK = Deadlines(connect=3.0, read=0.8, total=3.0)
DOCTOR = PEOPLE[0]


@dataclass
class MemoryReplays:
    """A memory of what was used."""

    used: dict[bytes, datetime] = field(default_factory=dict)

    async def first_use(self, digest: bytes, expires_at: datetime) -> bool:
        return self.used.setdefault(digest, expires_at) is expires_at


@cache
def signing_key() -> RSAKey:
    """One key for all simulators of a run, since making one takes long."""
    return new_key()


def registered(**changed: Any) -> RegisteredClient:
    return RegisteredClient.model_validate(
        {
            "client_id": CLIENT_ID,
            "client_secret": SECRET,
            "redirect_uris": (CALLBACK,),
            "post_logout_redirect_uris": (SIGNED_OUT,),
            **changed,
        }
    )


def settings(folder: Path, issuer: str, **changed: Any) -> EsiSettings:
    secret = folder / "esi-secret"
    secret.write_text(SECRET + "\n")
    return EsiSettings.model_validate(
        {
            "issuer": issuer,
            "client_id": CLIENT_ID,
            "client_secret": {"file": secret},
            "redirect_uri": CALLBACK,
            "post_logout_redirect_uri": SIGNED_OUT,
            "deadlines": QUICK,
            **changed,
        }
    )


@dataclass
class SignIn:
    """A client, the simulated ESI, and one browser."""

    client: EsiClient
    esi: RunningSimulator
    browser: httpx.AsyncClient
    clock: SettableClock
    replays: MemoryReplays
    folder: Path

    async def fault(self, fault: str, **order: Any) -> None:
        response = await self.browser.post(f"{self.esi.control_url}/simulator/faults", json={"id": fault, **order})
        assert response.status_code == 204, response.text

    async def clear_faults(self) -> None:
        await self.browser.delete(f"{self.esi.control_url}/simulator/faults")

    async def rotate_keys(self) -> None:
        await self.browser.post(f"{self.esi.control_url}/simulator/keys/rotate")

    async def status(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.browser.get(f"{self.esi.control_url}/simulator/status")).json()
        return found

    async def callback(
        self, person: Person = DOCTOR, *, method: str = "password", step_up: bool = False, nonce: str = NONCE
    ) -> dict[str, str]:
        """What the browser brings back after the person has signed in: the callback's parameters."""
        url = await self.client.authorization_url(state=STATE, nonce=nonce, verifier=VERIFIER, step_up=step_up)
        answer = await self.browser.get(url)
        if answer.is_redirect and not answer.headers["Location"].startswith(CALLBACK):
            page = httpx.URL(self.esi.url).join(answer.headers["Location"])
            form = {"request": page.params["request"], "method": method, "pin": person.pin, "password": PASSWORD}
            answer = await self.browser.post(f"{self.esi.url}/account/login", data=form)
        return parameters(answer)

    async def sign_in(self, person: Person = DOCTOR, *, method: str = "password", **more: Any) -> EsiIdentity:
        back = await self.callback(person, method=method)
        assert back["state"] == STATE
        return await self.client.identify(code=back["code"], verifier=VERIFIER, nonce=NONCE, **more)

    def another_client(self, clock: Clock | None = None, **changed: Any) -> EsiClient:
        return open_esi_client(
            settings(self.folder, self.esi.url, **changed), clock=clock or self.clock, replays=self.replays
        )


def parameters(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    location = answer.headers["Location"]
    assert location.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


@asynccontextmanager
async def signing_in(folder: Path, **changed: Any) -> AsyncIterator[SignIn]:
    clock, replays = SettableClock(), MemoryReplays()
    async with AsyncExitStack() as stack:
        esi = await run_simulator(clients=[registered()], clock=clock, key=signing_key())
        stack.push_async_callback(esi.close)
        client = open_esi_client(settings(folder, esi.url, **changed), clock=clock, replays=replays)
        stack.push_async_callback(client.close)
        browser = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=10))
        yield SignIn(client, esi, browser, clock, replays, folder)
