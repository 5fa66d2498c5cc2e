"""Quotes and holds: what a sale would cost, and the prescription kept for this pharmacy meanwhile."""

from __future__ import annotations

import re
from functools import partial
from typing import Final
from uuid import UUID

from kopuro_pos import client
from kopuro_pos.agent.book import Book, KeptQuote
from kopuro_pos.agent.contract import Medicine, Quote, QuoteOrder
from kopuro_pos.agent.counter.line import Line
from kopuro_pos.agent.counter.lookups import KeptLookUp, LookUps, hold_of
from kopuro_pos.agent.counter.refusing import findings_of, invalid_body
from kopuro_pos.agent.day.days import bishkek_day
from kopuro_pos.agent.ports import CounterSettings, GatewayPort, ReferencePort
from kopuro_pos.agent.problems import AgentProblem, ProblemCode

_LAST_DIGITS: Final = re.compile(r"[0-9]+$")


class Quoting:
    """Asks for quotes and keeps them: a sale may follow after a restart and without the gateway."""

    def __init__(
        self, line: Line, book: Book, lookups: LookUps, reference: ReferencePort, settings: CounterSettings
    ) -> None:
        self._line = line
        self._book = book
        self._lookups = lookups
        self._reference = reference
        self._settings = settings

    async def quote(self, order: QuoteOrder, language: str) -> Quote:
        """See ``Counter.quote``."""
        pharmacy = self._line.terminal.pharmacy
        kept = self._lookups.get(order.lookup)
        medicine = self._medicine(kept, order.medicine)
        with invalid_body():
            sale = _sale(order, medicine)
        request = client.QuoteRequest(pharmacy=pharmacy, prescription=kept.who, sale=sale, hold=order.hold)
        answer = await self._line.ask(
            lambda gateway: gateway.quote(request, language=language), language, self._settings.lookup_seconds
        )
        quote = KeptQuote(
            made_at=answer.created_at,
            pharmacy=pharmacy,
            who=kept.who,
            prescription=answer.prescription,
            display_number=kept.found.display_number,
            sale=sale,
            offers_shown=_offers_shown(kept, sale),
            choice=_choice(kept, medicine),
            told=_told(order, answer, medicine, next_number(await self._book.last_receipt())),
        )
        await self._book.add_quote(quote, forget_before=answer.created_at - self._settings.hold_for)
        return quote.told

    async def release(self, lookup: str, language: str) -> None:
        """See ``Counter.release``. Raises SALE_OPEN while a sale waits that was made under the hold."""
        quotes = await self._book.quotes_of(lookup)
        holds = [one.hold for one in quotes] if quotes else [self._lookups.get(lookup).found.hold]
        own: set[UUID] = {hold.id for hold in holds if hold is not None and hold.id is not None}
        if await self._book.waits_under(own):
            raise AgentProblem(ProblemCode.SALE_OPEN)
        # First of all nothing must be sold under it any more: the answer may get lost.
        await self._book.drop_quotes(lookup)
        for hold in own:
            await self._line.ask(
                partial(_release, hold=hold, language=language), language, self._settings.lookup_seconds
            )

    def _medicine(self, kept: KeptLookUp, code: str) -> Medicine:
        """The row to be sold, as it was offered. What was not offered is the gateway's to judge."""
        found = kept.found
        offered = (offer.medicine for offer in found.offers)
        medicine = next((one for one in (*offered, found.medicine) if one.code == code), None)
        medicine = medicine or self._reference.brief(code, bishkek_day(self._line.now()))
        if medicine is None:
            raise AgentProblem(ProblemCode.LOOKUP_GONE)
        return medicine


def next_number(receipt: str | None) -> str | None:
    """The receipt after this one, when it ends in digits: as many, unless all were nines."""
    digits = _LAST_DIGITS.search(receipt or "")
    if receipt is None or digits is None:
        return None
    following = str(int(digits.group()) + 1).zfill(len(digits.group()))
    return receipt[: digits.start()] + following


def _sale(order: QuoteOrder, medicine: Medicine) -> client.Sale:
    return client.Sale(
        medicine=order.medicine,
        units=order.units,
        pack_price=order.pack_price,
        shelf_price=order.pack_price if order.shelf_price is None else order.shelf_price,
        boxes=_boxes(order, medicine.pack_size),
    )


def _boxes(order: QuoteOrder, pack_size: int) -> tuple[client.Box, ...]:
    """Whole boxes, and of the last one what is left of the units. Boxes too many are the gateway's to find."""
    boxes, left = [], order.units
    for code in order.boxes:
        boxes.append(client.Box(code=code, units=left if 0 < left < pack_size else None))
        left -= pack_size
    return tuple(boxes)


def _offers_shown(kept: KeptLookUp, sale: client.Sale) -> tuple[client.StockItem, ...]:
    """What the patient was told of (clause 36): the priced offers, and the one the quote has put a price on."""
    shown = {(offer.medicine.code, offer.pack_price) for offer in kept.found.offers if offer.pack_price}
    if any(offer.medicine.code == sale.medicine for offer in kept.found.offers):
        shown.add((sale.medicine, sale.pack_price))
    return tuple(client.StockItem(medicine=code, pack_price=price) for code, price in sorted(shown))


def _choice(kept: KeptLookUp, sold: Medicine) -> client.Choice:
    prescribed = kept.found.medicine
    same = sold.code == prescribed.code or sold.trade_name == prescribed.trade_name
    return client.Choice.AS_PRESCRIBED if same else client.Choice.SUBSTITUTED


def _told(order: QuoteOrder, answer: client.QuoteView, medicine: Medicine, receipt: str | None) -> Quote:
    return Quote(
        quote=answer.id,
        lookup=order.lookup,
        medicine=medicine,
        units=answer.units,
        max_units=answer.max_units,
        extra_units=answer.extra_units,
        pack_price=order.pack_price,
        retail=answer.retail,
        compensation=answer.compensation,
        patient=answer.patient,
        remaining_units=answer.remaining.units,
        last_day=answer.remaining.last_day,
        expires_at=answer.expires_at,
        hold=hold_of(answer.hold),
        receipt_suggestion=receipt,
        findings=findings_of(answer.findings),
    )


async def _release(gateway: GatewayPort, hold: UUID, language: str) -> None:
    await gateway.release(hold, language=language)
