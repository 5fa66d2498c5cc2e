"""What the HTTP API answers and takes about people, machines and the audit: contract ``/v1``.

The words of the enumerations are those of the gateway's own; a test holds that both agree.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.api import Answer, Command, ReasonedCommand
from schemas.base import Instant, NameText, OrganisationCode, ShortText


class RoleName(StrEnum):
    """In what capacity a person works; ``GET /v1/session`` gives the titles."""

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
    STAFF_MANAGER = "staff-manager"
    AUDITOR = "auditor"


class ScopeName(StrEnum):
    """What a machine may do."""

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
    DISPENSES_READ = "dispenses:read"
    CONTRACTS_APPLY = "contracts:apply"
    CONTRACTS_MANAGE = "contracts:manage"
    PROGRAMME_READ = "programme:read"
    PROGRAMME_MANAGE = "programme:manage"
    SETTLEMENT_READ = "settlement:read"
    SETTLEMENT_WRITE = "settlement:write"
    SETTLEMENT_MANAGE = "settlement:manage"


class ClientKindName(StrEnum):
    """What kind of machine."""

    SYSTEM = "system"
    PHARMACY_TERMINAL = "pharmacy-terminal"
    XROAD_MEMBER = "xroad-member"
    TEST = "test"


class BindingName(StrEnum):
    """What a machine's tokens are worth nothing without: its key, its certificate, our security server, nothing."""

    DPOP = "dpop"
    MTLS = "mtls"
    XROAD = "xroad"
    NONE = "none"


class ChannelName(StrEnum):
    """How cases of a machine come about."""

    SYSTEM = "system"
    DIRECT_ENTRY = "direct-entry"


class PurposeName(StrEnum):
    """Why something is done with a person's data."""

    TREATMENT = "treatment"
    PAYMENT = "payment"
    OPERATIONS = "operations"
    ADMINISTRATION = "administration"
    PATIENT_REQUEST = "patient-request"
    LEGAL = "legal"
    PUBLIC_HEALTH = "public-health"


class SessionRole(Answer):
    """One role of the signed-in person, as it counts today."""

    role: RoleName
    title: str
    """What it is called in the reader's language."""
    organisation: str | None
    organisation_name: str | None
    region: str | None
    valid_to: date | None
    """Its last day in Bishkek; ``null`` when none is set."""
    step_up_needed: bool
    """Whether it can only be used after signing in by another method (``/sign-in?step_up=true``)."""


class SessionView(Answer):
    """Who has signed in in this browser."""

    person: UUID
    """The person's id in our register, as the audit has it."""
    method: str | None
    """How they proved who they are to ESI; ``null`` when ESI did not tell."""
    signed_in_at: datetime
    ends_at: datetime
    """When they have to sign in again; earlier when the session is not used."""
    roles: tuple[SessionRole, ...]
    forgery_token: str | None
    """To be sent as ``X-CSRF-Token`` with everything that changes something."""


class SignedOut(Answer):
    """The session has ended."""

    continue_at: str
    """Where the browser goes now: to ESI, to end its session too, or to a page of ours."""


class LogoutNotice(Command):
    """ESI's notice that somebody has left (OpenID Connect Back-Channel Logout 1.0, section 2.5), as a form."""

    logout_token: Annotated[str, StringConstraints(min_length=1, max_length=8192)]


class StaffGrantView(Answer):
    """One record of the list of authorised staff, without whose it is. Days are Bishkek days, both included."""

    id: UUID
    role: RoleName
    organisation: str | None
    region: str | None
    valid_from: date
    valid_to: date | None
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str | None


class StaffMemberView(StaffGrantView):
    """One record with whose it is, for those who keep the list."""

    name: str
    pin_ending: str
    """The last two digits of the ПИН, to tell namesakes apart."""


class StaffPage(Answer):
    """Records in the order they were granted."""

    items: tuple[StaffMemberView, ...]
    next: UUID | None
    """Value of ``after`` for the next page; ``null`` at the end."""


class GrantCommand(Command):
    """Put a person on the list of authorised staff (ESI order, clause 5)."""

    pin: Annotated[ShortText, Field(description="The ПИН, 14 digits.")]
    name: NameText
    role: RoleName
    organisation: Annotated[
        OrganisationCode | None, Field(description="For roles that belong to an organisation or a pharmacy.")
    ] = None
    region: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=20),
        Field(description="For roles that belong to a region: its row of the roll-out schedule."),
    ] = None
    valid_from: Annotated[date, Field(description="First day, in Bishkek.")]
    valid_to: Annotated[date | None, Field(description="Last day, in Bishkek; open when left out.")] = None


class ClientKeyView(Answer):
    """A public key of a machine."""

    kid: str
    """Its thumbprint (RFC 7638)."""
    added_at: datetime
    not_after: datetime | None
    counts: bool
    """Whether what it signs is taken now."""


