"""Keeps the counter connected as the terminal that is enrolled: at the start, after an enrolment, after a new key."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import Final, Literal

from kopuro_pos import client as gateway_client
from kopuro_pos.agent.failures import Failure
from kopuro_pos.agent.ports import Clock, Terminal
from kopuro_pos.agent.settings import Settings
from kopuro_pos.agent.terminal.enrolment import Enrolled, TerminalFile, change_is_due, change_key, machine
from kopuro_pos.agent.terminal.keys import KeyStore

_log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 1.0
"""How soon the agent takes note of an enrolment by ``kopuro-pos enrol``."""
_KEY_LOOK_SECONDS: Final = 3600.0
"""How often it looks whether a new key is due, and tries one that could not be changed again."""


class Connecting:
    """``connected`` is told the gateway's client and who the terminal is, each time they change."""

    def __init__(
        self,
        *,
        settings: Settings,
        file: TerminalFile,
        keys: KeyStore,
        clock: Clock,
        connected: Callable[[gateway_client.PharmacyClient, Terminal], None],
        clients: AsyncExitStack,
    ) -> None:
        self._settings = settings
        self._file = file
        self._keys = keys
        self._clock = clock
        self._connected = connected
        self._clients = clients
        self._version: int | None = None

    def connect(self) -> None:
        """Connect as the terminal that is on file, or as the settings name it for a trial; else not at all.

        Raises :class:`Failure` when the terminal or its key cannot be read.
        """
        if self._settings.sender is not None:
            assert self._settings.gateway is not None
            assert self._settings.pharmacy is not None
            client = open_client(self._settings, self._settings.gateway, None, sender=self._settings.sender)
            named = Terminal(
                origin=self._settings.gateway,
                client=self._settings.sender,
                pharmacy=self._settings.pharmacy,
                pharmacy_name=self._settings.pharmacy_name,
            )
            self._tell(client, named)
            return
        self._version = self._file.version
        terminal = self._file.load()
        if terminal is None:
            return
        client = open_client(self._settings, terminal.gateway, machine(terminal, self._keys))
        self._tell(client, _as_told(terminal))

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow the file and change the key when it is due, until it is time to stop."""
        if self._settings.sender is not None:
            return
        loop = asyncio.get_running_loop()
        next_key_look = loop.time()
        while not stopping.is_set():
            if self._file.version != self._version:
                self._follow()
            if loop.time() >= next_key_look:
                next_key_look = loop.time() + _KEY_LOOK_SECONDS
                await self.change_when_due()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _LOOK_SECONDS)

    async def change_when_due(self) -> None:
        """Change the key if it is old enough, or if a change was interrupted. What fails is tried again later."""
        try:
            terminal = self._file.load()
            if terminal is None or not change_is_due(terminal, self._clock.now(), self._settings.key_change_days):
                return
            await change_key(file=self._file, keys=self._keys, connect=connect_with(self._settings), clock=self._clock)
        except Failure as failure:
            _log.warning("key_not_changed", extra={"reason": type(failure).__name__})
        else:
            _log.info("key_changed")

    def _follow(self) -> None:
        try:
            self.connect()
        except Failure as failure:
            _log.error("terminal_unreadable", extra={"reason": type(failure).__name__})
        else:
            _log.info("terminal_changed")

    def _tell(self, client: gateway_client.PharmacyClient, terminal: Terminal) -> None:
        # The client before stays open until the agent stops: a sale may be under way with it.
        self._clients.push_async_callback(client.aclose)
        self._connected(client, terminal)


def connect_with(settings: Settings) -> Callable[[str, gateway_client.Machine | None], gateway_client.PharmacyClient]:
    """What :mod:`kopuro_pos.agent.terminal.enrolment` opens its clients with."""
    return lambda origin, machine: open_client(settings, origin, machine)


def open_client(
    settings: Settings, origin: str, machine: gateway_client.Machine | None, *, sender: str | None = None
) -> gateway_client.PharmacyClient:
    """A client of the gateway at ``origin`` that trusts what the settings trust."""
    return gateway_client.PharmacyClient(
        origin, machine=machine, sender=sender, language=settings.language, verify=trusted(settings)
    )


def trusted(settings: Settings) -> ssl.SSLContext | Literal[True]:
    """Whom the gateway's certificate is judged by. Raises :class:`Failure` when the file cannot be read."""
    if settings.authorities is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(settings.authorities))
    except OSError:  # ssl.SSLError is one, too
        problem = f"{settings.authorities} holds no certificates that can be read."
        raise Failure(problem, "Correct «authorities» in kopuro-pos.toml.") from None


def _as_told(terminal: Enrolled) -> Terminal:
    return Terminal(
        origin=terminal.gateway,
        client=terminal.client,
        pharmacy=terminal.pharmacy,
        pharmacy_name=terminal.pharmacy_name,
        key_changed_at=terminal.key_changed_at,
    )
