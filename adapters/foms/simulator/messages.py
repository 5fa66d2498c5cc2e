"""The simulated fund's side of the contract: requests checked against the schema, answers with the headers copied."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Final

from lxml import etree

from adapters.foms.simulator.store import Accepted, Review, Stored
from schemas.foms import MESSAGES, NAMESPACE

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_CASE: Final = f"{{{NAMESPACE}}}"


class Refused(Exception):
    """The message breaks the contract: a SOAP fault ``Client``; nothing was stored."""


class ContractReader:
    """Reads requests by the contract's schema."""

    def __init__(self) -> None:
        self._schema = etree.XMLSchema(etree.parse(str(MESSAGES)))

    def read(self, content: bytes) -> tuple[etree._Element | None, etree._Element]:
        """The header and the body's content; raises :class:`Refused`."""
        try:
            root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
        except etree.XMLSyntaxError:
            raise Refused("not well-formed XML") from None
        body = root.find(f"{{{SOAP}}}Body")
        if body is None or len(body) != 1:
            raise Refused("not one message in the body")
        if not self._schema.validate(body[0]):
            raise Refused("the message does not fit the contract")
        return root.find(f"{{{SOAP}}}Header"), body[0]


def text(element: etree._Element, path: str) -> str:
    """The text at a path of the contract's element names."""
    return element.findtext("/".join(f"{_CASE}{name}" for name in path.split("/"))) or ""


def accepted(message: etree._Element) -> Accepted:
    """The part of SubmitTreatedCase that is kept."""
    return Accepted(
        ksf_number=text(message, "ksfNumber"),
        revision=int(text(message, "revision")),
        operation_key=text(message, "operationKey"),
        organisation=text(message, "case/organisation"),
        channel=text(message, "channel"),
        pilot=text(message, "pilot") in ("true", "1"),
    )


def submission_answer(
    request: Accepted, status: str, stored: Stored | None, reasons: Sequence[tuple[str, str, str]] = ()
) -> etree._Element:
    """SubmitTreatedCaseResponse. ``reasons`` are code, message and path."""
    answer = _answer("SubmitTreatedCase")
    _add(answer, "ksfNumber", request.ksf_number)
    _add(answer, "revision", str(request.revision))
    _add(answer, "status", status)
    _add(answer, "operationKey", request.operation_key if stored is None else stored.operation_key)
    if stored is not None:
        _add(answer, "recordNumber", stored.record_number)
    for code, message, path in reasons:
        reason = _add(answer, "reason")
        _add(reason, "code", code)
        _add(reason, "message", message)
        _add(reason, "path", path)
    return answer


def inquiry_answer(ksf_number: str, found: tuple[Stored, str] | None) -> etree._Element:
    """GetTreatedCaseResponse."""
    answer = _answer("GetTreatedCase")
    _add(answer, "ksfNumber", ksf_number)
    _add(answer, "status", "not-found" if found is None else "found")
    if found is not None:
        stored, review_state = found
        record = _add(answer, "record")
        _add(record, "recordNumber", stored.record_number)
        _add(record, "revision", str(stored.revision))
        _add(record, "operationKey", stored.operation_key)
        _add(record, "reviewState", review_state)
    return answer


def decisions_answer(reviews: Sequence[Review], *, more: bool) -> etree._Element:
    """ListReviewDecisionsResponse."""
    answer = _answer("ListReviewDecisions")
    for review in reviews:
        decision = _add(answer, "decision")
        _add(decision, "position", str(review.position))
        _add(decision, "ksfNumber", review.ksf_number)
        _add(decision, "revision", str(review.revision))
        _add(decision, "state", review.state)
        if review.reason is not None:
            _add(decision, "reason", review.reason)
        if review.amount is not None:
            _add(decision, "amount", review.amount)
        _add(decision, "decidedAt", review.decided_at)
    _add(answer, "more", "true" if more else "false")
    return answer


def envelope(header: etree._Element | None, content: etree._Element) -> bytes:
    """A SOAP message with the request's header blocks, unchanged and in their order (PR-MESS v4, section 2.2)."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    if header is not None:
        copied = etree.SubElement(root, f"{{{SOAP}}}Header")
        for block in header.iterchildren("*"):
            copied.append(copy.deepcopy(block))
    etree.SubElement(root, f"{{{SOAP}}}Body").append(content)
    message: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return message


def client_fault(reason: str) -> etree._Element:
    """The fault that says: refused unread, nothing stored."""
    fault = etree.Element(f"{{{SOAP}}}Fault", nsmap={"soap": SOAP})
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = reason
    return fault


def _answer(operation: str) -> etree._Element:
    return etree.Element(f"{_CASE}{operation}Response", nsmap={"ps": NAMESPACE})


def _add(parent: etree._Element, name: str, value: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{_CASE}{name}")
    child.text = value
    return child
