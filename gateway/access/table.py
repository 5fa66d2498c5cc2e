"""The authorisation table: which operation is open to which machines and people, and over whose data.

There is one row for each operation of the HTTP interface; a service with an operation that has none does not start.
``docs/access.md`` shows it. Sources of the roles: :mod:`gateway.access.roles`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from gateway.access.permissions import Permission, country, machine, own, person, public
from gateway.access.principal import Role, Scope
from gateway.access.programme_table import PROGRAMME_TABLE, REFERENCE
from gateway.limits.rates import OperationClass

_SUBMITTING: Final = own(Scope.CASES_SUBMIT, Role.HOSPITAL_CLERK, rate=OperationClass.SUBMISSIONS)
_CASES: Final = own(
    Scope.CASES_READ,
    Role.HOSPITAL_CLERK,
    Role.FOMS_CONTROL,
    Role.COMMISSION,
    Role.REGIONAL_FUND,
    rate=OperationClass.LOOKUPS,
)
_OPERATIONS: Final = own(Scope.OPERATIONS_READ, Role.HOSPITAL_CLERK, Role.TECHNICAL_OPERATOR, rate=OperationClass.READS)
_OPERATING: Final = country(Scope.OPERATIONS_MANAGE, Role.TECHNICAL_OPERATOR, rate=OperationClass.COMMANDS)
_STAFF: Final = own(Scope.STAFF_MANAGE, Role.STAFF_MANAGER, Role.TECHNICAL_OPERATOR, rate=OperationClass.COMMANDS)
_CLIENTS: Final = country(Scope.CLIENTS_MANAGE, Role.TECHNICAL_OPERATOR, rate=OperationClass.COMMANDS)
_AUDIT: Final = country(Scope.AUDIT_READ, Role.AUDITOR, rate=OperationClass.COMMANDS)

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
        "listEvents": own(Scope.EVENTS_READ, Role.HOSPITAL_CLERK, rate=OperationClass.READS),
        "listUpstreams": country(Scope.OPERATIONS_READ, Role.TECHNICAL_OPERATOR, rate=OperationClass.READS),
        "pauseUpstream": _OPERATING,
        "resumeUpstream": _OPERATING,
        "getMetrics": country(Scope.METRICS_READ, Role.TECHNICAL_OPERATOR, rate=OperationClass.READS),
        "listErrors": public(OperationClass.PAGES),
        "getError": public(OperationClass.PAGES),
        "getHealth": public(),
        "getLiveness": public(),
        "getReadiness": public(),
        "getStartup": public(),
        "getDescription": public(OperationClass.PAGES),
        "getLandingPage": public(OperationClass.PAGES),
        "getDocsPage": public(OperationClass.PAGES),
        "getAsset": public(OperationClass.PAGES),
        "issueToken": public(OperationClass.SIGN_IN),
        "getAuthorisationServer": public(OperationClass.PAGES),
        "getKeys": public(OperationClass.PAGES),
        "beginSignIn": public(OperationClass.SIGN_IN),
        "finishSignIn": public(OperationClass.SIGN_IN),
        "endProviderSession": public(OperationClass.SIGN_IN),
        "getSession": person(),
        "signOut": person(),
        "listStaff": _STAFF,
        "grantStaff": _STAFF,
        "revokeStaff": _STAFF,
        "listClients": _CLIENTS,
        "addClient": _CLIENTS,
        "rotateClient": _CLIENTS,
        "revokeClient": _CLIENTS,
        "openEnrolment": _CLIENTS,
        "enrol": public(OperationClass.SIGN_IN),
        "changeClientKey": machine(OperationClass.SIGN_IN),
        "listAuditEntries": _AUDIT,
        "reportOnSubject": _AUDIT,
        **REFERENCE,
        **PROGRAMME_TABLE,
    }
)
"""By the operation's name in OpenAPI."""


def without_a_row(operations: Iterable[str]) -> list[str]:
    """Those of ``operations`` that nobody has decided about."""
    return sorted(name for name in operations if name not in TABLE)
