"""Kinds of machine clients, and what their tokens are bound to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

ALL: Final = "*"
"""Every organisation, in the store and on the command line."""


class ClientKind(StrEnum):
    """What kind of machine."""

    SYSTEM = "system"
    """A server of another system, such as a hospital's."""
    PHARMACY_TERMINAL = "pharmacy-terminal"
    """A till of a pharmacy."""
    XROAD_MEMBER = "xroad-member"
    """A subsystem whose requests come through our X-Road security server; it gets no tokens."""
    TEST = "test"
    """Tests and trials on this machine."""


class Binding(StrEnum):
    """What a client's tokens are worth nothing without."""

    DPOP = "dpop"
    """A key of its own, proven with every request (RFC 9449)."""
    MTLS = "mtls"
    """Its TLS certificate (RFC 8705)."""
    XROAD = "xroad"
    """No tokens: our security server vouches for it."""
    NONE = "none"
    """Nothing. Only for tests over loopback, and only where the settings allow it."""


BINDINGS: Final[Mapping[ClientKind, frozenset[Binding]]] = MappingProxyType(
    {
        ClientKind.SYSTEM: frozenset({Binding.DPOP, Binding.MTLS}),
        ClientKind.PHARMACY_TERMINAL: frozenset({Binding.DPOP}),
        ClientKind.XROAD_MEMBER: frozenset({Binding.XROAD}),
        ClientKind.TEST: frozenset({Binding.DPOP, Binding.MTLS, Binding.NONE}),
    }
)
"""What the tokens of each kind may be bound to."""
