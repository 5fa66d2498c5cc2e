"""The Tryton module's own client of the agent, and the stand-in its tests use, follow the agent's contract."""

import ast
import json
import sys
from decimal import Decimal
from http.client import HTTPConnection
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from kopuro_pos.agent import contract
from kopuro_pos.agent.problems import AgentProblem, ProblemCode

PLUGIN = Path(__file__).parents[3] / "plugins" / "tryton"


def load(name: str, path: Path) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


till_client = load("tryton_agent_client", PLUGIN / "trytond_sale_point_prescription" / "agent.py")
stand_in = load("tryton_agent_stand_in", PLUGIN / "tests" / "agent_stand_in.py")


@pytest.fixture
def standing():
    with stand_in.AgentStandIn() as agent:
        yield agent


def till(agent) -> till_client.Agent:
    return till_client.Agent(agent.origin, stand_in.TOKEN, "ru")


def quoted(client):
    client.push_stock([till_client.stock_row("EX-C01", Decimal("450.00"), 3)])
    found = client.look_up(number=stand_in.NUMBER, pin=stand_in.PIN)
    return client.quote(
        lookup=found.lookup, medicine="EX-C01", units=30, pack_price=Decimal("450.00"), boxes=["0104600\x1d21A"]
    )


def sold(client, quote, key="key-of-a-sale"):
    return client.sell(
        key=key, quote=quote.quote, pharmacist="Асанова А.", receipt_number="777", receipt_amount=quote.patient
    )


class Wire:
    """What goes over the wire, both ways, held against the models of the contract."""

    ORDERS: tuple[tuple[str, type[BaseModel]], ...] = (
        ("/api/lookup", contract.LookUp),
        ("/api/quote", contract.QuoteOrder),
        ("/api/release", contract.Release),
        ("/api/stock", contract.StockPush),
        ("/reversal", contract.ReversalOrder),
        ("/api/sales", contract.SaleOrder),
    )
    ANSWERS: tuple[tuple[str, type[BaseModel]], ...] = (
        ("/api/lookup", contract.Found),
        ("/api/quote", contract.Quote),
        ("/api/stock", contract.StockTaken),
        ("/api/sales", contract.Sale),
    )

    def __init__(self, monkeypatch) -> None:
        self.orders: list[str] = []
        self.answers: list[str] = []
        request, answer = HTTPConnection.request, stand_in.AgentStandIn.answer

        def held_request(connection, method, url, body=None, headers=None):
            if body is not None:
                model = next(model for part, model in self.ORDERS if part in url)
                model.model_validate_json(body)
                self.orders.append(model.__name__)
            request(connection, method, url, body, headers or {})

        def held_answer(agent, method, path, proof, order):
            try:
                status, body = answer(agent, method, path, proof, order)
            except stand_in.Refusal as refusal:
                contract.Problem.model_validate_json(json.dumps(refusal.body))
                self.answers.append("Problem")
                raise
            if body is not None:
                model = next(model for part, model in self.ANSWERS if part in path)
                model.model_validate_json(json.dumps(body))
                self.answers.append(model.__name__)
            return status, body

        monkeypatch.setattr(HTTPConnection, "request", held_request)
        monkeypatch.setattr(stand_in.AgentStandIn, "answer", held_answer)


def test_every_order_and_every_answer_is_one_of_the_contract(standing, monkeypatch):
    wire = Wire(monkeypatch)
    client = till(standing)
    quote = quoted(client)
    sale = sold(client, quote)
    reversal = client.reverse(sale.id, key="key-of-a-reversal", reason="returned", note=None, pharmacist="Асанова А.")
    assert client.record(reversal.id).state is till_client.RecordState.RECORDED
    client.release("a-lookup")
    with pytest.raises(till_client.AgentRefused):
        client.record("no-such-sale")
    assert set(wire.orders) == {model.__name__ for _, model in Wire.ORDERS}
    assert set(wire.answers) == {model.__name__ for _, model in Wire.ANSWERS} | {"Problem"}


def test_every_reason_is_one_of_the_contract():
    line = ast.parse((PLUGIN / "trytond_sale_point_prescription" / "line.py").read_text())
    (reasons,) = (
        ast.literal_eval(node.value)
        for node in line.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "REASONS"
    )
    assert {reason for reason, _ in reasons} - {None} == set(contract.ReversalReason)


def test_the_same_key_is_the_same_sale(standing):
    client = till(standing)
    quote = quoted(client)
    assert sold(client, quote) == sold(client, quote)
    assert len(standing.sales) == 1


def test_a_lost_answer_is_silence_and_nobody_listening_is_not_reached(standing):
    client = till(standing)
    quote = quoted(client)
    standing.fault = stand_in.Fault.LOST_ANSWER
    with pytest.raises(till_client.AgentSilent) as lost:
        sold(client, quote)
    assert not isinstance(lost.value, till_client.AgentNotReached)
    with pytest.raises(till_client.AgentNotReached):
        till_client.Agent("http://127.0.0.1:9", "token", "ru").record("x")


@pytest.mark.parametrize(
    "origin", ["http://192.0.2.1:7465", "https://127.0.0.1:7465", "http://127.0.0.1", "http://example.org:80", "x"]
)
def test_only_an_agent_on_this_computer_is_spoken_to(origin):
    with pytest.raises(till_client.AgentNotConfigured):
        till_client.Agent(origin, "token", "ru")


@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_problem_of_the_agent_is_read_and_judged(code):
    told = AgentProblem(code).told("ru").model_dump(mode="json")
    refused = till_client._refused(told, told["status"])
    assert refused.findings
    assert str(refused) == code
    # An order whose answer may yet come is never given up, and never replaced by another.
    if told["status"] >= 500 and code is not ProblemCode.OFFLINE_WITHOUT_HOLD:
        assert not refused.final
        assert not refused.surely_not_done(tried_before=False)
    if refused.surely_not_done(tried_before=True):
        assert code is ProblemCode.OFFLINE_WITHOUT_HOLD


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_an_answer_off_the_contract_is_silence(body):
    for reader in (till_client._found, till_client._quote, till_client._record):
        with pytest.raises(till_client.AgentSilent):
            till_client._read(reader, body)


def test_codes_of_boxes_keep_their_group_separators():
    assert till_client.box_codes(" 0104600\x1d21A \r\n\n0104600\x1d21B") == ["0104600\x1d21A", "0104600\x1d21B"]


def test_the_module_stands_alone():
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for file in (PLUGIN / "trytond_sale_point_prescription").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
    }
    ours = {"kopuro_pos", "gateway", "adapters", "schemas", "config", "tests"}
    assert not {name.partition(".")[0] for name in imported} & ours
