"""The reference of medicines kept in memory, and its taking over of new versions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from gateway.ports import Clock
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.medicines.versions import VersionDates, ages
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.medicines import load_versions, version_dates
from gateway.system import spread

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 10.0
KEPT: Final = timedelta(days=400)
"""How long a version that has ended is at hand: longer than any sale is recorded late or reversed."""


class MedicinesInMemory:
    """The versions as rules ask them: a :class:`gateway.programme.ports.MedicineRegister`."""

    def __init__(self, versions: Iterable[ReferenceVersion] = (), dates: Iterable[VersionDates] = ()) -> None:
        self._versions: tuple[ReferenceVersion, ...] = ()
        self._dates: tuple[VersionDates, ...] = ()
        self.replace(versions, dates)

    def replace(self, versions: Iterable[ReferenceVersion], dates: Iterable[VersionDates]) -> None:
        """From now on these are the versions, and these their days."""
        self._versions, self._dates = tuple(versions), tuple(dates)

    @property
    def dates(self) -> tuple[VersionDates, ...]:
        """The days of every version at hand, oldest first."""
        return self._dates

    def on(self, day: date) -> ReferenceVersion | None:
        """The version in force on a Bishkek day."""
        return next((version for version in reversed(self._versions) if version.covers(day)), None)

    def version(self, number: int) -> ReferenceVersion | None:
        """A version by its number."""
        return next((version for version in self._versions if version.number == number), None)

    def dates_on(self, day: date) -> VersionDates | None:
        """The days of the version in force on a Bishkek day."""
        version = self.on(day)
        return None if version is None else next(one for one in self._dates if one.number == version.number)

    def ages(self, today: date) -> tuple[Finding, ...]:
        """Warnings on the version in force that should have been reviewed by now (clauses 10 and 12)."""
        dates = self.dates_on(today)
        return () if dates is None else ages(dates, today)


class MedicineRefresh:
    """Takes over versions that were imported since; runs until cancelled."""

    def __init__(self, store: Store, clock: Clock, register: MedicinesInMemory) -> None:
        self._store = store
        self._clock = clock
        self._register = register

    async def run(self) -> None:
        """Look every few seconds."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS / 2 + spread(_LOOK_SECONDS / 2))
            try:
                await self.look()
            except StoreUnavailable:
                log.warning("store_unavailable", task="medicines")

    async def look(self) -> None:
        """Load what is in the store, if it is not what is in memory."""
        since = bishkek_day(self._clock.now()) - KEPT
        dates = await self._store.read(partial(version_dates, since=since))
        if tuple(dates) != self._register.dates:
            self._register.replace(*await self._store.read(partial(_both, since=since)))
            log.info("medicines_loaded", versions=[one.number for one in self._register.dates])


def _both(connection: Connection, since: date) -> tuple[Sequence[ReferenceVersion], Sequence[VersionDates]]:
    return load_versions(connection, since), version_dates(connection, since)
