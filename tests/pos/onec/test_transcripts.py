"""The recorded conversations are what the simulator says today, and follow the contract."""

from __future__ import annotations

import json
import re

import pytest
from pydantic import BaseModel

from kopuro_pos.agent import contract
from tests.pos.onec import module as bsl
from tests.pos.onec.recorder import FOLDER, PLAYED, transcript
from tests.pos.onec.test_module import SENT

ASKED: list[tuple[str, type[BaseModel]]] = [
    (r"/api/scan", contract.Scan),
    (r"/api/lookup", contract.LookUp),
    (r"/api/quote", contract.QuoteOrder),
    (r"/api/release", contract.Release),
    (r"/api/sales", contract.SaleOrder),
    (r"/api/sales/[^/]+/reversal", contract.ReversalOrder),
    (r"/api/sales/[^/]+/seen", contract.Seen),
]
ANSWERED: list[tuple[str, type[BaseModel]]] = [
    (r"/api/state", contract.AgentState),
    (r"/api/scan", contract.Scanned),
    (r"/api/lookup", contract.Found),
    (r"/api/quote", contract.Quote),
    (r"/api/sales(/[^/]+/(reversal|seen))?", contract.Sale),
    (r"/api/day\?.*", contract.Day),
]


def model_of(path: str, models: list[tuple[str, type[BaseModel]]]) -> type[BaseModel] | None:
    return next((model for pattern, model in models if re.fullmatch(pattern, path)), None)


@pytest.mark.parametrize("name", PLAYED)
async def test_it_is_what_the_simulator_says(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == await transcript(name)


def test_there_are_no_others() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*")) == sorted(PLAYED)


@pytest.mark.parametrize("name", PLAYED)
def test_it_follows_the_contract(name: str) -> None:
    told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for exchange in told["exchanges"]:
        request, response = exchange["request"], exchange["response"]
        if "body" in request:
            asked = model_of(request["path"], ASKED)
            assert asked is not None
            asked.model_validate_json(json.dumps(request["body"]))
        if response is None or response["status"] == 204:
            continue
        answered = contract.Problem if response["status"] >= 400 else model_of(request["path"], ANSWERED)
        assert answered is not None, request["path"]
        answered.model_validate_json(json.dumps(response["body"]))


def test_the_module_sends_the_fields_of_the_conversations() -> None:
    """Field by field: what 1C puts into a body is what was recorded."""
    recorded: dict[type[BaseModel], set[str]] = {}
    for name in PLAYED:
        for exchange in json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["exchanges"]:
            message = model_of(exchange["request"]["path"], ASKED)
            if message is not None:
                recorded.setdefault(message, set()).update(exchange["request"]["body"])
    sent = {message: bsl.inserted(bsl.functions()[name]) for name, (_, message) in SENT.items()}
    del sent[contract.StockPush]
    sent[contract.LookUp] -= {"family_name"}  # only when the gateway asks for it
    assert recorded == sent


def test_nothing_in_them_opens_anything() -> None:
    for path in FOLDER.glob("*.json"):
        assert set(re.findall(r'"Authorization": "([^"]*)"', path.read_text(encoding="utf-8"))) == {"Bearer …"}
