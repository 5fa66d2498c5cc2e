"""What access costs accepting: proven senders against named ones, and what is kept sealed and audited.

Gateways with and without access run side by side, and each round measures each of them once, so that ratios compare
neighbours in time. A sender is proven by its certificate, which a trusted proxy passes on, or by a DPoP proof with each
request; proofs are signed before the window in which they are sent, since that is the sender's work.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Final
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import Connection

from benchmarks.accepting import closed_loop, store_at
from benchmarks.figures import Figure, Sample
from benchmarks.load import Load
from benchmarks.workspace import ENGINES, SQLITE, TITLES, Gateway, Workspace
from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_kinds import Binding
from gateway.access.principal import Scope
from gateway.app import number_former
from gateway.audit.trail import AppendAudit, ChainedTrail
from gateway.cli.demo.processes import free_port
from gateway.cli.machine import MachineAuth
from gateway.operations.acceptance import Arrival, CaseAcceptance
from gateway.operations.journal import Journal
from gateway.operations.numbering import CounterScope
from gateway.operations.signals import Signals
from gateway.ports import AuditEvent, BlindIndex, Sealer
from gateway.rules.ksf import DEFAULT_LAYOUT
from gateway.sealing.index import keyed_digest
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.payloads import seal_payload
from gateway.sealing.sources import KeyDirectory
from gateway.store.grouping import Store
from gateway.system import SystemClock, TimeOrderedIds
from tests.support.certificates import Authority, Card
from tests.support.guarded import add_client
from tests.support.sealing import ClearSealer

CALLERS: Final = 64
_CERTIFICATE, _DPOP = "certificate", "dpop"
_MEANS: Final = {_CERTIFICATE: "certificate through a proxy", _DPOP: "DPoP"}
_MOST_COST: Final = 0.35
"""Aim: the share of its rate that proving senders by certificate may cost a gateway."""
_PATH: Final = "/v1/treated-cases"
_HEADER: Final = "X-Client-Certificate"
_WINDOW_MARGIN: Final = 1.5
"""Seconds of proofs beyond a window: settling, and a gateway that is quicker than a moment ago."""
_ALONE: Final = 2000
"""How often sealing alone is timed in a round."""
_SETTINGS: Final = """
[proxies]
networks = ["127.0.0.1/32"]
certificate_header = "{header}"

[limits.rates]
client = {{ requests = 1000000, seconds = 1, when_uncounted = "count-here" }}
submissions = {{ requests = 1000000, seconds = 1, when_uncounted = "count-here" }}

