"""The contract with the fund's information system of the drug programme: WSDL and XML Schema, document/literal wrapped.

The system itself is not public, so the contract is ours, version 1. The files are read from here, X-Road's headers from
``schemas/xroad``, and never from the network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAMESPACE: Final = "urn:x-kopuro:foms:drug-programme:1"
"""Target namespace of every element of the contract's message bodies."""

WSDL: Final = Path(__file__).with_name("drug_programme.wsdl")
"""The service description, the root of the contract."""

MESSAGES: Final = Path(__file__).with_name("drug_programme.xsd")
"""Requests and responses; it includes ``prescription.xsd`` and ``dispense.xsd``."""

SERVICES: Final = frozenset(
    (
        "SubmitPrescription",
        "CancelPrescription",
        "SubmitDispense",
        "ReverseDispense",
        "GetPrescription",
        "GetDispense",
        "ListDispenses",
    )
)
"""The X-Road service codes."""
