"""A right till, as small as it can be: the example for makers. It passes all thirty scenarios.

It speaks to the agent with an HTTP client and a dictionary, and uses nothing of kopuro-pos but the harness's messages.
What matters: the key is written to disk before the first try, what has no answer is repeated unchanged, and the goods
are handed over only after «recorded», or «waiting» under a hold.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from kopuro_pos.certify.harness import (
    Asked,
    Choose,
    EndDay,
    EnterPrescription,
    MarkSeen,
    Printed,
    Reverse,
    SaleShown,
    ScanCode,
    Screen,
    Sell,
    ShownOffer,
    ShownSums,
    Start,
)

_OPERATOR: Final = frozenset({"TOKEN_REQUIRED", "CLOCK_WRONG", "NOT_ENROLLED", "ENROL_AGAIN", "DISK_FULL"})
_REQUOTE: Final = frozenset({"QUOTE_GONE", "QUOTE_CHANGED", "QUOTE_EXPIRED"})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that could be read: what the agent said, and whether it refused."""

    refused: bool
    body: Json


@dataclass(slots=True)
class Entry:
    """A line of the till's book: one sale or reversal, from before its first try to its end."""

    receipt: str
    path: str
    order: Json
    held: bool
    state: str = "unknown"
    sale: str | None = None
    offline: bool = False


