"""The last act: the audit, verified entry by entry while the gateway stands still; and the act as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx

from gateway.audit.actions import ACTIONS, Action, ActorKind
from gateway.audit.entries import StoredEntry, read_entries
from gateway.audit.head_file import read_export
from gateway.audit.verification import verify
from gateway.cli.demo.access import PHARMACY_TILL, proofs_of
from gateway.cli.demo.stage import Stage
from gateway.cli.demo.world import HEADS_FILE, World
from gateway.store.grouping import Store
from gateway.store.sqlite import SqliteStore
from schemas.errors.model import Language

_PAGE: Final = 5000
_DOCUMENT_LANGUAGES: Final = (Language.KY, Language.RU)


async def show_record(folder: Path, stage: Stage, language: Language, people: Mapping[str, str]) -> bool:
    """Show who did what, and whether the audit is whole. ``people`` names persons by the ids they have in it.

    The gateway must not be running: on SQLite one process has the store.
    """
    stage.heading("audit")
    store = SqliteStore(folder / "kopuro.db")
    await store.open()
    try:
        deeds = await _deeds(store)
        verdict = await verify(store, read_export([folder / HEADS_FILE]))
    finally:
        await store.close()
    rows = [
        (_name(stage, kind, actor, people), ACTIONS[action].title.in_language(language), count)
        for (kind, actor, action), count in deeds.items()
    ]
    stage.table(("who", "did", "times"), rows)
    key = "whole" if verdict.sound else "broken"
    stage.verdict(key, good=verdict.sound, entries=verdict.entries, heads=verdict.heads)
    return verdict.sound


async def _deeds(store: Store) -> Counter[tuple[ActorKind, str, Action]]:
    """How often each actor did what, in the order of the first time."""
    deeds: Counter[tuple[ActorKind, str, Action]] = Counter()
    page: list[StoredEntry] = []
    while page := await store.read(partial(read_entries, after=page[-1].position if page else 0, limit=_PAGE)):
        deeds.update((ActorKind(one.event.actor_kind), one.event.actor, Action(one.event.action)) for one in page)
    return deeds


async def save_act(world: World, act: UUID) -> list[Path]:
    """The act of mutual settlement as PDF files in the demo's folder, asked of the running gateway by the pharmacy."""
    proofs = proofs_of(PHARMACY_TILL, world.folder, world.gateway)
    files = []
    async with httpx.AsyncClient(base_url=world.gateway, trust_env=False, timeout=30.0, auth=proofs) as client:
        for language in _DOCUMENT_LANGUAGES:
            response = await client.get(f"/v1/settlement/acts/{act}/document", params={"language": language.value})
            response.raise_for_status()
            file = world.folder / f"act-{language.value}.pdf"
            file.write_bytes(response.content)
            files.append(file)
    return files


def _name(stage: Stage, kind: ActorKind, actor: str, people: Mapping[str, str]) -> str:
    if kind is ActorKind.UNKNOWN:
        return stage.text("who.somebody")
    if kind is ActorKind.MACHINE:
        return stage.text("machine", name=actor)
    return people.get(actor, actor)
