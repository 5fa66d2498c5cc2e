"""Tills that do one thing wrong each."""

from __future__ import annotations

import uuid
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kopuro_pos.certify.harness import Asked, Choose, EnterPrescription, Reverse, SaleShown, ScanCode, Screen, Sell
from kopuro_pos.certify.reference import Answer, Entry, Json, Till


class NewKeyForEveryTry(Till):
    async def ask(self, method: str, path: str, body: Json | None) -> Answer | None:
        return await super().ask(method, path, {**body, "key": uuid.uuid4().hex} if body and "key" in body else body)


class KeyInMemoryOnly(Till):
    def forget(self) -> None:
        super().forget()
        self.book.write = lambda: None  # type: ignore[method-assign]


class GivesUpAfterOneTry(Till):
    tries = 1

    async def resume(self) -> Screen:
        return self.screen


class NoAnswerIsGoodEnough(Till):
    async def settle(self, entry: Entry) -> Screen:
        screen = await super().settle(entry)
        return self.show(screen.model_copy(update={"handed_over": screen.sale is not SaleShown.REFUSED}))


class HandsOverBeforeTheAnswer(Till):
    async def sell(self, action: Sell) -> Screen:
        self.show(Screen(handed_over=True))
        return await super().sell(action)


class WaitingIsGoodEnough(Till):
    def may_hand_over(self, entry: Entry) -> bool:
        return entry.state in {"recorded", "waiting"}


class SecondPressIsASecondSale(Till):
    async def sell(self, action: Sell) -> Screen:
        if not self.quote:
            return self.screen
        order = self.order_of(action.receipt_number)
        entry = self.written(action.receipt_number, "/api/sales", order, held=self.quote["hold"] is not None)
        return await self.settle(entry)


class FirstFindingOnly(Till):
    def findings_of(self, body: Json) -> list[str]:
        return super().findings_of({"findings": body["findings"][:1]})


class NoClause(Till):
    def findings_of(self, body: Json) -> list[str]:
        return [found[part] for found in body["findings"] for part in ("message", "action") if found[part]]


class NoAdvice(Till):
    def findings_of(self, body: Json) -> list[str]:
        return [found[part] for found in body["findings"] for part in ("message", "clause") if found[part]]


class WarningRefuses(Till):
    async def ask_for_quote(self, asked: Asked) -> Screen:
        screen = await super().ask_for_quote(asked)
        if self.quote.get("findings"):
            self.quote = {}
        return screen


class SpeaksRussianOnly(Till):
    async def ask(self, method: str, path: str, body: Json | None) -> Answer | None:
        self.settings["language"] = "ru"
        return await super().ask(method, path, body)


class LosesLetters(Till):
    def order_of(self, receipt: str) -> Json:
        order = super().order_of(receipt)
        return order | {"pharmacist": order["pharmacist"].encode("cp1251", "replace").decode("cp1251")}


class HidesWhatIsOutOfStock(Till):
    async def look_up(self, action: EnterPrescription) -> Screen:
        screen = await super().look_up(action)
        offers = [offer for offer in screen.offers if offer.pack_price is not None]
        return self.show(screen.model_copy(update={"offers": offers}))


class ComputesSums(Till):
    async def ask_for_quote(self, asked: Asked) -> Screen:
        screen = await super().ask_for_quote(asked)
        if screen.sums is None:
            return screen
        tablet = (Decimal(self.quote["pack_price"]) / 30).quantize(Decimal("0.01"), ROUND_HALF_UP)
        retail = tablet * int(self.quote["units"])
        patient = retail - Decimal(self.quote["compensation"])
        self.quote["patient"] = str(patient)
        sums = screen.sums.model_copy(update={"retail": str(retail), "patient": str(patient)})
        return self.show(screen.model_copy(update={"sums": sums}))


class SumsAsNumbers(Till):
    async def ask(self, method: str, path: str, body: Json | None) -> Answer | None:
        sums = {"pack_price", "receipt_amount"}
        loose = {name: float(value) if name in sums else value for name, value in (body or {}).items()}
        return await super().ask(method, path, loose if body is not None else None)


class CountsPacks(Till):
    def units_of(self, _offer: Json, action: Choose) -> int:
        return action.packs or action.tablets or 0


class DropsTheSeparator(Till):
    async def scan(self, action: ScanCode) -> Screen:
        return await super().scan(ScanCode(text=action.text.replace("\x1d", "")))


class ForgetsTheBox(Till):
    async def scan(self, action: ScanCode) -> Screen:
        screen = await super().scan(action)
        self.boxes.clear()
        return screen


class StrictAboutFields(Till):
    async def ask(self, method: str, path: str, body: Json | None) -> Answer | None:
        answer = await super().ask(method, path, body)
        return None if answer is not None and "of_a_later_version" in answer.body else answer


class SellsAtTheNewSumsUnasked(Till):
    async def refused(self, entry: Entry, answer: Answer) -> Screen:
        screen = await super().refused(entry, answer)
        if screen.asks is not Asked.CONFIRM:
            return screen
        order = self.order_of(entry.receipt)
        return await self.settle(self.written(entry.receipt, "/api/sales", order, held=True))


class SeenWithoutBeingRead(Till):
    async def settle(self, entry: Entry) -> Screen:
        screen = await super().settle(entry)
        if entry.state == "refused" and entry.sale:
            await self.ask("POST", f"/api/sales/{entry.sale}/seen", {"pharmacist": self.settings["pharmacist"]})
        return screen


class DoesNotMarkOffline(Till):
    def sold(self, entry: Entry, sale: Json) -> Screen:
        return super().sold(entry, sale).model_copy(update={"offline": False})


class OneReasonForAll(Till):
    async def reverse(self, action: Reverse) -> Screen:
        return await super().reverse(action.model_copy(update={"reason": type(action.reason).RETURNED}))


class SendsTheDigitsOfTheReceipt(Till):
    def order_of(self, receipt: str) -> Json:
        return super().order_of(receipt) | {"receipt_number": "".join(filter(str.isdigit, receipt))}


class PinInTheAddress(Till):
    async def look_up(self, action: EnterPrescription) -> Screen:
        await self.ask("GET", f"/api/sales?pin={action.pin}", None)
        return await super().look_up(action)


class InventsFields(Till):
    def order_of(self, receipt: str) -> Json:
        return super().order_of(receipt) | {"cash_desk": 3}


class SaysNotFoundWhenTheLineIsDown(Till):
    def told(self, answer: Answer | None) -> Screen:
        if answer is not None and answer.body["code"] == "GATEWAY_UNREACHABLE":
            return Screen(texts=["Рецепт не найден"], asks=Asked.CORRECT)
        return super().told(answer)


class TriesRefusalsAgain(Till):
    async def refused(self, entry: Entry, answer: Answer) -> Screen:
        entry.order["key"] = uuid.uuid4().hex
        again = await self.ask("POST", entry.path, entry.order)
        return await super().refused(entry, again or answer)


class SaysTheDayIsWell(Till):
    async def end_day(self, _action: Any) -> Screen:
        return self.show(Screen(texts=["Всё сошлось"]))


class ForgetsTheToken(Till):
    async def ask(self, method: str, path: str, body: Json | None) -> Answer | None:
        self.settings["token"] = self.settings["token"][::-1]
        return await super().ask(method, path, body)
