"""Whether a sender may do an operation, and over whose data: a principal against a row of the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from gateway.access.permissions import Ownership, Permission
from gateway.access.principal import Grant, Principal, PrincipalKind
from gateway.access.roles import usable
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode


class Regions(Protocol):
    """The register of organisations, as far as it is asked here."""

    def in_region(self, region: str) -> frozenset[str]:
        """Codes of the organisations of one row of the roll-out schedule."""
        ...


Organisations = frozenset[str] | None
"""Codes of organisations; ``None`` for all of them."""


def reach(principal: Principal, permission: Permission, regions: Regions) -> Organisations:
    """The organisations over whose data the sender may do it.

    Raises ``Refused``: ACCESS_DENIED when it is not for this sender, STAFF_NOT_AUTHORISED for a person without any live
    grant, AUTH_STEP_UP_REQUIRED when the role demands another way of signing in (ESI order, clause 5).
    """
    found = (
        _of_machine(principal, permission)
        if principal.kind is PrincipalKind.MACHINE
        else _of_person(principal, permission, regions)
    )
    if permission.ownership is Ownership.COUNTRY and found is not None:
        raise Refused.because(ErrorCode.ACCESS_DENIED)
    return found


def _of_machine(principal: Principal, permission: Permission) -> Organisations:
    if permission.registered:
        return frozenset()
    if permission.scope is None or permission.scope not in principal.scopes:
        raise Refused.because(ErrorCode.ACCESS_DENIED)
    return principal.organisations


def _of_person(principal: Principal, permission: Permission, regions: Regions) -> Organisations:
    if permission.signed_in:
        return frozenset()
    if not principal.grants:
        raise Refused.because(ErrorCode.STAFF_NOT_AUTHORISED)
    fitting = [grant for grant in principal.grants if grant.role in permission.roles]
    if not fitting:
        raise Refused.because(ErrorCode.ACCESS_DENIED)
    allowed = usable((grant.role for grant in fitting), principal.method)
    if not allowed:
        raise Refused.because(ErrorCode.AUTH_STEP_UP_REQUIRED)
    return _reached((grant for grant in fitting if grant.role in allowed), regions)


def _reached(grants: Iterable[Grant], regions: Regions) -> Organisations:
    organisations: set[str] = set()
    for grant in grants:
        if grant.organisation is not None:
            organisations.add(grant.organisation)
        elif grant.region is not None:
            organisations |= regions.in_region(grant.region)
        else:
            return None
    return frozenset(organisations)
