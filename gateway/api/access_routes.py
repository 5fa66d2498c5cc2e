"""The routes of people, machines and the audit, for the table of routes."""

from __future__ import annotations

from typing import Final

from gateway.api import audit, clients, enrolments, session, sign_in, staff
from gateway.api.contract import BODY_ERRORS, SCHEMA_ERRORS, Reply, Route
from gateway.api.oauth import FORM
from gateway.api.refusal_page import refusal_page
from schemas.access_api import (
    AddClientCommand,
    AuditPage,
    ClientList,
    ClientView,
    GrantCommand,
    KeyedClient,
    LogoutNotice,
    RevokeCommand,
    RotateClientCommand,
    SessionView,
    SignedOut,
    StaffGrantView,
    StaffMemberView,
    StaffPage,
    SubjectReport,
    SubjectReportCommand,
)
from schemas.enrolment_api import (
    ChangedKey,
    ChangeKeyCommand,
    EnrolCommand,
    EnrolledClient,
    OpenedEnrolment,
    OpenEnrolmentCommand,
)
from schemas.errors import ErrorCode

_HERE: Final = (ErrorCode.ROUTE_NOT_FOUND, ErrorCode.STORE_UNAVAILABLE)
"""Where access is not configured these routes are unknown ones; everywhere they need the store."""
_PUBLIC: Final = (*_HERE, ErrorCode.RATE_LIMITED)
_PERSON: Final = (
    *_PUBLIC,
    ErrorCode.AUTH_REQUIRED,
    ErrorCode.AUTH_TOKEN_INVALID,
    ErrorCode.AUTH_PROOF_INVALID,
    ErrorCode.AUTH_PASSWORD_FORBIDDEN,
    ErrorCode.SESSION_ENDED,
    ErrorCode.CSRF_TOKEN_INVALID,
    ErrorCode.ACCESS_DENIED,
)
_COMMAND: Final = (*BODY_ERRORS, *SCHEMA_ERRORS)
_REVOKE: Final = (*_COMMAND, ErrorCode.REQUEST_PARAMETER, ErrorCode.REASON_REQUIRED)
_PIN: Final = (ErrorCode.PIN_FORMAT, ErrorCode.PIN_DATE)

_REDIRECT: Final = {"Location": "Where the browser goes.", "Set-Cookie": "Never to be read by a script."}

SIGN_IN: Final = (
    Route(
        method="GET",
        path="/sign-in",
        handler=sign_in.begin,
        middlewares=(refusal_page,),
        name="beginSignIn",
        tag="People",
        summary="Sign in through ESI",
        description="For browsers: leads to ESI, where the person chooses how to sign in, and from there to callback.",
        parameters=(sign_in.RETURN_TO, sign_in.STEP_UP),
        replies=(Reply(303, "To ESI.", None, "", _REDIRECT),),
        errors=(*_PUBLIC, ErrorCode.REQUEST_PARAMETER, ErrorCode.ESI_UNAVAILABLE),
    ),
    Route(
        method="GET",
        path="/sign-in/callback",
        handler=sign_in.finish,
        middlewares=(refusal_page,),
        name="finishSignIn",
        tag="People",
        summary="Come back from ESI",
        description="ESI sends the browser here, with the parameters of OpenID Connect.",
        replies=(Reply(303, "To the page asked for, signed in.", None, "", _REDIRECT),),
        errors=(
            *_PUBLIC,
            ErrorCode.SIGN_IN_FAILED,
            ErrorCode.STAFF_NOT_AUTHORISED,
            ErrorCode.ESI_UNAVAILABLE,
        ),
    ),
    Route(
        method="POST",
        path="/sign-in/ended",
        handler=sign_in.ended,
        name="endProviderSession",
        tag="People",
        summary="ESI tells that somebody has left",
        body=LogoutNotice,
        body_types=(FORM,),
        replies=(Reply(200, "Their sessions here have ended.", None, ""),),
        errors=(
            *_PUBLIC,
            ErrorCode.REQUEST_CONTENT_TYPE,
            ErrorCode.REQUEST_CONTENT_ENCODING,
            ErrorCode.REQUEST_TOO_LARGE,
            ErrorCode.REQUEST_BODY_TIMEOUT,
            ErrorCode.REQUEST_HEADER,
            ErrorCode.REQUEST_PARAMETER,
            ErrorCode.ESI_UNAVAILABLE,
        ),
    ),
    Route(
        method="GET",
        path="/v1/session",
        handler=session.show,
        name="getSession",
        tag="People",
        summary="Who has signed in",
        description="Its `forgery_token` goes with every changing request, as `X-CSRF-Token`.",
        replies=(Reply(200, "The person and their roles today.", SessionView),),
        errors=(*_PERSON, ErrorCode.SENDER_UNKNOWN),
    ),
    Route(
        method="POST",
        path="/sign-out",
        handler=session.sign_out,
        name="signOut",
        tag="People",
        summary="Sign out",
        replies=(Reply(200, "The session has ended here.", SignedOut, headers={"Set-Cookie": "Takes them back."}),),
        errors=(*_PERSON, ErrorCode.SENDER_UNKNOWN),
    ),
)

