"""A gateway with access on, over real sockets, with a simulated ESI beside it and a clock that is set by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import insert, select

from adapters.esi import open_esi_client
from adapters.esi.simulator import run_simulator
from adapters.xroad.settings import Deadlines
from adapters.xroad.simulator import RunningSimulator
from gateway.access.assertions import AssertionReader
from gateway.access.authors import Author
from gateway.access.client_register import ClientRegister
from gateway.access.clients import Binding, ClientDefinition, ClientKind
from gateway.access.dpop import ProofReader
from gateway.access.enrolments import Enrolments
from gateway.access.guard import Guard
from gateway.access.possession import Possession
from gateway.access.principal import Role, Scope
from gateway.access.provider import PeopleProvider
from gateway.access.replay import ReplayMemory
from gateway.access.roles import ROLES, Reach
from gateway.access.session_records import StoredSession
from gateway.access.sessions import Sessions
from gateway.access.sign_ins import SignIns
from gateway.access.signed_in import SignedInPeople
from gateway.access.signing import SigningKeys
from gateway.access.signing_in import SigningIn
from gateway.access.staff import GrantRequest, StaffRegister
from gateway.access.token_service import TokenService
from gateway.access.tokens import AccessTokens
from gateway.api.access_services import ACCESS_SERVICES, AccessServices
from gateway.api.application import build_application, make_runner
from gateway.api.oauth import AUTHORISATION_SERVER, TOKEN_PATH, AuthorisationServer
from gateway.audit.actions import ActorKind
from gateway.audit.entries import StoredEntry, read_entries
from gateway.audit.report import SubjectReports
from gateway.audit.trail import ChainedTrail
from gateway.limits.local import LocalBuckets
from gateway.limits.policy import RatesPolicy
from gateway.limits.proxies import TrustedProxies
from gateway.limits.rates import RateLimiter
from gateway.middleware.guarded import SESSION_COOKIE, GuardedAccess
from gateway.rules.days import bishkek_day
from gateway.store.access_tables import people, sessions
from gateway.store.grouping import Store
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import organisations
from gateway.telemetry.metrics import Metrics
from tests.contract.esi import registered, settings, signing_key
from tests.service.access_api.browser import BY_KEY, Browser
from tests.service.api.conftest import make_services
from tests.support.doubles import SettableClock, SystemIds
from tests.support.sealing import make_index, make_sealer

ORIGIN = "http://127.0.0.1:8066"
HOSPITAL, OTHER_HOSPITAL = "950174", "950175"
OPERATOR = Author("operator", ActorKind.OPERATOR)
PATIENT = Deadlines(connect=5.0, read=5.0, total=8.0)


class NoRegions:
    """A country of one region."""

    def in_region(self, region: str) -> frozenset[str]:
        assert region
        return frozenset({HOSPITAL, OTHER_HOSPITAL})


@dataclass
class Desk:
    """The gateway, its registers, ESI, and the clock of all of them."""

    clock: SettableClock
    store: Store
    staff: StaffRegister
    clients: ClientRegister
    enrolments: Enrolments
    sessions: Sessions
    tokens: AccessTokens
    audit: ChainedTrail
    esi: RunningSimulator
    url: str
    http: aiohttp.ClientSession
    signing_in_with: Callable[[Any], SigningIn]
    """Signing in and out through another provider than the simulated ESI."""

    def browser(self) -> Browser:
        return Browser(self.http, self.url, self.esi.url)

    async def grant(self, key: str, role: Role, organisation: str | None = HOSPITAL, **days: Any) -> UUID:
        """Put one of ESI's people on the list, from today unless told otherwise."""
        today = bishkek_day(self.clock.now())
        reach = ROLES[role].reach
        request = GrantRequest(
            pin=BY_KEY[key].pin,
            name=BY_KEY[key].family_name,
            role=role,
            organisation=organisation if reach is Reach.ORGANISATION else None,
            region="osh" if reach is Reach.REGION else None,
            valid_from=today + timedelta(days=days.get("from_in", 0)),
            valid_to=None if "to_in" not in days else today + timedelta(days=days["to_in"]),
        )
        return (await self.staff.grant(request, by=OPERATOR, within=None)).id

    async def signed_in(self, key: str, role: Role, organisation: str | None = HOSPITAL, **more: Any) -> Browser:
        """A browser in which a person works in a role."""
        await self.grant(key, role, organisation)
        browser = self.browser()
        answer = await browser.sign_in(key, **more)
        assert answer.status == 303, answer.body
        return browser

    async def machine(self, organisations_: frozenset[str] | None, *scopes: Scope) -> dict[str, str]:
        """Headers of a test machine with these scopes."""
        client = f"machine-{len(self.clients.all())}"
        definition = ClientDefinition(
            id=client,
            title="Test",
            kind=ClientKind.TEST,
            organisations=organisations_,
            scopes=frozenset(scopes),
            binding=Binding.NONE,
        )
        await self.clients.add(definition, by=OPERATOR)
        token = self.tokens.issue(client=client, scopes=frozenset(scopes), confirmation=None)
        return {"Authorization": f"Bearer {token}"}

    async def audited(self) -> list[StoredEntry]:
        return await self.store.read(partial(read_entries, limit=1000))

    async def actions(self) -> list[tuple[str, str, str | None]]:
        """What the audit says was done, how it ended, and the code of a refusal."""
        return [(one.event.action, one.event.outcome, one.event.code) for one in await self.audited()]

    async def subject_of(self, browser: Browser) -> str:
        """As whom ESI knows the browser's person."""
        session = await self._session(browser)
        query = select(people.c.subject).where(people.c.id == session.person)
        return await self.store.read(lambda c: c.execute(query).scalar_one())

    async def provider_session_of(self, browser: Browser) -> str:
        """ESI's session behind the browser's."""
        session = await self._session(browser)
        query = select(sessions.c.provider_session).where(sessions.c.token_hash == session.token_hash)
        return await self.store.read(lambda c: c.execute(query).scalar_one())

    async def _session(self, browser: Browser) -> StoredSession:
        return await self.sessions.find(browser.cookies[SESSION_COOKIE], self.clock.now())

    async def fault(self, fault: str, **order: Any) -> None:
        async with self.http.post(f"{self.esi.control_url}/simulator/faults", json={"id": fault, **order}) as answer:
            assert answer.status == 204, await answer.text()

    async def esi_status(self) -> dict[str, Any]:
        async with self.http.get(f"{self.esi.control_url}/simulator/status") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def leave_at_esi(self, key: str) -> None:
        """The person ends all their sessions at ESI, which tells the gateway."""
        order = {"pin": BY_KEY[key].pin}
        async with self.http.post(f"{self.esi.control_url}/simulator/logout", json=order) as answer:
            assert answer.status == 200, await answer.text()


