"""A provider of SOAP services that says whatever a test wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"

Fields = list[tuple[str, Any]]
"""Elements by name, in their order: a text, or elements again."""
Responder = Callable[[httpx.Request], httpx.Response]


def answering(namespace: str, operation: str, fields: Fields) -> Responder:
    """It copies the headers and answers an operation with these elements."""

    def respond(request: httpx.Request) -> httpx.Response:
        envelope = etree.fromstring(request.content)
        body = envelope.find(f"{SOAP}Body")
        assert body is not None
        for child in list(body):
            body.remove(child)
        _fill(etree.SubElement(body, f"{{{namespace}}}{operation}Response"), fields)
        return httpx.Response(200, content=etree.tostring(envelope), headers={"Content-Type": "text/xml"})

    return respond


def _fill(parent: etree._Element, fields: Fields) -> None:
    for name, value in fields:
        child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
        if isinstance(value, list):
            _fill(child, value)
        else:
            child.text = value
