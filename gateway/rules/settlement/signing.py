"""Who may sign an act of mutual settlement (clause 45)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from gateway.rules.findings import Finding
from schemas.errors import ErrorCode
from schemas.settlement.terms import SignerRole


def check_signature(
    number: str, role: SignerRole, person: UUID, held: frozenset[SignerRole], signed: Mapping[SignerRole, UUID]
) -> tuple[Finding, ...]:
    """Whether a person may sign act ``number`` in a role; ``held`` are the offices they hold at its pharmacy today.

    Two offices in one person need both appointments, now, when the second signature is given. ACT_SIGNED_ALREADY,
    ACT_SAME_SIGNER, ACT_SIGNATURE_ROLE. A person's own earlier signature in the role is no objection.
    """
    if role in signed:
        return () if signed[role] == person else (Finding(ErrorCode.ACT_SIGNED_ALREADY, "$.role", {"number": number}),)
    if person in signed.values() and not held >= set(SignerRole):
        return (Finding(ErrorCode.ACT_SAME_SIGNER, "$.role"),)
    if role not in held:
        return (Finding(ErrorCode.ACT_SIGNATURE_ROLE, "$.role"),)
    return ()


def is_complete(signed: Mapping[SignerRole, UUID]) -> bool:
    """Whether both have signed, so that the act may be paid."""
    return set(signed) == set(SignerRole)
