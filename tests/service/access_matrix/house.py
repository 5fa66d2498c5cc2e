"""The whole gateway with access on, composed as ``gateway serve`` does, on a socket; and who asks something of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import orjson
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey
from multidict import CIMultiDictProxy
from sqlalchemy import Connection

from adapters.drug_programme.settings import DrugProgrammeSettings
from adapters.esi.simulator import run_simulator
from adapters.foms.settings import FomsSettings
from adapters.insurance.settings import InsuranceSettings
from adapters.insurance.simulator import run_insurer
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.settings import XRoadSettings
from adapters.xroad.simulator import Provider, run_security_server
from config.access import AccessSettings
from config.sealing import SealingSettings
from config.sections import ServerSettings, StoreSettings
from config.settings import Settings
from gateway.access.authors import Author
from gateway.access.client_kinds import Binding, ClientKind
from gateway.access.clients import ClientDefinition
from gateway.access.dpop import token_hash
from gateway.access.people import pair_person
from gateway.access.principal import Role, Scope
from gateway.access.roles import ROLES, SIGNING_METHODS, Reach
from gateway.access.sessions import OpenedSession, Sessions
from gateway.access.staff import GrantRequest, StaffRegister
from gateway.access.tokens import TYPE
from gateway.api.access_services import ACCESS_SERVICES, AccessServices
from gateway.api.application import make_runner
from gateway.api.oauth import AUTHORISATION_SERVER, AuthorisationServer
from gateway.app import Gateway, running_gateway
from gateway.audit.actions import ActorKind
from gateway.limits.policy import (
    ConcurrencyPolicy,
    ConnectionPolicy,
    LimitsPolicy,
    RatePolicy,
    RatesPolicy,
    StormPolicy,
)
from gateway.middleware.guarded import FORGERY_HEADER, SESSION_COOKIE
from gateway.ports import Organisation
from gateway.rules.days import bishkek_day
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.sources import KeyDirectory
from gateway.store.grouping import Store
from gateway.store.medicines import NewVersion, add_version
from gateway.store.organisations import replace_organisations
from gateway.store.sqlite import SqliteStore
from tests.builders import case_bytes
from tests.contract.esi import registered, signing_key
from tests.contract.esi import settings as esi_settings
from tests.support.doubles import SystemClock, SystemIds
from tests.support.programme import medicine

ORIGIN = "http://127.0.0.1:8066"
"""The public address, which is not where the socket is: nothing may depend on the header ``Host``."""
NOBODY = "http://127.0.0.1:1"
"""Where nobody is."""
CLIENT, FUND = (Subsystem(member_code=f"7000000{number}", subsystem_code="a") for number in (1, 2))
SOCIAL_FUND = Subsystem(member_code="70000003", subsystem_code="a")
"""Behind the security server there is the insurer alone; everything for the fund is accepted and waits."""
OPERATOR = Author("operator", ActorKind.OPERATOR)
REGION = "osh"

_MUCH = RatePolicy(requests=1_000_000, seconds=1)
_UNLIMITED = LimitsPolicy(
    rates=RatesPolicy(
        client=_MUCH, submissions=_MUCH, lookups=_MUCH, reads=_MUCH, commands=_MUCH, sign_in=_MUCH, pages=_MUCH
    ),
    connections=ConnectionPolicy(total=10_000, per_address=10_000),
    concurrency=ConcurrencyPolicy(in_flight=10_000, queue=10_000),
    storm=StormPolicy(refusals=10_000, window_seconds=1),
)
"""What stands here is asked more often than any client would."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read whole. ``seconds`` is how long it took."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def code(self) -> str | None:
        """The deciding code of a problem; ``None`` when it is none."""
        return self.json["code"] if self.headers.get("Content-Type") == "application/problem+json" else None

    @property
    def shown(self) -> tuple[int, dict[str, str], bytes]:
        """All that a sender could tell two answers apart by, without what belongs to the request and the moment."""
        own = {"x-request-id", "traceparent", "date", "ratelimit"}
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower() not in own}
        return self.status, headers, self.body.replace(self.headers["X-Request-Id"].encode(), b"")


