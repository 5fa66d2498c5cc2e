"""What stands behind the simulator's doors: a prescription, quotes, sales. It speaks the models of the contract.

No HTTP and no waiting here. It keeps the agent's rules as far as a till can notice them; it is no second gateway.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from kopuro_pos.agent.contract import (
    Finding,
    Found,
    FundState,
    HoldState,
    LookUp,
    Medicine,
    QueueEntry,
    QueueView,
    Quote,
    QuoteOrder,
    ReversalOrder,
    ReversalReason,
    Sale,
    SaleOrder,
    SalePage,
    SaleState,
    Scan,
    ScanKind,
    Scanned,
)
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.certify.faults import Condition
from kopuro_pos.certify.findings import finding, refusal
from kopuro_pos.certify.shelf import (
    DIRECTIONS,
    DISPLAY_NUMBER,
    NUMBER,
    ORDERED_UNITS,
    PIN,
    PRESCRIPTION,
    ShelfRow,
    full_shelf,
    offer_of,
    sums_of,
    two_digits,
)

BISHKEK: Final = ZoneInfo("Asia/Bishkek")
_BOX: Final = re.compile(r"^(?:\]d2)?01(?P<gtin>\d{14})21(?P<serial>[^\x1d]{1,20})(?:\x1d|$)")

Parameters = dict[str, str | int]


def now_utc() -> datetime:
    """This instant, in whole milliseconds."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


