"""Entries as FHIR R4 AuditEvent (HL7 FHIR 4.0.1)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from gateway.audit.actions import Action, ActorKind, Outcome, Purpose
from gateway.audit.entries import StoredEntry
from gateway.audit.export import as_fhir
from gateway.ports import AuditEvent
from tests.support.doubles import NOON
from tests.unit.audit.test_entries import FULL


def exported(event: AuditEvent) -> dict:
    return as_fhir(StoredEntry(position=17, at=NOON, event=event, digest=bytes(32)), "kopuro-1")


def test_a_full_entry():
    resource = exported(FULL)
    assert resource["resourceType"] == "AuditEvent"
    assert resource["id"] == "audit-17"
    assert resource["type"]["code"] == "rest"
    assert resource["action"] == "R"
    assert resource["recorded"] == "2026-01-15T06:00:00.000000Z"
    assert resource["outcome"] == "4"
    assert resource["outcomeDesc"] == "ACCESS_DENIED"
    assert resource["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"
    person, organisation = resource["agent"]
    assert person["requestor"] is True
    assert person["who"]["identifier"]["value"] == FULL.actor
    assert organisation["requestor"] is False
    assert organisation["who"]["type"] == "Organization"
    patient, target, request = resource["entity"]
    assert patient["what"]["identifier"]["value"] == "07" * 32
    assert (patient["type"]["code"], patient["role"]["code"]) == ("1", "1")
    assert target["what"]["identifier"]["value"] == FULL.target
    assert request["type"]["code"] == "XrequestId"


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_entry_has_what_r4_requires(action: Action, outcome: Outcome):
    """Cardinalities and required bindings of the resource."""
    resource = exported(AuditEvent(action=action, actor="sanarip", actor_kind=ActorKind.MACHINE, outcome=outcome))
    assert set(resource) <= {
        "resourceType", "id", "type", "subtype", "action", "recorded", "outcome", "outcomeDesc", "purposeOfEvent",
        "agent", "source", "entity",
    }  # fmt: skip
    assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", resource["id"])
    assert {"system", "code", "display"} == set(resource["type"])
    assert resource["action"] in "CRUDE"
    assert resource["outcome"] in {"0", "4", "8", "12"}
    assert datetime.fromisoformat(resource["recorded"]).tzinfo is not None
    assert resource["agent"]
    assert all(isinstance(agent["requestor"], bool) for agent in resource["agent"])
    assert sum(agent["requestor"] for agent in resource["agent"]) == 1
    assert resource["source"]["observer"]["identifier"]["value"] == "kopuro-1"
    assert resource["subtype"][-1]["code"] == action.value
    assert "entity" not in resource  # never an empty list


@pytest.mark.parametrize("kind", ActorKind)
@pytest.mark.parametrize("purpose", Purpose)
def test_every_word_can_be_exported(kind: ActorKind, purpose: Purpose):
    resource = exported(replace(FULL, actor_kind=kind, purpose=purpose))
    assert resource["agent"][0]["type"]["coding"][0]["code"] in {"humanuser", "110150"}
    assert resource["purposeOfEvent"][0]["coding"][0]["system"].endswith("/v3-ActReason")
