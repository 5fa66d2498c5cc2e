"""``/v1/audit``: who did what to whose data, for auditors; and «who looked», for a patient who asks.

Reading the audit is written into it before anything is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from gateway.api import parameters
from gateway.api.access_services import AccessServices, access_services, author_of, note_reading, request_id_of
from gateway.api.answers import answer
from gateway.api.commands import read_command
from gateway.api.parameters import Query
from gateway.audit.actions import Action, Purpose
from gateway.audit.entries import StoredEntry, read_entries
from gateway.audit.export import as_fhir
from gateway.audit.report import Asker
from gateway.middleware.context import CONTEXT
from gateway.rules.findings import Refused
from gateway.rules.identifiers import check_pin
from gateway.services import Limits
from schemas.access_api import SubjectReportCommand

FHIR: Final = "application/fhir+json"

_DEFAULT_PAGE: Final = 100
_PATH: Final = "/v1/audit"

AFTER: Final = parameters.integer("after", "Position of the last entry already seen.", least=0, default=0)
LIMIT: Final = parameters.integer("limit", "Most entries.", least=1, most=Limits().page, default=_DEFAULT_PAGE)
SINCE: Final = parameters.instant("since", "Written at or after this instant.")
BEFORE: Final = parameters.instant("before", "Written before this instant.")
FILTERS: Final = (AFTER, LIMIT, SINCE, BEFORE)


async def index(request: web.Request) -> web.Response:
    """``GET /v1/audit``: entries past a position, oldest first; as FHIR AuditEvent to who asks for FHIR."""
    query = Query(request, FILTERS)
    after, limit = query.get(AFTER) or 0, query.get(LIMIT) or _DEFAULT_PAGE
    since, before = query.get(SINCE), query.get(BEFORE)
    query.done()
    services = access_services(request)
    await note_reading(request, Action.AUDIT_READ)
    found = await services.store.read(partial(read_entries, after=after, limit=limit, since=since, before=before))
    following = found[-1].position if found else after
    if FHIR in request.headers.get("Accept", ""):
        return answer(_bundle(request, services, found, following), media_type=FHIR)
    return answer({"items": [entry_view(entry) for entry in found], "next": following})


async def report(request: web.Request) -> web.Response:
    """``POST /v1/audit/subject-report``: what was done with one person's data, newest first."""
    services = access_services(request)
    command = await read_command(request, SubjectReportCommand)
    if findings := check_pin(command.pin, "$.pin"):
        raise Refused(findings)
    author = author_of(request)
    looks = await services.reports.who_looked(
        command.pin,
        Asker(
            actor=author.id,
            actor_kind=author.kind,
            purpose=Purpose(command.purpose.value),
            request_id=request_id_of(request),
        ),
        since=command.since,
        before=command.before,
        past=command.past,
        limit=command.limit,
    )
    language = request[CONTEXT].language
    body = {
        "items": [look.as_json(language) for look in looks],
        "next": looks[-1].position if len(looks) == command.limit else None,
    }
    return answer(body, language=language)


def entry_view(entry: StoredEntry) -> dict[str, Any]:
    """``AuditEntryView``."""
    event = entry.event
    return {
        "position": entry.position,
        "at": entry.at,
        "action": event.action,
        "actor": event.actor,
        "actor_kind": event.actor_kind,
        "outcome": event.outcome,
        "organisation": event.organisation,
        "subject": None if event.subject is None else event.subject.hex(),
        "target": event.target,
        "purpose": event.purpose,
        "code": event.code,
        "request_id": event.request_id,
        "digest": entry.digest.hex(),
    }


def _bundle(
    request: web.Request, services: AccessServices, found: Sequence[StoredEntry], following: int
) -> dict[str, Any]:
    """A searchset (HL7 FHIR 4.0.1, Bundle): a page with the address of the next one."""
    links = [{"relation": "self", "url": str(request.rel_url)}]
    if found:
        links.append({"relation": "next", "url": f"{_PATH}?{urlencode({**request.query, 'after': following})}"})
    entries = [{"resource": as_fhir(entry, services.observer), "search": {"mode": "match"}} for entry in found]
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}
