"""Signing in, seeing who one is and leaving, in a real browser with the keyboard alone: TLS, cookies and all."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.esi.simulator import PASSWORD, PEOPLE, Person, run_simulator
from gateway.access.principal import Role
from gateway.access.staff import GrantRequest, StaffRegister
from gateway.audit.trail import ChainedTrail
from gateway.cli.demo.processes import free_port
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.sources import KeyDirectory
from gateway.system import SystemClock, TimeOrderedIds
from tests.contract.esi import CLIENT_ID, SECRET, registered, signing_key
from tests.support.certificates import Authority, Card
from tests.support.chromium import Tab, chromium, needs_chromium
from tests.support.guarded import OPERATOR, guard, open_store
from tests.support.processes import World, world

pytestmark = needs_chromium

BY_KEY = {person.key: person for person in PEOPLE}
CLERK, STRANGER = BY_KEY["hospital-clerk"], BY_KEY["stranger"]
HOSPITAL = "950174"


@dataclass(frozen=True, slots=True)
class House:
    """A gateway that serves TLS, and the ESI it sends people to."""

    folder: Path
    origin: str
    esi: str
    card: Card

    @property
    def trust(self) -> str:
        """The option that makes a browser trust this server's key, and no other that it would not trust anyway."""
        public = self.card.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = base64.b64encode(hashlib.sha256(public).digest()).decode()
        return f"--ignore-certificate-errors-spki-list={digest}"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    card = Authority("Test servers").issue("localhost", server=True)
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(world(tmp_path))
        origin = built.urls[0].replace("http://127.0.0.1", "https://localhost")
        callback = registered(redirect_uris=(f"{origin}/sign-in/callback",), post_logout_redirect_uris=(f"{origin}/",))
        esi = await run_simulator(clients=[callback], key=signing_key(), port=free_port())
        stack.push_async_callback(esi.close)
        card.write(tmp_path, "server")
        (tmp_path / "esi-secret").write_text(SECRET, encoding="utf-8")
        guard(built, _settings(origin, esi.url), origin=origin)
        await _grant(built, CLERK)
        await built.start()
        yield House(tmp_path, origin, esi.url, card)


def _settings(origin: str, esi: str) -> str:
    return f"""
[tls]
certificate = "server.pem"
key = "server.key"

[esi]
issuer = "{esi}"
client_id = "{CLIENT_ID}"
client_secret = {{ file = "esi-secret" }}
redirect_uri = "{origin}/sign-in/callback"
post_logout_redirect_uri = "{origin}/"
"""


async def _grant(built: World, person: Person) -> None:
    clock = SystemClock()
    keeper = KeyKeeper(KeyDirectory(built.folder / "keys"), clock)
    store = await open_store(built.folder)
    trail = ChainedTrail(store, clock)
    staff = StaffRegister(store, keeper.sealer, keeper.index, clock, TimeOrderedIds(), trail.append)
    request = GrantRequest(
        pin=person.pin,
        name=person.family_name,
        role=Role.HOSPITAL_CLERK,
        organisation=HOSPITAL,
        region=None,
        valid_from=date(2026, 1, 1),
        valid_to=None,
    )
    await staff.grant(request, by=OPERATOR, within=None)
    await store.close()


async def sign_in(tab: Tab, house: House, person: Person) -> None:
    """From the landing page to ESI, with ПИН and password, and back."""
    await tab.open(f"{house.origin}/")
    await tab.tab_to("sign-in")
    await tab.press("Enter")
    await tab.until(f"location.href.startsWith('{house.esi}') && document.forms.length > 0")
    await tab.picture(house.folder / "esi.png")
    assert "Personal number + Password" in await tab.text()
    await tab.tab_to("pin")
    await tab.type(person.pin)
    await tab.tab_to("password")
    await tab.type(PASSWORD)
    await tab.press("Enter")
    await tab.until(f"location.href.startsWith('{house.origin}') && document.readyState === 'complete'")


async def test_a_clerk_signs_in_sees_who_they_are_and_leaves(house: House):
    async with chromium(house.folder / "profile", house.trust) as tab:
        await sign_in(tab, house, CLERK)
        await tab.until("document.getElementById('sign-out') !== null")
        await tab.picture(house.folder / "signed-in.png")
        shown = await tab.text()
        assert "You have signed in" in shown
        assert "Sign in through ESI" not in shown
        role = await tab.value("document.querySelector('#people li').textContent")
        assert role.startswith("Hospital clerk, ")
        for personal in (CLERK.pin, CLERK.family_name, CLERK.given_name):
            assert personal not in shown
        assert await tab.value("document.cookie") == "", "no script can read a cookie of ours"
        cookies = (await tab.tell("Network.getCookies", urls=[f"{house.origin}/"]))["cookies"]
        assert {one["name"] for one in cookies} == {"__Host-kopuro", "__Host-kopuro-csrf"}
        assert all(one["secure"] and one["httpOnly"] for one in cookies)

        await tab.open(f"{house.origin}/v1/session")
        assert '"roles":[{"role":"hospital-clerk"' in await tab.text()

        await tab.open(f"{house.origin}/")
        await tab.until("document.getElementById('sign-out') !== null")
        await tab.tab_to("sign-out")
        await tab.press("Enter")
        await tab.until("document.getElementById('sign-in') !== null")
        cookies = (await tab.tell("Network.getCookies", urls=[f"{house.origin}/", f"{house.esi}/"]))["cookies"]
        assert [one["name"] for one in cookies] == []
        await tab.picture(house.folder / "signed-out.png")
        await tab.open(f"{house.origin}/v1/session")
        assert "AUTH_REQUIRED" in await tab.text()
    assert not [one for one in tab.complaints if "Content Security Policy" in one or "Refused to" in one]


@pytest.mark.parametrize(
    ("language", "words", "again"),
    [
        ("ky", "ыйгарым укуктуу кызматкерлердин", "Кайра кирүү"),
        ("ru", "уполномоченных сотрудников", "Войти заново"),
        ("en", "list of authorised staff", "Sign in again"),
    ],
)
async def test_a_stranger_reads_why_they_are_not_let_in(house: House, language: str, words: str, again: str):
    async with chromium(house.folder / "profile", house.trust, language=language) as tab:
        await tab.open(f"{house.origin}/sign-in")
        await tab.until("document.getElementById('pin') !== null")
        await tab.tab_to("pin")
        await tab.type(STRANGER.pin)
        await tab.tab_to("password")
        await tab.type(PASSWORD)
        await tab.press("Enter")
        await tab.until(f"location.href.startsWith('{house.origin}') && document.readyState === 'complete'")
        await tab.picture(house.folder / f"refused-{language}.png")
        shown = await tab.text()
        assert words in shown
        assert STRANGER.pin not in shown
        assert STRANGER.family_name not in shown
        assert await tab.value("document.documentElement.lang") == language
        # A page of ours, in our dress, with a way on that the keyboard reaches.
        assert await tab.value("document.styleSheets.length") == 1
        cookies = (await tab.tell("Network.getCookies", urls=[f"{house.origin}/"]))["cookies"]
        assert "__Host-kopuro" not in {one["name"] for one in cookies}
        await tab.tab_to(again)
        await tab.press("Enter")
        # Not the same person at once: ESI asks who it is now.
        await tab.until("document.getElementById('pin') !== null")
