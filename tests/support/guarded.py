"""Gateways as processes with access on: their settings, and clients with keys of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gateway.access.authors import Author
from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_kinds import Binding, ClientKind
from gateway.access.client_register import ClientRegister
from gateway.access.clients import ClientDefinition
from gateway.access.principal import Scope
from gateway.audit.actions import ActorKind
from gateway.audit.trail import ChainedTrail
from gateway.cli.machine import MachineAuth
from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.system import SystemClock
from tests.support.processes import World

OPERATOR: Final = Author("tester", ActorKind.OPERATOR)

_PLENTY: Final = """
[limits.rates]
client = { requests = 1000000, seconds = 60, when_uncounted = "count-here" }
submissions = { requests = 1000000, seconds = 60, when_uncounted = "count-here" }
lookups = { requests = 1000000, seconds = 60, when_uncounted = "count-here" }
reads = { requests = 1000000, seconds = 60, when_uncounted = "count-here" }
commands = { requests = 1000000, seconds = 60, when_uncounted = "count-here" }
sign_in = { requests = 1000000, seconds = 60, when_uncounted = "count-here" }

[limits.connections]
per_address = 1000

[limits.storm]
refusals = 10000
"""
"""Limits that do not get in the way of a test that is about something else."""


def guard(world: World, more: str = "", *, level: str = "debug", origin: str | None = None, node: int = 0) -> str:
    """Turn access on in the settings of a node that is not started yet; ``more`` is TOML. Returns its origin."""
    settings = world.folder / f"node-{node}.toml"
    text = settings.read_text(encoding="utf-8")
    text = re.sub('log_level = "[a-z]+"', f'log_level = "{level}"', text)
    origin = origin or world.urls[node]
    settings.write_text(f'{text}{_PLENTY}\n[access]\norigin = "{origin}"\n{more}', encoding="utf-8")
    return origin


async def open_store(folder: Path, postgres_url: str | None = None) -> Store:
    """The store of a world whose nodes are not running (SQLite), or may be (PostgreSQL)."""
    store: Store = PostgresStore(postgres_url) if postgres_url else SqliteStore(folder / "kopuro.db")
    await store.open()
    return store


async def add_client(
    store: Store,
    client: str,
    *scopes: Scope,
    organisations: frozenset[str] | None = None,
    binding: Binding = Binding.DPOP,
    certificate: ExpectedCertificate | None = None,
) -> Mapping[str, str]:
    """Register a machine for all organisations or these; returns its private key (JWK)."""
    clock = SystemClock()
    register = ClientRegister(store, clock, ChainedTrail(store, clock).append)
    definition = ClientDefinition(
        id=client,
        title="Test",
        kind=ClientKind.SYSTEM,
        organisations=organisations,
        scopes=frozenset(scopes or Scope),
        binding=binding,
        certificate=certificate,
    )
    private = (await register.add(definition, by=OPERATOR)).private
    assert private is not None
    return private


def machine(client: str, key: Mapping[str, str], origin: str) -> MachineAuth:
    """What a client of httpx proves itself with."""
    return MachineAuth(client=client, key=key, origin=origin)
