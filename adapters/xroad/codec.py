"""From plain values to SOAP envelopes and back, by a WSDL."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import zeep
import zeep.exceptions
import zeep.helpers
import zeep.proxy
import zeep.transports
from lxml import etree

from adapters.xroad.headers import RequestHeader
from adapters.xroad.replies import SOAP

Values = Mapping[str, Any]
"""A message body: element names to text, numbers, booleans, nested values or lists; absent elements are left out."""


class Envelope(NamedTuple):
    """A SOAP message: its exact bytes and the content of its body."""

    content: bytes
    body: etree._Element


class NotEncodable(Exception):
    """The values cannot be written as XML of the contract."""


class NotDecodable(Exception):
    """The answer does not have the contract's elements."""


class Codec(Protocol):
    """Writes requests and reads answers of one WSDL."""

    def encode(self, operation: str, header: RequestHeader, values: Values) -> Envelope:
        """The request's envelope; raises :class:`NotEncodable`. Facets are not checked here."""
        ...

    def decode(self, answer: etree._Element) -> Values:
        """The values of an answer (the body's content); raises :class:`NotDecodable`."""
        ...


class _LocalFilesOnly(zeep.transports.Transport):
    """Loads the WSDL and its schemas from files and nothing from anywhere else. Sending is not zeep's business here."""

    def load(self, url: str) -> bytes:
        if "://" in url:
            raise OSError("the contract refers to a document outside its folder")
        return Path(url).read_bytes()


@cache
def contract_client(wsdl: Path) -> zeep.AsyncClient:
    """The zeep client of this contract, loaded once in a process."""
    settings = zeep.Settings(
        strict=True, forbid_dtd=True, forbid_external=True, forbid_entities=True, xml_huge_tree=False
    )
    transport = _LocalFilesOnly()  # type: ignore[no-untyped-call]  # zeep is typed in part
    return zeep.AsyncClient(str(wsdl), transport=transport, settings=settings)  # type: ignore[no-untyped-call]  # the same


class ZeepCodec:
    """The contract as zeep understands it.

    zeep builds requests and reads answers; sending and judging the reply stay outside, because zeep takes an HTML page
    for a fault and an empty 202 for success.
    """

    _ADDRESS: Final = "http://security-server.invalid/"
    """Never used: the WSDL's address is a placeholder, and the message goes to the security server in the settings."""

    def __init__(self, wsdl: Path) -> None:
        # zeep is typed in part: without Any every call of it would need an exemption of its own.
        self._client: Any = contract_client(wsdl)
        service = next(iter(self._client.wsdl.services.values()))
        binding = next(iter(service.ports.values())).binding
        # AsyncClient.create_service() would give the proxy for synchronous calls.
        proxy: Any = zeep.proxy.AsyncServiceProxy
        self._proxy = proxy(self._client, binding, address=self._ADDRESS)

    def encode(self, operation: str, header: RequestHeader, values: Values) -> Envelope:
        """See :class:`Codec`."""
        try:
            envelope = self._client.create_message(self._proxy, operation, _soapheaders=header.elements(), **values)
        except (zeep.exceptions.ValidationError, TypeError, ValueError) as error:
            # TypeError: an unknown element; ValueError: a character XML does not know. Their texts may hold values.
            raise NotEncodable(type(error).__name__) from None
        content: bytes = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        return Envelope(content, envelope.find(f"{{{SOAP}}}Body")[0])

    def decode(self, answer: etree._Element) -> Values:
        """See :class:`Codec`."""
        try:
            element = self._client.get_element(answer.tag)
            value = element.parse(answer, schema=self._client.wsdl.types)
        except (zeep.exceptions.Error, ValueError, LookupError, ArithmeticError) as error:
            raise NotDecodable(type(error).__name__) from None
        decoded = zeep.helpers.serialize_object(value, target_cls=dict)  # type: ignore[no-untyped-call]  # see above
        if not isinstance(decoded, dict):
            raise NotDecodable("nothing")
        return decoded


def plain_values(answer: etree._Element) -> dict[str, Any]:
    """An answer's values without any schema: local names to text, nested values, or lists of what is repeated.

    Elements the contract does not know do no harm here. Types are left to the reader.
    """
    values: dict[str, Any] = {}
    for child in answer:
        name = etree.QName(child).localname
        value = plain_values(child) if len(child) else (child.text or "")
        if name not in values:
            values[name] = value
        elif isinstance(values[name], list):
            values[name].append(value)
        else:
            values[name] = [values[name], value]
    return values
