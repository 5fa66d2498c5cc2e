"""What the gateway has to say about a request: findings, problems, and the catalogue of its codes."""

from __future__ import annotations

from kopuro_pos.client.codes import ErrorCode
from kopuro_pos.client.models.base import Known, Received
from kopuro_pos.client.models.terms import Actor, Retry, Severity


class FindingView(Received):
    """One thing the gateway has to say about a message."""

    code: Known[ErrorCode]
    severity: Known[Severity]
    path: str
    """Where: a JSON path (``$.prescription.pin``), or ``query:limit``, ``header:Idempotency-Key``."""
    clause: str | None
    """The document and clause behind it."""
    message: str
    action: str
    """What to do."""
    parameters: dict[str, str | int]
    """What fills the texts; never personal data."""


class Problem(Received):
    """A refusal or failure as problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    """The request's id, as ``urn:uuid:…``; operators find the request by it."""
    code: Known[ErrorCode]
    """The deciding code: that of the first error."""
    findings: tuple[FindingView, ...]
    """Everything that is wrong, not only the first."""


class CatalogueEntry(Received):
    """One code of the error catalogue, in the language asked for."""

    code: Known[ErrorCode]
    status: int
    severity: Known[Severity]
    actor: Known[Actor]
    """Who must act."""
    retry: Known[Retry]
    clause: str | None
    message: str
    action: str


class Catalogue(Received):
    """The error catalogue."""

    items: tuple[CatalogueEntry, ...]
