"""Look-ups: what was found stays in memory for an hour, so that the ПИН is typed once and leaves the agent never."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from kopuro_pos import client
from kopuro_pos.agent.contract import Found, HoldState, LookUp, Medicine, Offer
from kopuro_pos.agent.counter.line import Line
from kopuro_pos.agent.counter.refusing import findings_of, invalid_body
from kopuro_pos.agent.day.days import bishkek_day
from kopuro_pos.agent.ports import CounterSettings, GatewayPort, ReferencePort, ShelfPrice, StockPort
from kopuro_pos.agent.problems import AgentProblem, ProblemCode

_MOST_STOCK: Final = 500
"""Rows of stock that a look-up may bring."""
_MOST_KEPT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLookUp:
    """A prescription that was found, and what opens it."""

    at: float
    """By the event loop's clock."""
    who: client.PatientAndNumber
    found: Found


class LookUps:
    """Finds prescriptions and remembers them until the agent stops."""

    def __init__(self, line: Line, stock: StockPort, reference: ReferencePort, settings: CounterSettings) -> None:
        self._line = line
        self._stock = stock
        self._reference = reference
        self._settings = settings
        self._kept: OrderedDict[str, KeptLookUp] = OrderedDict()

    async def look_up(self, order: LookUp, language: str) -> Found:
        """See ``Counter.look_up``."""
        pharmacy = self._line.terminal.pharmacy
        with invalid_body():
            who = client.PatientAndNumber(pin=order.pin, number=order.number, family_name=order.family_name)
        answer, prices = await self._line.ask(
            lambda gateway: self._find(gateway, pharmacy, who, language), language, self._settings.lookup_seconds
        )
        name = secrets.token_urlsafe(16)
        found = self._found(name, answer, prices)
        self._keep(name, KeptLookUp(at=_now(), who=who, found=found))
        return found

    def get(self, name: str) -> KeptLookUp:
        """A look-up by its name; raises LOOKUP_GONE."""
        self._forget_old()
        kept = self._kept.get(name)
        if kept is None:
            raise AgentProblem(ProblemCode.LOOKUP_GONE)
        return kept

    async def _find(
        self, gateway: GatewayPort, pharmacy: str, who: client.PatientAndNumber, language: str
    ) -> tuple[client.FoundPrescription, list[ShelfPrice]]:
        """With the stock that fits; a larger one needs a second question, once the medicines are known."""
        prices = list(self._stock.prices())
        if len(prices) <= _MOST_STOCK:
            return await gateway.look_up(_question(pharmacy, who, prices), language=language), prices
        answer = await gateway.look_up(_question(pharmacy, who, []), language=language)
        prices = list(self._stock.prices({offer.medicine.code for offer in answer.offers}))[:_MOST_STOCK]
        if prices:
            answer = await gateway.look_up(_question(pharmacy, who, prices), language=language)
        return answer, prices

    def _found(self, name: str, answer: client.FoundPrescription, prices: list[ShelfPrice]) -> Found:
        today = bishkek_day(self._line.now())
        packs = {(one.medicine, one.pack_price): one.packs for one in prices}

        def medicine(brief: client.MedicineBrief) -> Medicine:
            known = self._reference.brief(brief.code, today)
            return medicine_of(brief, gtin=None if known is None else known.gtin)

        return Found(
            lookup=name,
            prescription=answer.id,
            number=answer.number,
            display_number=answer.display_number,
            state=str(answer.state),
            issued_on=answer.issued_on,
            last_day=answer.remaining.last_day,
            medicine=medicine(answer.medicine),
            dose=format(answer.ordered.dose, "f"),
            dose_unit=str(answer.ordered.dose_unit),
            directions=answer.ordered.directions,
            ordered_units=answer.ordered.units,
            remaining_units=answer.remaining.units,
            hold=hold_of(answer.hold),
            offers=[
                Offer(
                    medicine=medicine(offer.medicine),
                    prescribed=offer.prescribed,
                    in_stock=offer.in_stock,
                    pack_price=offer.pack_price,
                    packs=None if offer.pack_price is None else packs.get((offer.medicine.code, offer.pack_price)),
                    units=offer.units,
                    retail=offer.retail,
                    compensation=offer.compensation,
                    patient=offer.patient,
                )
                for offer in answer.offers
            ],
            findings=findings_of(answer.findings),
        )

    def _keep(self, name: str, kept: KeptLookUp) -> None:
        self._forget_old()
        self._kept[name] = kept

    def _forget_old(self) -> None:
        oldest = _now() - self._settings.lookup_for.total_seconds()
        while self._kept and (len(self._kept) >= _MOST_KEPT or next(iter(self._kept.values())).at < oldest):
            self._kept.popitem(last=False)


def medicine_of(brief: client.MedicineBrief, *, gtin: str | None) -> Medicine:
    """A row of the reference as the counter shows it."""
    return Medicine(
        code=brief.code,
        inn=brief.inn,
        trade_name=brief.trade_name,
        form=brief.form,
        strength=format(brief.strength, "f"),
        strength_unit=str(brief.strength_unit),
        pack_size=brief.pack_size,
        manufacturer=brief.manufacturer,
        country=brief.country,
        gtin=gtin,
    )


def hold_of(hold: client.HoldView | None) -> HoldState | None:
    """Who holds the prescription; an id only for a hold of one's own."""
    if hold is None:
        return None
    own = hold.holder == client.Holder.SELF
    return HoldState(id=hold.id if own else None, holder="self" if own else "other", since=hold.since, until=hold.until)


def _now() -> float:
    """This computer's clock may be set meanwhile."""
    return asyncio.get_running_loop().time()


def _question(pharmacy: str, who: client.PatientAndNumber, prices: list[ShelfPrice]) -> client.LookUp:
    return client.LookUp(
        pharmacy=pharmacy,
        prescription=who,
        stock=tuple(client.StockItem(medicine=one.medicine, pack_price=one.pack_price) for one in prices),
    )