STAFF: Final = (
    Route(
        method="GET",
        path="/v1/staff",
        handler=staff.index,
        name="listStaff",
        tag="Staff",
        summary="Read the list of authorised staff",
        parameters=staff.FILTERS,
        replies=(Reply(200, "A page of records.", StaffPage),),
        errors=(ErrorCode.REQUEST_PARAMETER,),
    ),
    Route(
        method="POST",
        path="/v1/staff",
        handler=staff.grant,
        name="grantStaff",
        tag="Staff",
        summary="Put a person on the list",
        description=(
            "In a role of an organisation one answers for. Roles that reach further are granted by those who answer "
            "for the whole country."
        ),
        body=GrantCommand,
        replies=(Reply(201, "The record.", StaffMemberView),),
        errors=(*_COMMAND, *_PIN, ErrorCode.STAFF_GRANT_INVALID, ErrorCode.ORG_UNKNOWN),
    ),
    Route(
        method="POST",
        path="/v1/staff/{grant_id}/revoke",
        handler=staff.revoke,
        name="revokeStaff",
        tag="Staff",
        summary="Take a person off the list",
        description="At once: their next request is refused.",
        parameters=(staff.GRANT_ID,),
        body=RevokeCommand,
        replies=(Reply(200, "The record, ended.", StaffGrantView),),
        errors=(*_REVOKE, ErrorCode.STAFF_NOT_FOUND),
    ),
)

CLIENTS: Final = (
    Route(
        method="GET",
        path="/v1/clients",
        handler=clients.index,
        name="listClients",
        tag="Clients",
        summary="Read the register of machines",
        replies=(Reply(200, "All of them.", ClientList),),
    ),
    Route(
        method="POST",
        path="/v1/clients",
        handler=clients.add,
        name="addClient",
        tag="Clients",
        summary="Add a machine",
        description=(
            "With the public key it brings, a pair made now whose private part is in this answer alone, or a one-time "
            "code with which a pharmacy's terminal registers its own."
        ),
        body=AddClientCommand,
        replies=(Reply(201, "The machine and its key, or its code.", KeyedClient),),
        errors=(
            *_COMMAND,
            ErrorCode.CLIENT_EXISTS,
            ErrorCode.CLIENT_KEY_INVALID,
            ErrorCode.CLIENT_NOT_ENROLLABLE,
        ),
    ),
    Route(
        method="POST",
        path="/v1/clients/{client_id}/rotate",
        handler=clients.rotate,
        name="rotateClient",
        tag="Clients",
        summary="Give a machine another key",
        parameters=(clients.CLIENT_ID,),
        body=RotateClientCommand,
        replies=(Reply(200, "The machine and its new key.", KeyedClient),),
        errors=(*_COMMAND, ErrorCode.REQUEST_PARAMETER, ErrorCode.CLIENT_NOT_FOUND, ErrorCode.CLIENT_KEY_INVALID),
    ),
    Route(
        method="POST",
        path="/v1/clients/{client_id}/revoke",
        handler=clients.revoke,
        name="revokeClient",
        tag="Clients",
        summary="End a machine",
        description="Its tokens and keys are refused within ten seconds everywhere.",
        parameters=(clients.CLIENT_ID,),
        body=RevokeCommand,
        replies=(Reply(200, "The machine, ended.", ClientView),),
        errors=(*_REVOKE, ErrorCode.CLIENT_NOT_FOUND),
    ),
)

