"""The worked examples of the arithmetic, sold over HTTP and reckoned by ``gateway quote``: the same to the tyiyn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from gateway.cli import quote
from gateway.store.sqlite import SqliteStore
from tests.service.dispensing.pharmacy import open_pharmacy
from tests.support.programme import References, issue_into, medicine, reference


class Example(NamedTuple):
    units_ordered: int
    pack_price: str
    sold: int
    receipt: str
    retail: str
    compensation: str
    patient: str
    settled: str
    remaining: str
    per_pack: bool = False


EXAMPLES = {
    "C01 price above the reference": Example(60, "450.00", 60, "540.00", "900.00", "360.00", "540.00", "360.00", "0"),
    "C03 capped by retail": Example(60, "150.00", 60, "0.00", "300.00", "300.00", "0.00", "300.00", "0"),
    "C04 more than the course": Example(60, "450.00", 70, "690.00", "1050.00", "360.00", "690.00", "360.00", "0"),
    "C05 less than the course": Example(60, "450.00", 40, "360.00", "600.00", "240.00", "360.00", "240.00", "200"),
    "C10 compensation of a pack": Example(
        20, "119.99", 20, "46.66", "79.99", "33.33", "46.66", "33.33", "0", per_pack=True
    ),
    "C11 overcharged receipt": Example(60, "450.00", 60, "600.00", "900.00", "360.00", "540.00", "300.00", "0"),
}
PACK = {"per": "pack", "amount": "50.00"}
UNIT = {"per": "unit", "amount": "6.00"}


@pytest.mark.clause("42", "43", "44")
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
async def test_clause_42_an_example_is_the_same_over_http_and_on_the_command_line(example: Example, tmp_path: Path):
    compensation = PACK if example.per_pack else UNIT
    sold = medicine(compensation=compensation, **({"reference_price": "75.00"} if example.per_pack else {}))
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    async with open_pharmacy(store, references=References(reference(sold))) as pharmacy:
        issued = await issue_into(store, prescribed=sold, item={"units": example.units_ordered})
        prices = {"pack_price": example.pack_price, "shelf_price": example.pack_price}
        answer = await pharmacy.dispense(
            issued,
            sale={"units": example.sold, **prices},
            offers_shown=[{"medicine": sold.code, "pack_price": example.pack_price}],
            receipt={"number": "1", "amount": example.receipt},
        )
    await store.close()
    assert answer.status == 201, answer.body
    view = answer.json
    over_http = [view[name] for name in ("retail", "compensation", "patient", "settled")]
    expected = [example.retail, example.compensation, example.patient, example.settled]
    assert [*over_http, view["remaining"]["dose"]] == [*expected, example.remaining]
    told = reckoned(example, compensation)
    assert [told[name] for name in ("retail", "compensation", "patient", "settled", "remaining")] == [
        *expected,
        example.remaining,
    ]


def reckoned(example: Example, compensation: dict[str, str]) -> dict[str, Any]:
    question = {
        "course": {"dose": "10", "dose_unit": "mg", "units": str(example.units_ordered)},
        "compensated_before": "0",
        "product": {
            "strength": "10",
            "strength_unit": "mg",
            "pack_price": example.pack_price,
            "pack_size": 30,
            "compensation": compensation,
        },
        "sold_units": example.sold,
        "receipt": example.receipt,
    }
    result = CliRunner().invoke(quote.command, [], input=json.dumps(question))
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer
