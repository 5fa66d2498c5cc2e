"""What the HTTP API answers and takes, apart from the treated case itself: contract ``/v1``.

The gateway writes these bodies without building the models, for speed; a test holds that both agree. Instants are
RFC 3339 in UTC with ``Z``; amounts are decimal text in som; unknown is ``null``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.errors import Actor, ErrorCode, Retry, Severity
from schemas.treated_case import TreatedCase


class Answer(BaseModel):
    """What all answers share: closed field sets and immutability."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OperationState(StrEnum):
    """Where an operation stands."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in-doubt"
    PARKED = "parked"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class FindingView(Answer):
    """One thing the gateway has to say about a message."""

    code: ErrorCode
    severity: Severity
    path: str
    """Where: a JSON path (``$.patient.pin``), or ``query:limit``, ``header:Idempotency-Key``, ``path:operation_id``."""
    clause: str | None
    """The document and clause behind it."""
    message: str
    action: str
    """What to do."""
    parameters: dict[str, str | int]
    """What fills the texts; never personal data."""


class Problem(Answer):
    """A refusal or failure as problem details (RFC 9457)."""

    type: str
    """Address of the catalogue's entry of the deciding code."""
    title: str
    status: int
    detail: str
    instance: str
    """The request's id, as ``urn:uuid:…``; operators find the request by it."""
    code: ErrorCode
    """The deciding code: that of the first error."""
    findings: tuple[FindingView, ...]
    """Everything that is wrong, not only the first."""


class Rejection(Answer):
    """One coded reason of the upstream's refusal."""

    code: str
    message: str
    path: str | None


class OperationView(Answer):
    """One operation as it stands."""

    id: UUID
    kind: str
    upstream: str
    state: OperationState
    business_key: str
    """What the upstream knows it by: of a treated case, its КСФ number."""
    revision: int
    organisation: str
    channel: str
    pilot: bool
    """Whether the case was discharged before the start of regular work (order on Sanarip Clinic, clause 1)."""
    accepted_at: datetime
    updated_at: datetime
    due_at: datetime | None
    """When it is taken up next; ``null`` once it has ended."""
    attempts: int
    outcome: str | None
    """How the last attempt ended."""
    reason: str | None
    record_number: str | None
    """The upstream's own number of the record."""
    rejections: tuple[Rejection, ...]
    findings: tuple[FindingView, ...]
    """Warnings and remarks made on acceptance."""


class AttemptView(Answer):
    """One attempt of an operation."""

    number: int
    step: str
    started_at: datetime
    finished_at: datetime | None
    message_id: str | None
    """The identifier the upstream saw."""
    outcome: str | None
    reason: str | None
    detail: str | None


class OperationDetail(OperationView):
    """One operation with its attempts, oldest first."""

    history: tuple[AttemptView, ...]


class OperationPage(Answer):
    """Operations in order of acceptance."""

    items: tuple[OperationView, ...]
    next: UUID | None
    """Value of ``after`` for the next page; ``null`` at the end."""


class AcceptedCase(Answer):
    """A treated case was durably accepted."""

    ksf_number: str
    revision: int
    operation: OperationView


class Review(Answer):
    """What the fund's expert control decided («экспертный контроль»)."""

    state: str
    reason: str | None
    amount: str | None
    """Som, two decimals."""


class TreatedCaseView(Answer):
    """A treated case: its newest revision and what the fund said of it."""

    ksf_number: str
    organisation: str
    revision: int
    case: TreatedCase
    """The newest revision as accepted, without its number."""
    delivered_revision: int | None
    record_number: str | None
    review: Review | None
    operation: OperationView
    """The operation of the newest revision."""


class CheckedRecord(Answer):
    """What a check says of one case. Nothing is written."""

    record: int
    """Position in the batch, from 1."""
    accepted: bool
    """Whether the case would pass the schema and the rules."""
    findings: tuple[FindingView, ...]


class CheckSummary(Answer):
    """The last line of a batch's protocol."""

    records: int
    accepted: int
    refused: int
    complete: bool
    """False when the batch broke off: ``problem`` says why."""
    problem: FindingView | None