ENROLMENT: Final = (
    Route(
        method="POST",
        path="/v1/clients/{client_id}/enrolment",
        handler=enrolments.open_enrolment,
        name="openEnrolment",
        tag="Clients",
        summary="Give a terminal a one-time code",
        description=(
            "For a pharmacy's terminal that is new, or has lost its key: it makes a key itself and registers it with "
            "the code. A code given before is worth nothing from now on; keys go on counting until it is redeemed."
        ),
        parameters=(clients.CLIENT_ID,),
        body=OpenEnrolmentCommand,
        replies=(Reply(201, "The code, which cannot be shown again.", OpenedEnrolment),),
        errors=(
            *_COMMAND,
            ErrorCode.REQUEST_PARAMETER,
            ErrorCode.CLIENT_NOT_FOUND,
            ErrorCode.CLIENT_NOT_ENROLLABLE,
        ),
    ),
    Route(
        method="POST",
        path=enrolments.ENROLMENTS_PATH,
        handler=enrolments.enrol,
        name="enrol",
        tag="Clients",
        summary="Register a terminal's own key",
        description=(
            "The header `DPoP` holds a proof by that key for this method and address (RFC 9449), without `ath`. All "
            "earlier keys and tokens of the terminal end at once. The same code and key get the same answer again for "
            "a day; whatever else is wrong with a code is answered alike."
        ),
        body=EnrolCommand,
        replies=(
            Reply(201, "What the terminal is.", EnrolledClient),
            Reply(200, "The same again, after a lost answer.", EnrolledClient),
        ),
        errors=(
            *_HERE,
            *_COMMAND,
            ErrorCode.AUTH_PROOF_INVALID,
            ErrorCode.CLIENT_KEY_INVALID,
            ErrorCode.ENROLMENT_CODE_INVALID,
        ),
    ),
    Route(
        method="POST",
        path=enrolments.KEY_PATH,
        handler=enrolments.change_key,
        name="changeClientKey",
        tag="Clients",
        summary="Change one's own key",
        description=(
            "Signed with a registered key that counts; `proof` shows that the new one is in the same hands. The former "
            "keys count for seven days more. The same asked again with the former key, as after a lost answer, is "
            "answered the same."
        ),
        body=ChangeKeyCommand,
        replies=(Reply(200, "The new key counts.", ChangedKey),),
        errors=(*_HERE, *_COMMAND, ErrorCode.CLIENT_KEY_INVALID),
    ),
)

AUDIT: Final = (
    Route(
        method="GET",
        path="/v1/audit",
        handler=audit.index,
        name="listAuditEntries",
        tag="Audit",
        summary="Read who did what",
        description="`Accept: application/fhir+json` asks for FHIR R4 AuditEvent.",
        parameters=audit.FILTERS,
        replies=(
            Reply(200, "Entries past a position, oldest first.", AuditPage),
            Reply(200, "A searchset of AuditEvent resources.", None, audit.FHIR),
        ),
        errors=(ErrorCode.REQUEST_PARAMETER,),
    ),
    Route(
        method="POST",
        path="/v1/audit/subject-report",
        handler=audit.report,
        name="reportOnSubject",
        tag="Audit",
        summary="Tell a person who looked at their data",
        body=SubjectReportCommand,
        replies=(Reply(200, "What was done, newest first.", SubjectReport),),
        errors=(*_COMMAND, *_PIN),
    ),
)

ACCESS_ROUTES: Final[tuple[Route, ...]] = (*SIGN_IN, *STAFF, *CLIENTS, *ENROLMENT, *AUDIT)
"""All of them; who may do what stands in :mod:`gateway.access.table`."""
