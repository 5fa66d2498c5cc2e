"""Who sends a request, once that is proven."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.operations.model import Channel


class PrincipalKind(StrEnum):
    """What kind of sender."""

    MACHINE = "machine"
    """A client with keys of its own."""
    PERSON = "person"
    """A member of staff who has signed in through ESI (ESI order, clause 3(2))."""


class Scope(StrEnum):
    """What a machine may be allowed to do; people have roles instead."""

    CASES_SUBMIT = "cases:submit"
    CASES_READ = "cases:read"
    OPERATIONS_READ = "operations:read"
    OPERATIONS_MANAGE = "operations:manage"
    EVENTS_READ = "events:read"
    METRICS_READ = "metrics:read"
    STAFF_MANAGE = "staff:manage"
    CLIENTS_MANAGE = "clients:manage"
    AUDIT_READ = "audit:read"
    PRESCRIPTIONS_WRITE = "prescriptions:write"
    PRESCRIPTIONS_READ = "prescriptions:read"
    DISPENSES_WRITE = "dispenses:write"
    """Look up, quote, dispense and reverse."""
    DISPENSES_READ = "dispenses:read"
    CONTRACTS_APPLY = "contracts:apply"
    CONTRACTS_MANAGE = "contracts:manage"
    PROGRAMME_READ = "programme:read"
    """Budget, limit, statistics."""
    PROGRAMME_MANAGE = "programme:manage"
    SETTLEMENT_READ = "settlement:read"
    SETTLEMENT_WRITE = "settlement:write"
    """A pharmacy's own reports, acts and disputes."""
    SETTLEMENT_MANAGE = "settlement:manage"
    """The fund's side: payment, control, commission."""


class Role(StrEnum):
    """In what capacity a person works; granted by the staff register, organisation by organisation."""

    FAMILY_DOCTOR = "family-doctor"
    ONCOLOGIST = "oncologist"
    PSYCHIATRIST = "psychiatrist"
    FAP_HEAD = "fap-head"
    PHARMACIST = "pharmacist"
    PHARMACY_HEAD = "pharmacy-head"
    CHIEF_ACCOUNTANT = "chief-accountant"
    PROGRAM_ADMIN = "program-admin"
    FOMS_CONTROL = "foms-control"
    COMMISSION = "commission"
    CEZ_OPERATOR = "cez-operator"
    LICENSING_DEPARTMENT = "licensing-department"
    CLN_DOCTOR = "cln-doctor"
    CLN_MANAGER = "cln-manager"
    REGIONAL_FUND = "regional-fund"
    CKUZ = "ckuz"
    TECHNICAL_OPERATOR = "technical-operator"
    HOSPITAL_CLERK = "hospital-clerk"
    """Hands in treated cases of an organisation without technical means (order on Sanarip Clinic, clause 10)."""
    STAFF_MANAGER = "staff-manager"
    """Keeps the list of authorised staff of an organisation (ESI order, clause 5)."""
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of a person, with what it reaches: an organisation, a region, or the whole country when neither."""

    role: Role
    organisation: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A proven sender.

    ``id`` is the client's id, or the person's id in our register (never a ПИН). A machine has ``scopes`` and answers
    for ``organisations``, ``None`` for all; ``key`` is the thumbprint of the key that signed its request, if one did. A
    person has ``grants``, each for its own organisation, and ``method``, how it signed in as ESI told it.
    """

    kind: PrincipalKind
    id: str
    organisations: frozenset[str] | None = frozenset()
    scopes: frozenset[Scope] = frozenset()
    channel: Channel = Channel.SYSTEM
    key: str | None = None
    grants: tuple[Grant, ...] = ()
    method: str | None = None
