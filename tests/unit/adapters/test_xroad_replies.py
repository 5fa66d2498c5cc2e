"""The outcome table row by row: what comes back, and what is said of it."""

from __future__ import annotations

import base64
import hashlib

import httpx
import pytest

from adapters.xroad.outcomes import TABLE, ExchangeFailed, Symptom, of_symptom, of_transport_error
from adapters.xroad.replies import ProviderFault, SentRequest, answer_in
from adapters.xroad.transport import ReplyTooLarge
from gateway.operations.model import Outcome

SENT = SentRequest("m-1", b"<request/>")
HASH = base64.b64encode(hashlib.sha512(SENT.content).digest()).decode()
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XML = "text/xml; charset=UTF-8"


def envelope(body: str = "<answer/>", header: str | None = None) -> str:
    if header is None:
        header = '<x:id xmlns:x="http://x-road.eu/xsd/xroad.xsd">m-1</x:id>'
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'


def fault(code: str, detail: str = "") -> str:
    return envelope(
        f"<s:Fault><faultcode>{code}</faultcode><faultstring>text</faultstring><detail>{detail}</detail></s:Fault>", ""
    )


def request_hash(value: str, algorithm: str = "http://www.w3.org/2001/04/xmlenc#sha512") -> str:
    return (
        '<x:id xmlns:x="http://x-road.eu/xsd/xroad.xsd">m-1</x:id>'
        f'<x:requestHash xmlns:x="http://x-road.eu/xsd/xroad.xsd" algorithmId="{algorithm}">{value}</x:requestHash>'
    )