class ClientView(Answer):
    """A machine that may ask for tokens, or comes through X-Road."""

    id: str
    title: str
    kind: ClientKindName
    channel: ChannelName
    organisations: tuple[str, ...] | None
    """Codes of the organisations it answers for; ``null`` for all."""
    scopes: tuple[ScopeName, ...]
    binding: BindingName
    certificate: str | None
    xroad_member: str | None
    keys: tuple[ClientKeyView, ...]
    added_at: datetime
    added_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str | None


class ClientList(Answer):
    """All machines that ever were, in order of their ids."""

    items: tuple[ClientView, ...]


class EnrolmentCode(Answer):
    """A one-time code with which a terminal registers a key that it makes itself."""

    code: str
    """Sixteen symbols in groups of four. It is in this answer and nowhere else."""
    expires_at: datetime
    """From this instant on it is worth nothing."""


class KeyedClient(Answer):
    """A machine that was given a key, or a code to register one."""

    client: ClientView
    kid: str | None
    """The new key's name; ``null`` for those that come through X-Road or enrol with a code."""
    private_key: dict[str, str] | None
    """The private part (JWK) of a pair made now. It is in this answer and nowhere else; ``null`` for a key brought."""
    enrolment: EnrolmentCode | None
    """The code, where it was added with ``enrol``."""


Jwk = Annotated[
    dict[str, Any],
    Field(description="A public key (JWK): EC P-256, Ed25519, or RSA from 2,048 bits. Left out, a pair is made."),
]


class AddClientCommand(Command):
    """Add a machine."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    title: NameText
    kind: ClientKindName
    channel: ChannelName = ChannelName.SYSTEM
    organisations: Annotated[
        Annotated[tuple[OrganisationCode, ...], Field(min_length=1, max_length=500)] | None,
        Field(description="Codes of the organisations it answers for; `null` for all."),
    ]
    scopes: Annotated[tuple[ScopeName, ...], Field(min_length=1, max_length=20)]
    binding: BindingName
    certificate: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=600),
        Field(description="For `mtls`: `sha256:…`, `san-dns:…`, `san-uri:…` or `subject:…`."),
    ] = None
    xroad_member: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=200),
        Field(description="For `xroad`: `instance/class/member/subsystem`."),
    ] = None
    key: Jwk | None = None
    enrol: Annotated[
        bool, Field(description="For a pharmacy's terminal: no key is made, it enrols with the code in the answer.")
    ] = False


class RotateClientCommand(Command):
    """Give a machine another key."""

    key: Jwk | None = None
    overlap_hours: Annotated[
        int, Field(ge=0, le=24 * 90, description="How long its old keys go on counting; 0 ends them at once.")
    ] = 24 * 7


class RevokeCommand(ReasonedCommand):
    """End a right for good, with the reason, which is kept."""


class AuditEntryView(Answer):
    """One entry of the audit: who did what to whose data, why, and how it ended."""

    position: int
    at: datetime
    action: str
    actor: str
    """A machine's id, or a person's id in our register."""
    actor_kind: str
    outcome: str
    organisation: str | None
    subject: str | None
    """The blind index of the person's ПИН, hexadecimal."""
    target: str | None
    purpose: str | None
    code: str | None
    """The error code of a refusal."""
    request_id: str | None
    digest: str
    """SHA-256 over this entry and the digest before it, hexadecimal."""


class AuditPage(Answer):
    """Entries in the order they were written."""

    items: tuple[AuditEntryView, ...]
    next: int
    """Value of ``after`` for the next page."""


class SubjectReportCommand(Command):
    """Whose data: the ПИН stands here and never in an address."""

    pin: Annotated[ShortText, Field(description="The ПИН, 14 digits.")]
    purpose: Annotated[PurposeName, Field(description="Why it is asked; kept in the audit.")] = (
        PurposeName.PATIENT_REQUEST
    )
    since: Annotated[Instant | None, Field(description="Only what was at or after this instant.")] = None
    before: Annotated[Instant | None, Field(description="Only what was before this instant.")] = None
    past: Annotated[int | None, Field(ge=1, le=2**63 - 1, description="The last page's `next`.")] = None
    limit: Annotated[int, Field(ge=1, le=1000, description="Most items.")] = 100


class LookView(Answer):
    """One thing that was done with the person's data."""

    position: int
    at: datetime
    action: str
    action_title: str
    actor: str
    actor_kind: str
    actor_kind_title: str
    organisation: str | None
    organisation_name: str | None
    target: str | None
    purpose: str | None
    purpose_title: str | None
    outcome: str
    outcome_title: str
    code: str | None


class SubjectReport(Answer):
    """Who looked: what was done with one person's data, newest first."""

    items: tuple[LookView, ...]
    next: int | None
    """Value of ``past`` for the next page; ``null`` at the end."""
