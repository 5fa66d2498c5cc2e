"""X-Road's SOAP headers (PR-MESS v4, section 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from adapters.xroad.identifiers import Service, Subsystem

XROAD: Final = "http://x-road.eu/xsd/xroad.xsd"
"""Namespace of the header elements."""

IDENTIFIERS: Final = "http://x-road.eu/xsd/identifiers"
"""Namespace of identifiers. It ends without ``.xsd``; ``identifiers.xsd`` is only the schema's location."""

PROTOCOL_VERSION: Final = "4.0"

_PREFIXES: Final = {"xro": XROAD, "iden": IDENTIFIERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHeader:
    """The header of one attempt.

    ``message_id`` is new for every attempt: X-Road does not recognise repeats. ``issue`` is the operation key, the same
    in all attempts. ``user_id`` has the ISO country code in front.
    """

    client: Subsystem
    service: Service
    message_id: str
    issue: str | None = None
    user_id: str | None = None

    def elements(self) -> list[etree._Element]:
        """The header blocks, in the order of PR-MESS."""
        simple = (
            ("id", self.message_id),
            ("userId", self.user_id),
            ("issue", self.issue),
            ("protocolVersion", PROTOCOL_VERSION),
        )
        return [
            _identifier("client", self.client),
            _identifier("service", self.service),
            *(_text(name, value) for name, value in simple if value is not None),
        ]


def _identifier(name: str, identifier: Subsystem | Service) -> etree._Element:
    block = etree.Element(
        f"{{{XROAD}}}{name}", {f"{{{IDENTIFIERS}}}objectType": identifier.object_type}, nsmap=_PREFIXES
    )
    for part, value in identifier.elements:
        etree.SubElement(block, f"{{{IDENTIFIERS}}}{part}").text = value
    return block


def _text(name: str, value: str) -> etree._Element:
    block = etree.Element(f"{{{XROAD}}}{name}", nsmap={"xro": XROAD})
    block.text = value
    return block
