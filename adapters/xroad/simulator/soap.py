"""The simulated security server's handling of SOAP messages, after PR-MESS v4."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import uuid4
from xml.sax.saxutils import escape

from lxml import etree

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
XROAD: Final = "http://x-road.eu/xsd/xroad.xsd"
IDENTIFIERS: Final = "http://x-road.eu/xsd/identifiers"
SHA512: Final = "http://www.w3.org/2001/04/xmlenc#sha512"

_PART: Final = re.compile(r"[A-Za-z0-9'()+,\-.=?]+")
_CLIENT_PARTS: Final = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
_SERVICE_PARTS: Final = (*_CLIENT_PARTS, "serviceCode", "serviceVersion")
_OPTIONAL_PARTS: Final = frozenset(("subsystemCode", "serviceVersion"))
_MANDATORY: Final = ("client", "service", "id", "protocolVersion")
_RENAMED: Final = {"OutdatedGlobalConf": "global_conf_outdated"}


class Spelling(StrEnum):
    """How error codes are written."""

    LEGACY = "legacy"
    """Up to X-Road 7.7: ``Server.ClientProxy.NetworkError``."""
    MODERN = "modern"
    """From X-Road 7.8: ``server.clientproxy.network_error``."""

    def write(self, code: str) -> str:
        """``code``, given in the legacy spelling."""
        if self is Spelling.LEGACY:
            return code
        return ".".join(_modern(part) for part in code.split("."))


def _modern(part: str) -> str:
    if part in ("ClientProxy", "ServerProxy"):
        return part.lower()
    return _RENAMED.get(part) or re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", part).lower()


class XRoadFault(Exception):
    """A technical fault, its code in the legacy spelling."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(code)

    def as_xml(self, spelling: Spelling) -> bytes:
        """The SOAP message. X-Road gives it no X-Road headers, and sends it with HTTP status 200."""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>'
            f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body><SOAP-ENV:Fault>'
            f"<faultcode>{escape(spelling.write(self.code))}</faultcode><faultstring>{escape(self.text)}</faultstring>"
            f'<faultactor></faultactor><detail><faultDetail xmlns="">{uuid4()}</faultDetail></detail>'
            f"</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
        ).encode()


@dataclass(frozen=True, slots=True)
class SoapRequest:
    """A request whose header is in order. Identifiers are paths of their parts."""

    client: str
    provider: str
    service_code: str
    header: tuple[bytes, ...]
    """The header's blocks in canonical form, in their order."""


def parsed(content: bytes, fault_code: str) -> etree._Element:
    """The document; raises :class:`XRoadFault` with ``fault_code``."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise XRoadFault(fault_code, "The message is not well-formed XML") from None
    if root.tag != f"{{{SOAP}}}Envelope" or root.getroottree().docinfo.internalDTD is not None:
        raise XRoadFault(fault_code, "The message is not a SOAP envelope")
    return root


def read_request(content: bytes) -> SoapRequest:
    """The request in ``content``; raises :class:`XRoadFault`."""
    root = parsed(content, "Client.InvalidSoap")
    header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    if header is None:
        raise XRoadFault("Client.MissingHeader", "The header is missing")
    if body is None or not len(body):
        raise XRoadFault("Client.MissingBody", "The body is missing")
    for name in _MANDATORY:
        found = header.findall(f"{{{XROAD}}}{name}")
        if not found:
            raise XRoadFault("Client.MissingHeaderField", f"Required header field is missing: {name}")
        if len(found) > 1:
            raise XRoadFault("Client.DuplicateHeaderField", f"Header field is given twice: {name}")
    if (header.findtext(f"{{{XROAD}}}protocolVersion") or "").strip() != "4.0":
        raise XRoadFault("Client.InvalidProtocolVersion", "The protocol version must be 4.0")
    if not (header.findtext(f"{{{XROAD}}}id") or "").strip():
        raise XRoadFault("Client.MissingHeaderField", "Required header field is empty: id")
    client = _identifier(header, "client", _CLIENT_PARTS, ("MEMBER", "SUBSYSTEM"))
    service = _identifier(header, "service", _SERVICE_PARTS, ("SERVICE",))
    if etree.QName(body[0]).localname != service["serviceCode"]:
        raise XRoadFault("Client.InvalidBody", "The body is not named after the service")
    return SoapRequest(
        client="/".join(client.values()),
        provider="/".join(service[part] for part in _CLIENT_PARTS if part in service),
        service_code=service["serviceCode"],
        header=canonical_blocks(header),
    )


def canonical_blocks(header: etree._Element | None) -> tuple[bytes, ...]:
    """The header's blocks in exclusive canonical form."""
    if header is None:
        return ()
    return tuple(etree.tostring(block, method="c14n", exclusive=True) for block in header.iterchildren("*"))


def checked_answer(content: bytes, request: SoapRequest, request_bytes: bytes) -> bytes:
    """The provider's answer with the request hash put in; raises :class:`XRoadFault`.

    The provider must have copied every header of the request, unchanged and in order. Its own faults pass unchanged.
    """
    root = parsed(content, "Server.ServerProxy.ServiceFailed.InvalidSoap")
    body = root.find(f"{{{SOAP}}}Body")
    if body is None or not len(body):
        raise XRoadFault("Server.ServerProxy.ServiceFailed.MissingBody", "The provider's answer has no body")
    if body[0].tag == f"{{{SOAP}}}Fault":
        return content
    header = root.find(f"{{{SOAP}}}Header")
    if header is None or canonical_blocks(header) != request.header:
        raise XRoadFault("Server.ClientProxy.InconsistentResponse", "The answer's headers are not those of the request")
    request_hash = etree.SubElement(header, f"{{{XROAD}}}requestHash", algorithmId=SHA512, nsmap={"xrd": XROAD})
    request_hash.text = base64.b64encode(hashlib.sha512(request_bytes).digest()).decode("ascii")
    answer: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return answer


def _identifier(
    header: etree._Element, name: str, known: tuple[str, ...], object_types: tuple[str, ...]
) -> dict[str, str]:
    block = header.find(f"{{{XROAD}}}{name}")
    assert block is not None
    kind = "Client.InvalidClientIdentifier" if name == "client" else "Client.InvalidServiceIdentifier"
    if block.get(f"{{{IDENTIFIERS}}}objectType") not in object_types:
        raise XRoadFault(kind, f"Wrong object type in header field: {name}")
    parts: dict[str, str] = {}
    for part in known:
        text = block.findtext(f"{{{IDENTIFIERS}}}{part}")
        if text is None:
            if part not in _OPTIONAL_PARTS:
                raise XRoadFault(kind, f"Missing {part} in header field: {name}")
        elif _PART.fullmatch(text) is None:
            raise XRoadFault(kind, f"Character not allowed in {part} of header field: {name}")
        else:
            parts[part] = text
    if len(parts) != len(block):
        raise XRoadFault(kind, f"Unknown element in header field: {name}")
    return parts
