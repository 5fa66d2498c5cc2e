"""``/v1/enrolments``, ``/v1/client/key``: terminals that bring keys of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.api.access_services import access_services, author_of, request_id_of
from gateway.api.answers import answer
from gateway.api.clients import CLIENT_ID
from gateway.api.commands import read_command
from gateway.middleware.context import sender_of
from gateway.rules.findings import Finding
from schemas.enrolment_api import ChangeKeyCommand, EnrolCommand, OpenEnrolmentCommand
from schemas.errors import ErrorCode

ENROLMENTS_PATH: Final = "/v1/enrolments"
KEY_PATH: Final = "/v1/client/key"


async def open_enrolment(request: web.Request) -> web.Response:
    """``POST /v1/clients/{client_id}/enrolment``: a new one-time code for a terminal."""
    services = access_services(request)
    client_id = CLIENT_ID.of_path(request)
    command = await read_command(request, OpenEnrolmentCommand)
    opened = await services.enrolments.open(client_id, by=author_of(request), valid=timedelta(hours=command.hours))
    body = {"client": opened.client.id, "code": opened.code, "expires_at": opened.expires_at}
    return answer(body, status=201)


async def enrol(request: web.Request) -> web.Response:
    """``POST /v1/enrolments``: register the key of who has the code. Told again, the same is answered again."""
    services = access_services(request)
    command = await read_command(request, EnrolCommand)
    proofs = request.headers.getall("DPoP", ())
    public = await services.possession.proven(
        command.key,
        proofs[0] if len(proofs) == 1 else None,
        ENROLMENTS_PATH,
        otherwise=Finding(ErrorCode.AUTH_PROOF_INVALID, "header:DPoP"),
    )
    enrolled = await services.enrolments.redeem(command.code, public, request_id=request_id_of(request))
    client = enrolled.client
    assert client.organisations is not None  # a terminal stands in one pharmacy: ClientDefinition.check
    (pharmacy,) = client.organisations
    body = {
        "client": client.id,
        "title": client.title,
        "organisation": pharmacy,
        "organisation_name": await services.organisation_name(pharmacy),
        "scopes": sorted(scope.value for scope in client.scopes),
    }
    return answer(body, status=200 if enrolled.repeated else 201)


async def change_key(request: web.Request) -> web.Response:
    """``POST /v1/client/key``: a machine changes its own key; the one it signs with counts for a while longer."""
    services, sender = access_services(request), sender_of(request)
    command = await read_command(request, ChangeKeyCommand)
    public = await services.possession.proven(
        command.key, command.proof, KEY_PATH, otherwise=Finding(ErrorCode.CLIENT_KEY_INVALID, "$.proof")
    )
    changed = await services.enrolments.change_key(
        sender.name, sent_by=sender.key, jwk=public, request_id=request_id_of(request)
    )
    return answer({"client": changed.client, "kid": changed.kid, "others_until": changed.others_until})
