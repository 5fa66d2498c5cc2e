"""Wake-ups across nodes by PostgreSQL's LISTEN and NOTIFY. They only hasten: whatever is missed is found by looking."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, make_url

log = structlog.get_logger(__name__)

_CHANNEL = "kopuro"
NOTIFY = f"pg_notify('{_CHANNEL}', $1)"
"""An expression of PostgreSQL's; its value is the payload."""
_TOPICS = "kopuro.topics"
_PAYLOAD_BYTES = 7900
"""PostgreSQL takes fewer than 8,000 bytes."""
_RECONNECT_SECONDS = 1.0


class Signals(Protocol):
    """Who is woken in this process."""

    def fire(self, topic: str) -> None:
        """Wake everyone who waits for ``topic``."""
        ...


def announce(connection: Connection, topics: Collection[str]) -> None:
    """Tell other nodes once the transaction is committed. On SQLite there are none."""
    if topics and connection.dialect.name == "postgresql":
        waiting: set[str] = connection.info.setdefault(_TOPICS, set())
        waiting.update(topics)


def announcements(connection: Connection) -> list[str]:
    """The payloads of what is to be told, for :data:`NOTIFY`; nothing is left to tell."""
    payloads: list[str] = []
    topics: set[str] = connection.info.pop(_TOPICS, set())
    for topic in sorted(topics):
        if payloads and len(payloads[-1]) + len(topic) < _PAYLOAD_BYTES:
            payloads[-1] += f"\n{topic}"
        else:
            payloads.append(topic)
    return payloads


class Listener:
    """Hands announcements of all nodes to this process's signals; connects again whenever it has to."""

    def __init__(self, url: str, signals: Signals) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._signals = signals
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._run(), name="postgres-listener")

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        import asyncpg  # noqa: PLC0415 - an extra that only PostgreSQL needs

        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5)
            except (OSError, asyncpg.PostgresError):
                log.warning("listener_disconnected", engine="postgresql")
            else:
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _connection, lost=lost: lost.set())
                try:
                    await connection.add_listener(_CHANNEL, self._heard)
                    await lost.wait()
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    log.warning("listener_disconnected", engine="postgresql")
                finally:
                    connection.terminate()
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _heard(self, _connection: Any, _process: int, _channel: str, payload: str) -> None:
        for topic in payload.split("\n"):
            self._signals.fire(topic)
