"""The reference of medicines («Маалымдама») as the gateway last gave it, kept in a file for days without the line.

The gateway gives it to everybody (``GET /v1/medicines``; regulation on the additional drug programme, clause 13). Kept
are the version of today, the one that follows it where the gateway knows it already, and a few before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

import httpx
from pydantic import TypeAdapter, ValidationError

from kopuro_pos.agent.contract import Flat, Medicine
from kopuro_pos.agent.day.days import BISHKEK, bishkek_day
from kopuro_pos.agent.ports import Clock
from kopuro_pos.agent.storage.private_files import write_private
from kopuro_pos.client.models import ReferenceItem, ReferencePage

_log = logging.getLogger(__name__)

_PAGE: Final = 500
_KEPT_BEFORE: Final = 2
"""Versions that are over: sales of their days may still be looked at."""
_GTIN_DIGITS: Final = 14
_A_LITTLE: Final = timedelta(seconds=5)
_HOURLY: Final = timedelta(hours=1)
_AGAIN: Final = timedelta(minutes=1)


class ReferenceVersion(Flat):
    """One version. From ``valid_from`` on, a Bishkek day, it is in force until the next one begins."""

    number: int
    valid_from: date
    valid_until: date | None
    """Its last day; ``None`` while the gateway knew of no later version."""
    etag: str
    medicines: tuple[Medicine, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Medicine]:
        """The rows by the fund's codes."""
        return {medicine.code: medicine for medicine in self.medicines}

    @cached_property
    def by_gtin(self) -> Mapping[str, str]:
        """The codes by GTIN, of 14 digits; of several rows with one GTIN the first."""
        return {
            padded(medicine.gtin): medicine.code for medicine in reversed(self.medicines) if medicine.gtin is not None
        }


class ReferenceUnavailable(Exception):
    """The gateway gave no usable answer: what is kept stays as it is."""


_VERSIONS: Final = TypeAdapter(tuple[ReferenceVersion, ...])


