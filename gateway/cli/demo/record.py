"""The last act: the audit, verified entry by entry while the gateway stands still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from gateway.audit.actions import ACTIONS, Action, ActorKind
from gateway.audit.entries import StoredEntry, read_entries
from gateway.audit.head_file import read_export
from gateway.audit.verification import verify
from gateway.cli.demo.stage import Stage
from gateway.cli.demo.world import HEADS_FILE
from gateway.store.grouping import Store
from gateway.store.sqlite import SqliteStore
from schemas.errors.model import Language

"""Where the gateway exports the signed heads of its audit."""

_PAGE = 5000


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


def _name(stage: Stage, kind: ActorKind, actor: str, people: Mapping[str, str]) -> str:
    if kind is ActorKind.UNKNOWN:
        return stage.text("who.somebody")
    if kind is ActorKind.MACHINE:
        return stage.text("machine", name=actor)
    return people.get(actor, actor)
