"""Schemathesis against a running gateway, by its own OpenAPI document: as nobody, as machines, as a person.

Nothing may fail, answer what the document does not say, or take what the document forbids. Schemathesis is no part of
what development installs: ``make fuzz`` puts it into a place of its own.

``python -m tests.campaigns.fuzz --schemathesis .venv-fuzz/bin/schemathesis --cases 20000``
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import httpx
import orjson

from adapters.esi.simulator import run_simulator
from gateway.access.client_kinds import Binding, ClientKind
from gateway.access.client_register import ClientRegister
from gateway.access.clients import ClientDefinition
from gateway.access.principal import Role, Scope
from gateway.access.sessions import Sessions
from gateway.access.staff import StaffRegister
from gateway.api.openapi import document
from gateway.api.routes import ROUTES
from gateway.audit.trail import ChainedTrail
from gateway.cli.machine import MachineAuth
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.sources import KeyDirectory
from gateway.system import SystemClock, TimeOrderedIds
from tests.contract.esi import CALLBACK, CLIENT_ID, SECRET, registered, signing_key
from tests.service.access_matrix.house import OPERATOR, Person, sign_in
from tests.support.guarded import guard, open_store
from tests.support.processes import PROJECT, ProcessFailed, World, end_in_order_when_terminated, world

EVERYWHERE: Final = "machine-everywhere"
SOMEWHERE: Final = "machine-somewhere"
PERSON: Final = "person"
NOBODY: Final = "nobody"
SHARES: Final[Mapping[str, float]] = {PERSON: 0.2, EVERYWHERE: 0.45, SOMEWHERE: 0.2, NOBODY: 0.15}
"""Of all cases, how many each sender is to send: who is let in furthest sends most."""
ROLES: Final = (Role.TECHNICAL_OPERATOR, Role.AUDITOR, Role.HOSPITAL_CLERK)
_SETTINGS: Final = """
[generation]
with-security-parameters = false

[checks]
positive_data_acceptance.enabled = false
use_after_free.enabled = false
ensure_resource_availability.enabled = false
object_level_authorization.enabled = false
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 431]

[[operations]]
include-operation-id = "checkTreatedCases"
checks.negative_data_rejection.enabled = false
"""
"""A sender's own header proves who it is. Data that fit the schema may still break the rules, and nothing is deleted.

``checkTreatedCases`` tells in its answer what is wrong with a case: there a check of our own takes that one's place.
"""
_ENDINGS: Final = ("signOut", "revokeStaff", "rotateClient", "revokeClient")
"""With these senders shut themselves and one another out, and will, since Schemathesis sends on what it has read.

They come last, in rounds of their own.
"""
_ROUND_SECONDS: Final = 120
"""How long Schemathesis goes on at a time; a token lives longer."""
_ENDING_SECONDS: Final = 30


@dataclass(slots=True)
class Verdict:
    """What came of it, by sender."""

    cases: dict[str, int]
    failures: list[str] = field(default_factory=list)
    """What Schemathesis said of each round that was not clean."""


@dataclass(frozen=True, slots=True)
class Senders:
    """Keys of the machines, and a person's session."""

    keys: Mapping[str, Mapping[str, str]]
    person: Person

    def headers(self, sender: str, origin: str) -> Mapping[str, str]:
        """What proves for the next ten minutes that this sender sends."""
        if sender == NOBODY:
            return {}
        if sender == PERSON:
            return self.person.headers()
        return {"Authorization": f"Bearer {_token(sender, self.keys[sender], origin)}"}


