"""What the stand-in says: messages of the agent's contract, made of what it has on its shelf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from kopuro_pos.agent import contract
from kopuro_pos.agent.contract import SaleState
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from tests.browser.counter import shelf
from tests.browser.counter.shelf import SHELVES, Prescription

BISHKEK: Final = ZoneInfo("Asia/Bishkek")


def today() -> date:
    """In Bishkek."""
    return datetime.now(BISHKEK).date()


def found(one: Prescription, lookup: str, language: str) -> contract.Found:
    """The prescription as look-up shows it."""
    codes = {shelf.EXPIRING: ["RX_EXPIRES_SOON"], shelf.EXPIRED: ["RX_EXPIRED"]}.get(one.number, [])
    now = datetime.now(UTC)
    hold = contract.HoldState(holder="other", since=now - timedelta(minutes=8), until=now + timedelta(minutes=22))
    return contract.Found(
        lookup=lookup,
        prescription=one.id,
        number=one.number,
        display_number=one.display_number,
        state=one.state,
        issued_on=one.issued_on,
        last_day=one.last_day,
        medicine=shelf.ORDERED,
        dose="10",
        dose_unit="mg",
        directions="Күнүнө 2 маал 1 таблеткадан, тамактан кийин",
        ordered_units=60,
        remaining_units=one.remaining_units,
        hold=hold if one.held_by_other else None,
        offers=[] if one.state == "expired" else [offer(each, one) for each in SHELVES],
        findings=[shelf.finding(code, language) for code in codes],
    )


def sale(
    order: contract.SaleOrder,
    quote: contract.Quote,
    one: Prescription,
    sequence: int,
    *,
    offline: bool,
    language: str,
) -> contract.Sale:
    """A sale as it is written down."""
    now = datetime.now(UTC)
    differs = order.receipt_amount != quote.patient
    return contract.Sale(
        id=uuid4(),
        key=order.key,
        sequence=sequence,
        state=SaleState.WAITING if offline else SaleState.RECORDED,
        made_offline=offline,
        at=now,
        on=today(),
        pharmacist=order.pharmacist,
        medicine=quote.medicine,
        prescription=one.id,
        display_number=one.display_number,
        units=quote.units,
        pack_price=quote.pack_price,
        retail=quote.retail,
        compensation=quote.compensation,
        patient=quote.patient,
        remaining_units=quote.remaining_units,
        last_day=quote.last_day,
        receipt_number=order.receipt_number,
        receipt_amount=order.receipt_amount,
        dispense=None if offline else uuid4(),
        recorded_at=None if offline else now,
        fund=None if offline else contract.FundState.UNDER_WAY,
        findings=[shelf.finding("RECEIPT_MISMATCH", language)] * differs,
    )


def reversal(one: contract.Sale, order: contract.ReversalOrder, sequence: int) -> contract.Sale:
    """The whole of it taken back."""
    return one.model_copy(
        update={
            "id": uuid4(),
            "key": order.key,
            "sequence": sequence,
            "at": datetime.now(UTC),
            "units": -one.units,
            "retail": -one.retail,
            "compensation": -one.compensation,
            "patient": -one.patient,
            "reversal_of": one.id,
            "reason": order.reason,
            "pharmacist": order.pharmacist,
            "dispense": uuid4(),
            "findings": [],
        }
    )


def day(on: date, made: Sequence[contract.Sale], *, not_at_fund: Sequence[contract.Sale]) -> contract.Day:
    """The day's end, where the fund does not have some of them."""
    own = _column(made)
    differences = [
        contract.DayDifference(
            sale=one.id,
            dispense=one.dispense,
            receipt_number=one.receipt_number,
            kind="fund-under-way",
            agent=one.compensation,
            gateway=one.compensation,
            fund=None,
            message="Фонд ещё не подтвердил приём. Сверьте ещё раз позже; делать ничего не нужно.",
        )
        for one in not_at_fund
    ]
    return contract.Day(
        day=on,
        agent=own,
        gateway=own,
        fund=_column([one for one in made if one not in not_at_fund]),
        balanced=not differences,
        differences=differences,
        checked_at=datetime.now(UTC),
    )


def day_alone(on: date, made: Sequence[contract.Sale]) -> contract.Day:
    """The day's end while the gateway cannot be reached."""
    return contract.Day(
        day=on,
        agent=_column(made),
        gateway=None,
        fund=None,
        balanced=False,
        differences=[],
        checked_at=datetime.now(UTC),
    )


def refusal(code: str, message: str) -> AgentProblem:
    """A refusal of the gateway in a few words."""
    found = contract.Finding(code=code, severity=contract.Severity.ERROR, message=message)
    return AgentProblem(ProblemCode.GATEWAY_REFUSED, findings=[found])


def offer(each: shelf.Shelf, one: Prescription) -> contract.Offer:
    price = each.pack_price if one.stocked else None
    sums: tuple[Decimal | None, ...] = (None, None, None)
    if price is not None:
        sums = shelf.shares(each, price, one.remaining_units, one.remaining_units)
    return contract.Offer(
        medicine=each.medicine,
        prescribed=each.medicine.code == shelf.ORDERED.code,
        in_stock=price is not None,
        pack_price=price,
        packs=each.packs if one.stocked else None,
        units=one.remaining_units,
        retail=sums[0],
        compensation=sums[1],
        patient=sums[2],
    )


def _column(made: Sequence[contract.Sale]) -> contract.DayColumn:
    nothing = Decimal("0.00")
    return contract.DayColumn(
        sales=sum(one.reversal_of is None for one in made),
        reversals=sum(one.reversal_of is not None for one in made),
        retail=sum((one.retail for one in made), nothing),
        compensation=sum((one.compensation for one in made), nothing),
        patient=sum((one.patient for one in made), nothing),
    )
