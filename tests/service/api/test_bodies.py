"""Bodies that are too large, too slow, wrongly packed or not what they claim: refused, and nothing is written."""

from __future__ import annotations

import asyncio
import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import case_bytes, case_json
from tests.service.api.conftest import Gateway

FULL_WIDTH = "00000011895017425".translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})


async def test_malformed_json(gateway: Gateway):
    reply = await gateway.send(b'{"card_number": ')

    assert (reply.status, reply.code) == (400, "REQUEST_MALFORMED_JSON")
    assert gateway.nothing_written()


async def test_three_megabytes(gateway: Gateway):
    reply = await gateway.send(b" " * 3_000_000)

    assert (reply.status, reply.code) == (413, "REQUEST_TOO_LARGE")
    assert "1048576" in reply.json["detail"]
    assert gateway.nothing_written()


async def test_three_megabytes_without_a_declared_length(gateway: Gateway):
    async def pieces():
        for _ in range(48):
            yield b" " * 65_536

    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    reply = await gateway.call("POST", "/v1/treated-cases", data=pieces(), headers=headers)

    assert (reply.status, reply.code) == (413, "REQUEST_TOO_LARGE")
    assert gateway.nothing_written()


async def test_gzip_is_taken(gateway: Gateway):
    reply = await gateway.send(gzip.compress(case_bytes()), headers={"Content-Encoding": "gzip"})

    assert reply.status == 202


async def test_gzip_of_several_members_is_taken(gateway: Gateway):
    body = case_bytes()
    packed = gzip.compress(body[:500]) + gzip.compress(body[500:])

    assert (await gateway.send(packed, headers={"Content-Encoding": "gzip"})).status == 202


async def test_a_gzip_bomb_is_refused(gateway: Gateway):
    bomb = gzip.compress(b" " * 40_000_000, compresslevel=9)
    assert len(bomb) < 1_048_576
    reply = await gateway.send(bomb, headers={"Content-Encoding": "gzip"})

    assert (reply.status, reply.code) == (413, "REQUEST_TOO_LARGE")
    assert gateway.nothing_written()


@pytest.mark.parametrize("body", [b"not gzip at all", gzip.compress(case_bytes())[:-20]])
async def test_broken_gzip_is_refused(gateway: Gateway, body: bytes):
    reply = await gateway.send(body, headers={"Content-Encoding": "gzip"})

    assert (reply.status, reply.code) == (415, "REQUEST_CONTENT_ENCODING")
    assert gateway.nothing_written()


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip"])
async def test_other_compressions_are_refused(gateway: Gateway, encoding: str):
    reply = await gateway.send(headers={"Content-Encoding": encoding})

    assert (reply.status, reply.code) == (415, "REQUEST_CONTENT_ENCODING")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-ndjson", "application/json; charset=windows-1251", ""]
)
async def test_other_content_types_are_refused(gateway: Gateway, kind: str):
    reply = await gateway.send(headers={"Content-Type": kind})

    assert (reply.status, reply.code) == (415, "REQUEST_CONTENT_TYPE")
    assert "application/json" in reply.json["findings"][0]["action"]
    assert gateway.nothing_written()


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"]
)
async def test_the_usual_spellings_of_json_are_taken(gateway: Gateway, kind: str):
    assert (await gateway.send(headers={"Content-Type": kind})).status == 202


async def test_an_unknown_field_is_refused(gateway: Gateway):
    reply = await gateway.send(case_bytes(colour="blue"))

    assert reply.status == 422
    assert "SCHEMA_UNKNOWN_FIELD" in reply.codes
    assert gateway.nothing_written()


async def test_full_width_digits_are_no_digits(gateway: Gateway):
    assert len(FULL_WIDTH) == 17
    reply = await gateway.send(case_bytes(ksf_number=FULL_WIDTH))

    assert (reply.status, reply.code) == (422, "KSF_FORMAT")
    assert gateway.nothing_written()


async def test_a_body_that_does_not_come_is_not_waited_for(gateway: Gateway):
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(
        b"POST /v1/treated-cases HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b'Idempotency-Key: k\r\nContent-Length: 100\r\n\r\n{"card'
    )
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"REQUEST_BODY_TIMEOUT" in answer
    assert gateway.nothing_written()


async def test_a_body_that_breaks_its_framing_is_refused(gateway: Gateway):
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(
        b"POST /v1/treated-cases HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Idempotency-Key: k\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
    )
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert b" 400 " in answer.split(b"\r\n")[0]
    assert gateway.nothing_written()


async def test_an_expected_continue_is_given(gateway: Gateway):
    reply = await gateway.send(headers={"Expect": "100-continue"})

    assert reply.status == 202


async def test_other_expectations_are_passed_over(gateway: Gateway):
    reply = await gateway.send(headers={"Expect": "miracles"})

    assert reply.status == 202


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=400), encoding=st.sampled_from([None, "gzip", "identity", "br"]))
async def test_no_bytes_whatever_make_the_gateway_fail(gateway: Gateway, body: bytes, encoding: str | None):
    headers = {} if encoding is None else {"Content-Encoding": encoding}
    for path in ("/v1/treated-cases", "/v1/treated-cases/check", "/v1/upstreams/foms/pause"):
        reply = await gateway.send(body, path=path, headers=headers)
        assert reply.status < 500, (path, reply.body)
    assert gateway.nothing_written()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    field=st.sampled_from(sorted(case_json())),
)
async def test_no_value_in_any_field_makes_the_gateway_fail(gateway: Gateway, value: object, field: str):
    body = json.dumps(case_json() | {field: value}).encode()
    reply = await gateway.send(body, path="/v1/treated-cases/check")
    assert reply.status == 200, reply.body