def _authorisation_server(
    clients: ClientRegister,
    proofs: ProofReader,
    replays: ReplayMemory,
    tokens: AccessTokens,
    keys: SigningKeys,
    audit: ChainedTrail,
    clock: SettableClock,
) -> AuthorisationServer:
    endpoint = ORIGIN + TOKEN_PATH
    assertions = AssertionReader(audiences=(ORIGIN, endpoint), keys=clients, replays=replays, clock=clock)
    service = TokenService(
        endpoint=endpoint, clients=clients, assertions=assertions, proofs=proofs, tokens=tokens, audit=audit
    )
    return AuthorisationServer(issuer=ORIGIN, tokens=service, keys=keys, proxies=TrustedProxies(()))


async def _no_name(_: str) -> None:
    """Nobody here has a name."""


def _signing_in(provider: PeopleProvider, **given: Any) -> SigningIn:
    return SigningIn(provider=provider, **given)


@asynccontextmanager
async def opened(store: Store, folder: Path) -> AsyncIterator[Desk]:
    """A desk on an open store."""
    rows = [
        {"code": code, "name": f"H {code}", "region": "osh", "equipped": True} for code in (HOSPITAL, OTHER_HOSPITAL)
    ]
    await store.write(lambda c: c.execute(insert(organisations), rows) and None)
    clock, ids = SettableClock(), SystemIds()
    sealer, index, trail = make_sealer(), make_index(), ChainedTrail(store, clock)
    replays = ReplayMemory(store, clock)
    async with AsyncExitStack() as stack:
        esi = await run_simulator(clients=[registered()], clock=clock, key=signing_key())
        stack.push_async_callback(esi.close)
        provider = open_esi_client(settings(folder, esi.url, deadlines=PATIENT), clock=clock, replays=replays)
        stack.push_async_callback(provider.close)
        staff = StaffRegister(store, sealer, index, clock, ids, trail.append)
        clients = ClientRegister(store, clock, trail.append, allow_unbound=True, monotonic=lambda: 0.0)
        await clients.refresh()
        kept = Sessions(store, sealer, clock)
        keys = SigningKeys(store=store, sealer=sealer, clock=clock)
        await keys.load()
        tokens = AccessTokens(keys=keys, issuer=ORIGIN, audience=ORIGIN, clock=clock, ids=ids, allow_unbound=True)
        buckets = LocalBuckets()
        proofs = ProofReader(replays=replays, clock=clock)
        metrics = Metrics()
        enrolments = Enrolments(store, clock, trail.append, clients)
        access = GuardedAccess(
            origin=ORIGIN,
            guard=Guard(tokens=tokens, proofs=proofs, clients=clients),
            people=SignedInPeople(kept, staff),
            regions=NoRegions(),
            proxies=TrustedProxies(()),
            rates=RateLimiter(RatesPolicy(), buckets, buckets),
            audit=trail,
            clock=clock,
            throttled=metrics.throttled,
        )
        application = build_application(make_services(access=access, clock=clock, metrics=metrics))
        application[AUTHORISATION_SERVER] = _authorisation_server(clients, proofs, replays, tokens, keys, trail, clock)
        signing_in_with = partial(
            _signing_in,
            sign_ins=SignIns(store, sealer, clock),
            sessions=kept,
            staff=staff,
            store=store,
            audit=trail,
            clock=clock,
            ids=ids,
        )
        application[ACCESS_SERVICES] = AccessServices(
            signing_in=signing_in_with(provider),
            staff=staff,
            clients=clients,
            enrolments=enrolments,
            possession=Possession(proofs, origin=ORIGIN),
            organisation_name=_no_name,
            audit=trail,
            reports=SubjectReports(store, trail, index),
            store=store,
            observer="kopuro-test",
        )
        runner = make_runner(application)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        told = registered(backchannel_logout_uri=f"{url}/sign-in/ended").model_dump(mode="json")
        async with http.post(f"{esi.control_url}/simulator/clients", json=told) as answer:
            assert answer.status == 204
        yield Desk(clock, store, staff, clients, enrolments, kept, tokens, trail, esi, url, http, signing_in_with)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    async with opened(store, tmp_path) as found:
        yield found
    await store.close()
