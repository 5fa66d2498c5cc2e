"""Who is behind a proxy: the client's address and certificate as a trusted proxy tells them, and as nobody else can.

A header is believed only when the connection comes from a configured network, and only as far as trusted proxies wrote
it: read from the right, the first address that is no trusted proxy's is the client's. What stands further left was
written by the client itself and is never looked at.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import unquote_to_bytes

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.limits.addresses import Address, Network, is_within, parse_address
from gateway.tls import PeerCertificate, certificate_facts, peer_certificate

UNKNOWN: Final = "unknown"
"""The address of who has none, such as a peer on a Unix socket."""

_MOST_HOPS: Final = 16
_LONGEST_FIELD: Final = 2048
_LONGEST_CERTIFICATE: Final = 16 * 1024


class ForwardedBy(StrEnum):
    """Which header the proxies write. Only that one is read; they must replace or append to what clients send."""

    X_FORWARDED_FOR = "X-Forwarded-For"
    FORWARDED = "Forwarded"
    """RFC 7239."""


class TrustedProxies:
    """Reads what proxies in ``networks`` say.

    ``certificate_header`` is where they put the client's certificate once they have verified it, either as RFC 9440
    (section 2.1) has it or as PEM in percent-encoding (nginx's ``$ssl_client_escaped_cert``). Without a name no such
    header is believed.
    """

    def __init__(
        self,
        networks: Sequence[Network],
        *,
        header: ForwardedBy = ForwardedBy.X_FORWARDED_FOR,
        certificate_header: str | None = None,
    ) -> None:
        self._networks = tuple(networks)
        self._header = header
        self._certificate_header = certificate_header

    def client_address(self, request: web.BaseRequest) -> str:
        """The client's address in its canonical form; :data:`UNKNOWN` when there is none."""
        peer = _peer(request)
        if peer is None:
            return UNKNOWN
        if not self._networks or not is_within(peer, self._networks):
            return str(peer)
        fields = request.headers.getall(self._header.value, ())
        return str(self._behind(peer, self._hops(fields)))

    def client_certificate(self, request: web.BaseRequest) -> PeerCertificate | None:
        """Facts of the client's certificate: from the TLS connection, or as a trusted proxy has verified it."""
        if not self._certificate_header or not self.is_proxy(request):
            return peer_certificate(request)
        fields = request.headers.getall(self._certificate_header, ())
        # A proxy sets exactly one; a second one has slipped past it.
        return _read_certificate(fields[0]) if len(fields) == 1 else None

    def is_proxy(self, request: web.BaseRequest) -> bool:
        """Whether the connection comes from a trusted proxy."""
        peer = _peer(request)
        return peer is not None and is_within(peer, self._networks)

    def _behind(self, peer: Address, hops: Sequence[str]) -> Address:
        """The rightmost address that no trusted proxy has; where the chain breaks off, the last one that was told."""
        known = peer
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = _address_of_hop(hop)
            if address is None:
                break
            known = address
            if not is_within(address, self._networks):
                break
        return known

    def _hops(self, fields: Sequence[str]) -> list[str]:
        if sum(map(len, fields)) > _LONGEST_FIELD:
            # Only the end matters, and it is whole: each proxy appends.
            fields = (",".join(fields)[-_LONGEST_FIELD:],)
        items = [item.strip() for field in fields for item in field.split(",")]
        return items if self._header is ForwardedBy.X_FORWARDED_FOR else [_for_of(item) for item in items]


def _peer(request: web.BaseRequest) -> Address | None:
    name = request.transport.get_extra_info("peername") if request.transport is not None else None
    return parse_address(name[0].partition("%")[0]) if isinstance(name, tuple) and name else None


def _address_of_hop(hop: str) -> Address | None:
    """``192.0.2.1``, ``192.0.2.1:4711``, ``2001:db8::1``, ``[2001:db8::1]`` or ``[2001:db8::1]:4711``."""
    if hop.startswith("["):
        inside, closed, port = hop[1:].partition("]")
        return parse_address(inside) if closed and ":" in inside and _is_port(port) else None
    if hop.count(":") == 1:
        host, _, port = hop.partition(":")
        return parse_address(host) if _is_port(":" + port) else None
    return parse_address(hop)


def _is_port(text: str) -> bool:
    return not text or (text[0] == ":" and 1 <= len(text) - 1 <= 5 and text[1:].isascii() and text[1:].isdigit())


def _for_of(element: str) -> str:
    """The ``for`` parameter of one ``forwarded-element`` (RFC 7239, section 4); empty when absent or ambiguous."""
    values = []
    for pair in element.split(";"):
        name, equals, value = pair.strip().partition("=")
        if equals and name.lower() == "for":
            values.append(value)
    if len(values) != 1:
        return ""
    value = values[0]
    if value.startswith('"'):
        return value[1:-1] if len(value) >= 2 and value.endswith('"') and "\\" not in value else ""
    # An address in IPv6 and one with a port hold characters that need quotes (section 4, «token»).
    return value if not set(value) & set(':[]"') else ""


def _read_certificate(field: str) -> PeerCertificate | None:
    if not field or len(field) > _LONGEST_CERTIFICATE:
        return None
    try:
        if field.startswith(":"):
            if len(field) < 2 or not field.endswith(":"):
                return None
            der = base64.b64decode(field[1:-1], validate=True)
        else:
            der = x509.load_pem_x509_certificate(unquote_to_bytes(field)).public_bytes(Encoding.DER)
        return certificate_facts(der)
    except (ValueError, binascii.Error):
        return None
