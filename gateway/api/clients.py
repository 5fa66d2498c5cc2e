"""``/v1/clients``: machines that may ask for tokens, or come through X-Road."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_register import RegisteredKey
from gateway.access.clients import Binding, Client, ClientDefinition, ClientKind
from gateway.access.principal import Scope
from gateway.api import parameters
from gateway.api.access_services import access_services, author_of, note_reading
from gateway.api.answers import answer
from gateway.api.commands import read_command
from gateway.audit.actions import Action
from gateway.operations.model import Channel
from gateway.rules.findings import Refused
from gateway.services import SERVICES
from schemas.access_api import AddClientCommand, RevokeCommand, RotateClientCommand
from schemas.errors import ErrorCode

CLIENT_ID = parameters.text("client_id", "Id of the client.", place="path")


async def index(request: web.Request) -> web.Response:
    """``GET /v1/clients``: all that ever were."""
    services = access_services(request)
    await note_reading(request, Action.CLIENTS_LISTED)
    now = request.app[SERVICES].clock.now()
    return answer({"items": [client_view(client, now) for client in services.clients.all()]})


async def add(request: web.Request) -> web.Response:
    """``POST /v1/clients``: add a machine, with the public key it brings, a pair made now, or a code to enrol by."""
    services = access_services(request)
    command = await read_command(request, AddClientCommand)
    if command.enrol:
        return await _added_to_enrol(request, command)
    added = await services.clients.add(_definition(command), by=author_of(request), jwk=command.key)
    return _keyed(request, added, status=201)


async def rotate(request: web.Request) -> web.Response:
    """``POST /v1/clients/{client_id}/rotate``: give it another key; its old ones go on counting for a while."""
    services = access_services(request)
    client_id = CLIENT_ID.of_path(request)
    command = await read_command(request, RotateClientCommand)
    overlap = timedelta(hours=command.overlap_hours)
    rotated = await services.clients.rotate(client_id, by=author_of(request), jwk=command.key, overlap=overlap)
    return _keyed(request, rotated, status=200)


async def revoke(request: web.Request) -> web.Response:
    """``POST /v1/clients/{client_id}/revoke``: end it, at once and for good."""
    services = access_services(request)
    client_id = CLIENT_ID.of_path(request)
    command = await read_command(request, RevokeCommand)
    revoked = await services.clients.revoke(client_id, by=author_of(request), reason=command.reason)
    return answer(client_view(revoked, request.app[SERVICES].clock.now()))


def client_view(client: Client, now: datetime) -> dict[str, Any]:
    """``ClientView``."""
    counting = client.keys_at(now)
    return {
        "id": client.id,
        "title": client.title,
        "kind": client.kind.value,
        "channel": client.channel.value,
        "organisations": None if client.organisations is None else sorted(client.organisations),
        "scopes": sorted(scope.value for scope in client.scopes),
        "binding": client.binding.value,
        "certificate": None if client.certificate is None else str(client.certificate),
        "xroad_member": client.xroad_member,
        "keys": [
            {"kid": key.kid, "added_at": key.added_at, "not_after": key.not_after, "counts": key in counting}
            for key in client.keys
        ],
        "added_at": client.added_at,
        "added_by": client.added_by,
        "revoked_at": client.revoked_at,
        "revoked_by": client.revoked_by,
        "reason": client.reason,
    }


def _keyed(request: web.Request, registered: RegisteredKey, *, status: int) -> web.Response:
    """``KeyedClient``. A private part made now is in this answer and nowhere else."""
    body = {
        "client": client_view(registered.client, request.app[SERVICES].clock.now()),
        "kid": registered.kid,
        "private_key": None if registered.private is None else dict(registered.private),
        "enrolment": None,
    }
    return answer(body, status=status)


async def _added_to_enrol(request: web.Request, command: AddClientCommand) -> web.Response:
    """``KeyedClient`` without a key. The code is in this answer and nowhere else."""
    if command.key is not None:
        raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.key")
    opened = await access_services(request).enrolments.add(_definition(command), by=author_of(request))
    body = {
        "client": client_view(opened.client, request.app[SERVICES].clock.now()),
        "kid": None,
        "private_key": None,
        "enrolment": {"code": opened.code, "expires_at": opened.expires_at},
    }
    return answer(body, status=201)


def _definition(command: AddClientCommand) -> ClientDefinition:
    return ClientDefinition(
        id=command.id,
        title=command.title,
        kind=ClientKind(command.kind.value),
        channel=Channel(command.channel.value),
        organisations=None if command.organisations is None else frozenset(command.organisations),
        scopes=frozenset(Scope(scope.value) for scope in command.scopes),
        binding=Binding(command.binding.value),
        certificate=_certificate(command.certificate),
        xroad_member=command.xroad_member,
    )


def _certificate(text: str | None) -> ExpectedCertificate | None:
    try:
        return None if text is None else ExpectedCertificate.parse(text)
    except ValueError:
        raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.certificate") from None
