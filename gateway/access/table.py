"""The authorisation table: which operation is open to which machines and people, and over whose data.

There is one row for each operation of the HTTP interface; a service with an operation that has none does not start.
``docs/access.md`` shows it. Sources of the roles: :mod:`gateway.access.roles`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Who may do one operation: machines that have ``scope``, people in one of ``roles``.

    ``public`` ones are for everybody; ``signed_in`` ones for every person who has signed in, whatever the role.
    """

    ownership: Ownership
    scope: Scope | None = None
    roles: frozenset[Role] = frozenset()
    public: bool = False
    signed_in: bool = False
    rate: OperationClass | None = None


def _public(rate: OperationClass | None = None) -> Permission:
    return Permission(ownership=Ownership.NOBODY, public=True, rate=rate)


def _own(scope: Scope, *roles: Role, rate: OperationClass) -> Permission:
    return Permission(ownership=Ownership.ORGANISATION, scope=scope, roles=frozenset(roles), rate=rate)


def _country(scope: Scope, *roles: Role, rate: OperationClass) -> Permission:
    return Permission(ownership=Ownership.COUNTRY, scope=scope, roles=frozenset(roles), rate=rate)


def _person() -> Permission:
    return Permission(ownership=Ownership.PERSON, signed_in=True, rate=OperationClass.READS)


_SUBMITTING: Final = _own(Scope.CASES_SUBMIT, Role.HOSPITAL_CLERK, rate=OperationClass.SUBMISSIONS)
_CASES: Final = _own(
    Scope.CASES_READ,
    Role.HOSPITAL_CLERK,
    Role.FOMS_CONTROL,
    Role.COMMISSION,
    Role.REGIONAL_FUND,
    rate=OperationClass.LOOKUPS,
)
_OPERATIONS: Final = _own(
    Scope.OPERATIONS_READ, Role.HOSPITAL_CLERK, Role.TECHNICAL_OPERATOR, rate=OperationClass.READS
)
_OPERATING: Final = _country(Scope.OPERATIONS_MANAGE, Role.TECHNICAL_OPERATOR, rate=OperationClass.COMMANDS)
_STAFF: Final = _own(Scope.STAFF_MANAGE, Role.STAFF_MANAGER, Role.TECHNICAL_OPERATOR, rate=OperationClass.COMMANDS)
_CLIENTS: Final = _country(Scope.CLIENTS_MANAGE, Role.TECHNICAL_OPERATOR, rate=OperationClass.COMMANDS)
_AUDIT: Final = _country(Scope.AUDIT_READ, Role.AUDITOR, rate=OperationClass.COMMANDS)

TABLE: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "submitTreatedCase": _SUBMITTING,
        "checkTreatedCases": _SUBMITTING,
        "correctTreatedCase": _SUBMITTING,
        "getTreatedCase": _CASES,
        "listOperations": _OPERATIONS,
        "getOperation": _OPERATIONS,
        "retryOperation": _OPERATING,
        "parkOperation": _OPERATING,
        "resolveOperation": _OPERATING,
        "listEvents": _own(Scope.EVENTS_READ, Role.HOSPITAL_CLERK, rate=OperationClass.READS),
        "listUpstreams": _country(Scope.OPERATIONS_READ, Role.TECHNICAL_OPERATOR, rate=OperationClass.READS),
        "pauseUpstream": _OPERATING,
        "resumeUpstream": _OPERATING,
        "getMetrics": _country(Scope.METRICS_READ, Role.TECHNICAL_OPERATOR, rate=OperationClass.READS),
        "listErrors": _public(OperationClass.PAGES),
        "getError": _public(OperationClass.PAGES),
        "getHealth": _public(),
        "getLiveness": _public(),
        "getReadiness": _public(),
        "getStartup": _public(),
        "getDescription": _public(OperationClass.PAGES),
        "getLandingPage": _public(OperationClass.PAGES),
        "getDocsPage": _public(OperationClass.PAGES),
        "getAsset": _public(OperationClass.PAGES),
        "issueToken": _public(OperationClass.SIGN_IN),
        "getAuthorisationServer": _public(OperationClass.PAGES),
        "getKeys": _public(OperationClass.PAGES),
        "beginSignIn": _public(OperationClass.SIGN_IN),
        "finishSignIn": _public(OperationClass.SIGN_IN),
        "endProviderSession": _public(OperationClass.SIGN_IN),
        "getSession": _person(),
        "signOut": _person(),
        "listStaff": _STAFF,
        "grantStaff": _STAFF,
        "revokeStaff": _STAFF,
        "listClients": _CLIENTS,
        "addClient": _CLIENTS,
        "rotateClient": _CLIENTS,
        "revokeClient": _CLIENTS,
        "listAuditEntries": _AUDIT,
        "reportOnSubject": _AUDIT,
    }
)
"""By the operation's name in OpenAPI."""


def without_a_row(operations: Iterable[str]) -> list[str]:
    """Those of ``operations`` that nobody has decided about."""
    return sorted(name for name in operations if name not in TABLE)
