"""Addresses as limits count them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST: Final = 45
"""Characters of the longest way to write an address (RFC 4291, 2.2)."""


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """The address, an IPv4 one when it is only wrapped in IPv6; ``None`` for anything else, zone identifiers too."""
    if len(text) > LONGEST or "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks in CIDR notation, single addresses included. Raises ``ValueError`` for host bits or anything else."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether one of the networks holds the address."""
    return any(address in network for network in networks)


@lru_cache(maxsize=4096)
def counted_as(text: str) -> str:
    """Under what an address is counted: itself for IPv4, its first 64 bits for IPv6.

    One customer of a provider has at least a /64 (RFC 6177), so single IPv6 addresses count for nothing.
    """
    address = parse_address(text)
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
