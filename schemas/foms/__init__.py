"""The contract with the fund's «Пролеченный случай» database: WSDL and XML Schema, document/literal wrapped.

The fund's own service is not public, so the contract is ours, version 1. The files are read from here, X-Road's headers
from ``schemas/xroad``, and never from the network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAMESPACE: Final = "urn:x-kopuro:foms:treated-case:1"
"""Target namespace of every element of the contract's message bodies."""

WSDL: Final = Path(__file__).with_name("treated_case.wsdl")
"""The service description, the root of the contract."""

MESSAGES: Final = Path(__file__).with_name("treated_case.xsd")
"""Requests and responses; it includes ``case.xsd``."""

SERVICES: Final = frozenset(("SubmitTreatedCase", "GetTreatedCase", "ListReviewDecisions"))
"""The X-Road service codes."""
