"""Composition of what protects the gateway: keys, audit, access, limits. Part of the composition root."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from adapters.esi.client import open_esi_client
from config.settings import Settings
from gateway.access.assertions import AssertionReader
from gateway.access.client_register import ClientRegister
from gateway.access.dpop import ProofReader
from gateway.access.enrolments import Enrolments
from gateway.access.guard import Guard
from gateway.access.possession import Possession
from gateway.access.replay import ReplayMemory
from gateway.access.session_records import SessionLimits
from gateway.access.sessions import Sessions
from gateway.access.sign_ins import SignIns
from gateway.access.signed_in import SignedInPeople
from gateway.access.signing import RotationPolicy, SigningKeys
from gateway.access.signing_in import SigningIn
from gateway.access.staff import StaffRegister
from gateway.access.token_service import TokenService
from gateway.access.tokens import AccessTokens
from gateway.api.access_services import AccessServices
from gateway.api.oauth import TOKEN_PATH, AuthorisationServer
from gateway.audit.head_file import HeadFile
from gateway.audit.head_keeper import HeadKeeper
from gateway.audit.report import SubjectReports
from gateway.audit.trail import ChainedTrail
from gateway.limits.addresses import Network, parse_networks
from gateway.limits.local import LocalBuckets
from gateway.limits.proxies import TrustedProxies
from gateway.limits.rates import RateLimiter
from gateway.limits.shared import SharedBuckets, forget_full_buckets
from gateway.limits.storm import StormGuard
from gateway.middleware.guarded import GuardedAccess
from gateway.ports import Clock, Ids
from gateway.programme.contracts.applications import ApplicationDesk
from gateway.reference.organisations import OrganisationsInMemory
from gateway.sealing.duties import SealingDuties
from gateway.sealing.fitting import fit_index
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.retention import Retention
from gateway.sealing.rotation import Rewrapping
from gateway.services import Access, NamedSenders, Sender
from gateway.store.grouping import Store, StoreUnavailable
from gateway.telemetry.metrics import Metrics
from gateway.tls import ReloadingTls

log = structlog.get_logger(__name__)

_FORGET_SECONDS: Final = 60.0
_RENEW_SECONDS: Final = 5.0


class Duty(Protocol):
    """Periodic work until cancelled."""

    async def run(self) -> None:
        """Work."""
        ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything protective stands on."""

    settings: Settings
    store: Store
    clock: Clock
    ids: Ids
    keeper: KeyKeeper
    trail: ChainedTrail
    signing: SigningKeys


@dataclass(frozen=True, slots=True)
class Protection:
    """What was composed. ``server`` is there when machines can ask for tokens."""

    access: Access
    server: AuthorisationServer | None
    services: AccessServices | None
    duties: Sequence[Duty]
    storms: StormGuard
    heads: HeadKeeper
    tls: ReloadingTls | None


async def lay_ground(settings: Settings, store: Store, clock: Clock, ids: Ids) -> Ground:
    """Read the keys and make sure that they are this store's. Raises ``KeyRingUnusable``, ``StoreUnavailable``."""
    keeper = await asyncio.to_thread(KeyKeeper, settings.sealing.source(), clock)
    await store.write(lambda connection: fit_index(connection, keeper.index))
    policy = RotationPolicy(period=timedelta(days=settings.access.key_days))
    signing = SigningKeys(store=store, sealer=keeper.sealer, clock=clock, policy=policy)
    await signing.load()
    return Ground(settings, store, clock, ids, keeper, ChainedTrail(store, clock), signing)


async def protect(
    ground: Ground, register: OrganisationsInMemory, metrics: Metrics, stack: contextlib.AsyncExitStack
) -> Protection:
    """Compose access as the settings say, and the duties that keep it in order."""
    replays = ReplayMemory(ground.store, ground.clock)
    settings, store, clock = ground.settings, ground.store, ground.clock
    heads = _heads(ground, stack)
    storms = StormGuard(settings.limits.storm, metrics)
    duties: list[Duty] = [_sealing_duties(ground), ground.signing, heads, storms]
    files = settings.tls.files()
    tls = None if files is None else ReloadingTls(files)
    if tls is not None:
        duties.append(_Renewing(tls))
    if not ground.settings.access.is_on:
        return Protection(_by_name(ground.settings), None, None, duties, storms, heads, tls)
    clients = ClientRegister(
        ground.store, ground.clock, ground.trail.append, allow_unbound=ground.settings.access.unbound_clients
    )
    await clients.refresh()
    limits = SessionLimits(idle=settings.access.session_idle, absolute=settings.access.session_longest)
    sessions = Sessions(store, ground.keeper.sealer, clock, limits)
    sign_ins = SignIns(store, ground.keeper.sealer, clock)
    staff = StaffRegister(store, ground.keeper.sealer, ground.keeper.index, clock, ground.ids, ground.trail.append)
    enrolments = Enrolments(store, clock, ground.trail.append, clients)
    duties += [clients, _Forgetting(replays, sign_ins, sessions, enrolments, *_full_buckets(ground))]
    proxies = TrustedProxies(
        ground.settings.proxies.parsed(),
        header=ground.settings.proxies.header,
        certificate_header=ground.settings.proxies.certificate_header,
    )
    origin = ground.settings.access.origin
    assert origin is not None
    tokens = AccessTokens(
        keys=ground.signing,
        issuer=origin,
        audience=origin,
        clock=ground.clock,
        ids=ground.ids,
        allow_unbound=ground.settings.access.unbound_clients,
    )
    proofs = ProofReader(replays=replays, clock=ground.clock)
    endpoint = origin + TOKEN_PATH
    service = TokenService(
        endpoint=endpoint,
        clients=clients,
        assertions=AssertionReader(audiences=(origin, endpoint), keys=clients, replays=replays, clock=ground.clock),
        proofs=proofs,
        tokens=tokens,
        audit=ground.trail,
    )
    access = GuardedAccess(
        origin=origin,
        guard=Guard(
            tokens=tokens,
            proofs=proofs,
            clients=clients,
            security_servers=frozenset(ground.settings.access.security_servers),
        ),
        people=SignedInPeople(sessions, staff),
        regions=register,
        proxies=proxies,
        rates=_rates(ground),
        audit=ground.trail,
        clock=ground.clock,
        throttled=metrics.throttled,
    )
    services = AccessServices(
        signing_in=_signing_in(ground, replays, sign_ins, sessions, staff, stack),
        staff=staff,
        clients=clients,
        enrolments=enrolments,
        possession=Possession(proofs, origin=origin),
        organisation_name=partial(_registered_or_contracted_name, register, _applications(ground)),
        audit=ground.trail,
        reports=SubjectReports(store, ground.trail, ground.keeper.index, partial(_organisation_name, register)),
        store=store,
        observer=origin,
    )
    server = AuthorisationServer(issuer=origin, tokens=service, keys=ground.signing, proxies=proxies)
    return Protection(access, server, services, duties, storms, heads, tls)


