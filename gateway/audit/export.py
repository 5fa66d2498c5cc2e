"""Audit entries as FHIR R4 AuditEvent resources (HL7 FHIR 4.0.1, AuditEvent), one JSON object a line (NDJSON).

What R4 asks for is there: ``type``, ``recorded``, ``agent.requestor``, ``source.observer``. Outcomes are ``0`` done,
``4`` refused, ``8`` failed. The patient is the entity of role 1, by blind index: the export holds no personal data.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

import orjson

from gateway.audit.actions import ACTIONS, Action, ActorKind, Family, Outcome, Purpose
from gateway.audit.entries import StoredEntry, read_entries
from gateway.ports import AuditEvent
from gateway.store.grouping import Store

_PAGE = 1000

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
_OURS = "urn:x-kopuro:audit"

_Coding = dict[str, str]


def _coding(system: str, code: str, display: str) -> _Coding:
    return {"system": system, "code": code, "display": display}


_TYPES: Mapping[Family, _Coding] = MappingProxyType(
    {
        Family.AUTHENTICATION: _coding(_DICOM, "110114", "User Authentication"),
        Family.SECURITY: _coding(_DICOM, "110113", "Security Alert"),
        Family.AUDIT_USE: _coding(_DICOM, "110101", "Audit Log Used"),
        Family.EXPORT: _coding(_DICOM, "110106", "Export"),
        Family.EXCHANGE: _coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation"),
    }
)
_SUBTYPES: Mapping[Action, _Coding] = MappingProxyType(
    {
        Action.SIGN_IN: _coding(_DICOM, "110122", "Login"),
        Action.SIGN_IN_REFUSED: _coding(_DICOM, "110122", "Login"),
        Action.SIGN_OUT: _coding(_DICOM, "110123", "Logout"),
        Action.SESSION_ENDED: _coding(_DICOM, "110123", "Logout"),
    }
)
_OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {Outcome.SUCCESS: "0", Outcome.REFUSED: "4", Outcome.FAILED: "8"},
)
_PURPOSES: Mapping[Purpose, _Coding] = MappingProxyType(
    {
        purpose: _coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", code, display)
        for purpose, code, display in (
            (Purpose.TREATMENT, "TREAT", "treatment"),
            (Purpose.PAYMENT, "HPAYMT", "healthcare payment"),
            (Purpose.OPERATIONS, "HOPERAT", "healthcare operations"),
            (Purpose.ADMINISTRATION, "HSYSADMIN", "health system administration"),
            (Purpose.PATIENT_REQUEST, "PATRQT", "patient requested"),
            (Purpose.LEGAL, "HLEGAL", "legal"),
            (Purpose.PUBLIC_HEALTH, "PUBHLTH", "public health"),
        )
    }
)
_HUMAN = _coding("http://terminology.hl7.org/CodeSystem/extra-security-role-type", "humanuser", "human user")
_APPLICATION = _coding(_DICOM, "110150", "Application")
_AGENTS: Mapping[ActorKind, _Coding] = MappingProxyType(
    {
        ActorKind.PERSON: _HUMAN,
        ActorKind.OPERATOR: _HUMAN,
        ActorKind.MACHINE: _APPLICATION,
        ActorKind.GATEWAY: _APPLICATION,
        ActorKind.UNKNOWN: _APPLICATION,
    }
)
_PERSON = _coding(_ENTITY_TYPE, "1", "Person")
_SYSTEM_OBJECT = _coding(_ENTITY_TYPE, "2", "System Object")
_PATIENT = _coding(_OBJECT_ROLE, "1", "Patient")
_DOMAIN_RESOURCE = _coding(_OBJECT_ROLE, "4", "Domain Resource")
_REQUEST_ID = _coding(
    "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
    "XrequestId",
    "transport specific unique identifier where http X-Request-Id is used",
)
_SERVER = _coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server")


def as_fhir(entry: StoredEntry, observer: str) -> dict[str, Any]:
    """One entry as an AuditEvent. ``observer`` is the name of this gateway in it."""
    event = entry.event
    action = Action(event.action)
    known = ACTIONS[action]
    resource: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": f"audit-{entry.position}",
        "type": _TYPES[known.family],
        "subtype": [
            *([_SUBTYPES[action]] if action in _SUBTYPES else []),
            _coding(f"{_OURS}:action", action.value, known.title.en),
        ],
        "action": known.deed.value,
        "recorded": _instant(entry.at),
        "outcome": _OUTCOMES[Outcome(event.outcome)],
        "agent": _agents(event),
        "source": {"observer": {"type": "Device", **_named("system", observer)}, "type": [_SERVER]},
    }
    if event.code is not None:
        resource["outcomeDesc"] = event.code
    if event.purpose is not None:
        resource["purposeOfEvent"] = [{"coding": [_PURPOSES[Purpose(event.purpose)]]}]
    if entities := _entities(event):
        resource["entity"] = entities
    return resource


async def export_fhir(
    store: Store, observer: str, *, after: int = 0, since: datetime | None = None, before: datetime | None = None
) -> AsyncIterator[bytes]:
    """Entries past a position as lines of NDJSON, oldest first; ``since`` and ``before`` bound the instant.

    Raises ``StoreUnavailable``. The caller records :attr:`gateway.audit.actions.Action.AUDIT_EXPORTED`.
    """
    while entries := await store.read(
        partial(read_entries, after=after, limit=_PAGE, since=since, before=before),
    ):
        for entry in entries:
            yield orjson.dumps(as_fhir(entry, observer), option=orjson.OPT_APPEND_NEWLINE)
        after = entries[-1].position


def _agents(event: AuditEvent) -> list[dict[str, Any]]:
    actor = {
        "type": {"coding": [_AGENTS[ActorKind(event.actor_kind)]]},
        "who": _named(event.actor_kind, event.actor),
        "requestor": True,
    }
    if event.organisation is None:
        return [actor]
    organisation = {"type": "Organization", **_named("organisation", event.organisation)}
    return [actor, {"who": organisation, "requestor": False}]


def _entities(event: AuditEvent) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = []
    if event.subject is not None:
        patient = {"type": "Patient", **_named("subject", event.subject.hex())}
        entities.append({"what": patient, "type": _PERSON, "role": _PATIENT})
    if event.target is not None:
        entities.append({"what": _named("target", event.target), "type": _SYSTEM_OBJECT, "role": _DOMAIN_RESOURCE})
    if event.request_id is not None:
        entities.append({"what": _named("request", event.request_id), "type": _REQUEST_ID})
    return entities


def _named(kind: str, value: str) -> dict[str, Any]:
    """A reference by identifier alone: the resource itself is nowhere to be read."""
    return {"identifier": {"system": f"{_OURS}:{kind}", "value": value}}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