@dataclass(frozen=True, slots=True)
class Machine:
    """A registered client with its key."""

    id: str
    key: ECKey
    scopes: frozenset[Scope]
    server: AuthorisationServer

    def claims(self) -> dict[str, Any]:
        """The claims of a valid access token, just issued."""
        now = int(time.time())
        return {
            "iss": ORIGIN,
            "aud": ORIGIN,
            "sub": self.id,
            "client_id": self.id,
            "iat": now,
            "exp": now + 600,
            "jti": str(SystemIds().new()),
            "scope": " ".join(sorted(self.scopes)),
            "cnf": {"jkt": self.key.thumbprint()},
        }

    def token(self, token_type: str = TYPE, **changes: Any) -> str:
        """An access token that the gateway itself has signed, with claims changed."""
        return self.server.keys.sign(token_type, self.claims() | changes)

    def proof(self, method: str, path: str, token: str) -> str:
        """A proof of possession for one request (RFC 9449, section 4.2)."""
        claims = {
            "htm": method,
            "htu": ORIGIN + path.partition("?")[0],
            "iat": int(time.time()),
            "jti": str(SystemIds().new()),
            "ath": token_hash(token),
        }
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.as_dict(private=False)}
        return jwt.encode(header, claims, self.key)

    def headers(
        self, method: str, path: str, *, token: str | None = None, prover: Machine | None = None
    ) -> dict[str, str]:
        """What proves who sends; by ``prover``'s key, if one is given, for somebody who has only got the token."""
        token = self.token() if token is None else token
        return {"Authorization": f"DPoP {token}", "DPoP": (prover or self).proof(method, path, token)}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list of staff, who has signed in."""

    id: UUID
    grant: UUID
    session: OpenedSession

    def headers(self, *, forgery_token: bool = True) -> dict[str, str]:
        """What a browser with this session sends."""
        fields = {"Cookie": f"{SESSION_COOKIE}={self.session.token}"}
        return fields | ({FORGERY_HEADER: self.session.csrf_token} if forgery_token else {})


@dataclass
class House:
    """A running gateway, and whoever is to ask something of it."""

    gateway: Gateway
    url: str
    http: aiohttp.ClientSession
    sessions: Sessions
    _count: count[int]

    @property
    def services(self) -> AccessServices:
        return self.gateway.application[ACCESS_SERVICES]

    async def machine(self, scopes: Sequence[Scope], organisations: Sequence[str] | None) -> Machine:
        """A new client for these organisations, ``None`` for all."""
        key = ECKey.generate_key("P-256")
        definition = ClientDefinition(
            id=f"machine-{next(self._count)}",
            title="Test",
            kind=ClientKind.SYSTEM,
            organisations=None if organisations is None else frozenset(organisations),
            scopes=frozenset(scopes),
            binding=Binding.DPOP,
        )
        await self.services.clients.add(definition, by=OPERATOR, jwk=key.as_dict(private=False))
        return Machine(definition.id, key, definition.scopes, self.gateway.application[AUTHORISATION_SERVER])

    async def person(self, role: Role, organisation: str) -> Person:
        """Somebody new in one role, signed in."""
        return await sign_in(
            self.gateway.store, self.services.staff, self.sessions, next(self._count), organisation, role
        )

    async def revoked(self, machine: Machine) -> Machine:
        await self.services.clients.revoke(machine.id, by=OPERATOR, reason="test")
        return machine

    async def struck_off(self, person: Person) -> Person:
        await self.services.staff.revoke(person.grant, by=OPERATOR, reason="test", within=None)
        return person

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        began = time.perf_counter()
        async with self.http.request(
            method, self.url + path, headers=headers, data=body, allow_redirects=False
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read(), time.perf_counter() - began)

    async def ask(self, machine: Machine, method: str, path: str) -> Answer:
        """A request without a body by a machine that proves who it is."""
        return await self.send(method, path, machine.headers(method, path))

    async def submit(self, machine: Machine, organisation: str) -> dict[str, Any]:
        """Hand in a case of an organisation; gives what was accepted."""
        mark = str(next(self._count))
        headers = machine.headers("POST", "/v1/treated-cases")
        headers |= {"Content-Type": "application/json", "Idempotency-Key": mark}
        answer = await self.send("POST", "/v1/treated-cases", headers, case_of(organisation, mark))
        assert answer.status == 202, answer.body
        accepted: dict[str, Any] = answer.json
        return accepted


async def sign_in(
    store: Store, staff: StaffRegister, sessions: Sessions, number: int, organisation: str, *roles: Role
) -> Person:
    """Put an invented person on the list of staff, and open a session for them as after the strictest way to sign in.

    ``number`` tells people apart. The grant of the last role is the one that is given.
    """
    now = datetime.now(UTC)
    pin = f"101011990{number:05d}"
    for role in roles:
        reach = ROLES[role].reach
        request = GrantRequest(
            pin=pin,
            name="Сыноо",
            role=role,
            organisation=organisation if reach is Reach.ORGANISATION else None,
            region=REGION if reach is Reach.REGION else None,
            valid_from=bishkek_day(now),
        )
        granted = await staff.grant(request, by=OPERATOR, within=None)
    index = staff.pin_index(pin)
    pairing = partial(
        pair_person, issuer=NOBODY, subject=str(number), pin_index=index, new_id=SystemIds().new(), at=now
    )
    person = await store.write(pairing)
    opened = await sessions.open(
        person=person,
        pin_index=index,
        method=min(SIGNING_METHODS).value,
        provider_session=None,
        id_token="hint",  # noqa: S106 - nobody's
    )
    return Person(person, granted.id, opened)


def case_of(organisation: str, mark: str) -> bytes:
    """A valid case of an organisation; another ``mark`` means another stay."""
    return case_bytes(organisation=organisation, card_number=mark, patient={"pin": f"201011990{int(mark):05d}"})


def organisation(number: int) -> Organisation:
    """An invented organisation of the one region."""
    return Organisation(
        code=f"95{number:04d}",
        name=f"Hospital {number}",
        region=REGION,
        inn=None,
        okpo=None,
        equipped=True,
        equipped_since=None,
        departments={},
    )


def _settings(folder: Path, esi: str, security_server: str) -> Settings:
    return Settings(
        server=ServerSettings(checkers=0),
        store=StoreSettings(url=f"sqlite:///{folder / 'kopuro.db'}"),
        sealing=SealingSettings(keys=folder / "keys"),
        access=AccessSettings(origin=ORIGIN),
        esi=esi_settings(folder, esi),
        limits=_UNLIMITED,
        xroad=XRoadSettings(security_server_url=security_server, client=CLIENT),
        foms=FomsSettings(provider=FUND),
        drug_programme=DrugProgrammeSettings(provider=FUND),
        insurance=InsuranceSettings(
            social_fund=SOCIAL_FUND, fund=FUND, request_organisation="Köpürö", request_person="Сыноо"
        ),
    )


def _registers(connection: Connection, organisations: Sequence[Organisation]) -> None:
    """What is known before the first start: organisations, and a reference of one medicine."""
    now = datetime.now(UTC)
    first = bishkek_day(now).replace(month=1, day=1)
    replace_organisations(connection, organisations)
    version = NewVersion(
        medicines=(medicine(),),
        valid_from=first,
        list_approved_on=first,
        levels_set_on=first,
        today=first,
        at=now,
        by="test",
    )
    add_version(connection, version)


async def insurer_behind_security_server(stack: AsyncExitStack, organisations: Sequence[str]) -> str:
    """The insurer behind a security server, where everybody is insured whose ПИН does not end with 0 to 3."""
    insurer = await run_insurer(organisations=organisations)
    stack.push_async_callback(insurer.close)
    services = ((SOCIAL_FUND, "GetLastPeriodFOMS"), (FUND, "GetAttachment"))
    providers = [Provider(str(whose), insurer.url, frozenset({service})) for whose, service in services]
    server = await run_security_server(clients=[str(CLIENT)], providers=providers)
    stack.push_async_callback(server.close)
    return server.url


@asynccontextmanager
async def house(folder: Path, *, organisations: int) -> AsyncIterator[House]:
    """A gateway in an empty folder, that knows so many organisations; deliveries are paused."""
    KeyDirectory(folder / "keys").make(datetime.now(UTC).replace(microsecond=0))
    store = SqliteStore(folder / "kopuro.db")
    await store.open()
    rows = [organisation(number) for number in range(organisations)]
    await store.write(partial(_registers, organisations=rows))
    await store.close()
    async with AsyncExitStack() as stack:
        esi = await run_simulator(clients=[registered()], clock=SystemClock(), key=signing_key())
        stack.push_async_callback(esi.close)
        settings = _settings(folder, esi.url, await insurer_behind_security_server(stack, [row.code for row in rows]))
        gateway = await stack.enter_async_context(running_gateway(settings))
        for upstream in ("foms", "drug-programme"):
            await gateway.dispatcher.pause(upstream, by="test", reason="nobody is there")
        runner = make_runner(gateway.application)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        sealer = KeyKeeper(settings.sealing.source(), SystemClock()).sealer
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield House(gateway, url, http, Sessions(gateway.store, sealer, SystemClock()), count(1))
