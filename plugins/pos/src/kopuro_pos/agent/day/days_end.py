"""The day's end: what the three sides have of a Bishkek day is gathered here, and compared in ``balancing``.

A reversal belongs to the day it was made on at the counter, as its money does. The gateway knows it by the day it was
recorded, which is later when it was made without the line; so the agent's own reversals are looked for by their ids.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import date
from typing import Protocol
from uuid import UUID

from kopuro_pos.agent.book import Entry
from kopuro_pos.agent.contract import Day, Sale, SaleState
from kopuro_pos.agent.day.balancing import balance
from kopuro_pos.agent.ports import Clock
from kopuro_pos.client.errors import CallFailed, Refused
from kopuro_pos.client.models import DispenseView

_log = logging.getLogger(__name__)

_NOT_FOUND = 404


class DayBook(Protocol):
    """The agent's book; :class:`kopuro_pos.agent.book.Book` is one."""

    async def day(self, day: date) -> list[Sale]:
        """Sales and reversals made on a Bishkek day."""
        ...

    async def entry(self, identifier: UUID) -> Entry | None:
        """A sale or reversal by its id."""
        ...

    async def dispense_known(self, dispense: UUID) -> bool:
        """Whether the gateway's dispense is that of a sale or reversal in the book, of whatever day."""
        ...


class DayGateway(Protocol):
    """What is asked of :class:`kopuro_pos.client.PharmacyClient`; all raise ``CallFailed``."""

    def dispenses(
        self,
        *,
        pharmacy: str | None = None,
        first: date | None = None,
        last: date | None = None,
        recorded_first: date | None = None,
        recorded_last: date | None = None,
        mine: bool = False,
    ) -> AsyncIterator[DispenseView]:
        """This pharmacy's dispenses by the Bishkek day of the sale, or by that of recording; or this terminal's."""
        ...

    async def get_dispense(self, dispense_id: UUID) -> DispenseView:
        """A dispense of this pharmacy as it stands now."""
        ...


class DaysEnd:
    """Balances days of this terminal."""

    def __init__(self, book: DayBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._gateway: DayGateway | None = None
        self._pharmacy: str | None = None

    def connect(self, gateway: DayGateway, pharmacy: str) -> None:
        """Ask this gateway, for this pharmacy (six digits)."""
        self._gateway = gateway
        self._pharmacy = pharmacy

    async def day(self, day: date, language: str) -> Day:
        """A day's three columns and what differs; without the gateway what the agent itself knows."""
        agent = [sale for sale in await self._book.day(day) if await self._handed_over(sale)]
        gateway = await self._recorded(day, agent)
        return balance(day, agent, gateway, language=language, checked_at=self._clock.now())

    async def _handed_over(self, sale: Sale) -> bool:
        """All but what was refused while the goods still lay on the counter."""
        if sale.state is not SaleState.REFUSED:
            return True
        entry = await self._book.entry(sale.id)
        return entry is not None and entry.kept

    async def _recorded(self, day: date, agent: list[Sale]) -> list[DispenseView] | None:
        """What the gateway has of a day; ``None`` when it does not say."""
        if self._gateway is None:
            return None
        try:
            found = {one.id: one for one in await self._listed(self._gateway, day)}
            own = {sale.dispense for sale in agent if sale.dispense is not None}
            for identifier in own - found.keys():
                if (one := await _shown(self._gateway, identifier)) is not None:
                    found[identifier] = one
            return [
                one
                for identifier, one in found.items()
                if identifier in own or not await self._book.dispense_known(identifier)
            ]
        except CallFailed as failed:
            _log.warning("day_without_gateway", extra={"reason": type(failed).__name__})
            return None

    async def _listed(self, gateway: DayGateway, day: date) -> list[DispenseView]:
        """This terminal's sales of the day, and the reversals recorded on it of whatever day's sales."""
        sold = gateway.dispenses(pharmacy=self._pharmacy, first=day, last=day, mine=True)
        recorded = gateway.dispenses(pharmacy=self._pharmacy, recorded_first=day, recorded_last=day, mine=True)
        sales = [one async for one in sold if one.reversal_of is None]
        return sales + [one async for one in recorded if one.reversal_of is not None]


async def _shown(gateway: DayGateway, identifier: UUID) -> DispenseView | None:
    try:
        return await gateway.get_dispense(identifier)
    except Refused as refused:
        if refused.status == _NOT_FOUND:
            return None
        raise