def reply(content: str | bytes, status: int = 200, content_type: str | None = XML, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        named["Content-Type"] = content_type
    return httpx.Response(status, content=content.encode() if isinstance(content, str) else content, headers=named)


ROWS = [
    ("empty 200", reply(b""), Symptom.REPLY_EMPTY),
    ("empty 202", reply(b"", 202), Symptom.REPLY_EMPTY),
    ("empty 202 untyped", reply(b"", 202, None), Symptom.REPLY_EMPTY),
    ("204", reply(b"", 204, None), Symptom.REPLY_EMPTY),
    ("202 with an answer", reply(envelope(), 202), Symptom.REPLY_CONTENT_TYPE),
    ("empty body element", reply(envelope("")), Symptom.REPLY_EMPTY),
    ("html 502", reply("<html></html>", 502, "text/html"), Symptom.REPLY_HTML_ERROR),
    ("html 200", reply("<html></html>", 200, "text/html; charset=utf-8"), Symptom.REPLY_HTML_PAGE),
    ("html 500", reply("<html></html>", 500, "text/html"), Symptom.REPLY_HTML_ERROR),
    ("html labelled xml", reply("<!DOCTYPE html><html><body>x</body></html>"), Symptom.REPLY_DTD),
    ("html with void tags labelled xml", reply("<html><br></html>"), Symptom.REPLY_NOT_XML),
    ("redirect", reply(b"", 302, None, Location="/"), Symptom.REPLY_REDIRECT),
    ("429", reply("slow down", 429, "text/plain"), Symptom.REPLY_TOO_MANY_REQUESTS),
    ("plain 503", reply("down", 503, "text/plain"), Symptom.REPLY_STATUS),
    ("plain 400", reply("bad", 400, "text/plain"), Symptom.REPLY_STATUS),
    ("xml 503", reply(envelope(), 503), Symptom.REPLY_STATUS),
    ("xml 500 without a fault", reply(envelope(), 500), Symptom.REPLY_STATUS),
    ("json 200", reply('{"recordNumber": "1"}', 200, "application/json"), Symptom.REPLY_CONTENT_TYPE),
    ("untyped 200", reply(envelope(), 200, None), Symptom.REPLY_CONTENT_TYPE),
    ("multipart", reply("--x", 200, 'multipart/related; boundary="x"'), Symptom.REPLY_CONTENT_TYPE),
    ("cp1251 label", reply(envelope(), 200, "text/xml; charset=windows-1251"), Symptom.REPLY_CHARSET),
    ("cp1251 declaration", reply(b"<?xml version='1.0' encoding='windows-1251'?>" + envelope().encode()),
     Symptom.REPLY_CHARSET),
    ("cp1251 bytes", reply(envelope("<answer>Ответ</answer>").encode("cp1251")), Symptom.REPLY_NOT_XML),
    ("utf-16", reply(envelope().encode("utf-16")), Symptom.REPLY_CHARSET),
    ("unknown encoding", reply(b"<?xml version='1.0' encoding='x-none'?><a/>"), Symptom.REPLY_NOT_XML),
    ("truncated", reply(envelope()[:-20]), Symptom.REPLY_NOT_XML),
    ("10 MB text node", reply(envelope("<a>" + "x" * 10_100_000 + "</a>")), Symptom.REPLY_NOT_XML),
    ("100k nesting", reply("<a>" * 100_000), Symptom.REPLY_NOT_XML),
    ("plain words", reply("accepted"), Symptom.REPLY_NOT_XML),
    ("dtd", reply('<!DOCTYPE a [<!ENTITY b "c">]>' + envelope()), Symptom.REPLY_DTD),
    ("external dtd", reply('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">' + envelope()), Symptom.REPLY_DTD),
    ("no envelope", reply("<answer/>"), Symptom.REPLY_NOT_SOAP),
    ("soap 1.2", reply(envelope().replace(SOAP, "http://www.w3.org/2003/05/soap-envelope")), Symptom.REPLY_NOT_SOAP),
    ("no header", reply(envelope().replace("Header", "Other")), Symptom.REPLY_HEADER),
    ("no message id", reply(envelope(header="")), Symptom.REPLY_HEADER),
    ("another's message id", reply(envelope().replace("m-1", "m-2")), Symptom.REPLY_HEADER),
    ("another's request hash", reply(envelope(header=request_hash("AAAA"))), Symptom.REPLY_HASH),
]  # fmt: skip


@pytest.mark.parametrize(("response", "symptom"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_no_answer_has_its_row(response: httpx.Response, symptom: Symptom):
    with pytest.raises(ExchangeFailed) as failed:
        answer_in(response, SENT)
    failure = failed.value.failure
    assert failure.reason == symptom.value
    assert failure.outcome is TABLE[symptom].outcome
    assert failure.outcome is not Outcome.DELIVERED


def test_every_symptom_has_a_row_and_only_certain_ones_say_not_executed():
    assert TABLE.keys() == set(Symptom)
    certain = {symptom for symptom, row in TABLE.items() if row.outcome is not Outcome.IN_DOUBT}
    assert certain == {
        Symptom.REQUEST_INVALID,
        Symptom.CONNECTION_REFUSED,
        Symptom.CONNECT_TIMEOUT,
        Symptom.REPLY_TOO_MANY_REQUESTS,
    }


@pytest.mark.parametrize(
    ("error", "symptom"),
    [
        (httpx.ConnectError(""), Symptom.CONNECTION_REFUSED),
        (httpx.ConnectTimeout(""), Symptom.CONNECT_TIMEOUT),
        (httpx.PoolTimeout(""), Symptom.CONNECT_TIMEOUT),
        (httpx.ReadTimeout(""), Symptom.READ_TIMEOUT),
        (httpx.WriteTimeout(""), Symptom.READ_TIMEOUT),
        (httpx.ReadError(""), Symptom.CONNECTION_LOST),
        (httpx.WriteError(""), Symptom.CONNECTION_LOST),
        (httpx.CloseError(""), Symptom.CONNECTION_LOST),
        (httpx.RemoteProtocolError(""), Symptom.CONNECTION_LOST),
        (ReplyTooLarge(""), Symptom.REPLY_TOO_LARGE),
    ],
)
def test_every_transport_error_has_its_row(error: httpx.TransportError, symptom: Symptom):
    assert of_transport_error(error) == of_symptom(symptom)


def test_what_a_malformed_reply_holds_is_not_repeated():
    assert of_transport_error(httpx.RemoteProtocolError("illegal status line: 'Асанова'")).detail == ""


def test_alarms_are_raised_for_attacks_and_for_wrong_addresses():
    assert of_symptom(Symptom.REPLY_DTD).alarm == "security"
    assert of_symptom(Symptom.REPLY_HTML_PAGE).alarm == "configuration"


@pytest.mark.parametrize(
    "response",
    [
        reply(envelope()),
        reply(envelope(), 200, "text/xml"),
        reply(envelope(), 200, 'TEXT/XML; charset="utf-8"'),
        reply(b"\xef\xbb\xbf" + envelope().encode()),
        reply(b"<?xml version='1.0' encoding='UTF-8'?><!-- why --><?pi x?>" + envelope().encode()),
        reply(envelope(header=request_hash(HASH))),
        reply(envelope(header=request_hash(f"\n {HASH[:20]}\n{HASH[20:]} "))),
        reply(envelope(header=request_hash("AAAA", "http://www.w3.org/2001/04/xmlenc#sha256"))),
    ],
    ids=["plain", "no charset", "quoted", "byte order mark", "declaration", "hash", "folded hash", "other algorithm"],
)
def test_an_answer_is_the_content_of_the_body(response: httpx.Response):
    assert answer_in(response, SENT).tag == "answer"


@pytest.mark.parametrize("status", [200, 500])
def test_an_x_road_fault_keeps_its_code_and_log_id_whatever_the_status(status: int):
    log_id = "8f5a2a3e-0000-4000-8000-000000000001"
    with pytest.raises(ExchangeFailed) as failed:
        answer_in(reply(fault("Server.ServerProxy.AccessDenied", f"<faultDetail>{log_id}</faultDetail>"), status), SENT)
    assert failed.value.failure.reason == "Server.ServerProxy.AccessDenied"
    assert log_id in failed.value.failure.detail


@pytest.mark.parametrize("detail", ["Асанова 1990", "20101199012345"])
def test_a_fault_detail_that_is_no_log_id_is_not_repeated(detail: str):
    with pytest.raises(ExchangeFailed) as failed:
        answer_in(reply(fault("Server.ServerProxy.IOError", f"<faultDetail>{detail}</faultDetail>")), SENT)
    assert failed.value.failure.detail == ""


@pytest.mark.parametrize("code", ["Client.Асанова", "Client.InvalidRequest 1990", "Server.ServerProxy.20101199012345"])
def test_a_code_that_may_name_somebody_is_no_code_of_x_road(code: str):
    with pytest.raises(ProviderFault):
        answer_in(reply(fault(code)), SENT)


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("code", ["s:Server", "s:Client", "foo:FOOCODE", ""])
def test_a_providers_own_fault_is_told_apart(code: str, status: int):
    with pytest.raises(ProviderFault) as raised:
        answer_in(reply(fault(code), status), SENT)
    assert raised.value.code == code


def test_a_non_technical_fault_within_an_answer_is_the_providers():
    body = "<answer><fault><faultCode>OUT_OF_ORDER</faultCode><faultString>x</faultString></fault></answer>"
    with pytest.raises(ProviderFault) as raised:
        answer_in(reply(envelope(body)), SENT)
    assert raised.value.code == "OUT_OF_ORDER"


@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("999999999", 86_400.0), ("soon", None), ("-1", None)])
def test_retry_after_is_taken_in_seconds_only(value: str, seconds: float | None):
    with pytest.raises(ExchangeFailed) as failed:
        answer_in(reply("x", 429, "text/plain", Retry_After=value), SENT)
    assert failed.value.failure.retry_after == seconds
