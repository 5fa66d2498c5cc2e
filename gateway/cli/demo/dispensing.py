"""The act at the pharmacy: look-up, a sale of another trade name, another sale, taken back once and made again."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.cli.demo.access import PHARMACY
from gateway.cli.demo.ledger import Ledger
from gateway.cli.demo.prescribing import PATIENT, PRESCRIBED
from gateway.cli.demo.sender import Sender, expect
from gateway.cli.demo.stage import Stage
from schemas.errors.codes import ErrorCode

_OTHER_PIN: Final = "20511195500114"
"""A well-formed ПИН that is not the patient's."""
PHARMACIST: Final = "Дарыбеков Үлгү"
_CHEAPER: Final = "EX-C10"

STOCK: Final[Sequence[Mapping[str, str]]] = (
    {"medicine": PRESCRIBED, "pack_price": "450.00"},
    {"medicine": "EX-C03", "pack_price": "150.00"},
    {"medicine": _CHEAPER, "pack_price": "119.99"},
)
"""What the pharmacy has, and what a pack of 30 costs there."""

_OFFERS: Final = {
    PRESCRIBED: ("900.00", "360.00", "540.00"),
    "EX-C03": ("300.00", "300.00", "0.00"),
    _CHEAPER: ("239.98", "100.00", "139.98"),
}
"""Retail value, the fund's and the patient's part of all 60 tablets, worked out by hand."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale of a whole box of 30, with the sums worked out by hand and what they leave of the course in mg."""

    medicine: str
    pack_price: str
    retail: str
    compensation: str
    patient: str
    left: str
    box: str
    """Its GS1 DataMatrix: GTIN and serial number."""

    @property
    def choice(self) -> str:
        """What the patient chose (clause 36)."""
        return "as-prescribed" if self.medicine == PRESCRIBED else "substituted"

    @property
    def sums(self) -> dict[str, str]:
        """As the till expects them."""
        return {"retail": self.retail, "compensation": self.compensation, "patient": self.patient}


_FIRST_BOX: Final = "010470999900040921SIM0001"
_SECOND_BOX: Final = "010470999900038621SIM0002"
SUBSTITUTED: Final = Sale(_CHEAPER, "119.99", "119.99", "50.00", "69.99", "300", _FIRST_BOX)
WRONG: Final = Sale(PRESCRIBED, "480.00", "480.00", "180.00", "300.00", "0", _SECOND_BOX)
RIGHT: Final = Sale(PRESCRIBED, "450.00", "450.00", "180.00", "270.00", "0", _SECOND_BOX)


