"""One sale or reversal and the gateway: sending it, asking what became of it, reading the answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from kopuro_pos import client
from kopuro_pos.agent.book import Book, Entry, EntryKind
from kopuro_pos.agent.contract import FundState, Sale
from kopuro_pos.agent.counter.line import Line
from kopuro_pos.agent.counter.refusing import findings_of
from kopuro_pos.agent.day.days import bishkek_day
from kopuro_pos.agent.ports import GatewayPort

_FUND: Final = "drug-programme"
_ONE_DAY: Final = timedelta(days=1)
_AHEAD: Final = timedelta(minutes=5)
"""The gateway takes a sale of its near future for one of its own present."""
_NO_RECEIPT: Final = "-"


class Delivery:
    """Raises what the client raises."""

    def __init__(self, book: Book, line: Line) -> None:
        self._book = book
        self._line = line

    async def send(self, entry: Entry, original: Entry | None) -> client.DispenseView:
        """Have it recorded under its key; ``original`` is the recorded sale that a reversal takes back."""
        assert entry.order is not None
        if original is not None:
            dispense = original.sale.dispense
            assert dispense is not None
            reversal = client.ReversalOrder.model_validate_json(entry.order)
            return await self._line.call(
                lambda gateway: gateway.reverse(dispense, reversal, key=entry.sent_key, language=entry.language)
            )
        sale = client.DispenseOrder.model_validate_json(entry.order)
        return await self._line.call(
            lambda gateway: gateway.dispense(sale, key=entry.sent_key, language=entry.language)
        )

    async def ask(self, entry: Entry, original: Entry | None) -> client.DispenseView | None:
        """What the gateway has recorded of it; ``None`` when nothing."""
        if original is not None:
            return await self._reversal_of(original, entry.language)
        for view in await self._line.call(lambda gateway: _of_receipt(gateway, entry)):
            if _is_same(entry, view) and not await self._book.dispense_known(view.id):
                return view
        return None

    async def fund_of(self, entry: Entry) -> tuple[FundState | None, str | None]:
        """What the fund has said of a recorded sale or reversal, as the gateway knows it."""
        dispense = entry.sale.dispense
        assert dispense is not None
        return fund_of(await self._line.call(lambda gateway: gateway.get_dispense(dispense, language=entry.language)))

    async def ping(self) -> None:
        """Ask for next to nothing, to learn whether the gateway answers, knows us, and what time it is there."""
        pharmacy, today = self._line.terminal.pharmacy, bishkek_day(self._line.now())

        async def nothing(gateway: GatewayPort) -> None:
            async for _ in gateway.dispenses(pharmacy=pharmacy, first=today, last=today, receipt=_NO_RECEIPT):
                return

        await self._line.call(nothing)

    async def _reversal_of(self, original: Entry, language: str) -> client.DispenseView | None:
        dispense = original.sale.dispense
        assert dispense is not None
        sold = await self._line.call(lambda gateway: gateway.get_dispense(dispense, language=language))
        reversal = sold.reversed_by
        if reversal is None:
            return None
        return await self._line.call(lambda gateway: gateway.get_dispense(reversal, language=language))


def recorded_sale(sale: Sale, view: client.DispenseView) -> Sale:
    """A sale or reversal as the gateway has recorded it."""
    fund, record = fund_of(view)
    return sale.model_copy(
        update={
            "units": view.units,
            "retail": view.retail,
            "compensation": view.compensation,
            "patient": view.patient,
            "remaining_units": view.remaining.units,
            "last_day": view.remaining.last_day,
            "dispense": view.id,
            "recorded_at": view.recorded_at,
            "fund": fund,
            "fund_record": record,
            "findings": findings_of(view.findings),
        }
    )


def fund_of(view: client.DispenseView) -> tuple[FundState | None, str | None]:
    """Whether the fund has taken it, and its record number; ``None`` when the fund is never told of it."""
    told = next((one for one in view.operations if one.upstream == _FUND), None)
    if told is None or told.state == client.OperationState.CANCELLED:
        return None, None
    if told.state == client.OperationState.DELIVERED:
        return FundState.TAKEN, told.record_number
    if told.state == client.OperationState.REJECTED:
        return FundState.REFUSED, told.record_number
    return FundState.UNDER_WAY, told.record_number


async def _of_receipt(gateway: GatewayPort, entry: Entry) -> list[client.DispenseView]:
    assert entry.order is not None
    order = client.DispenseOrder.model_validate_json(entry.order)
    day = entry.sale.on
    found = gateway.dispenses(
        pharmacy=order.pharmacy,
        first=day - _ONE_DAY,
        last=day,
        receipt=entry.sale.receipt_number,
        language=entry.language,
    )
    return [view async for view in found]


def _is_same(entry: Entry, view: client.DispenseView) -> bool:
    sale = entry.sale
    return (
        entry.kind is EntryKind.DISPENSE
        and view.reversal_of is None
        and view.prescription == sale.prescription
        and view.medicine == sale.medicine.code
        and view.units == sale.units
        and timedelta() <= sale.at - view.sold_at <= _AHEAD
    )
