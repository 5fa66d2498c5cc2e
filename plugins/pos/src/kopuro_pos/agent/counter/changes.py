"""What has changed at the counter, for those who watch: the page's event stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Literal, NamedTuple
from uuid import UUID

from kopuro_pos.agent.contract import AgentState, Flat, QueueState, SaleState

Kind = Literal["state", "queue", "sale"]


class SaleChanged(Flat):
    """A sale or reversal stands elsewhere now; who may see it asks for it by its id."""

    id: UUID
    sequence: int
    state: SaleState


class Change(NamedTuple):
    """An event without personal data: ``state`` brings the agent's state, ``queue`` the queue's."""

    kind: Kind
    payload: AgentState | QueueState | SaleChanged


_LARGEST_BACKLOG: Final = 1000
"""A watcher this far behind is sent away: it asks for the whole state when it comes again."""


class Changes:
    """Tells every watcher everything from the moment it came."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[Change | None]] = set()

    def tell(self, kind: Kind, payload: AgentState | QueueState | SaleChanged) -> None:
        """Tell all who watch. Never waits."""
        for watcher in tuple(self._watchers):
            if watcher.qsize() >= _LARGEST_BACKLOG:
                self._watchers.discard(watcher)
                watcher.put_nowait(None)
            else:
                watcher.put_nowait(Change(kind, payload))

    def close(self) -> None:
        """Let every watcher end."""
        for watcher in tuple(self._watchers):
            watcher.put_nowait(None)

    def subscribe(self) -> AsyncIterator[Change]:
        """What changes from this call on, until :meth:`close`, or until the watcher has fallen far behind."""
        watcher: asyncio.Queue[Change | None] = asyncio.Queue()
        self._watchers.add(watcher)
        return self._follow(watcher)

    async def _follow(self, watcher: asyncio.Queue[Change | None]) -> AsyncIterator[Change]:
        try:
            while (change := await watcher.get()) is not None:
                yield change
        finally:
            self._watchers.discard(watcher)