class Reference:
    """A :class:`kopuro_pos.agent.ports.ReferencePort`. Everything but :meth:`refresh` and :meth:`run` is from memory.

    ``gateway`` has the gateway's origin as its base address; no token is needed. ``file`` is read at once, if it is
    there and sound.
    """

    def __init__(self, gateway: httpx.AsyncClient, file: Path, clock: Clock) -> None:
        self._gateway = gateway
        self._file = file
        self._clock = clock
        self._versions: tuple[ReferenceVersion, ...] = ()
        self._listeners: list[Callable[[], Awaitable[None]]] = []
        self._refreshing = asyncio.Lock()
        with suppress(FileNotFoundError):
            try:
                self._versions = _VERSIONS.validate_json(file.read_bytes())
            except ValidationError:
                _log.warning("reference_file_unreadable")
        self._announced = self._on(self._today())

    def brief(self, code: str, on: date | None = None) -> Medicine | None:
        """The row of this code on a Bishkek day (today's when left out); ``None`` when it is unknown here."""
        version = self._on(on or self._today())
        return None if version is None else version.by_code.get(code)

    def code_of_gtin(self, gtin: str, on: date | None = None) -> str | None:
        """The medicine that a box with this GTIN (8 to 14 digits) holds, by the version of a Bishkek day."""
        version = self._on(on or self._today())
        return None if version is None else version.by_gtin.get(padded(gtin))

    def search(self, text: str, limit: int = 50) -> list[Medicine]:
        """Today's rows with this in their names, their code or their GTIN; by international, then trade name."""
        version, part = self._on(self._today()), text.casefold().strip()
        if version is None:
            return []
        found = (one for one in version.medicines if any(part in name.casefold() for name in _names(one)))
        return sorted(found, key=lambda one: (one.inn, one.trade_name, one.code))[:limit]

    def on_change(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call ``listener`` whenever other rows come into force."""
        self._listeners.append(listener)

    async def refresh(self) -> None:
        """Ask the gateway what has changed; raises :class:`ReferenceUnavailable`, and then nothing changes."""
        async with self._refreshing:
            await self._refresh()
        await self._announce()

    async def run(self, stopping: asyncio.Event) -> None:
        """Refresh at once, hourly and when a day begins, after a failure in a minute, until it is time to stop."""
        while not stopping.is_set():
            try:
                await self.refresh()
                wait = min(self._until_midnight(), _HOURLY)
            except ReferenceUnavailable:
                await self._announce()
                wait = _AGAIN
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), wait.total_seconds())

    async def _refresh(self) -> None:
        today = self._today()
        current = await self._fetch(today)
        fetched = [current]
        if current.valid_until is not None:
            fetched.append(await self._fetch(current.valid_until + timedelta(days=1)))
        before = [version for version in self._versions if version.valid_from < current.valid_from]
        kept = (*before[-_KEPT_BEFORE:], *fetched)
        if kept != self._versions:
            self._versions = kept
            try:
                await asyncio.to_thread(write_private, self._file, _VERSIONS.dump_json(kept))
            except OSError as trouble:
                _log.warning("reference_not_kept", extra={"reason": type(trouble).__name__})

    async def _announce(self) -> None:
        """Tell the listeners when other rows are in force than before: fetched just now, or since midnight."""
        if (current := self._on(self._today())) != self._announced:
            self._announced = current
            for listener in self._listeners:
                await listener()

    def _until_midnight(self) -> timedelta:
        tomorrow = datetime.combine(self._today() + timedelta(days=1), time(), BISHKEK)
        return tomorrow - self._clock.now() + _A_LITTLE

    def _today(self) -> date:
        return bishkek_day(self._clock.now())

    def _on(self, day: date) -> ReferenceVersion | None:
        """The version of a day: the last that has begun by then."""
        return next((one for one in reversed(self._versions) if one.valid_from <= day), None)

    async def _fetch(self, on: date) -> ReferenceVersion:
        """The version of a day, page by page; what is kept already is not sent again."""
        known = self._on(on)
        first = await self._page(on, None, None if known is None else known.etag)
        if first is None:
            assert known is not None  # an ETag was sent
            return known
        page, etag = first
        medicines = list(_medicines(page))
        while page.next is not None:
            following = await self._page(on, page.next, None)
            if following is None or following[1] != etag:
                raise ReferenceUnavailable("the reference changed while it was read")
            page = following[0]
            medicines += _medicines(page)
        return ReferenceVersion(
            number=page.version.number,
            valid_from=page.version.valid_from,
            valid_until=page.version.valid_until,
            etag=etag,
            medicines=tuple(medicines),
        )

    async def _page(self, on: date, after: str | None, etag: str | None) -> tuple[ReferencePage, str] | None:
        """A page and the version's ETag; ``None`` where nothing has changed."""
        query: dict[str, str | int] = {"on": on.isoformat(), "limit": _PAGE}
        if after is not None:
            query["after"] = after
        headers = {"If-None-Match": etag} if etag else {}
        try:
            answer = await self._gateway.get("/v1/medicines", params=query, headers=headers)
            if answer.status_code == httpx.codes.NOT_MODIFIED and etag:
                return None
            answer.raise_for_status()
            return ReferencePage.model_validate_json(answer.content), answer.headers.get("ETag", "")
        except (httpx.HTTPError, ValidationError) as refused:
            raise ReferenceUnavailable("the gateway gave no reference") from refused


def padded(gtin: str) -> str:
    """A GTIN of any length with 14 digits."""
    return gtin.zfill(_GTIN_DIGITS)


def _medicines(page: ReferencePage) -> Iterable[Medicine]:
    return map(_medicine, page.items)


def _medicine(item: ReferenceItem) -> Medicine:
    leading = item.components[0]
    return Medicine(
        code=item.code,
        inn=item.inn,
        trade_name=item.trade_name,
        form=item.form,
        strength=format(leading.strength, "f"),
        strength_unit=leading.strength_unit,
        pack_size=item.pack_size,
        manufacturer=item.manufacturer,
        country=item.country,
        gtin=item.gtin,
    )


def _names(medicine: Medicine) -> tuple[str, ...]:
    return medicine.inn, medicine.trade_name, medicine.code, medicine.gtin or ""