@dataclass(frozen=True, slots=True)
class Fuzzer:
    """Schemathesis (``command``) against the gateway at ``origin``; its reports stay in ``folder``."""

    command: Path
    origin: str
    folder: Path
    verdict: Verdict

    async def round(self, sender: str, headers: Mapping[str, str], seed: int, *, seconds: int, endings: bool) -> None:
        """Let it try as this sender, for so long, either the endings alone or everything else."""
        report = self.folder / f"{sender}-{seed}.json"
        chosen = "--include-operation-id" if endings else "--exclude-operation-id"
        process = await asyncio.create_subprocess_exec(
            self.command, "--config-file", "schemathesis.toml", "run", "openapi.json", "--url", self.origin,
            *(word for name, value in headers.items() for word in ("-H", f"{name}: {value}")),
            *(word for name in _ENDINGS for word in (chosen, name)),
            "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--request-timeout", "40",
            "--max-examples", "20", "--max-time", str(seconds), "--seed", str(seed), "--no-shrink", "--no-color",
            "--generation-database", "none", "--report", "json", "--report-json-path", str(report),
            cwd=self.folder, env=_environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if not report.exists():
            raise ProcessFailed(said.decode())
        found = orjson.loads(report.read_bytes())
        self.verdict.cases[sender] += found["test_cases"]["generated"]
        if found["failures"] or found["errors"]:
            self.verdict.failures.append(f"as {sender}:\n{said.decode()}")


async def campaign(
    folder: Path, command: Path, *, cases: int, seed: int, senders: Sequence[str] = tuple(SHARES)
) -> Verdict:
    """At least so many cases by all senders together, were they to take part all. ``folder`` is empty."""
    verdict = Verdict(dict.fromkeys(senders, 0))
    (folder / "openapi.json").write_bytes(document(ROUTES))
    (folder / "schemathesis.toml").write_text(_SETTINGS)
    seeds = count(seed)
    async with _opened(folder) as (built, known):
        fuzzer = Fuzzer(command, built.urls[0], folder, verdict)
        for sender in senders:
            while verdict.cases[sender] < SHARES[sender] * cases:
                headers = known.headers(sender, fuzzer.origin)
                await fuzzer.round(sender, headers, next(seeds), seconds=_ROUND_SECONDS, endings=False)
                _check_let_in(sender, fuzzer.origin, built.organisations[0].code, headers)
        last = {sender: known.headers(sender, fuzzer.origin) for sender in senders}
        for sender, headers in reversed(last.items()):
            await fuzzer.round(sender, headers, next(seeds), seconds=_ENDING_SECONDS, endings=True)
    return verdict


def _check_let_in(sender: str, origin: str, organisation: str, headers: Mapping[str, str]) -> None:
    """Whoever was shut out meanwhile has tried nothing but the door. Raises :class:`ProcessFailed`."""
    query = {"organisation": organisation, "limit": 1}
    answer = httpx.get(f"{origin}/v1/operations", params=query, headers=headers, trust_env=False)
    if answer.is_success == (sender == NOBODY):
        raise ProcessFailed(f"{sender} was answered {answer.status_code} after its round")


def _environment() -> dict[str, str]:
    own = {"PYTHONPATH": str(PROJECT), "SCHEMATHESIS_HOOKS": "tests.campaigns.fuzz_checks", "NO_PROXY": "127.0.0.1"}
    return {**os.environ, **own, "PYTHONDONTWRITEBYTECODE": "1"}


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[tuple[World, Senders]]:
    """A gateway with access and ESI on as a process, and who sends."""
    esi = await run_simulator(clients=[registered()], clock=SystemClock(), key=signing_key())
    try:
        async with world(folder) as built:
            (folder / "esi-secret").write_text(SECRET)
            guard(built, _access(esi.url), level="error")
            senders = await _register(folder, built.organisations[0].code)
            await built.start()
            yield built, senders
    finally:
        await esi.close()


def _access(esi: str) -> str:
    return f"""
unbound_clients = true

[esi]
issuer = "{esi}"
client_id = "{CLIENT_ID}"
client_secret = {{ file = "esi-secret" }}
redirect_uri = "{CALLBACK}"

[limits.rates.pages]
requests = 1000000
"""


async def _register(folder: Path, organisation: str) -> Senders:
    """Machines whose tokens are bound to nothing, since Schemathesis cannot sign each request; and a person."""
    store, clock = await open_store(folder), SystemClock()
    try:
        trail = ChainedTrail(store, clock)
        clients = ClientRegister(store, clock, trail.append, allow_unbound=True)
        keys = {}
        for name, organisations in ((EVERYWHERE, None), (SOMEWHERE, frozenset({organisation}))):
            definition = ClientDefinition(
                id=name,
                title="Fuzz",
                kind=ClientKind.TEST,
                organisations=organisations,
                scopes=frozenset(Scope),
                binding=Binding.NONE,
            )
            private = (await clients.add(definition, by=OPERATOR)).private
            assert private is not None
            keys[name] = private
        keeper = KeyKeeper(KeyDirectory(folder / "keys"), clock)
        staff = StaffRegister(store, keeper.sealer, keeper.index, clock, TimeOrderedIds(), trail.append)
        person = await sign_in(store, staff, Sessions(store, keeper.sealer, clock), 1, organisation, *ROLES)
        return Senders(keys, person)
    finally:
        await store.close()


def _token(client: str, key: Mapping[str, str], origin: str) -> str:
    """A fresh access token: what a client asks for before its first request."""
    asking = MachineAuth(client=client, key=key, origin=origin).auth_flow(httpx.Request("GET", origin))
    with httpx.Client(trust_env=False) as http:
        answer = http.send(next(asking))
    assert answer.is_success, answer.text
    token: str = answer.json()["access_token"]
    return token


def main() -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.fuzz", description=__doc__)
    parser.add_argument("--schemathesis", type=Path, required=True, help="its command")
    parser.add_argument("--cases", type=int, default=20_000, help="at least, by all senders together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sender", choices=list(SHARES), action="append")
    given = parser.parse_args()
    end_in_order_when_terminated()
    with tempfile.TemporaryDirectory(prefix="kopuro-fuzz-") as folder:
        verdict = asyncio.run(
            campaign(
                Path(folder),
                given.schemathesis.absolute(),
                cases=given.cases,
                seed=given.seed,
                senders=given.sender or tuple(SHARES),
            )
        )
    sys.stdout.writelines(verdict.failures)
    told = ", ".join(f"{number} as {sender}" for sender, number in verdict.cases.items())
    sys.stdout.write(
        f"fuzz: {sum(verdict.cases.values())} cases ({told}); {len(verdict.failures)} rounds with findings\n"
    )
    return int(bool(verdict.failures))


if __name__ == "__main__":
    sys.exit(main())
