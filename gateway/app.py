"""The composition root: the one place that knows which adapter fulfils which port."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web

from adapters.foms.client import FomsClient, open_foms_client
from adapters.sanarip.callback import SanaripCallback
from config.settings import Settings
from gateway.api.access_services import ACCESS_SERVICES
from gateway.api.application import build_application, make_runner
from gateway.api.oauth import AUTHORISATION_SERVER
from gateway.checking.checks import CaseChecks, Checkers, ChecksHere, spare_cores
from gateway.limits.concurrency import ConcurrencyGate
from gateway.limits.connections import ConnectionGate
from gateway.limits.listening import GatedSite
from gateway.operations.acceptance import CaseAcceptance
from gateway.operations.dispatcher import Dispatcher
from gateway.operations.followers import EventPump, ReviewPoller
from gateway.operations.housekeeping import Housekeeping
from gateway.operations.journal import Journal
from gateway.operations.numbering import NumberFormer
from gateway.operations.signals import Signals
from gateway.ports import Clock, Ids, Sealer
from gateway.programme_wiring import compose_programme
from gateway.reference.medicine_register import MedicineRefresh, MedicinesInMemory
from gateway.reference.organisations import OrganisationsInMemory
from gateway.rules.ksf import KsfLayout, KsfNumber
from gateway.sealing.errors import CannotOpen, KeyRingUnusable
from gateway.services import CaseSettings, Lifecycle, Limits, Services
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.opening import store_for
from gateway.store.organisations import load_organisations
from gateway.store.sqlite import AlreadyInUse
from gateway.system import SystemClock, TimeOrderedIds
from gateway.telemetry.logging import configure_logging
from gateway.telemetry.metrics import Metrics
from gateway.tls import ReloadingTls
from gateway.wiring import Ground, lay_ground, protect, uncounted_networks

log = structlog.get_logger(__name__)

_SETTLE_SECONDS = 0.5
"""After readiness has turned false, before the port closes."""

_LAST_ANSWERS_SECONDS = 1.0
"""After the port has closed: each open connection ends with its next answer."""
_LOOKS = 20
"""How often is looked in that time whether connections are left."""


class CannotStart(Exception):
    """The service cannot start here. ``advice`` says what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        self.advice = advice
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A composed gateway, its store open and its dispatcher running."""

    application: web.Application
    services: Services
    store: Store
    dispatcher: Dispatcher
    tls: ReloadingTls | None


def number_former(layout: KsfLayout) -> NumberFormer:
    """Forms КСФ numbers in a layout (order on Sanarip Clinic, Annex 3)."""

    def form(sequence: int, department: str, organisation: str, year: int) -> str:
        return str(KsfNumber(sequence, department, organisation, f"{year % 100:02d}", layout))

    return form


@asynccontextmanager
async def running_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Compose, open, recover and start; on leaving, drain and close. Does not listen: that is :func:`serve`'s part."""
    clock, ids, signals, metrics = SystemClock(), TimeOrderedIds(), Signals(), Metrics()
    assert settings.foms is not None
    assert settings.xroad is not None
    async with contextlib.AsyncExitStack() as stack:
        store = store_for(settings.store.sqlite_path, settings.store.postgresql_url, signals)
        await store.open()
        stack.push_async_callback(store.close)
        ground = await lay_ground(settings, store, clock, ids)
        foms = open_foms_client(settings.foms, settings.xroad, ids)
        stack.push_async_callback(foms.close)
        journal = _journal(ground, signals)
        register = OrganisationsInMemory(await store.read(load_organisations))
        medicines = MedicinesInMemory()
        refresh = MedicineRefresh(store, clock, medicines)
        await refresh.look()
        programme = compose_programme(
            ground, signals=signals, register=register, medicines=medicines, metrics=metrics, stack=stack
        )
        dispatcher = Dispatcher(
            store=store,
            signals=signals,
            clock=clock,
            ids=ids,
            destinations=[(foms, settings.delivery.foms), *(programme.destinations if programme else ())],
            observer=metrics,
            exclusive=settings.store.sqlite_path is not None,
            sealer=ground.keeper.sealer,
        )
        protection = await protect(ground, register, metrics, stack)
        services = Services(
            journal=journal,
            dispatcher=dispatcher,
            store_probe=store,
            register=register,
            clock=clock,
            ids=ids,
            index=ground.keeper.index,
            audit=ground.trail,
            access=protection.access,
            gate=ConcurrencyGate(settings.limits.concurrency),
            storms=protection.storms,
            audit_head_age=protection.heads.age_seconds,
            checks=await _checks(settings, stack),
            medicines=medicines,
            case=_case_settings(settings),
            limits=Limits(body_bytes=settings.server.body_bytes, body_seconds=settings.server.body_seconds),
            metrics=metrics,
        )
        await dispatcher.start()
        stack.push_async_callback(dispatcher.drain, settings.server.drain_seconds)
        house = Housekeeping(store, clock, register, idempotency_days=settings.store.idempotency_days)
        followers = _followers(settings, foms, store, clock, ids, signals, ground.keeper.sealer, stack)
        duties = (house, refresh, *followers, *protection.duties, *(programme.duties if programme else ()))
        tasks = [asyncio.create_task(one.run(), name=type(one).__name__) for one in duties]
        stack.push_async_callback(_cancel, tasks)
        application = build_application(services)
        if protection.server is not None:
            application[AUTHORISATION_SERVER] = protection.server
        if protection.services is not None:
            application[ACCESS_SERVICES] = protection.services
        if programme is not None:
            programme.equip(application)
        yield Gateway(application, services, store, dispatcher, protection.tls)


