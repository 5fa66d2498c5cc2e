"""Addresses: canonical, and IPv6 by its first 64 bits."""

from __future__ import annotations

import pytest

from gateway.limits.addresses import counted_as, parse_address, parse_networks


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"),
     ("192.0.2.01", None), ("192.0.2", None), ("3221225985", None), ("0xc0000201", None), ("fe80::1%eth0", None),
     ("", None), (" 192.0.2.1", None), ("192.0.2.1\n", None), ("localhost", None), ("1" * 60, None),
     ("١٩٢.٠.٢.١", None)],
)  # fmt: skip
def test_only_real_addresses_are_addresses(text: str, canonical: str | None):
    address = parse_address(text)
    assert (str(address) if address else None) == canonical


@pytest.mark.parametrize(
    ("text", "counted"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
     ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("2001:db8:1:3::1", "2001:db8:1:3::/64"), ("nonsense", "unknown")],
)  # fmt: skip
def test_what_counts_as_one(text: str, counted: str):
    assert counted_as(text) == counted


def test_networks_are_given_exactly():
    assert [str(one) for one in parse_networks(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"])] == [
        "10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="host bits"):
        parse_networks(["10.0.0.1/8"])
