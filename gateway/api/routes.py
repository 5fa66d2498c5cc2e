"""The table of routes: aiohttp serves from it, the OpenAPI document is made from it."""

from __future__ import annotations

from typing import Final

from gateway.api import catalogue, checks, events, health, metrics, oauth, operations, pages, treated_cases, upstreams
from gateway.api.access_routes import ACCESS_ROUTES
from gateway.api.budget_routes import BUDGET_ROUTES
from gateway.api.contract import BODY_ERRORS, CASE_ERRORS, KEY_ERRORS, SCHEMA_ERRORS, Reply, Route
from gateway.api.contract_routes import CONTRACT_ROUTES
from gateway.api.dispense_routes import DISPENSE_ROUTES
from gateway.api.medicine_routes import MEDICINE_ROUTES
from gateway.api.parameters import text
from gateway.api.prescription_routes import PRESCRIPTION_ROUTES
from gateway.api.settlement_routes import SETTLEMENT_ROUTES
from gateway.middleware.body import JSON, NDJSON
from gateway.middleware.idempotency import idempotency_key
from gateway.middleware.validation import treated_case
from gateway.telemetry.metrics import CONTENT_TYPE as METRICS_TYPE
from schemas.api import (
    AcceptedCase,
    AuthorisationServer,
    Catalogue,
    CatalogueEntry,
    CheckedRecord,
    EventPage,
    Health,
    KeySet,
    OperationDetail,
    OperationPage,
    OperationView,
    ReasonedCommand,
    ResolveCommand,
    TokenAnswer,
    TokenRefusal,
    TokenRequest,
    TreatedCaseView,
    UpstreamList,
    UpstreamView,
)
from schemas.errors import ErrorCode
from schemas.treated_case import TreatedCase

KSF_NUMBER: Final = text("ksf_number", "The КСФ number: its digits without spaces.", place="path")
ASSET: Final = text("name", "Name of the file.", place="path")

_STORE: Final = (ErrorCode.STORE_UNAVAILABLE,)
_COMMAND: Final = (*BODY_ERRORS, *SCHEMA_ERRORS, ErrorCode.REASON_REQUIRED, *_STORE)
_ACCEPTANCE: Final = (*KEY_ERRORS, *BODY_ERRORS, *SCHEMA_ERRORS, *CASE_ERRORS, *_STORE)

_REPEAT: Final = {"Idempotency-Replayed": "`true` when this repeats an earlier answer."}
_ACCEPTED: Final = Reply(
    202,
    "Durably accepted; delivery goes on by itself.",
    AcceptedCase,
    headers={"Location": "Where the operation is."} | _REPEAT,
)
_WAITED: Final = Reply(
    200,
    "With `Prefer: wait=N`: it ended in time, and this is how.",
    AcceptedCase,
    headers={"Location": "Where the operation is.", "Preference-Applied": "The seconds waited for."} | _REPEAT,
)

TREATED_CASES: Final = (
    Route(
        method="POST",
        path="/v1/treated-cases",
        handler=treated_cases.submit,
        middlewares=(idempotency_key, treated_case),
        name="submitTreatedCase",
        tag="Treated cases",
        summary="Submit a treated case",
        description=(
            "The case is checked, numbered and durably accepted before the answer. `Prefer: wait=N` (at most 25) waits "
            "for the fund's answer. A repeat with the same `Idempotency-Key` gets the same operation again."
        ),
        body=TreatedCase,
        replies=(_ACCEPTED, _WAITED),
        errors=_ACCEPTANCE,
    ),
    Route(
        method="POST",
        path="/v1/treated-cases/check",
        handler=checks.check,
        name="checkTreatedCases",
        tag="Treated cases",
        summary="Check one case or a batch",
        description=(
            "Writes nothing. One case comes as JSON. A batch comes as NDJSON, a case a line; its protocol is NDJSON "
            "too, a line for each record while the batch is read and a summary at the end. Read it while you send."
        ),
        body=TreatedCase,
        body_types=(JSON, NDJSON),
        replies=(
            Reply(200, "What would be said of the case.", CheckedRecord),
            Reply(200, "`CheckedRecord` lines, then one `CheckSummary` line.", None, NDJSON),
        ),
        errors=BODY_ERRORS,
    ),
    Route(
        method="GET",
        path="/v1/treated-cases/{ksf_number}",
        handler=treated_cases.show,
        name="getTreatedCase",
        tag="Treated cases",
        summary="Read a treated case",
        description="Its newest revision, and how it stands at the fund.",
        parameters=(KSF_NUMBER,),
        replies=(Reply(200, "The case.", TreatedCaseView),),
        errors=(ErrorCode.CONTENT_ERASED, ErrorCode.CONTENT_UNREADABLE, *CASE_ERRORS, *_STORE),
    ),
    Route(
        method="PUT",
        path="/v1/treated-cases/{ksf_number}",
        handler=treated_cases.correct,
        middlewares=(idempotency_key, treated_case),
        name="correctTreatedCase",
        tag="Treated cases",
        summary="Correct a treated case",
        description="The number stays, the revision goes up. The whole case is sent again.",
        parameters=(KSF_NUMBER,),
        body=TreatedCase,
        replies=(_ACCEPTED, _WAITED),
        errors=_ACCEPTANCE,
    ),
)

