"""The composition root: the only place that knows what fulfils which port, and the order of starting and stopping."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import orjson

from kopuro_pos import __version__
from kopuro_pos.agent.book import Book
from kopuro_pos.agent.counter.selling import Counter
from kopuro_pos.agent.day.days_end import DaysEnd
from kopuro_pos.agent.failures import CannotStart
from kopuro_pos.agent.files import ADDRESS_FILE, QUEUE_FILE, REFERENCE_FILE, SEALING_FILE, STOCK_FILE
from kopuro_pos.agent.goods.reference import Reference, ReferenceUnavailable
from kopuro_pos.agent.goods.stock import Stock
from kopuro_pos.agent.goods.stock_folder import StockFolder
from kopuro_pos.agent.ports import Clock, Ids, Terminal
from kopuro_pos.agent.problems import AgentProblem
from kopuro_pos.agent.scanners import scanning
from kopuro_pos.agent.settings import Settings
from kopuro_pos.agent.slips.papers import Papers
from kopuro_pos.agent.storage.private_files import remove_private, write_private
from kopuro_pos.agent.storage.schema import DatabaseTooNew
from kopuro_pos.agent.storage.sealing import CannotOpen, FileSealer, SealingKeyDamaged
from kopuro_pos.agent.storage.store import AlreadyRunning, Store
from kopuro_pos.agent.system import SystemClock, SystemIds
from kopuro_pos.agent.terminal.connecting import Connecting, trusted
from kopuro_pos.agent.terminal.enrolment import TerminalFile
from kopuro_pos.agent.terminal.keys import key_store
from kopuro_pos.agent.web.app import served
from kopuro_pos.agent.web.ports import Rooms
from kopuro_pos.agent.web.sessions import Sessions, installation_token
from kopuro_pos.client import PharmacyClient

_log = logging.getLogger(__name__)

_REFERENCE_SECONDS: Final = 30.0
"""The reference is fetched in the background; nobody waits for it."""
_DUTIES_SECONDS: Final = 2.0


def run(state: Path, settings: Settings) -> None:
    """Run the agent until SIGTERM or SIGINT. Raises ``Failure`` when it cannot start."""
    asyncio.run(_until_told(state, settings))


async def _until_told(state: Path, settings: Settings) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with running(state, settings) as port:
        url = f"http://127.0.0.1:{port}"
        _log.info("ready", extra={"port": port})
        sys.stdout.write(orjson.dumps({"ready": True, "url": url, "version": __version__}).decode() + "\n")
        sys.stdout.flush()
        await told.wait()
        _log.info("stopping")


@asynccontextmanager
async def running(
    state: Path, settings: Settings, *, clock: Clock | None = None, ids: Ids | None = None
) -> AsyncIterator[int]:
    """The whole agent; the port it listens on. Raises ``Failure`` when it cannot start.

    On leaving, the face goes first, so that nothing new comes in; then what is being sent ends, then the stores close.
    """
    clock, ids = clock or SystemClock(), ids or SystemIds()
    stopping = asyncio.Event()
    async with AsyncExitStack() as stack:
        token = installation_token(state, make=True)
        assert token is not None
        sealer = _sealer(state)
        clients = await stack.enter_async_context(AsyncExitStack())
        gateway = await stack.enter_async_context(
            httpx.AsyncClient(verify=trusted(settings), timeout=_REFERENCE_SECONDS, trust_env=False)
        )
        reference = Reference(gateway, state / REFERENCE_FILE, clock)
        stock = Stock(state / STOCK_FILE, reference, clock)
        store = Store(state / QUEUE_FILE)
        counter = Counter(
            store=store,
            sealer=sealer,
            clock=clock,
            ids=ids,
            stock=stock,
            reference=reference,
        )
        with _starting():
            await counter.start()
            stack.push_async_callback(counter.stop)
            await stock.open()
            stack.push_async_callback(stock.close)
        days = DaysEnd(Book(store, sealer), clock)
        papers = Papers(counter, days)
        tasks: list[asyncio.Task[None]] = []

        def connected(client: PharmacyClient, terminal: Terminal) -> None:
            counter.connect(client, terminal)
            days.connect(client, terminal.pharmacy)
            papers.pharmacy = terminal.pharmacy_name or terminal.pharmacy
            gateway.base_url = httpx.URL(terminal.origin)
            tasks.append(asyncio.create_task(_fetch(reference), name="reference"))

        connecting = Connecting(
            settings=settings,
            file=TerminalFile(state),
            keys=key_store(settings, state),
            clock=clock,
            connected=connected,
            clients=clients,
        )
        connecting.connect()
        duties = [reference.run(stopping), connecting.run(stopping)]
        if settings.stock_folder is not None:
            duties.append(StockFolder(settings.stock_folder, stock, clock, language=settings.language).run(stopping))
        tasks += [asyncio.create_task(duty) for duty in duties]
        stack.push_async_callback(_end, tasks, stopping)
        rooms = Rooms(
            counter=counter,
            scan=partial(scanning.read_scan, book=reference),
            stock=stock,
            medicines=reference,
            days=days,
            papers=papers,
        )
        try:
            port = await stack.enter_async_context(
                served(
                    rooms,
                    Sessions(token, clock),
                    clock=clock,
                    language=settings.language,
                    port=settings.port,
                    origins=frozenset(settings.origins),
                )
            )
        except OSError:
            problem = f"Port {settings.port} of 127.0.0.1 is taken."
            raise CannotStart(problem, "Stop what listens there, or set another «port» in kopuro-pos.toml.") from None
        address = state / ADDRESS_FILE
        write_private(address, orjson.dumps({"url": f"http://127.0.0.1:{port}", "pid": os.getpid()}))
        stack.callback(remove_private, address)
        tasks.append(asyncio.create_task(asyncio.to_thread(scanning.load), name="lists of boxes"))
        yield port


@contextmanager
def _starting() -> Iterator[None]:
    """What keeps a store from being opened, as a ``Failure``."""
    try:
        yield
    except AlreadyRunning:
        raise CannotStart("Another agent works with this state folder.", "Stop it first.") from None
    except DatabaseTooNew:
        raise CannotStart("A newer agent has written the queue.", "Start the newer version again.") from None
    except CannotOpen:
        problem = "The queue was sealed with another key."
        raise CannotStart(problem, "Restore the sealing key from a copy.") from None
    except AgentProblem:
        raise CannotStart("The disk is full.", "Make room on the disk, then start again.") from None


async def _fetch(reference: Reference) -> None:
    """Fetch the reference as soon as there is a gateway to ask."""
    with suppress(ReferenceUnavailable):
        await reference.refresh()


async def _end(tasks: list[asyncio.Task[None]], stopping: asyncio.Event) -> None:
    """Let the duties end; what hangs is broken off, for all of it is taken up at the next start."""
    stopping.set()
    await asyncio.wait(tasks, timeout=_DUTIES_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _sealer(state: Path) -> FileSealer:
    try:
        return FileSealer.at(state / SEALING_FILE)
    except SealingKeyDamaged as damage:
        raise CannotStart(str(damage), "The queue cannot be read without it.") from None
