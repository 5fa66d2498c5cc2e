"""Records the conversations that a 1C base has with the agent, with the kit's simulator in the agent's place.

``python -m tests.pos.onec.recorder`` writes them anew into ``plugins/onec/transcripts``. Time and ids are fixed, so the
same simulator gives the same files.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from kopuro_pos.certify.faults import Condition, Fault
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.scenarios.exact import BOX
from kopuro_pos.certify.shelf import DISPLAY_NUMBER, PIN
from kopuro_pos.certify.simulator import Simulator
from kopuro_pos.certify.world import World

FOLDER = Path(__file__).parents[3] / "plugins" / "onec" / "transcripts"
NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
SOURCE = "Записано с имитатора из kopuro-pos certify, не с настоящего агента. Все люди и рецепты вымышлены."
RECEIPT = "000123/7"
PHARMACIST = "Өмүрзакова Ң."

Json = dict[str, Any]


class Conversation:
    """What was said, request by request."""

    def __init__(self, agent: Simulator) -> None:
        self.agent = agent
        self.exchanges: list[Json] = []

    async def say(self, method: str, path: str, body: Json | None = None) -> Json:
        headers = {"Authorization": f"Bearer {self.agent.token}", "Accept-Language": "ru"}
        request = {"method": method, "path": path, "headers": headers | {"Authorization": "Bearer …"}}
        if body is not None:
            request["body"] = body
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as http:
            try:
                response = await http.request(method, self.agent.origin + path, json=body, headers=headers)
            except httpx.TransportError:
                self.exchanges.append({"request": request, "response": None})
                return {}
        answer: Json = response.json() if response.content else {}
        self.exchanges.append({"request": request, "response": {"status": response.status_code, "body": answer}})
        return answer

    async def quoted(self, *boxes: str) -> Json:
        found = await self.say("POST", "/api/lookup", {"pin": PIN, "number": DISPLAY_NUMBER})
        order = {
            "lookup": found["lookup"],
            "medicine": "EX-C01",
            "units": 30,
            "pack_price": "450.00",
            "boxes": list(boxes),
            "hold": True,
        }
        return await self.say("POST", "/api/quote", order)

    async def sold(self, quote: Json, key: str = "5f0c3d0e-6f0a-4d51-9d9b-0a3f6c1e7b21") -> Json:
        order = {
            "key": key,
            "quote": quote["quote"],
            "pharmacist": PHARMACIST,
            "receipt_number": RECEIPT,
            "receipt_amount": quote["patient"],
        }
        return await self.say("POST", "/api/sales", order)


async def sale(talk: Conversation) -> None:
    """Обычная продажа и состояние агента."""
    await talk.say("GET", "/api/state")
    await talk.sold(await talk.quoted())


async def reply_lost(talk: Conversation) -> None:
    """Ответ потерян: тот же заказ с тем же ключом."""
    quote = await talk.quoted()
    talk.agent.strike(Route.SELL, Fault.LOST_ANSWER)
    await talk.sold(quote)
    await talk.sold(quote)


async def refusal(talk: Conversation) -> None:
    """Отказ с двумя замечаниями: показать оба, с пунктом и с тем, что делать; рецепт отпустить."""
    limit: dict[str, str | int] = {"limit": "6000.00", "left": "40.00", "expected": "150.00"}
    talk.agent.world.refused_with = [
        ("PATIENT_LIMIT_EXCEEDED", limit),
        ("BOX_UNITS_MISMATCH", {"counted": 60, "units": 30}),
    ]
    await talk.quoted()
    await talk.say("POST", "/api/release", {"lookup": talk.exchanges[0]["response"]["body"]["lookup"]})


async def offline_under_hold(talk: Conversation) -> None:
    """Связи нет, рецепт удержан: продажа ждёт, потом записана; тот же ключ называет ту же продажу."""
    quote = await talk.quoted()
    talk.agent.world.conditions.add(Condition.GATEWAY_AWAY)
    await talk.sold(quote)
    talk.agent.world.drain()
    await talk.sold(quote)


async def refused_later(talk: Conversation) -> None:
    """Товар отдан, а в продаже отказано: прочесть и отметить."""
    quote = await talk.quoted()
    talk.agent.world.conditions.add(Condition.GATEWAY_AWAY)
    sold = await talk.sold(quote)
    talk.agent.world.refuse_waiting("RX_DISPENSED", "ru")
    await talk.sold(quote)
    await talk.say("POST", f"/api/sales/{sold['id']}/seen", {"pharmacist": PHARMACIST})


async def quote_gone(talk: Conversation) -> None:
    """Расчёт устарел: новый расчёт, новый ключ."""
    quote = await talk.quoted()
    talk.agent.world.lapse_quotes()
    await talk.sold(quote)
    again = await talk.say("POST", "/api/quote", talk.exchanges[1]["request"]["body"])
    await talk.sold(again, "8f5a2b44-0e0c-4a53-8a52-1c6d7e8f9a01")


async def reversal(talk: Conversation) -> None:
    """Возврат: свой ключ, причина; второй возврат не принимается."""
    sold = await talk.sold(await talk.quoted())
    order = {
        "key": "0b9d8c7e-2f11-4c5d-a1b2-c3d4e5f60718",
        "reason": "wrong-quantity",
        "pharmacist": PHARMACIST,
        "note": "Пересчитали при покупателе",
    }
    path = f"/api/sales/{sold['id']}/reversal"
    await talk.say("POST", path, order)
    await talk.say("POST", path, order | {"key": "77e0f1d2-3c4b-4a59-8687-96a5b4c3d2e1"})


async def box(talk: Conversation) -> None:
    """Сканер прочёл DataMatrix: код вместе с GS идёт в расчёт."""
    scanned = await talk.say("POST", "/api/scan", {"text": BOX})
    await talk.sold(await talk.quoted(scanned["code"]))


async def token_ended(talk: Conversation) -> None:
    """Токен сменился: позвать оператора."""
    talk.agent.world.conditions.add(Condition.TOKEN_ENDED)
    await talk.say("POST", "/api/lookup", {"pin": PIN, "number": DISPLAY_NUMBER})


async def day_end(talk: Conversation) -> None:
    """Итог дня с одним расхождением."""
    sold = await talk.sold(await talk.quoted())
    talk.agent.world.missing_at_gateway.add(UUID(sold["id"]))
    await talk.say("GET", f"/api/day?day={date(2026, 11, 22)}")


PLAYED: dict[str, Callable[[Conversation], Awaitable[None]]] = {
    "01-sale": sale,
    "02-reply-lost": reply_lost,
    "03-refusal": refusal,
    "04-offline-under-hold": offline_under_hold,
    "05-refused-later": refused_later,
    "06-quote-gone": quote_gone,
    "07-reversal": reversal,
    "08-box": box,
    "09-token-ended": token_ended,
    "10-day-end": day_end,
}


async def transcript(name: str) -> str:
    """One conversation as the text of its file."""
    ids = (UUID(int=(0x01A2 << 112) | (0x7 << 76) | (0x8 << 60) | number) for number in range(1, 1000))
    world = World(now=lambda: NOW, new_id=lambda: next(ids))
    async with Simulator(world=world) as agent:
        talk = Conversation(agent)
        await PLAYED[name](talk)
    told = {"title": PLAYED[name].__doc__, "source": SOURCE, "exchanges": talk.exchanges}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


async def _write_all() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PLAYED:
        (FOLDER / f"{name}.json").write_text(await transcript(name), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_write_all())