class Book:
    """The till's memory: a file, written to disk before anything is sent."""

    def __init__(self, path: Path) -> None:
        self._path = path
        read = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        self.entries = [Entry(**entry) for entry in read]

    def write(self) -> None:
        """The whole book, in place of the former one."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump([asdict(entry) for entry in self.entries], file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def of(self, receipt: str, *, reversal: bool = False) -> Entry | None:
        """The latest entry of a receipt that was not refused."""
        matching = [entry for entry in self.entries if entry.receipt == receipt and entry.state != "refused"]
        return next((entry for entry in reversed(matching) if entry.path.endswith("/reversal") == reversal), None)


class Till:
    """One till. Every public method is one action of the pharmacist and gives the screen that follows."""

    tries = 3
    pause_seconds = 0.05

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = asyncio.Lock()
        self._http = httpx.AsyncClient(trust_env=False)
        self.settings: Json = {}
        self.forget()

    async def close(self) -> None:
        """Give up what is open to the agent."""
        await self._http.aclose()

    def forget(self) -> None:
        """What a power failure leaves: only what is on disk."""
        self.book = Book(self._folder / "book.json")
        settings = self._folder / "settings.json"
        if settings.exists():
            self.settings = json.loads(settings.read_text(encoding="utf-8"))
        self.found: Json = {}
        self.chosen: Json = {}
        self.quote: Json = {}
        self.boxes: list[str] = []
        self.screen = Screen()

    async def start(self, action: Start) -> Screen:
        """An empty till with these settings."""
        for old in self._folder.glob("*.json"):
            old.unlink()
        text = json.dumps(action.model_dump(exclude={"action"}), ensure_ascii=False)
        (self._folder / "settings.json").write_text(text, encoding="utf-8")
        self.forget()
        return self.screen

    async def look_up(self, action: EnterPrescription) -> Screen:
        """Find the prescription, and list every trade name as the agent does."""
        answer = await self.ask("POST", "/api/lookup", {"pin": action.pin, "number": action.number})
        if answer is None or answer.refused:
            return self.show(self.told(answer))
        self.found = answer.body
        hold = answer.body.get("hold")
        directions = answer.body.get("directions")
        return self.show(
            Screen(
                texts=[*([directions] if directions else []), *self.findings_of(answer.body)],
                offers=[
                    ShownOffer(
                        medicine=offer["medicine"]["code"],
                        trade_name=offer["medicine"]["trade_name"],
                        pack_price=offer["pack_price"],
                        patient=offer["patient"],
                    )
                    for offer in answer.body["offers"]
                ],
                hold=None if hold is None else hold["holder"],
            )
        )

    async def scan(self, action: ScanCode) -> Screen:
        """The agent says what it was."""
        answer = await self.ask("POST", "/api/scan", {"text": action.text})
        if answer is None or answer.refused:
            return self.show(self.told(answer))
        if answer.body["kind"] == "box":
            self.boxes.append(answer.body["code"])
        return self.screen

    async def choose(self, action: Choose) -> Screen:
        """Ask for a quote of this offer, with a hold."""
        offer = next((one for one in self.found.get("offers", []) if one["medicine"]["code"] == action.medicine), None)
        if offer is None or offer["pack_price"] is None:
            return self.screen
        self.chosen = {
            "lookup": self.found["lookup"],
            "medicine": action.medicine,
            "units": self.units_of(offer, action),
            "pack_price": offer["pack_price"],
            "boxes": self.boxes,
            "hold": True,
        }
        return await self.ask_for_quote(Asked.NOTHING)

    def units_of(self, offer: Json, action: Choose) -> int:
        """Tablets: a pack has ``pack_size`` of them."""
        return action.tablets or (action.packs or 0) * int(offer["medicine"]["pack_size"])

    async def ask_for_quote(self, asked: Asked) -> Screen:
        """The sums are the answer's own: none is computed here."""
        answer = await self.ask("POST", "/api/quote", self.chosen)
        if answer is None or answer.refused:
            self.quote = {}
            return self.show(self.told(answer))
        self.quote = answer.body
        return self.show(
            Screen(
                texts=self.findings_of(self.quote),
                sums=ShownSums(**{name: self.quote[name] for name in ("retail", "compensation", "patient")}),
                remaining_units=self.quote["remaining_units"],
                last_day=self.quote["last_day"],
                hold=self.quote["hold"]["holder"] if self.quote["hold"] else None,
                asks=asked,
            )
        )

    async def sell(self, action: Sell) -> Screen:
        """One receipt, one key. A second press finds the entry of the first."""
        async with self._lock:
            entry = self.book.of(action.receipt_number)
            if entry is None:
                if not self.quote:
                    return self.screen
                order = self.order_of(action.receipt_number)
                entry = self.written(action.receipt_number, "/api/sales", order, held=self.quote["hold"] is not None)
            return await self.settle(entry)

    def order_of(self, receipt: str) -> Json:
        """The sum on the receipt is the patient's share of the quote."""
        return {
            "key": uuid.uuid4().hex,
            "quote": self.quote["quote"],
            "pharmacist": self.settings["pharmacist"],
            "receipt_number": receipt,
            "receipt_amount": self.quote["patient"],
        }

    async def reverse(self, action: Reverse) -> Screen:
        """The whole sale of a receipt is taken back, under a key of its own."""
        async with self._lock:
            sale = self.book.of(action.receipt_number)
            if sale is None or sale.sale is None:
                return self.screen
            entry = self.book.of(action.receipt_number, reversal=True)
            if entry is None:
                order = {
                    "key": uuid.uuid4().hex,
                    "reason": action.reason.value,
                    "pharmacist": self.settings["pharmacist"],
                }
                entry = self.written(action.receipt_number, f"/api/sales/{sale.sale}/reversal", order, held=False)
            return await self.settle(entry)

    def written(self, receipt: str, path: str, order: Json, *, held: bool) -> Entry:
        """On disk before the first try."""
        entry = Entry(receipt, path, order, held)
        self.book.entries.append(entry)
        self.book.write()
        return entry

    async def resume(self) -> Screen:
        """Bring to an end whatever is open."""
        async with self._lock:
            screen = self.screen
            for entry in self.book.entries:
                if entry.state in {"unknown", "waiting"}:
                    screen = await self.settle(entry)
            return screen

    async def settle(self, entry: Entry) -> Screen:
        """Send it, the same order each time, until there is an answer or the tries are used up."""
        answer = None
        for _ in range(self.tries):
            answer = await self.ask("POST", entry.path, entry.order)
            if answer is not None:
                break
            await asyncio.sleep(self.pause_seconds)
        if answer is None:
            return self.show(self.told(None).model_copy(update={"sale": SaleShown.UNKNOWN}))
        if answer.refused:
            return await self.refused(entry, answer)
        entry.state, entry.sale = answer.body["state"], answer.body["id"]
        entry.offline = answer.body["made_offline"]
        self.book.write()
        return self.show(self.sold(entry, answer.body))

    async def refused(self, entry: Entry, answer: Answer) -> Screen:
        """Tell it. A quote that is too old is asked for anew, and the patient asked again."""
        if answer.body["code"] in _OPERATOR:
            return self.show(self.told(answer))  # perhaps an earlier try was recorded: the entry stays open
        entry.state = "refused"
        self.book.write()
        if {answer.body["code"], *(found["code"] for found in answer.body["findings"])} & _REQUOTE:
            return await self.ask_for_quote(Asked.CONFIRM)
        return self.show(self.told(answer).model_copy(update={"sale": SaleShown.REFUSED}))

    def sold(self, entry: Entry, sale: Json) -> Screen:
        """What the agent says of a sale, and whether the goods may go."""
        texts = self.findings_of(sale)
        if entry.state == "refused":
            texts.insert(0, f"Чек {entry.receipt}")
        return Screen(
            texts=texts,
            sale=SaleShown(entry.state),
            handed_over=self.may_hand_over(entry),
            receipt=Printed(number=sale["receipt_number"], amount=sale["receipt_amount"]),
            offline=entry.offline and entry.state == "waiting",
        )

    def may_hand_over(self, entry: Entry) -> bool:
        """Recorded; or waiting under a hold. A sale that waits without one may yet be refused."""
        return entry.state == "recorded" or (entry.state == "waiting" and entry.held)

    async def mark_seen(self, action: MarkSeen) -> Screen:
        """The pharmacist has read the refusal."""
        for entry in self.book.entries:
            if entry.receipt == action.receipt_number and entry.state == "refused" and entry.sale:
                await self.ask("POST", f"/api/sales/{entry.sale}/seen", {"pharmacist": self.settings["pharmacist"]})
        return self.show(Screen())

    async def end_day(self, action: EndDay) -> Screen:
        """Every difference, in the agent's words."""
        answer = await self.ask("GET", f"/api/day?day={action.day}", None)
        if answer is None or answer.refused:
            return self.show(self.told(answer))
        return self.show(Screen(texts=[one["message"] for one in answer.body["differences"]]))

    # ------------------------------------------------------------------------------------------------------ the agent

    async def ask(self, method: str, path: str, body: Json | None) -> Answer | None:
        """``None``: there was no answer, or none that can be read; whatever was asked for may have been done."""
        headers = {
            "Authorization": f"Bearer {self.settings['token']}",
            "Accept-Language": self.settings["language"],
        }
        within = httpx.Timeout(self.settings["answer_within_seconds"])
        try:
            response = await self._http.request(
                method, self.settings["agent"] + path, json=body, headers=headers, timeout=within
            )
            answer = response.json()
        except (httpx.TransportError, ValueError):
            return None
        if response.is_success:
            return Answer(refused=False, body=answer)
        return Answer(refused=True, body=answer) if "findings" in answer else None

    def told(self, answer: Answer | None) -> Screen:
        """A refusal with its findings, of which there is always one; without an answer, that there is none."""
        if answer is None:
            return Screen(texts=["Агент жооп бербейт · Агент не отвечает"], asks=Asked.RETRY)
        asks = Asked.RETRY if answer.body["retry"] == "same-key-later" else Asked.CORRECT
        if answer.body["code"] in _OPERATOR:
            asks = Asked.OPERATOR
        return Screen(texts=self.findings_of(answer.body), asks=asks)

    def findings_of(self, body: Json) -> list[str]:
        """Message, clause and advice of each."""
        parts = ("message", "clause", "action")
        return [found[part] for found in body["findings"] for part in parts if found.get(part)]

    def show(self, screen: Screen) -> Screen:
        """What stands on the screen from now on."""
        self.screen = screen
        return screen
