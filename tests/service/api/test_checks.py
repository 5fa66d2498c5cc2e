from __future__ import annotations

import asyncio

import orjson

from gateway.services import Limits
from schemas.api import CheckedRecord, CheckSummary
from tests.builders import case_bytes
from tests.service.api.conftest import Gateway, Reply, make_services, serve

PATH = "/v1/treated-cases/check"
NDJSON = {"Content-Type": "application/x-ndjson"}


def protocol(reply: Reply) -> tuple[list[CheckedRecord], CheckSummary]:
    assert reply.headers["Content-Type"] == "application/x-ndjson"
    *records, summary = reply.body.splitlines()
    return [CheckedRecord.model_validate_json(line) for line in records], CheckSummary.model_validate_json(summary)


async def test_one_case(gateway: Gateway):
    good = CheckedRecord.model_validate_json((await gateway.send(path=PATH)).body)
    bad = CheckedRecord.model_validate_json((await gateway.send(case_bytes(department="1"), path=PATH)).body)

    assert good.accepted
    assert not bad.accepted
    assert "SCHEMA_PATTERN" in {finding.code for finding in bad.findings}
    assert gateway.nothing_written()


async def test_a_batch_has_a_line_for_each_record_and_a_summary(gateway: Gateway):
    body = b"\n".join([case_bytes(), case_bytes(department="1"), b"", b"{", case_bytes()])
    records, summary = protocol(await gateway.call("POST", PATH, data=body, headers=NDJSON))

    assert [record.accepted for record in records] == [True, False, False, True]
    assert [record.record for record in records] == [1, 2, 3, 4]
    assert (summary.records, summary.accepted, summary.refused, summary.complete) == (4, 2, 2, True)
    assert gateway.nothing_written()


async def test_the_protocol_is_in_the_readers_language(gateway: Gateway):
    headers = NDJSON | {"Accept-Language": "ru"}
    reply = await gateway.call("POST", PATH, data=b"{", headers=headers)

    assert reply.headers["Content-Language"] == "ru"
    assert "JSON" in orjson.loads(reply.body.splitlines()[0])["findings"][0]["message"]


async def test_an_empty_batch(gateway: Gateway):
    records, summary = protocol(await gateway.call("POST", PATH, data=b"\n\n", headers=NDJSON))

    assert (records, summary.records, summary.complete) == ([], 0, True)


async def test_a_line_without_end_breaks_the_batch_off(gateway: Gateway):
    body = case_bytes() + b"\n" + b" " * 1_200_000
    records, summary = protocol(await gateway.call("POST", PATH, data=body, headers=NDJSON))

    assert len(records) == 1
    assert not summary.complete
    assert summary.problem is not None
    assert summary.problem.code == "REQUEST_TOO_LARGE"


async def test_a_batch_of_too_many_records_breaks_off():
    async for gateway in serve(make_services(limits=Limits(batch_records=2))):
        body = b"\n".join([b"{}"] * 3)
        records, summary = protocol(await gateway.call("POST", PATH, data=body, headers=NDJSON))

        assert len(records) == 2
        assert not summary.complete


async def test_a_batch_is_answered_while_it_is_sent(gateway: Gateway):
    """Each record waits for the protocol line of the one before."""
    came = asyncio.Queue()

    async def records():
        for _ in range(3):
            yield case_bytes() + b"\n"
            await came.get()

    async with asyncio.timeout(5), gateway.session.post(gateway.url(PATH), data=records(), headers=NDJSON) as response:
        lines = []
        async for line in response.content:
            lines.append(line)
            came.put_nowait(None)

    assert len(lines) == 4


async def test_other_types_and_senders_are_refused(gateway: Gateway):
    text = await gateway.send(path=PATH, headers={"Content-Type": "text/csv"})
    nobody = await gateway.send(path=PATH, sender="nobody")

    assert (text.status, text.code) == (415, "REQUEST_CONTENT_TYPE")
    assert (nobody.status, nobody.code) == (403, "SENDER_UNKNOWN")
