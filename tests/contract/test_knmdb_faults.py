"""KNMDB's fault table: each documented code and each fault, what the client says of it, and that no sale is doubled."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

import adapters.knmdb
from adapters.knmdb import KnmdbClient
from adapters.knmdb.errors import CODES, GROUPS, SYMPTOMS, Group
from adapters.knmdb.simulator.faults import FAULT_IDS, FAULTS, RESULT_CODE
from gateway.operations.model import Outcome
from tests.contract.knmdb import Database, database, part, return_message, sale_message, sold, whole

README = Path(adapters.knmdb.__file__).parent / "README.md"

# What the first attempt is told of each documented code.
BY_OUTCOME = {
    Outcome.REFUSED: (1, 6034, 6037, 6101, 6102, 6105, 6106),
    Outcome.REJECTED: (
        *(6003, 6012, *range(6022, 6034), 6035, 6039, 6046),
        *(6048, 6049, 6050, 6051, 6052, 6100),
    ),
    Outcome.IN_DOUBT: (
        *(2, 3, 6103, 6104),
        *(6004, 6005, 6006, 6010, 6021, 6036, 6038, 6040, 6042, 6043, 6044, 6045, 6047),
    ),
}
OUTCOMES = {code: outcome for outcome, codes in BY_OUTCOME.items() for code in codes}

# Fault of SalesDeclaration, outcome, reason, whether the sale was stored.
MATRIX = [
    ("lost-before-store", Outcome.IN_DOUBT, "CONNECTION_LOST", False),
    ("lost-reply-after-store", Outcome.IN_DOUBT, "CONNECTION_LOST", True),
    ("hang", Outcome.IN_DOUBT, "READ_TIMEOUT", True),
    ("html-502", Outcome.IN_DOUBT, "REPLY_HTML_ERROR", True),
    ("html-200", Outcome.IN_DOUBT, "REPLY_HTML_PAGE", False),
    ("status-503", Outcome.IN_DOUBT, "REPLY_STATUS", False),
    ("too-many-requests", Outcome.NOT_SENT, "REPLY_TOO_MANY_REQUESTS", False),
    ("redirect", Outcome.IN_DOUBT, "REPLY_REDIRECT", False),
    ("empty-200", Outcome.IN_DOUBT, "REPLY_EMPTY", True),
    ("plain-200", Outcome.IN_DOUBT, "REPLY_CONTENT_TYPE", True),
    ("truncated", Outcome.IN_DOUBT, "KNMDB_NOT_JSON", True),
    ("oversized", Outcome.IN_DOUBT, "REPLY_TOO_LARGE", True),
    ("list", Outcome.IN_DOUBT, "REPLY_INCOMPLETE", True),
    ("model-check", Outcome.REFUSED, "KNMDB_MODEL_CHECK", False),
    ("unauthorised", Outcome.DELIVERED, "KNMDB_DECLARED", True),
    ("forbidden", Outcome.REFUSED, "KNMDB_FORBIDDEN", False),
    ("not-found", Outcome.REFUSED, "KNMDB_NO_SUCH_ADDRESS", False),
    ("internal-error", Outcome.IN_DOUBT, "REPLY_STATUS", True),
    ("unexpected-after-store", Outcome.IN_DOUBT, "KNMDB_2", True),
    ("null-result", Outcome.IN_DOUBT, "REPLY_INCOMPLETE", True),
    ("null-code", Outcome.IN_DOUBT, "REPLY_INCOMPLETE", True),
    ("no-number", Outcome.IN_DOUBT, "REPLY_INCOMPLETE", True),
    ("extra-field", Outcome.DELIVERED, "KNMDB_DECLARED", True),
]
OF_INQUIRIES = {"renamed-field", "names-for-numbers", "other-box"}


@pytest.fixture
async def knmdb(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as built:
        yield built


@pytest.fixture
async def client(knmdb: Database) -> AsyncIterator[KnmdbClient]:
    client = knmdb.client()
    yield client
    await client.close()


def test_every_documented_code_has_its_row():
    assert CODES.keys() == {0, *OUTCOMES}
    assert GROUPS.keys() == set(Group)


def test_the_matrix_covers_every_fault_and_the_readme_everything():
    assert [row[0] for row in MATRIX] == [fault for fault in FAULTS if fault not in OF_INQUIRIES]
    readme = README.read_text(encoding="utf-8")
    assert [fault for fault in FAULT_IDS if f"`{fault}`" not in readme] == []
    assert [code for code in CODES if not re.search(rf"\b{code}\b", readme)] == []
    assert [symptom for symptom in SYMPTOMS if f"`{symptom}`" not in readme] == []


async def test_every_code_has_its_outcome_for_sales_and_nothing_is_declared(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    for code, outcome in OUTCOMES.items():
        await knmdb.fault(RESULT_CODE, count=1, code=code, operation="SalesDeclaration")
        result = await client.deliver(sale_message(sold(whole(1))))
        assert (code, result.outcome, result.reason) == (code, outcome, f"KNMDB_{code}")
        assert result.unavailable == (code in (2, 3)), code
        assert [one.code for one in result.rejections] == ([str(code)] if result.outcome is Outcome.REJECTED else [])
    assert await knmdb.declarations() == []


async def test_every_code_has_its_outcome_for_cancellations(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    sale = sold(whole(1))
    await client.deliver(sale_message(sale))
    for code, outcome in OUTCOMES.items():
        await knmdb.fault(RESULT_CODE, count=1, code=code, operation="SalesDeclarationCancel")
        result = await client.deliver(return_message(sale))
        # «Already cancelled», while the box says that it is not: only a person can know.
        expected = Outcome.CONFLICT if code == 6046 else outcome
        assert (code, result.outcome) == (code, expected)


async def test_every_code_leaves_a_question_open_but_those_that_say_unknown(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    for code in OUTCOMES:
        await knmdb.fault(RESULT_CODE, code=code, operation="ProductInquiryQRCode")
        asked = await client.ask(sale_message(sold(whole(1))))
        if code in (6022, 6039):
            assert asked.outcome is Outcome.NOT_FOUND
        else:
            assert asked.outcome in (Outcome.IN_DOUBT, Outcome.REFUSED), code
        await knmdb.clear_faults()


async def test_a_code_that_nobody_documented_is_in_doubt(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    await knmdb.fault(RESULT_CODE, count=1, code=9999, operation="SalesDeclaration")
    result = await client.deliver(sale_message(sold(whole(1))))
    assert (result.outcome, result.reason) == (Outcome.IN_DOUBT, "KNMDB_9999")


async def test_every_fault_has_its_outcome_and_no_whole_box_is_lost_or_doubled(client: KnmdbClient, knmdb: Database):
    for serial, (fault, outcome, reason, stored) in enumerate(MATRIX):
        number = f"RX-{serial}"
        await knmdb.stock(serial)
        operation = sale_message(sold(whole(serial), number=number))
        await knmdb.fault(fault, count=1, operation="SalesDeclaration")
        result = await client.deliver(operation)
        assert (fault, result.outcome, result.reason) == (fault, outcome, reason)
        declared = [one for one in await knmdb.declarations() if one["prescriptionId"] == number]
        assert len(declared) == int(stored), fault
        asked = await client.ask(operation)
        assert asked.outcome is (Outcome.DELIVERED if stored else Outcome.NOT_FOUND), fault
        if not stored:
            asked = await client.deliver(replace(operation, attempt=2))
        (declared,) = [one for one in await knmdb.declarations() if one["prescriptionId"] == number]
        assert asked.record_number == str(declared["declarationId"]), fault
        await knmdb.clear_faults()


async def test_no_part_of_a_box_is_doubled_by_any_fault(client: KnmdbClient, knmdb: Database):
    for serial, (fault, outcome, _, stored) in enumerate(MATRIX):
        await knmdb.stock(serial)
        operation = sale_message(sold(part(serial), number=f"RX-{serial}"))
        await knmdb.fault(fault, count=1, operation="SalesDeclaration")
        assert (await client.deliver(operation)).outcome is outcome, fault
        asked = await client.ask(operation)
        assert (asked.outcome, asked.reason) == (
            Outcome.CANNOT_ASK,
            "KNMDB_PART_SALE_SEEN" if stored else "KNMDB_PART_SALE_NOT_SEEN",
        )
        await knmdb.clear_faults()
    assert len(await knmdb.declarations()) == sum(row[3] for row in MATRIX)


async def test_too_many_requests_says_when_to_come_back(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    await knmdb.fault("too-many-requests")
    assert (await client.deliver(sale_message(sold(whole(1))))).retry_after == 1.0


@pytest.mark.parametrize("order", [{"id": "no-such-fault"}, {"id": "result-code"}, {"id": "hang", "code": 1}, {}])
async def test_a_fault_that_cannot_be_meant_is_refused(knmdb: Database, order: dict[str, object]):
    assert (await knmdb.control.post("/simulator/faults", json=order)).status_code == 400