def _journal(ground: Ground, signals: Signals) -> Journal:
    settings = ground.settings
    layout = KsfLayout.parse(settings.ksf.layout)
    acceptance = CaseAcceptance(
        upstream=FomsClient.name,
        scope=settings.ksf.counter_scope,
        form_number=number_former(layout),
        audit=ground.trail.append,
        largest_sequence=10**layout.sequence - 1,
    )
    return Journal(
        store=ground.store,
        acceptance=acceptance,
        signals=signals,
        clock=ground.clock,
        ids=ground.ids,
        sealer=ground.keeper.sealer,
        index=ground.keeper.index,
    )


def _followers(
    settings: Settings,
    foms: FomsClient,
    store: Store,
    clock: Clock,
    ids: Ids,
    signals: Signals,
    sealer: Sealer,
    stack: contextlib.AsyncExitStack,
) -> list[EventPump | ReviewPoller]:
    policy = settings.delivery.foms
    followers: list[EventPump | ReviewPoller] = [
        ReviewPoller(
            source=foms,
            store=store,
            clock=clock,
            ids=ids,
            policy=policy,
            signals=signals,
            sealer=sealer,
            every_seconds=settings.foms.review_seconds if settings.foms else 60.0,
        )
    ]
    if settings.sanarip.callback_url is not None:
        sink = SanaripCallback(settings.sanarip)
        stack.push_async_callback(sink.close)
        followers.append(
            EventPump(
                sink=sink,
                upstream=FomsClient.name,
                store=store,
                clock=clock,
                ids=ids,
                policy=policy,
                signals=signals,
                sealer=sealer,
            )
        )
    return followers


async def _checks(settings: Settings, stack: contextlib.AsyncExitStack) -> CaseChecks:
    wanted = settings.server.checkers
    count = spare_cores() if wanted is None else wanted
    if count == 0:
        return ChecksHere()
    checkers = Checkers(count)
    await checkers.start()
    stack.push_async_callback(checkers.close)
    return checkers


