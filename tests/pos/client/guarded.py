"""A gateway with access on and dispensing behind it, on a socket, by the real clock; and the operator's desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from gateway.access.assertions import AssertionReader
from gateway.access.authors import Author
from gateway.access.client_register import ClientRegister
from gateway.access.clients import Binding, ClientDefinition, ClientKind
from gateway.access.dpop import ProofReader
from gateway.access.enrolments import Enrolments
from gateway.access.guard import Guard
from gateway.access.possession import Possession
from gateway.access.principal import Scope
from gateway.access.replay import ReplayMemory
from gateway.access.sessions import Sessions
from gateway.access.signed_in import SignedInPeople
from gateway.access.signing import SigningKeys
from gateway.access.staff import StaffRegister
from gateway.access.token_service import TokenService
from gateway.access.tokens import AccessTokens
from gateway.api.access_services import ACCESS_SERVICES, AccessServices
from gateway.api.application import PROGRAMME, build_application, make_runner
from gateway.api.dispenses import DISPENSING
from gateway.api.oauth import AUTHORISATION_SERVER, TOKEN_PATH, AuthorisationServer
from gateway.audit.actions import ActorKind
from gateway.audit.report import SubjectReports
from gateway.audit.trail import ChainedTrail
from gateway.cli.demo.processes import free_port
from gateway.limits.local import LocalBuckets
from gateway.limits.policy import RatesPolicy
from gateway.limits.proxies import TrustedProxies
from gateway.limits.rates import RateLimiter
from gateway.middleware.guarded import GuardedAccess
from gateway.reference.medicine_register import MedicinesInMemory
from gateway.rules.medicines.versions import VersionDates
from gateway.store.grouping import Store
from tests.service.api.conftest import make_services
from tests.service.dispensing.counter import ENALAPRIL, INHALER, STRONGER, Counter
from tests.support.doubles import SystemClock, SystemIds
from tests.support.journal import INDEX, SEALER
from tests.support.programme import OTHER_PHARMACY, PHARMACY, organisations, reference
from tests.support.serving import take_down

OPERATOR = Author("operator", ActorKind.OPERATOR)
TILL = "till-1"


@dataclass(frozen=True, slots=True)
class Guarded:
    """The gateway's address, its counters, and what its operator works with."""

    origin: str
    counter: Counter
    clients: ClientRegister
    enrolments: Enrolments

    async def code(self, client: str = TILL) -> str:
        """A one-time code for a terminal of the pharmacy, which is new unless there is one of the name."""
        if any(one.id == client for one in self.clients.all()):
            return (await self.enrolments.open(client, by=OPERATOR)).code
        definition = ClientDefinition(
            id=client,
            title="Касса 1",
            kind=ClientKind.PHARMACY_TERMINAL,
            organisations=frozenset({PHARMACY}),
            scopes=frozenset({Scope.DISPENSES_READ, Scope.DISPENSES_WRITE}),
            binding=Binding.DPOP,
        )
        return (await self.enrolments.add(definition, by=OPERATOR)).code

    async def revoke(self, client: str = TILL) -> None:
        await self.clients.revoke(client, by=OPERATOR, reason="lost")


class _Regions:
    def in_region(self, region: str) -> frozenset[str]:
        assert region
        return frozenset({PHARMACY, OTHER_PHARMACY})


async def _name_of(organisation: str) -> str | None:
    found = organisations().find(organisation)
    return None if found is None else found.name


@asynccontextmanager
async def open_guarded(store: Store) -> AsyncIterator[Guarded]:
    """On an open store. The counters' clock stands still; that of access is the machine's."""
    clock, counter, port = SystemClock(), Counter(store), free_port()
    origin = f"http://127.0.0.1:{port}"
    trail, replays = ChainedTrail(store, clock), ReplayMemory(store, clock)
    clients = ClientRegister(store, clock, trail.append)
    await clients.refresh()
    keys = SigningKeys(store=store, sealer=SEALER, clock=clock)
    await keys.load()
    tokens = AccessTokens(keys=keys, issuer=origin, audience=origin, clock=clock, ids=SystemIds())
    proofs = ProofReader(replays=replays, clock=clock)
    staff = StaffRegister(store, SEALER, INDEX, clock, SystemIds(), trail.append)
    proxies, buckets, endpoint = TrustedProxies(()), LocalBuckets(), origin + TOKEN_PATH
    access = GuardedAccess(
        origin=origin,
        guard=Guard(tokens=tokens, proofs=proofs, clients=clients),
        people=SignedInPeople(Sessions(store, SEALER, clock), staff),
        regions=_Regions(),
        proxies=proxies,
        rates=RateLimiter(RatesPolicy(), buckets, buckets),
        audit=trail,
        clock=clock,
        throttled=lambda _: None,
    )
    services = make_services(
        access=access, register=organisations(), clock=counter.clock, index=INDEX, medicines=_medicines()
    )
    service = TokenService(
        endpoint=endpoint,
        clients=clients,
        assertions=AssertionReader(audiences=(origin, endpoint), keys=clients, replays=replays, clock=clock),
        proofs=proofs,
        tokens=tokens,
        audit=trail,
    )
    application = build_application(services)
    application[PROGRAMME] = True
    application[DISPENSING] = counter.services
    application[AUTHORISATION_SERVER] = AuthorisationServer(issuer=origin, tokens=service, keys=keys, proxies=proxies)
    enrolments = Enrolments(store, clock, trail.append, clients)
    application[ACCESS_SERVICES] = AccessServices(
        signing_in=None,
        staff=staff,
        clients=clients,
        enrolments=enrolments,
        possession=Possession(proofs, origin=origin),
        organisation_name=_name_of,
        audit=trail,
        reports=SubjectReports(store, trail, INDEX),
        store=store,
        observer=origin,
    )
    runner = make_runner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield Guarded(origin, counter, clients, enrolments)
    finally:
        await take_down(runner)


def _medicines() -> MedicinesInMemory:
    version = reference(ENALAPRIL, STRONGER, INHALER)
    dates = VersionDates(
        number=version.number,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        list_approved_on=version.valid_from,
        levels_set_on=version.valid_from,
    )
    return MedicinesInMemory((version,), (dates,))