[access]
origin = "{origin}"
"""
"""Limits are in force, and never reached."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A client: its key, and its certificate if that is what its tokens are bound to."""

    id: str
    key: Mapping[str, str]
    card: Card | None = None

    @property
    def certificate(self) -> dict[str, str]:
        """The header in which a proxy passes on its certificate (RFC 9440)."""
        return {} if self.card is None else {_HEADER: f":{base64.b64encode(self.card.der).decode()}:"}

    async def token(self, origin: str) -> str:
        """A new access token."""
        proof = _signed(self.key, {"typ": "dpop+jwt", **_public(self.key)}, htm="POST", htu=f"{origin}/oauth/token")
        now = int(time.time())
        names = {"iss": self.id, "sub": self.id, "aud": origin, "exp": now + 50}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": _signed(self.key, {"kid": self.key["kid"]}, **names),
        }
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{origin}/oauth/token", data=form, headers={"DPoP": proof} | self.certificate)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    async def proven(self, origin: str, requests: Iterator[bytes], ready: int) -> Iterator[bytes]:
        """Requests that prove that they are this client's, ``ready`` of them made now."""
        token = await self.token(origin)
        if self.card is not None:
            head = _fields({"Authorization": f"Bearer {token}"} | self.certificate)
            return (_with(head, request) for request in requests)
        ath = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        head = {"typ": "dpop+jwt", **_public(self.key)}
        proofs = (_signed(self.key, head, htm="POST", htu=origin + _PATH, ath=ath) for _ in count())
        made = [next(proofs) for _ in range(ready)]
        return (
            _with(_fields({"Authorization": f"DPoP {token}", "DPoP": proof}), request)
            for proof, request in zip(chain(made, proofs), requests, strict=False)
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """The same gateway twice: everybody believed, and nobody."""

    open: Gateway
    guarded: Gateway
    machines: Mapping[str, Machine]

    @property
    def origin(self) -> str:
        """The guarded one's address, as in its settings."""
        return self.guarded.url

    async def rates(self, workspace: Workspace) -> dict[str, Sample]:
        """One window of each way to prove oneself, and of none (``""``)."""
        requests, seconds = workspace.requests(), workspace.seconds
        found = {"": await Load(self.open.port, requests).for_seconds(CALLERS, seconds)}
        ready = round(found[""].rate * (seconds + _WINDOW_MARGIN))
        for means, machine in self.machines.items():
            proven = await machine.proven(self.origin, requests, ready)
            found[means] = await Load(self.guarded.port, proven).for_seconds(CALLERS, seconds)
        return found


async def measure(workspace: Workspace) -> None:
    """All of it, in turns."""
    pairs = {engine: await _pair(workspace, engine) for engine in ENGINES}
    keeping = await _Keeping.open(workspace)
    for turn in range(workspace.rounds):
        workspace.say(f"access: round {turn + 1} of {workspace.rounds}")
        for engine, pair in pairs.items():
            _note_rates(workspace, TITLES[engine], engine, await pair.rates(workspace))
        await keeping.measure(workspace)


async def _pair(workspace: Workspace, engine: str) -> Pair:
    opened = await workspace.gateway(f"open-{engine}", await workspace.database(engine, "open"))
    await opened.pause()
    database, port = await workspace.database(engine, "guarded"), free_port()
    machines, operator = await _machines(database)
    origin = f"http://127.0.0.1:{port}"
    settings = _SETTINGS.format(header=_HEADER, origin=origin)
    guarded = await workspace.gateway(f"guarded-{engine}", database, extra=("--port", port), more=settings)
    auth = MachineAuth(client=operator.id, key=operator.key, origin=origin)
    async with httpx.AsyncClient(trust_env=False, auth=auth) as http:
        answer = await http.post(f"{origin}/v1/upstreams/foms/pause", json={"reason": "measuring"})
        answer.raise_for_status()
    return Pair(opened, guarded, machines)


async def _machines(database: str) -> tuple[dict[str, Machine], Machine]:
    """Clients in a database that no gateway has open yet: one for each way, and an operator's."""
    store = store_at(database)
    await store.open()
    try:
        card = Authority("Benchmark").issue("client.example")
        expected = ExpectedCertificate.parse("san-dns:client.example")
        submit = Scope.CASES_SUBMIT
        bound = await add_client(store, "bench-mtls", submit, binding=Binding.MTLS, certificate=expected)
        proving = await add_client(store, "bench-dpop", submit)
        operator = await add_client(store, "bench-operator", Scope.OPERATIONS_MANAGE)
    finally:
        await store.close()
    machines = {_CERTIFICATE: Machine("bench-mtls", bound, card), _DPOP: Machine("bench-dpop", proving)}
    return machines, Machine("bench-operator", operator)


def _note_rates(workspace: Workspace, title: str, engine: str, samples: Mapping[str, Sample]) -> None:
    figures, believed = workspace.figures, samples[""]
    figures.note_sample(f"access.{engine}.none.64", f"Durable accepts, {title}, senders believed", believed)
    for means, words in _MEANS.items():
        sample, cost = samples[means], 1 - samples[means].rate / believed.rate
        workspace.say(f"  {title}, {words}: {sample.rate:,.0f}/s, believed {believed.rate:,.0f}/s: {cost:.0%} less")
        figures.note_sample(f"access.{engine}.{means}.64", f"Durable accepts, {title}, {words}", sample)
        aim = _MOST_COST if means == _CERTIFICATE else None
        figures.note(
            Figure(f"access.{engine}.{means}.cost", f"{title}: cost of access, {words}", "×", at_most=aim), cost
        )


class _PlainIndex:
    """A digest without a key."""

    def of(self, kind: str, value: str) -> bytes:
        return hashlib.sha256(f"{kind}\0{value}".encode()).digest()


def _no_audit(_connection: Connection, _events: Sequence[AuditEvent], /) -> None:
    """Write nothing down."""


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Journals without HTTP on SQLite, each with one more thing that is kept as it should be than the one before."""

    sealer: Sealer
    index: BlindIndex
    journals: Mapping[str, Journal]

    @classmethod
    async def open(cls, workspace: Workspace) -> _Keeping:
        """New databases for all of them; closed with the run."""
        keeper = KeyKeeper(KeyDirectory(workspace.keys()), SystemClock())
        sealer, index = keeper.sealer, keeper.index

        async def journal(name: str, sealer: Sealer, index: BlindIndex, *, audited: bool) -> Journal:
            store = store_at(await workspace.database(SQLITE, f"keeping-{name}"))
            await store.open()
            workspace.running.push_async_callback(store.close)
            return _journal(store, sealer, index, ChainedTrail(store, SystemClock()).append if audited else _no_audit)

        return cls(
            sealer,
            index,
            {
                "plain": await journal("plain", ClearSealer(), _PlainIndex(), audited=False),
                "sealed": await journal("sealed", sealer, index, audited=False),
                "audited": await journal("audited", sealer, index, audited=True),
            },
        )

    async def measure(self, workspace: Workspace) -> None:
        """One window of each journal, and sealing and keyed digests by themselves."""
        figures, arrivals = workspace.figures, workspace.arrivals()
        rates: dict[str, float] = {}
        for name, journal in self.journals.items():
            sample = await closed_loop(_accepting(journal, arrivals), CALLERS, workspace.seconds)
            rates[name] = sample.rate
            figures.note_sample(f"access.journal.{name}.64", f"Journal alone, SQLite, {name}", sample)
        for name, before, what in (
            ("sealed", "plain", "sealing and keyed digests"),
            ("audited", "sealed", "audit"),
        ):
            figures.note(
                Figure(f"access.{name}.share", f"Journal alone: {name} / {before}", "×"), rates[name] / rates[before]
            )
            spent = (1 / rates[name] - 1 / rates[before]) * 1e6
            figures.note(Figure(f"access.{name}.per_accept", f"Journal alone: {what} an accept", "µs"), spent)
        alone = self._alone(next(arrivals))
        figures.note(
            Figure("access.sealing.alone", "Sealing and keyed digests of one accept, by themselves", "µs"), alone
        )

    def _alone(self, arrival: Arrival) -> float:
        """Microseconds of what the service does to one case before it is written down."""
        submission, index = arrival.submission, self.index
        began = time.perf_counter()
        for _ in range(_ALONE):
            index.of("pin", "20101199012345")
            index.of("idempotency-key", submission.idempotency_key)
            keyed_digest(index, "stay", submission.stay_key)
            keyed_digest(index, "case", submission.fingerprint)
            seal_payload(self.sealer, arrival.operation_id, submission.payload)
        return (time.perf_counter() - began) / _ALONE * 1e6


def _accepting(journal: Journal, arrivals: Iterator[Arrival]) -> Callable[[], Awaitable[object]]:
    return lambda: journal.submit_case(next(arrivals).submission)


def _journal(store: Store, sealer: Sealer, index: BlindIndex, audit: AppendAudit) -> Journal:
    acceptance = CaseAcceptance(
        upstream="foms", scope=CounterScope.ORGANISATION_YEAR, form_number=number_former(DEFAULT_LAYOUT), audit=audit
    )
    return Journal(
        store=store,
        acceptance=acceptance,
        signals=Signals(),
        clock=SystemClock(),
        ids=TimeOrderedIds(),
        sealer=sealer,
        index=index,
    )


def _signed(key: Mapping[str, str], header: Mapping[str, Any], **claims: Any) -> str:
    content = {"iat": int(time.time()), "jti": str(uuid4()), **claims}
    return jwt.encode({"alg": "ES256", **header}, content, ECKey.import_key(dict(key)))


def _public(key: Mapping[str, str]) -> dict[str, Any]:
    return {"jwk": {name: key[name] for name in ("kty", "crv", "x", "y")}}


def _fields(headers: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


def _with(fields: bytes, request: bytes) -> bytes:
    """The request with more fields behind its first line."""
    line, end, rest = request.partition(b"\r\n")
    return line + end + fields + rest