def _signing_in(
    ground: Ground,
    replays: ReplayMemory,
    sign_ins: SignIns,
    sessions: Sessions,
    staff: StaffRegister,
    stack: contextlib.AsyncExitStack,
) -> SigningIn | None:
    esi = ground.settings.esi
    if esi is None:
        return None
    provider = open_esi_client(esi, clock=ground.clock, replays=replays)
    stack.push_async_callback(provider.close)
    return SigningIn(
        provider=provider,
        sign_ins=sign_ins,
        sessions=sessions,
        staff=staff,
        store=ground.store,
        audit=ground.trail,
        clock=ground.clock,
        ids=ground.ids,
        step_up_seconds=esi.step_up_seconds,
    )


def _organisation_name(register: OrganisationsInMemory, code: str) -> str | None:
    found = register.find(code)
    return None if found is None else found.name


def _applications(ground: Ground) -> ApplicationDesk:
    return ApplicationDesk(ground.store, ground.keeper.sealer, ground.clock, ground.ids, ground.trail.append)


async def _registered_or_contracted_name(
    register: OrganisationsInMemory, applications: ApplicationDesk, code: str
) -> str | None:
    """Pharmacies need not be in the register of health organisations: then their contracts may tell."""
    return _organisation_name(register, code) or await applications.legal_name(code)


def _by_name(settings: Settings) -> NamedSenders:
    known = {
        name: Sender(name=name, organisations=one.allowed, channel=one.channel)
        for name, one in settings.senders.items()
    }
    return NamedSenders(known, settings.server.loopback_sender)


def _rates(ground: Ground) -> RateLimiter:
    here = LocalBuckets()
    shared = here if ground.settings.store.sqlite_path is not None else SharedBuckets(ground.store)
    return RateLimiter(ground.settings.limits.rates, shared, here)


def _sealing_duties(ground: Ground) -> SealingDuties:
    sealing = ground.settings.sealing
    return SealingDuties(
        ground.keeper,
        Rewrapping(ground.store, ground.keeper.sealer),
        Retention(ground.store, ground.clock, keep=sealing.retention),
        ground.clock,
        refresh_seconds=sealing.refresh_seconds,
    )


def _heads(ground: Ground, stack: contextlib.AsyncExitStack) -> HeadKeeper:
    audit = ground.settings.audit
    keeper = HeadKeeper(
        store=ground.store,
        clock=ground.clock,
        ids=ground.ids,
        signer=ground.signing,
        file=None if audit.heads_file is None else HeadFile(audit.heads_file),
        every_seconds=audit.head_seconds,
    )
    stack.push_async_callback(keeper.close)
    return keeper


def uncounted_networks(settings: Settings) -> tuple[Network, ...]:
    """Whose connections are not counted by address: trusted proxies, and this machine while nobody else can connect."""
    here = () if settings.access.is_on else parse_networks(("127.0.0.0/8", "::1/128"))
    return (*settings.proxies.parsed(), *here)


class _Renewing:
    """Takes over certificates that were renewed on disk."""

    def __init__(self, tls: ReloadingTls) -> None:
        self._tls = tls

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            await asyncio.to_thread(self._tls.reload)


class _Forgetful(Protocol):
    async def forget(self) -> int:
        """Forget some of what is stale; how many."""
        ...


def _full_buckets(ground: Ground) -> Sequence[_Forgetful]:
    """Only PostgreSQL holds any: one process alone counts in memory."""
    return () if ground.settings.store.sqlite_path is not None else (_FullBuckets(ground.store),)


class _FullBuckets:
    """Buckets that are full again say nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def forget(self) -> int:
        """See :class:`_Forgetful`; all at once."""
        await self._store.write(forget_full_buckets)
        return 0


class _Forgetting:
    """Forgets what was used once, and what has long ended."""

    def __init__(self, *memories: _Forgetful) -> None:
        self._memories = memories

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(_FORGET_SECONDS)
            try:
                for memory in self._memories:
                    while await memory.forget():
                        pass
            except StoreUnavailable:
                log.warning("store_unavailable", task="forgetting")
