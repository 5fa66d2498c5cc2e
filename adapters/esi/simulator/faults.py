"""The faults that can be asked for, by id: disturbed answers, changed answers, and forged ID tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.util import int_to_base64

from adapters.esi.simulator.forgeries import FORGERIES, Forgery
from adapters.xroad.simulator import disturbing

Content = dict[str, Any]
Disturbance = Callable[[web.Request], Awaitable[web.StreamResponse]]
Change = Callable[[Content], Content]

_OVERSIZE: Final = 200 * 1024
_LOOK_SECONDS: Final = 0.05


class Place(StrEnum):
    """An address that the gateway asks directly."""

    METADATA = "metadata"
    KEYS = "keys"
    TOKEN = "token"  # noqa: S105 - the name of an address
    USERINFO = "userinfo"


def _fixed(status: int, content_type: str, body: bytes, **headers: str) -> Disturbance:
    async def respond(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={"Content-Type": content_type, **headers})

    return respond


async def _hang(request: web.Request) -> web.StreamResponse:
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - no event to wait on
        await asyncio.sleep(_LOOK_SECONDS)
    return web.Response()


async def _dropped(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


DISTURBANCES: Final[Mapping[str, Disturbance]] = MappingProxyType(
    {
        "hang": _hang,
        "dropped": _dropped,
        "status-500": _fixed(500, "application/json", b'{"error":"server_error"}'),
        "status-503": _fixed(503, "text/plain", b"Closed for the night"),
        "html-page": _fixed(200, "text/html; charset=utf-8", b"<!DOCTYPE html><title>Sign in</title>"),
        "redirect": _fixed(302, "text/html", b"", Location="http://127.0.0.1:9/elsewhere"),
        "oversized": _fixed(200, "application/json", b'{"filler":"' + b"x" * _OVERSIZE + b'"}'),
        "garbage": _fixed(200, "application/json", b'{"access_token":'),
        "list": _fixed(200, "application/json", b"[]"),
        "empty": _fixed(200, "application/json", b""),
    }
)
"""Answers that are of no use, at whatever address the order names (the token endpoint unless it names one)."""


def _with(name: str, value: Any) -> Change:
    return lambda content: {**content, name: value}


def _without(name: str) -> Change:
    return lambda content: {key: value for key, value in content.items() if key != name}


@cache
def _weak_modulus() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be refused
    return int_to_base64(key.public_key().public_numbers().n)


def _weak(content: Content) -> Content:
    return {"keys": [{**key, "n": _weak_modulus()} for key in content["keys"]]}


CHANGES: Final[Mapping[str, tuple[Place, Change]]] = MappingProxyType(
    {
        "wrong-issuer": (Place.METADATA, _with("issuer", "http://127.0.0.1:9")),
        "issuer-with-slash": (Place.METADATA, lambda content: {**content, "issuer": content["issuer"] + "/"}),
        "foreign-token-endpoint": (Place.METADATA, _with("token_endpoint", "https://elsewhere.example/token")),
        "foreign-keys": (Place.METADATA, _with("jwks_uri", "http://127.0.0.1:9/keys")),
        "keys-in-a-file": (Place.METADATA, _with("jwks_uri", "file:///etc/passwd")),
        "no-s256": (Place.METADATA, _with("code_challenge_methods_supported", ["plain"])),
        "no-rs256": (Place.METADATA, _with("id_token_signing_alg_values_supported", ["HS256", "none"])),
        "no-keys": (Place.KEYS, _with("keys", [])),
        "weak-keys": (Place.KEYS, _weak),
        "error-in-200": (Place.TOKEN, lambda _: {"error": "invalid_grant"}),
        "error-as-list": (Place.TOKEN, lambda _: {"error": ["invalid_grant"]}),
        "no-id-token": (Place.TOKEN, _without("id_token")),
        "no-access-token": (Place.TOKEN, _without("access_token")),
        "not-bearer": (Place.TOKEN, _with("token_type", "DPoP")),
        "header-in-access-token": (Place.TOKEN, _with("access_token", "x\r\nX-Injected: 1")),
        "other-subject": (Place.USERINFO, _with("sub", "somebody-else")),
        "no-subject": (Place.USERINFO, _without("sub")),
        "no-pin": (Place.USERINFO, _without("pin")),
        "malformed-pin": (Place.USERINFO, _with("pin", "1234")),
        "number-as-pin": (Place.USERINFO, lambda content: {**content, "pin": int(content["pin"])}),
    }
)
"""Answers that are not what they should be."""

FAULT_IDS: Final = (*DISTURBANCES, *CHANGES, *FORGERIES)
"""Every fault's id."""


class FaultOrder(disturbing.FaultOrder):
    """An order with a place."""

    place: Place = Place.TOKEN
    """Where a disturbance happens; changes and forgeries have their places."""


class FaultPlan(disturbing.FaultPlan[FaultOrder]):
    """The faults ordered, and what they do."""

    def __init__(self) -> None:
        super().__init__(FAULT_IDS)

    def disturbance(self, place: Place) -> Disturbance | None:
        """What happens instead of an answer."""
        found = self.next(lambda order: order.id in DISTURBANCES and order.place is place)
        return None if found is None else DISTURBANCES[found.id]

    def changed(self, place: Place, content: Content) -> Content:
        """The answer as it is given."""
        found = self.next(lambda order: order.id in CHANGES and CHANGES[order.id][0] is place)
        return content if found is None else CHANGES[found.id][1](content)

    def forgery(self) -> Forgery | None:
        """How the next ID token is forged."""
        found = self.next(lambda order: order.id in FORGERIES)
        return None if found is None else FORGERIES[found.id]
