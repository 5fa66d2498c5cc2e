"""Who is behind a proxy: told by trusted proxies, and by no trick of anybody else."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from gateway.limits.addresses import parse_networks
from gateway.limits.proxies import UNKNOWN, ForwardedBy, TrustedProxies
from tests.support.certificates import Authority

NETWORKS = parse_networks(["10.0.0.0/24", "fd00::/8"])
PROXY = "10.0.0.7"
STRANGER = "203.0.113.9"
CLIENT = "198.51.100.4"
XFF = "X-Forwarded-For"


class Transport:
    """A connection from an address."""

    def __init__(self, peer: Any) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: object = None) -> Any:
        return self._peer if name == "peername" else default

    def is_closing(self) -> bool:
        return False


def request(peer: str | None, *headers: tuple[str, str]):
    name = "" if peer is None else ((peer, 4711, 0, 0) if ":" in peer else (peer, 4711))
    return make_mocked_request("GET", "/", CIMultiDict(headers), transport=Transport(name))


def address(peer: str | None, *fields: str, header: ForwardedBy = ForwardedBy.X_FORWARDED_FOR) -> str:
    proxies = TrustedProxies(NETWORKS, header=header)
    return proxies.client_address(request(peer, *((header.value, field) for field in fields)))


@pytest.mark.parametrize(
    ("fields", "client"),
    [((CLIENT,), CLIENT),
     ((f"{CLIENT}, 10.0.0.8",), CLIENT),
     ((CLIENT, "10.0.0.8"), CLIENT),
     ((f"{CLIENT}:4711",), CLIENT),
     (("2001:db8::1",), "2001:db8::1"),
     (("[2001:DB8::1]:443",), "2001:db8::1"),
     ((f"::ffff:{CLIENT}",), CLIENT),
     ((), PROXY),
     (("",), PROXY),
     (("10.0.0.9",), "10.0.0.9")],
)  # fmt: skip
def test_what_a_trusted_proxy_says_is_believed(fields: tuple[str, ...], client: str):
    assert address(PROXY, *fields) == client


TRICKS = {
    "a stranger forwards for a proxy's network": (STRANGER, ("10.0.0.9",), STRANGER),
    "a stranger forwards for this machine": (STRANGER, ("127.0.0.1",), STRANGER),
    "an invented address in front": (PROXY, (f"1.2.3.4, {CLIENT}",), CLIENT),
    "a header line of its own in front": (PROXY, ("1.2.3.4", CLIENT), CLIENT),
    "a trusted address in front": (PROXY, (f"10.0.0.9, {CLIENT}",), CLIENT),
    "a trusted address between": (PROXY, (f"1.2.3.4, 10.0.0.9, {CLIENT}, 10.0.0.8",), CLIENT),
    "garbage at the end": (PROXY, (f"{CLIENT}, <script>",), PROXY),
    "garbage before a proxy": (PROXY, ("1.2.3.4, unknown, 10.0.0.8",), "10.0.0.8"),
    "an empty element before a proxy": (PROXY, ("1.2.3.4,, 10.0.0.8",), "10.0.0.8"),
    "an address in octal": (PROXY, ("0306.063.0144.04",), PROXY),
    "an address as one number": (PROXY, ("3325256708",), PROXY),
    "a zone identifier": (PROXY, ("fe80::1%25eth0",), PROXY),
    "a port that is none": (PROXY, (f"{CLIENT}:99999999",), PROXY),
    "brackets that do not close": (PROXY, ("[2001:db8::1",), PROXY),
    "IPv4 in brackets": (PROXY, (f"[{CLIENT}]",), PROXY),
    "a thousand hops": (PROXY, (", ".join(["1.2.3.4"] * 1000 + [CLIENT]),), CLIENT),
    "only proxies, a thousand of them": (PROXY, (", ".join(["1.2.3.4"] + ["10.0.0.9"] * 1000),), "10.0.0.9"),
    "digits of another script": (PROXY, ("١٩٨.٥١.١٠٠.٤",), PROXY),
    "a stranger in IPv6 that looks like a proxy": ("2001:db8::10.0.0.7", (CLIENT,), "2001:db8::a00:7"),
    "white space within": (PROXY, ("198.51. 100.4",), PROXY),
}


@pytest.mark.parametrize(("peer", "fields", "client"), TRICKS.values(), ids=TRICKS)
def test_tricks_lead_nowhere(peer: str, fields: tuple[str, ...], client: str):
    assert address(peer, *fields) == client


def test_only_the_configured_header_is_read():
    proxies = TrustedProxies(NETWORKS)
    names = ("X-Real-IP", "X-Forwarded", "Client-IP", "True-Client-IP", "X_Forwarded_For")
    others = [("Forwarded", "for=1.2.3.4"), *((name, "1.2.3.4") for name in names)]
    assert proxies.client_address(request(PROXY, *others)) == PROXY
    forwarded = TrustedProxies(NETWORKS, header=ForwardedBy.FORWARDED)
    assert forwarded.client_address(request(PROXY, (XFF, "1.2.3.4"))) == PROXY


@pytest.mark.parametrize(
    ("field", "client"),
    [(f"for={CLIENT}", CLIENT),
     (f'For="{CLIENT}:4711";proto=https;by=10.0.0.7', CLIENT),
     ('for="[2001:db8::1]:443"', "2001:db8::1"),
     (f"for=1.2.3.4, for={CLIENT}", CLIENT),
     (f"for={CLIENT}, for=10.0.0.8", CLIENT),
     ("for=unknown", PROXY), ("for=_hidden", PROXY), ("for=", PROXY), ("proto=https", PROXY),
     (f"for={CLIENT};for=1.2.3.4", PROXY),
     (f"for={CLIENT}:80", PROXY),
     ("for=[2001:db8::1]", PROXY),
     (f'for="{CLIENT}', PROXY),
     ('for="198.51.100\\.4"', PROXY)],
)  # fmt: skip
def test_the_standard_header(field: str, client: str):
    assert address(PROXY, field, header=ForwardedBy.FORWARDED) == client


def test_without_trusted_proxies_nobody_is_believed():
    assert TrustedProxies(()).client_address(request(STRANGER, (XFF, CLIENT))) == STRANGER


def test_a_peer_without_an_address_is_unknown_and_not_believed():
    assert address(None, CLIENT) == UNKNOWN


class TestCertificates:
    CARD = Authority("Test clients").issue("sanarip")
    PEM = quote(CARD.pem)
    BINARY = f":{base64.b64encode(CARD.der).decode()}:"
    HEADER = "Client-Cert"

    def read(self, peer: str, *fields: str, header: str | None = HEADER) -> str | None:
        proxies = TrustedProxies(NETWORKS, certificate_header=header)
        found = proxies.client_certificate(request(peer, *((self.HEADER, field) for field in fields)))
        return found.thumbprint if found else None

    @pytest.mark.parametrize("field", [PEM, BINARY])
    def test_from_a_trusted_proxy(self, field: str):
        assert self.read(PROXY, field) == self.CARD.thumbprint

    @pytest.mark.parametrize("field", [PEM, BINARY])
    def test_from_nobody_else(self, field: str):
        assert self.read(STRANGER, field) is None
        assert self.read(PROXY, field, header=None) is None
        assert self.read(PROXY, field, header="X-Other") is None

    @pytest.mark.parametrize(
        "fields",
        [(PEM, PEM), (BINARY, PEM), ("",), (BINARY[:-1],), (BINARY[:-9] + ":",), (":!!!:",), (":",), ("::",),
         ("-----BEGIN%20CERTIFICATE-----",), (PEM[: len(PEM) // 2],), ("(null)",), ("A" * 20_000,)],
    )  # fmt: skip
    def test_what_is_no_single_certificate_is_none(self, fields: tuple[str, ...]):
        assert self.read(PROXY, *fields) is None
