"""Reading a SOAP reply: nothing is believed before status, content type, characters and header are right."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from typing import Final

import httpx
from lxml import etree

from adapters.xroad.faults import code_in_plain_text, is_xroad_code
from adapters.xroad.headers import XROAD
from adapters.xroad.outcomes import ExchangeFailed, Failure, Symptom, of_symptom, of_xroad_fault

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
"""Namespace of SOAP 1.1 envelopes."""

_SHA512: Final = "http://www.w3.org/2001/04/xmlenc#sha512"
_UTF_8: Final = frozenset(("utf-8", "utf8", "us-ascii", "ascii"))
_LONGEST_RETRY_AFTER: Final = 86_400.0
_LONGEST_CODE: Final = 200
_LOG_ID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)


class ProviderFault(Exception):
    """The provider's own fault, passed through by X-Road. ``code`` is as sent; the provider's contract explains it."""

    def __init__(self, code: str, message_id: str | None = None) -> None:
        self.code = code
        self.message_id = message_id
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class SentRequest:
    """What is kept of a request to recognise its reply."""

    message_id: str
    content: bytes


def hardened_parser() -> etree.XMLParser:
    """A parser that loads and resolves nothing from outside and refuses absurdly large or deep documents."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def answer_in(response: httpx.Response, request: SentRequest) -> etree._Element:
    """The body's content in a reply to ``request``.

    Raises :class:`ExchangeFailed` for all that is no answer, :class:`ProviderFault` for the provider's own fault.
    """
    _check_http(response)
    envelope = _parsed(response.content)
    header, body = _parts(envelope)
    content = next(iter(body), None)
    if content is None:
        raise _failed(Symptom.REPLY_EMPTY)
    if content.tag == f"{{{SOAP}}}Fault":
        raise _fault(content)
    if response.status_code != httpx.codes.OK:
        raise _failed(Symptom.REPLY_STATUS, f"HTTP status {response.status_code}")
    _check_header(header, request)
    _check_non_technical_fault(content)
    return content


def _check_http(response: httpx.Response) -> None:
    media_type, charset = _media_type(response.headers.get("Content-Type", ""))
    ok_status = response.status_code in (httpx.codes.OK, httpx.codes.INTERNAL_SERVER_ERROR)
    if ok_status and media_type == "text/xml" and response.content:
        if charset not in _UTF_8:
            raise _failed(Symptom.REPLY_CHARSET)
        return
    raise ExchangeFailed(_unusable(response, media_type))


@lru_cache(maxsize=64)
def _media_type(content_type: str) -> tuple[str, str]:
    """Media type and character set of a Content-Type, in lower case."""
    header = Message()
    header["Content-Type"] = content_type or "application/octet-stream"
    charset = header.get_param("charset", "utf-8")
    return header.get_content_type(), charset.strip("\"' ").lower() if isinstance(charset, str) else ""


def _unusable(response: httpx.Response, media_type: str) -> Failure:
    status = response.status_code
    detail = f"HTTP status {status}"
    if media_type == "text/plain" and status >= httpx.codes.BAD_REQUEST:
        code = code_in_plain_text(response.content[:_LONGEST_CODE].decode("utf-8", "replace"))
        if code is not None:
            return of_xroad_fault(code)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return of_symptom(Symptom.REPLY_TOO_MANY_REQUESTS, detail, retry_after=_retry_after(response))
    if 300 <= status < 400:
        return of_symptom(Symptom.REPLY_REDIRECT, detail)
    if "html" in media_type:
        symptom = Symptom.REPLY_HTML_PAGE if response.is_success else Symptom.REPLY_HTML_ERROR
        return of_symptom(symptom, detail)
    if not response.is_success:
        return of_symptom(Symptom.REPLY_STATUS, detail, retry_after=_retry_after(response))
    return of_symptom(Symptom.REPLY_CONTENT_TYPE if response.content else Symptom.REPLY_EMPTY, detail)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), _LONGEST_RETRY_AFTER) if value.isascii() and value.isdigit() else None


def _parsed(content: bytes) -> etree._Element:
    if b"\0" in content:
        # UTF-16 or UTF-32: XML in UTF-8 holds no zero byte.
        raise _failed(Symptom.REPLY_CHARSET)
    try:
        root = etree.fromstring(content, hardened_parser())
    except (etree.XMLSyntaxError, LookupError) as error:
        # LookupError: the XML declaration names an unknown encoding.
        raise _failed(Symptom.REPLY_NOT_XML) from error
    document = root.getroottree().docinfo
    if document.internalDTD is not None:
        raise _failed(Symptom.REPLY_DTD)
    if (document.encoding or "utf-8").lower() not in _UTF_8:
        raise _failed(Symptom.REPLY_CHARSET)
    return root


def _parts(envelope: etree._Element) -> tuple[etree._Element | None, etree._Element]:
    body = envelope.find(f"{{{SOAP}}}Body")
    if envelope.tag != f"{{{SOAP}}}Envelope" or body is None:
        raise _failed(Symptom.REPLY_NOT_SOAP)
    return envelope.find(f"{{{SOAP}}}Header"), body


def _fault(fault: etree._Element) -> ExchangeFailed | ProviderFault:
    code = (fault.findtext("faultcode") or "").strip()[:_LONGEST_CODE]
    if is_xroad_code(code):
        return ExchangeFailed(of_xroad_fault(code, _log_id(fault)))
    return ProviderFault(code)


def _log_id(fault: etree._Element) -> str | None:
    text = (fault.findtext("detail/faultDetail") or "").strip()
    # Only X-Road's own UUID: a provider's text may name people, and a ПИН is of hexadecimal digits too.
    return text if _LOG_ID.fullmatch(text) else None


def _check_non_technical_fault(content: etree._Element) -> None:
    """PR-MESS, Annex D.2: a business failure may come as ``fault`` with ``faultCode`` inside the response."""
    for child in content:
        if etree.QName(child).localname == "fault":
            for part in child:
                if etree.QName(part).localname == "faultCode":
                    raise ProviderFault((part.text or "").strip()[:_LONGEST_CODE])


def _check_header(header: etree._Element | None, request: SentRequest) -> None:
    message_id = header.findtext(f"{{{XROAD}}}id") if header is not None else None
    if header is None or message_id is None or message_id.strip() != request.message_id:
        raise _failed(Symptom.REPLY_HEADER)
    request_hash = header.find(f"{{{XROAD}}}requestHash")
    if request_hash is None or request_hash.get("algorithmId") != _SHA512:
        return
    expected = base64.b64encode(hashlib.sha512(request.content).digest()).decode("ascii")
    if "".join((request_hash.text or "").split()) != expected:
        raise _failed(Symptom.REPLY_HASH)


def _failed(symptom: Symptom, detail: str = "") -> ExchangeFailed:
    return ExchangeFailed(of_symptom(symptom, detail))