OPERATIONS: Final = (
    Route(
        method="GET",
        path="/v1/operations",
        handler=operations.index,
        name="listOperations",
        tag="Operations",
        summary="Find operations",
        parameters=operations.FILTERS,
        replies=(Reply(200, "A page of operations, in order of acceptance.", OperationPage),),
        errors=(ErrorCode.REQUEST_PARAMETER, *_STORE),
    ),
    Route(
        method="GET",
        path="/v1/operations/{operation_id}",
        handler=operations.show,
        name="getOperation",
        tag="Operations",
        summary="Read an operation and its attempts",
        parameters=(operations.OPERATION_ID,),
        replies=(Reply(200, "The operation.", OperationDetail),),
        errors=(ErrorCode.REQUEST_PARAMETER, ErrorCode.OPERATION_NOT_FOUND, *_STORE),
    ),
    *(
        Route(
            method="POST",
            path=f"/v1/operations/{{operation_id}}/{verb}",
            handler=handler,
            name=f"{verb}Operation",
            tag="Operations",
            summary=summary,
            parameters=(operations.OPERATION_ID,),
            body=body,
            replies=(Reply(200, "The operation as it stands now.", OperationView),),
            errors=(
                *_COMMAND,
                ErrorCode.REQUEST_PARAMETER,
                ErrorCode.OPERATION_NOT_FOUND,
                ErrorCode.OPERATION_STATE,
            ),
        )
        for verb, handler, body, summary in (
            ("retry", operations.retry, ReasonedCommand, "Take a parked or rejected operation up again"),
            ("park", operations.park, ReasonedCommand, "Put a queued or doubtful operation aside for a person"),
            ("resolve", operations.resolve, ResolveCommand, "End a parked or doubtful operation by hand, by evidence"),
        )
    ),
)

EVENTS: Final = (
    Route(
        method="GET",
        path="/v1/events",
        handler=events.feed,
        name="listEvents",
        tag="Events",
        summary="Follow what changed",
        description="Store `next` after the events are stored: then none is lost, and a repeat is told by `position`.",
        parameters=events.FILTERS,
        replies=(Reply(200, "Events past the cursor, oldest first.", EventPage),),
        errors=(ErrorCode.REQUEST_PARAMETER, *_STORE),
    ),
)

CATALOGUE: Final = (
    Route(
        method="GET",
        path="/v1/errors",
        handler=catalogue.index,
        name="listErrors",
        tag="Errors",
        summary="Read the error catalogue",
        replies=(Reply(200, "Every code there is.", Catalogue),),
    ),
    Route(
        method="GET",
        path="/v1/errors/{code}",
        handler=catalogue.show,
        name="getError",
        tag="Errors",
        summary="Read one code",
        parameters=(catalogue.CODE,),
        replies=(Reply(200, "The code.", CatalogueEntry),),
        errors=(ErrorCode.ROUTE_NOT_FOUND,),
    ),
)

UPSTREAMS: Final = (
    Route(
        method="GET",
        path="/v1/upstreams",
        handler=upstreams.index,
        name="listUpstreams",
        tag="Upstreams",
        summary="See how the upstreams stand",
        replies=(Reply(200, "All upstreams.", UpstreamList),),
        errors=_STORE,
    ),
    *(
        Route(
            method="POST",
            path=f"/v1/upstreams/{{name}}/{verb}",
            handler=handler,
            name=f"{verb}Upstream",
            tag="Upstreams",
            summary=summary,
            parameters=(upstreams.NAME,),
            body=ReasonedCommand,
            replies=(Reply(200, "The upstream as it stands now.", UpstreamView),),
            errors=(*_COMMAND, ErrorCode.REQUEST_PARAMETER, ErrorCode.UPSTREAM_NOT_FOUND),
        )
        for verb, handler, summary in (
            ("pause", upstreams.pause, "Begin nothing more with an upstream"),
            ("resume", upstreams.resume, "Deliver to an upstream again"),
        )
    ),
)