class EventView(Answer):
    """One change worth telling a sender."""

    position: int
    type: str
    at: datetime
    operation_id: UUID | None
    organisation: str
    business_key: str
    revision: int
    state: OperationState | None
    record_number: str | None
    rejections: tuple[Rejection, ...]
    review_state: str | None
    reason: str | None
    amount: str | None


class EventPage(Answer):
    """Events past the cursor, oldest first."""

    items: tuple[EventView, ...]
    next: int
    """Value of ``after`` for the next call. Store it after the events are stored."""


class CatalogueEntry(Answer):
    """One code of the error catalogue."""

    code: ErrorCode
    status: int
    severity: Severity
    actor: Actor
    """Who must act."""
    retry: Retry
    clause: str | None
    message: str
    action: str


class Catalogue(Answer):
    """The error catalogue."""

    items: tuple[CatalogueEntry, ...]


class UpstreamView(Answer):
    """How an upstream stands."""

    name: str
    paused: bool
    pause_reason: str | None
    breaker: Literal["closed", "open", "half-open"]
    open_operations: int
    in_doubt: int
    parked: int
    oldest_due_at: datetime | None
    last_success_at: datetime | None


class UpstreamList(Answer):
    """All upstreams."""

    items: tuple[UpstreamView, ...]


class HealthStatus(StrEnum):
    """``application/health+json``: pass and warn mean usable, fail means not."""

    PASS = "pass"  # noqa: S105 - the format's own word
    WARN = "warn"
    FAIL = "fail"


class HealthCheck(Answer):
    """One check of one component."""

    status: HealthStatus
    observedValue: float | int | bool | None = None  # noqa: N815 - the format's own spelling
    observedUnit: str | None = None  # noqa: N815 - the format's own spelling
    time: datetime


class Health(Answer):
    """The state of the service (draft-inadarei-api-health-check-06)."""

    status: HealthStatus
    checks: dict[str, tuple[HealthCheck, ...]]


Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Command(BaseModel):
    """What all commands of operators share."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class ReasonedCommand(Command):
    """A command with its reason, which is kept."""

    reason: Annotated[Reason, Field(description="Why; kept with the operation. No personal data.")]


class ResolveCommand(ReasonedCommand):
    """How an operation that a person has to decide ended."""

    state: Annotated[
        Literal["delivered", "rejected", "cancelled"], Field(description="How it ended, by the evidence found.")
    ]
    record_number: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=64),
        Field(description="The upstream's record number; needed when delivered."),
    ] = None


class TokenRequest(BaseModel):
    """A machine asks for an access token (RFC 6749, section 4.4; RFC 7523, section 2.2), as a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grant_type: Literal["client_credentials"]
    client_assertion_type: Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    client_assertion: Annotated[str, StringConstraints(min_length=1, max_length=8192)]
    """A JWT signed with the client's key, good for one minute and once."""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    scope: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = None
    """Scopes with blanks between; all of the client's when left out."""


class TokenAnswer(Answer):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["DPoP", "Bearer"]
    expires_in: int
    """Seconds."""
    scope: str


class TokenRefusal(Answer):
    """No access token (RFC 6749, section 5.2)."""

    error: str
    error_description: str
    error_uri: str
    """Address of the catalogue's entry that says more."""


class AuthorisationServer(Answer):
    """What the gateway's authorisation server can do (RFC 8414, section 2)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: tuple[str, ...]
    response_types_supported: tuple[str, ...]
    scopes_supported: tuple[str, ...]
    token_endpoint_auth_methods_supported: tuple[str, ...]
    token_endpoint_auth_signing_alg_values_supported: tuple[str, ...]
    dpop_signing_alg_values_supported: tuple[str, ...]
    tls_client_certificate_bound_access_tokens: bool
    service_documentation: str


class KeySet(Answer):
    """The gateway's public signing keys (RFC 7517, section 5)."""

    keys: tuple[dict[str, str], ...]