@dataclass(slots=True)
class Dispensing:
    """Plays the act. ``settled`` waits until nothing is under way, ``operation`` reads one of the journal."""

    till: Sender
    stage: Stage
    ledger: Ledger
    settled: Callable[[], Awaitable[None]]
    operation: Callable[[str], Awaitable[dict[str, Any]]]
    _names: dict[str, str] = field(default_factory=dict)
    _receipts: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def play(self, number: str) -> None:
        """Dispense the prescription of this number, all of it. Raises :class:`Failure`."""
        self.stage.heading("dispensing")
        await self._looked_up(number)
        await self._sold(number)
        await self.settled()
        await self._delivered()

    async def _looked_up(self, number: str) -> None:
        question = {"pharmacy": PHARMACY, "prescription": {"pin": _OTHER_PIN, "number": number}}
        self.stage.say("wrong-pin")
        for finding in await self.till.refused("/v1/prescriptions/lookup", question, ErrorCode.RX_NOT_FOUND):
            self.stage.finding(finding)
        self.ledger.programme_refused += 1
        found = await self.till.post("/v1/prescriptions/lookup", _question(number) | {"stock": STOCK})
        offers = [offer for offer in found["offers"] if offer["in_stock"]]
        self._names |= {offer["medicine"]["code"]: offer["medicine"]["trade_name"] for offer in offers}
        sums = {one["medicine"]["code"]: (one["retail"], one["compensation"], one["patient"]) for one in offers}
        expect("What is offered", {"offers": sums}, offers=_OFFERS)
        self.stage.say("offers", units=found["remaining"]["units"])
        self.stage.table(
            ("trade-name", "pack-price", "retail", "fund-pays", "patient-pays"),
            [
                (f"{one['medicine']['trade_name']} ({code})", one["pack_price"], *sums[code])
                for one in offers
                if (code := one["medicine"]["code"])
            ],
        )

    async def _sold(self, number: str) -> None:
        """Two sales; the second is taken back for its wrong price, which frees its box, and made again."""
        self.stage.say("held")
        self.stage.say("sales")
        await self._sell(number, SUBSTITUTED)
        wrong = await self._sell(number, WRONG)
        await self._take_back(wrong)
        await self.settled()
        await self._sell(number, RIGHT)
        self.stage.table(
            ("what", "trade-name", "units", "retail", "fund-pays", "patient-pays", "left"),
            [
                (
                    self.stage.text("reversal" if one["reversal_of"] else "sale", fill=one["fill"]),
                    self._names[one["medicine"]],
                    one["units"],
                    one["retail"],
                    one["compensation"],
                    one["patient"],
                    self.stage.text("mg", amount=one["remaining"]["dose"]),
                )
                for one in self.ledger.sales
            ],
        )

    async def _sell(self, number: str, sale: Sale) -> dict[str, Any]:
        """Quote with a hold, so that nobody else dispenses it meanwhile; then record the sale."""
        wanted = {
            "medicine": sale.medicine,
            "units": 30,
            "pack_price": sale.pack_price,
            "shelf_price": sale.pack_price,
            "boxes": [{"code": sale.box}],
        }
        quoted = await self.till.post("/v1/dispenses/quote", _question(number) | {"sale": wanted, "hold": True})
        expect("A quote", quoted, compensated_units=30, extra_units=0, **sale.sums)
        expect("A hold", quoted["hold"], holder="self")
        order = _question(number) | {
            "sale": wanted | {"expected": sale.sums},
            "pharmacist": PHARMACIST,
            "offers_shown": STOCK if sale is not WRONG else [*STOCK[1:], {**STOCK[0], "pack_price": sale.pack_price}],
            "choice": sale.choice,
            "receipt": {"number": f"A-{next(self._receipts):04d}", "amount": sale.patient},
            "quote": quoted["id"],
            "hold": quoted["hold"]["id"],
        }
        sold = await self.till.post("/v1/dispenses", order)
        expect("A sale", sold, settled=sale.compensation, **sale.sums)
        expect("What a sale leaves", sold["remaining"], dose=sale.left)
        self.ledger.remember_sale(sold)
        return sold

    async def _take_back(self, sold: Mapping[str, Any]) -> None:
        path = f"/v1/dispenses/{sold['id']}/reversal"
        taken_back = await self.till.post(path, {"reason": "wrong-price"})
        negative = {name: f"-{sold[name]}" for name in ("retail", "compensation", "patient", "settled")}
        expect("A reversal", taken_back, reversal_of=sold["id"], **negative)
        self.ledger.remember_sale(taken_back)

    async def _delivered(self) -> None:
        """Everything the act has brought is at the fund and at the national medicines database."""
        rows = []
        for operation_id in self.ledger.programme:
            operation = await self.operation(operation_id)
            expect("An operation of the programme", operation, state="delivered")
            told = self.stage.text(f"upstream.{operation['upstream']}")
            rows.append((self.stage.text(f"kind.{operation['kind']}"), told, operation["record_number"]))
        self.stage.say("delivered-to")
        self.stage.table(("what", "to-whom", "record-number"), rows)


def _question(number: str) -> dict[str, Any]:
    return {"pharmacy": PHARMACY, "prescription": {"pin": PATIENT["pin"], "number": number}}