@dataclass(slots=True)
class World:
    """One prescription and one till's pharmacy."""

    now: Callable[[], datetime] = now_utc
    new_id: Callable[[], UUID] = uuid4
    shelf: dict[str, ShelfRow] = field(default_factory=full_shelf)
    conditions: set[Condition] = field(default_factory=set)
    refused_with: list[tuple[str, Parameters]] = field(default_factory=list)
    """With what the gateway refuses a quote."""
    warned_with: list[tuple[str, Parameters]] = field(default_factory=list)
    """What the gateway says beside a look-up, a quote and a sale that it accepts."""
    remaining: int = ORDERED_UNITS
    lookups: set[str] = field(default_factory=set)
    quotes: dict[UUID, tuple[QuoteOrder, Quote]] = field(default_factory=dict)
    sales: dict[UUID, Sale] = field(default_factory=dict)
    orders: dict[str, tuple[object, UUID]] = field(default_factory=dict)
    """What was ordered under a key, and which sale or reversal it became."""
    seen: set[UUID] = field(default_factory=set)
    changed: Callable[[Sale], None] = field(default=lambda _sale: None)
    """Told when a sale that waits comes to an end."""
    held_since: datetime | None = None
    """Since when the other pharmacy holds the prescription."""
    missing_at_gateway: set[UUID] = field(default_factory=set)
    """Sales that the gateway's list does not hold at the day's end."""

    # ---------------------------------------------------------------------------------------------- look-up and quote

    def look_up(self, asked: LookUp, language: str) -> Found:
        """The prescription; :class:`AgentProblem` where the conditions forbid."""
        self._answerable()
        if asked.pin != PIN or re.sub(r"[\s-]", "", asked.number) != NUMBER:
            raise AgentProblem(ProblemCode.GATEWAY_REFUSED, 404)
        lookup = self.new_id().hex
        self.lookups.add(lookup)
        held = Condition.HELD_BY_OTHER in self.conditions
        in_stock_first = sorted(self.shelf.values(), key=lambda row: (row.packs == 0, sums_of(row, 1).patient))
        today = self.today()
        return Found(
            lookup=lookup,
            prescription=PRESCRIPTION,
            number=NUMBER,
            display_number=DISPLAY_NUMBER,
            state="issued",
            issued_on=today - timedelta(days=3),
            last_day=self.last_day(),
            medicine=self.shelf["EX-C01"].medicine,
            dose="10",
            dose_unit="mg",
            directions=DIRECTIONS,
            ordered_units=ORDERED_UNITS,
            remaining_units=self.remaining,
            hold=self._hold_of_other() if held else None,
            offers=[offer_of(row, self.remaining) for row in in_stock_first],
            findings=[self.held(language)] if held else self._warnings(language),
        )

    def quote(self, order: QuoteOrder, language: str) -> Quote:
        """The sums of a sale, with a hold where one is given."""
        self._answerable()
        if order.lookup not in self.lookups:
            raise AgentProblem(ProblemCode.LOOKUP_GONE)
        if Condition.HELD_BY_OTHER in self.conditions:
            raise refusal(self.held(language))
        if self.refused_with:
            raise refusal(*(finding(code, language, **more) for code, more in self.refused_with))
        order = order.model_copy(update={"pack_price": two_digits(order.pack_price)})
        row = self.shelf.get(order.medicine)
        if row is None:
            raise AgentProblem(ProblemCode.BODY_INVALID)
        if order.pack_price > row.pack_price:
            raise refusal(finding("PRICE_ABOVE_SHELF", language, shelf=str(row.pack_price)))
        if order.units > self.remaining:
            raise refusal(finding("RX_DISPENSED", language))
        sums = sums_of(row, order.units)
        instant = self.now()
        quote = Quote(
            quote=self.new_id(),
            lookup=order.lookup,
            medicine=row.medicine,
            units=order.units,
            max_units=self.remaining,
            extra_units=0,
            pack_price=order.pack_price,
            retail=sums.retail,
            compensation=sums.compensation,
            patient=sums.patient,
            remaining_units=self.remaining - order.units,
            last_day=self.last_day(),
            expires_at=instant + timedelta(minutes=30),
            hold=self._own_hold(instant) if order.hold and Condition.NO_HOLD not in self.conditions else None,
            findings=self._warnings(language),
        )
        self.quotes[quote.quote] = (order, quote)
        return quote

    def scan(self, scanned: Scan) -> Scanned:
        """What was scanned: our prescription, a ПИН, or a box of the shelf."""
        text = scanned.text
        box = _BOX.match(text)
        if box is not None:
            code = next((row.medicine.code for row in self.shelf.values() if row.medicine.gtin == box["gtin"]), None)
            return Scanned(kind=ScanKind.BOX, code=text, gtin=box["gtin"], serial=box["serial"], medicine=code)
        digits = re.sub(r"[\s-]", "", text)
        if digits == NUMBER:
            return Scanned(kind=ScanKind.PRESCRIPTION, number=digits)
        return Scanned(kind=ScanKind.PIN if re.fullmatch(r"\d{14}", digits) else ScanKind.UNKNOWN)

    # ----------------------------------------------------------------------------------------------- sale and reversal

    def sell(self, order: SaleOrder, language: str) -> Sale:
        """Written once for a key: the same key and order give the same sale."""
        known = self._known(order.key, order)
        if known is not None:
            return known
        self._clock_right()
        amount = two_digits(order.receipt_amount)
        held = self.quotes.get(order.quote)
        if held is None:
            raise AgentProblem(ProblemCode.QUOTE_GONE)
        quoted, quote = held
        away = Condition.GATEWAY_AWAY in self.conditions
        if away and quote.hold is None:
            raise AgentProblem(ProblemCode.OFFLINE_WITHOUT_HOLD)
        if Condition.SOLD_ELSEWHERE in self.conditions:
            raise refusal(finding("RX_DISPENSED", language))
        waiting = away or Condition.GATEWAY_IN_DOUBT in self.conditions
        findings = self._warnings(language)
        if amount != quote.patient:
            difference = str(amount - quote.patient)
            findings.append(
                finding("RECEIPT_MISMATCH", language, paid=str(amount), due=str(quote.patient), difference=difference)
            )
        self.remaining -= quote.units
        instant = self.now()
        sale = Sale(
            id=self.new_id(),
            key=order.key,
            sequence=len(self.sales) + 1,
            state=SaleState.WAITING if waiting else SaleState.RECORDED,
            made_offline=away,
            at=instant,
            on=instant.astimezone(BISHKEK).date(),
            pharmacist=order.pharmacist,
            medicine=quote.medicine,
            prescription=PRESCRIPTION,
            display_number=DISPLAY_NUMBER,
            units=quote.units,
            pack_price=quoted.pack_price,
            retail=quote.retail,
            compensation=quote.compensation,
            patient=quote.patient,
            remaining_units=self.remaining,
            last_day=self.last_day(),
            receipt_number=order.receipt_number,
            receipt_amount=amount,
            dispense=None if waiting else self.new_id(),
            recorded_at=None if waiting else instant,
            fund=None if waiting else FundState.UNDER_WAY,
            findings=findings,
        )
        return self._keep(order.key, order, sale)

    def reverse(self, sale_id: UUID, order: ReversalOrder) -> Sale:
        """The whole sale taken back, once."""
        known = self._known(order.key, (sale_id, order))
        if known is not None:
            return known
        sale = self.sale(sale_id)
        if sale.reversed_by is not None or sale.reversal_of is not None:
            raise AgentProblem(ProblemCode.SALE_REVERSED)
        if sale.state is not SaleState.RECORDED:
            raise AgentProblem(ProblemCode.SALE_OPEN)
        instant = self.now()
        reversal = sale.model_copy(
            update={
                "id": self.new_id(),
                "key": order.key,
                "sequence": len(self.sales) + 1,
                "at": instant,
                "on": instant.astimezone(BISHKEK).date(),
                "pharmacist": order.pharmacist,
                "units": -sale.units,
                "retail": -sale.retail,
                "compensation": -sale.compensation,
                "patient": -sale.patient,
                "reversal_of": sale.id,
                "reason": order.reason.value,
                "dispense": self.new_id(),
                "recorded_at": instant,
                "findings": [],
            }
        )
        self.remaining += sale.units
        self.sales[sale.id] = sale.model_copy(update={"reversed_by": reversal.id})
        return self._keep(order.key, (sale_id, order), reversal)

    def sale(self, sale_id: UUID) -> Sale:
        """By its id."""
        sale = self.sales.get(sale_id)
        if sale is None:
            raise AgentProblem(ProblemCode.SALE_NOT_FOUND)
        return sale

    def sales_of(self, day: date) -> SalePage:
        """The sales and reversals of a day, the latest first."""
        items = [sale for sale in self.sales.values() if sale.on == day]
        return SalePage(day=day, items=sorted(items, key=lambda sale: -sale.sequence))

    def mark_seen(self, sale_id: UUID) -> Sale:
        """Somebody has looked at a refused sale."""
        sale = self.sale(sale_id)
        self.seen.add(sale.id)
        return sale

    def queue(self) -> QueueView:
        """What waits, in order, and what was refused and not seen."""
        waiting = [sale for sale in self.sales.values() if sale.state is SaleState.WAITING]
        return QueueView(
            waiting=[
                QueueEntry(
                    sale=sale.id,
                    sequence=sale.sequence,
                    kind="dispense",
                    made_offline=sale.made_offline,
                    at=sale.at,
                    tries=1,
                    last_problem=ProblemCode.GATEWAY_UNREACHABLE,
                )
                for sale in waiting
            ],
            refused=self.unseen(),
        )

    def unseen(self) -> list[Sale]:
        """What was refused and nobody has seen yet."""
        return [sale for sale in self.sales.values() if sale.state is SaleState.REFUSED and sale.id not in self.seen]

    # ------------------------------------------------------------------------------------------------ what the kit does

    def drain(self) -> None:
        """The line is back: what waits is recorded."""
        self.conditions -= {Condition.GATEWAY_AWAY, Condition.GATEWAY_IN_DOUBT}
        for sale in self.sales.values():
            if sale.state is SaleState.WAITING:
                ended = {"state": SaleState.RECORDED, "dispense": self.new_id(), "recorded_at": self.now()}
                self._end(sale.model_copy(update=ended))

    def refuse_waiting(self, code: str, language: str, **parameters: str | int) -> None:
        """The line is back: the gateway refuses what waits."""
        self.conditions -= {Condition.GATEWAY_AWAY, Condition.GATEWAY_IN_DOUBT}
        for sale in self.sales.values():
            if sale.state is SaleState.WAITING:
                findings = [finding(code, language, **parameters)]
                self._end(sale.model_copy(update={"state": SaleState.REFUSED, "findings": findings}))

    def lapse_quotes(self) -> None:
        """Every quote given so far is too old."""
        self.quotes.clear()

    def take_back_elsewhere(self) -> None:
        """Every sale is taken back on the agent's own page."""
        for number, sale in enumerate(list(self.sales.values())):
            order = ReversalOrder(
                key=f"counter-page-{number}", reason=ReversalReason.RETURNED, pharmacist=sale.pharmacist
            )
            self.reverse(sale.id, order)

    def add_to_shelf(self, *medicines: Medicine, pack_price: Decimal) -> None:
        """More trade names, in stock."""
        for medicine in medicines:
            self.shelf[medicine.code] = ShelfRow(medicine, pack_price, 1)

    def today(self) -> date:
        """The Bishkek day."""
        return self.now().astimezone(BISHKEK).date()

    def last_day(self) -> date:
        """The prescription's last day."""
        return self.today() + timedelta(days=27)

    # ---------------------------------------------------------------------------------------------------------- within

    def _clock_right(self) -> None:
        if Condition.CLOCK_WRONG in self.conditions:
            raise AgentProblem(ProblemCode.CLOCK_WRONG)

    def _answerable(self) -> None:
        self._clock_right()
        if Condition.GATEWAY_AWAY in self.conditions:
            raise AgentProblem(ProblemCode.GATEWAY_UNREACHABLE)

    def _known(self, key: str, order: object) -> Sale | None:
        known = self.orders.get(key)
        if known is None:
            return None
        first, sale_id = known
        if first != order:
            raise AgentProblem(ProblemCode.KEY_REUSED)
        return self.sales[sale_id]

    def _end(self, sale: Sale) -> None:
        self.sales[sale.id] = sale
        self.changed(sale)

    def _keep(self, key: str, order: object, sale: Sale) -> Sale:
        self.orders[key] = (order, sale.id)
        self.sales[sale.id] = sale
        return sale

    def _warnings(self, language: str) -> list[Finding]:
        return [finding(code, language, **more) for code, more in self.warned_with]

    def held(self, language: str) -> Finding:
        """What the gateway says while another pharmacy is at the prescription."""
        hold = self._hold_of_other()
        since, until = (instant.astimezone(BISHKEK).strftime("%H:%M") for instant in (hold.since, hold.until))
        return finding("RX_HELD", language, since=since, until=until)

    def _hold_of_other(self) -> HoldState:
        if self.held_since is None:
            self.held_since = self.now() - timedelta(minutes=10)
        since = self.held_since
        return HoldState(id=None, holder="other", since=since, until=since + timedelta(minutes=30))

    def _own_hold(self, instant: datetime) -> HoldState:
        return HoldState(id=self.new_id(), holder="self", since=instant, until=instant + timedelta(minutes=30))