HEALTH: Final = tuple(
    Route(
        method="GET",
        path=path,
        handler=handler,
        name=name,
        tag="Health",
        summary=summary,
        replies=(
            Reply(200, "Pass or warn.", Health, health.HEALTH_TYPE),
            Reply(503, "Fail.", Health, health.HEALTH_TYPE),
        ),
    )
    for path, handler, name, summary in (
        ("/health", health.everything, "getHealth", "All checks; an upstream that is down is a warning"),
        ("/health/live", health.live, "getLiveness", "Whether the process lives"),
        ("/health/ready", health.ready, "getReadiness", "Whether requests should be sent here"),
        ("/health/startup", health.startup, "getStartup", "Whether the start is over"),
    )
)

SERVICE: Final = (
    Route(
        method="GET",
        path="/metrics",
        handler=metrics.exposition,
        name="getMetrics",
        tag="Health",
        summary="Metrics for Prometheus",
        replies=(Reply(200, "The exposition.", None, METRICS_TYPE),),
        errors=_STORE,
    ),
    Route(
        method="GET",
        path="/openapi.json",
        handler=pages.description,
        name="getDescription",
        tag="Pages",
        summary="This description",
        replies=(Reply(200, "OpenAPI 3.1.", None, JSON),),
    ),
    *(
        Route(
            method="GET",
            path=path,
            handler=handler,
            name=name,
            tag="Pages",
            summary=summary,
            replies=(Reply(200, "A page.", None, "text/html"),),
        )
        for path, handler, name, summary in (
            ("/", pages.landing, "getLandingPage", "Where to go from here"),
            ("/docs", pages.docs, "getDocsPage", "This description, to read and try"),
        )
    ),
    Route(
        method="GET",
        path="/static/{name}",
        handler=pages.asset,
        name="getAsset",
        tag="Pages",
        summary="A file of the pages",
        parameters=(ASSET,),
        replies=(Reply(200, "The file.", None, "*/*"),),
        errors=(ErrorCode.ROUTE_NOT_FOUND,),
    ),
)

AUTHORISATION: Final = (
    Route(
        method="POST",
        path=oauth.TOKEN_PATH,
        handler=oauth.issue,
        name="issueToken",
        tag="Access",
        summary="Ask for an access token",
        description=(
            "Client credentials with `private_key_jwt`. The token is bound to the key of the `DPoP` proof or to the "
            "client's certificate, as the client is registered, and lives for ten minutes."
        ),
        body=TokenRequest,
        body_types=(oauth.FORM,),
        replies=(
            Reply(200, "The token.", TokenAnswer),
            Reply(400, "Refused (RFC 6749, section 5.2).", TokenRefusal),
            Reply(401, "The client is not proven.", TokenRefusal),
        ),
        errors=(*BODY_ERRORS, ErrorCode.RATE_LIMITED, ErrorCode.ROUTE_NOT_FOUND, *_STORE),
    ),
    Route(
        method="GET",
        path=oauth.METADATA_PATH,
        handler=oauth.metadata,
        name="getAuthorisationServer",
        tag="Access",
        summary="What the authorisation server can do",
        replies=(Reply(200, "Metadata (RFC 8414).", AuthorisationServer),),
        errors=(ErrorCode.ROUTE_NOT_FOUND,),
    ),
    Route(
        method="GET",
        path=oauth.KEYS_PATH,
        handler=oauth.keys,
        name="getKeys",
        tag="Access",
        summary="The keys that access tokens are signed with",
        replies=(Reply(200, "A set of public keys (RFC 7517).", KeySet),),
        errors=(ErrorCode.ROUTE_NOT_FOUND,),
    ),
)

ROUTES: Final[tuple[Route, ...]] = (
    *TREATED_CASES,
    *OPERATIONS,
    *EVENTS,
    *CATALOGUE,
    *UPSTREAMS,
    *MEDICINE_ROUTES,
    *PRESCRIPTION_ROUTES,
    *DISPENSE_ROUTES,
    *CONTRACT_ROUTES,
    *BUDGET_ROUTES,
    *SETTLEMENT_ROUTES,
    *AUTHORISATION,
    *ACCESS_ROUTES,
    *HEALTH,
    *SERVICE,
)
"""Every route there is."""
