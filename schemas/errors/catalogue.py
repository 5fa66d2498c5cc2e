"""The catalogue: every code's entry, gathered from one module per subject."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.errors import (
    access,
    clients,
    contracts,
    dispensing,
    identifiers,
    ksf,
    medicines,
    operations,
    prescribing,
    reference,
    request,
    settlement,
    shape,
    treated_case,
)
from schemas.errors.codes import ErrorCode
from schemas.errors.model import ErrorEntry

CATALOGUE: Mapping[ErrorCode, ErrorEntry] = MappingProxyType(
    request.ENTRIES
    | access.ENTRIES
    | clients.ENTRIES
    | shape.ENTRIES
    | identifiers.ENTRIES
    | ksf.ENTRIES
    | treated_case.ENTRIES
    | operations.ENTRIES
    | reference.ENTRIES
    | medicines.ENTRIES
    | prescribing.ENTRIES
    | dispensing.ENTRIES
    | contracts.ENTRIES
    | settlement.ENTRIES
)
"""All entries; a test holds that every code has one."""


def entry(code: ErrorCode) -> ErrorEntry:
    """The catalogue's entry of ``code``."""
    return CATALOGUE[code]
