"""What a row of the authorisation table says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.access.principal import Role, Scope
from gateway.limits.rates import OperationClass


class Ownership(StrEnum):
    """Over whose data an operation may be done."""

    NOBODY = "nobody"
    """It touches nobody's data."""
    ORGANISATION = "organisation"
    """Data of the organisations that the sender answers for; any others' are answered as if they were not there."""
    COUNTRY = "country"
    """Only for those who answer for the whole country."""
    PERSON = "person"
    """The signed-in person's own."""
    MACHINE = "machine"
    """The machine's own record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Who may do one operation: machines that have ``scope``, people in one of ``roles``.

    ``public`` ones are for everybody; ``signed_in`` ones for every person who has signed in, whatever the role;
    ``registered`` ones for every machine, whatever its scopes.
    """

    ownership: Ownership
    scope: Scope | None = None
    roles: frozenset[Role] = frozenset()
    public: bool = False
    signed_in: bool = False
    registered: bool = False
    rate: OperationClass | None = None


def public(rate: OperationClass | None = None) -> Permission:
    """Open to everybody."""
    return Permission(ownership=Ownership.NOBODY, public=True, rate=rate)


def own(scope: Scope, *roles: Role, rate: OperationClass) -> Permission:
    """Open over data of the organisations that the sender answers for."""
    return Permission(ownership=Ownership.ORGANISATION, scope=scope, roles=frozenset(roles), rate=rate)


def country(scope: Scope, *roles: Role, rate: OperationClass) -> Permission:
    """Open to those who answer for the whole country."""
    return Permission(ownership=Ownership.COUNTRY, scope=scope, roles=frozenset(roles), rate=rate)


def person() -> Permission:
    """Open to every person over its own data."""
    return Permission(ownership=Ownership.PERSON, signed_in=True, rate=OperationClass.READS)


def machine(rate: OperationClass) -> Permission:
    """Open to every machine over its own record."""
    return Permission(ownership=Ownership.MACHINE, registered=True, rate=rate)