def _case_settings(settings: Settings) -> CaseSettings:
    return CaseSettings(
        layout=KsfLayout.parse(settings.ksf.layout),
        pilot_until=settings.case.pilot_until,
        clock_tolerance=settings.case.clock_tolerance,
    )


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def serve_until(settings: Settings, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
    """Listen and work until ``stop`` is set; then drain: no accepted request is dropped and no client sees an error."""
    async with running_gateway(settings) as gateway:
        runner = make_runner(gateway.application)
        await runner.setup()
        try:
            gate = ConnectionGate(
                settings.limits.connections, uncounted=uncounted_networks(settings), observer=gateway.services.metrics
            )
            site = GatedSite(
                runner,
                settings.server.host,
                settings.server.port,
                gate=gate,
                tls=None if gateway.tls is None else gateway.tls.context,
            )
            await site.start()
            host, port = runner.addresses[0][:2]
            gc.freeze()  # what start-up has made stays: the collector need not look at it again
            gc.set_threshold(10_000, 50, 1000)
            scheme = "http" if gateway.tls is None else "https"
            ready(f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}")
            await stop.wait()
            log.info("draining", phase="requests")
            await _drain(gateway.services.lifecycle, site, gate)
        finally:
            await runner.cleanup()
        log.info("draining", phase="deliveries")
    log.info("stopped")


async def _drain(lifecycle: Lifecycle, site: GatedSite, gate: ConnectionGate) -> None:
    """The order matters: were connections closed while the port is open, clients would come back to a closing port.

    The last wait is counted in short ones, so that it is time in which this process could read: after a machine has
    stood still, one long wait would be over before what had arrived meanwhile was looked at.
    """
    lifecycle.leave()
    await asyncio.sleep(_SETTLE_SECONDS)
    await site.stop_gently()
    lifecycle.drain()
    for _ in range(_LOOKS):
        if not gate.open:
            break
        await asyncio.sleep(_LAST_ANSWERS_SECONDS / _LOOKS)


def serve(settings: Settings) -> None:
    """``gateway serve``: run until SIGTERM or SIGINT. Prints one JSON line ``{"ready": true, "url": …}`` when up.

    Raises :class:`CannotStart`.
    """
    configure_logging(settings.telemetry.log_level, console=settings.telemetry.log_format == "console")
    _require_parser_in_c()
    with _loop_runner() as runner, _explained(settings):
        runner.run(_main(settings))


@contextlib.contextmanager
def _explained(settings: Settings) -> Iterator[None]:
    try:
        yield
    except AlreadyInUse as error:
        raise CannotStart(
            f"Another process has the database {error} open.",
            "Stop it, or use PostgreSQL for more than one node.",
        ) from None
    except KeyRingUnusable as error:
        raise CannotStart(str(error), error.advice) from error
    except CannotOpen as error:
        raise CannotStart(
            "None of the keys that sign tokens can be opened: the master key they were sealed with is missing.",
            "Bring it back from the safe copy of the keys; «gateway keys check» tells which one.",
        ) from error
    except StoreUnavailable as error:
        raise CannotStart(
            f"The store cannot be opened: {type(error.__cause__).__name__}.",
            "Check that the database of store.url runs, can be reached and written, and that the user may log in.",
        ) from error
    except OSError as error:
        place = f"{settings.server.host}:{settings.server.port}"
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"{place} is in use.", "Stop what listens there, or choose another server.port."
            ) from None
        raise CannotStart(
            f"A file or address cannot be used: {error.strerror or error}.", "Look with «gateway config check»."
        ) from error


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve_until(settings, stop, _tell_ready)


def _tell_ready(url: str) -> None:
    log.info("ready", port=int(url.rsplit(":", 1)[1]))
    sys.stdout.write(json.dumps({"ready": True, "url": url}) + "\n")
    sys.stdout.flush()


def _loop_runner() -> asyncio.Runner:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def _require_parser_in_c() -> None:
    """Aiohttp's parser in Python has known ways of being smuggled through; only the one in C is served with."""
    from aiohttp.http_parser import HttpRequestParser, HttpRequestParserPy  # noqa: PLC0415 - only at start

    if HttpRequestParser is HttpRequestParserPy:
        raise RuntimeError("aiohttp runs without its C parser; install its wheel for this platform")
