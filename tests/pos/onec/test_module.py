"""The 1C module is right BSL, and says nothing to the agent that the contract does not know."""

from __future__ import annotations

from enum import StrEnum
from typing import get_args

import pytest
from pydantic import BaseModel

from kopuro_pos.agent import contract
from kopuro_pos.agent.problems import ProblemCode
from schemas.errors import ErrorCode
from tests.pos.onec import module as bsl

SENT = {
    "Распознать": ("/api/scan", contract.Scan),
    "НайтиРецепт": ("/api/lookup", contract.LookUp),
    "Рассчитать": ("/api/quote", contract.QuoteOrder),
    "Освободить": ("/api/release", contract.Release),
    "Продать": ("/api/sales", contract.SaleOrder),
    "Вернуть": ("/api/sales/", contract.ReversalOrder),
    "ОтметитьПросмотренной": ("/api/sales/", contract.Seen),
    "ПередатьОстатки": ("/api/stock", contract.StockPush),
}
"""Which function sends which message where."""


def words_of_the_contract() -> set[str]:
    """Every field, and every value of an enumeration or a literal."""
    words: set[str] = set()
    for member in vars(contract).values():
        if isinstance(member, type) and issubclass(member, BaseModel):
            words |= member.model_fields.keys()
            for field in member.model_fields.values():
                words |= {value for value in get_args(field.annotation) if isinstance(value, str)}
        elif isinstance(member, type) and issubclass(member, StrEnum):
            words |= set(member)
    return words


def test_it_is_parsed_without_an_error() -> None:
    assert not bsl.module().has_error


@pytest.mark.parametrize("broken", ["Если Истина Тогда\n\tА = 1;\n", "А = Б((1;\n", "Функция Ф(\nКонецФункции\n"])
def test_the_parser_would_see_an_error(broken: str) -> None:
    assert bsl.parsed(broken).has_error


@pytest.mark.parametrize(("name", "path", "message"), [(name, *sent) for name, sent in SENT.items()])
def test_each_function_sends_a_message_of_the_contract(name: str, path: str, message: type[BaseModel]) -> None:
    function = bsl.functions()[name]
    required = {field for field, info in message.model_fields.items() if info.is_required()}
    assert path in bsl.paths(function)
    assert required <= bsl.inserted(function) <= message.model_fields.keys()


def test_rows_of_stock_are_those_of_the_contract() -> None:
    row = bsl.inserted(bsl.functions()["ПередатьОстатки"], "СтрокаОстатка")
    assert row == {"gtin", "pack_price", "packs"}
    assert row <= contract.StockRow.model_fields.keys()


def test_every_word_is_one_of_the_contract() -> None:
    own = {"ru", "ky", "unknown"}
    assert bsl.fields(bsl.module()) - own - words_of_the_contract() == set()


def test_every_code_is_one_of_agent_or_gateway() -> None:
    codes = bsl.codes(bsl.module())
    assert codes - set(ProblemCode) - set(ErrorCode) == set()
    assert {"TOKEN_REQUIRED", "QUOTE_GONE", "OFFLINE_WITHOUT_HOLD"} <= codes


def test_every_path_is_told_by_the_contract() -> None:
    told = "\n".join(member.__doc__ or "" for member in vars(contract).values() if isinstance(member, type))
    whole = {path.split("?")[0] for path in bsl.paths(bsl.module())} - {"/api/sales/", "/reversal", "/seen"}
    assert [path for path in sorted(whole) if f" {path}" not in told] == []
    assert "``POST /api/sales/{id}/reversal``" in told
    assert "``POST /api/sales/{id}/seen``" in told


def test_the_key_is_kept_before_anything_is_sent() -> None:
    for name in ("Продать", "Вернуть"):
        source = bsl.text_of(bsl.functions()[name])
        assert source.index("НовыйКлюч()") < source.index("ЗаписатьЗаказ(") < source.index("Отправить(")
    assert "НовыйКлюч" not in bsl.text_of(bsl.functions()["Отправить"])


def test_sums_are_taken_and_never_computed() -> None:
    for name in ("Рассчитать", "Продать"):
        source = bsl.text_of(bsl.functions()[name])
        assert "Окр(" not in source
        assert 'Получить("pack_price")' in source or 'Получить("patient")' in source


def test_it_says_that_it_was_not_run() -> None:
    assert "НЕ ЗАПУСКАЛОСЬ НА 1С" in (bsl.FOLDER / "Kopuro.bsl").read_text(encoding="utf-8")
    assert "Не запускалось на 1С" in (bsl.FOLDER / "README.md").read_text(encoding="utf-8")
