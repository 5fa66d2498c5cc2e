"""The words of settlement: complete, and the same within and without."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import pytest

from gateway.access.principal import Role
from gateway.api.settlement_views import word
from gateway.rules.settlement.model import DisputeState, EntryKind, ReportState
from schemas.errors import ErrorCode, settlement
from schemas.settlement.terms import DisputeStateName, EntryKindName, ReportStateName, SignerRole

CODES = [code for code in ErrorCode if code.name.startswith(("REPORT_", "ACT_", "LINE_", "DISPUTE_", "CLAWBACK_"))]


@pytest.mark.parametrize(
    ("ours", "contract"),
    [(ReportState, ReportStateName), (EntryKind, EntryKindName), (DisputeState, DisputeStateName)],
)
def test_both_have_the_same_words(ours: type[IntEnum], contract: type[StrEnum]):
    assert [word(one) for one in ours] == [one.value for one in contract]


def test_signers_are_roles_of_the_access_layer():
    assert {Role(role.value) for role in SignerRole} == {Role.PHARMACY_HEAD, Role.CHIEF_ACCOUNTANT}


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_settlement_has_its_entry(code: ErrorCode):
    assert code in settlement.ENTRIES
