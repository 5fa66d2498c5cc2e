"""The client's messages are the gateway's: every field, type, default and vocabulary, as its OpenAPI description says.

A change of the gateway's contract turns these red.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from kopuro_pos.client import ErrorCode, models
from kopuro_pos.client.models.base import Received, Sent

OPENAPI = Path(__file__).parents[3] / "schemas" / "openapi" / "openapi.json"
COMPONENTS: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))["components"]["schemas"]

OTHER_NAMES = {
    "ReferenceItem": "Medicine",
    "ReferencePage": "MedicinePage",
    "ReferenceVersion": "ReferenceVersionView",
    "Enrolment": "EnrolledClient",
    "KeyChanged": "ChangedKey",
}
"""What the gateway's description calls otherwise."""

NOT_AT_THE_COUNTER = {"ReferenceItem": {"special_designation"}}
"""Fields that a till has no use for: they bind the prescriber."""

TILL = {
    "Actor",
    "Box",
    "Catalogue",
    "CatalogueEntry",
    "Choice",
    "Directions",
    "DispenseOrder",
    "DispensePage",
    "DispenseView",
    "DoseUnit",
    "ExpectedSums",
    "FindingView",
    "FoundPrescription",
    "HoldView",
    "Holder",
    "LookUp",
    "MedicineBrief",
    "OfferView",
    "OperationBrief",
    "OperationState",
    "PatientAndNumber",
    "PrescriptionState",
    "Problem",
    "QuoteRequest",
    "QuoteView",
    "Receipt",
    "ReleasedHold",
    "RemainingCourse",
    "Retry",
    "ReversalOrder",
    "ReversalReason",
    "Sale",
    "Severity",
    "StockItem",
}
"""What the till's operations speak of."""

MESSAGES = sorted(name for name in models.__all__ if issubclass(getattr(models, name), BaseModel))
VOCABULARIES = sorted(set(models.__all__) - set(MESSAGES))


def plain(schema: Any) -> Any:
    """A schema without what does not bind: descriptions, titles, examples, the names of groups in patterns."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("anyOf", [{}])[1:] == [{"type": "string"}] and "$ref" in schema["anyOf"][0]:
        schema = schema["anyOf"][0]  # a vocabulary to which a newer gateway may add
    kept = {name: plain(one) for name, one in schema.items() if name not in {"description", "title", "examples"}}
    if "pattern" in kept:
        kept["pattern"] = kept["pattern"].replace("(?:", "(")
    if "$ref" in kept:
        name = kept["$ref"].rpartition("/")[2]
        if name == "ScopeName":  # nothing that a till decides by
            return {"type": "string"}
        return {"$ref": OTHER_NAMES.get(name, name)}
    branches = kept.get("anyOf")
    if branches and {"type": "null"} in branches:
        kept["anyOf"] = sorted(_flat(branches), key=json.dumps)
    return kept


def _flat(branches: list[Any]) -> list[Any]:
    """Without a union in a union, and without the bare text beside a vocabulary."""
    refs = [one for one in branches if "$ref" in one]
    return [*refs, {"type": "null"}] if refs else branches


def ours(name: str) -> dict[str, Any]:
    model = getattr(models, name)
    schema = TypeAdapter(model).json_schema(ref_template="{model}")
    schema.pop("$defs", None)
    return plain(schema)


def theirs(name: str) -> dict[str, Any]:
    return plain(COMPONENTS[OTHER_NAMES.get(name, name)])


def test_all_of_the_tills_messages_are_there():
    assert set(models.__all__) >= TILL


def test_the_codes_are_the_gateways():
    assert [code.value for code in ErrorCode] == COMPONENTS["ErrorCode"]["enum"]


@pytest.mark.parametrize("name", VOCABULARIES)
def test_vocabulary(name: str):
    assert [one.value for one in getattr(models, name)] == COMPONENTS[name]["enum"]


@pytest.mark.parametrize("name", MESSAGES)
def test_message(name: str):
    model, mine, wanted = getattr(models, name), ours(name), theirs(name)
    for field in NOT_AT_THE_COUNTER.get(name, ()):
        assert wanted["properties"].pop(field)["default"] is None
    assert mine["properties"].keys() == wanted["properties"].keys()
    for field, schema in wanted["properties"].items():
        assert kind(mine["properties"][field], model) == kind(schema, model), field


@pytest.mark.parametrize("name", MESSAGES)
def test_what_may_be_left_out(name: str):
    """To the gateway, what it says; from it, never more than it gives."""
    mine, wanted = ours(name), theirs(name)
    if issubclass(getattr(models, name), Sent):
        assert set(mine["required"]) == set(wanted["required"])
        assert defaults(mine) == defaults(wanted)
    else:
        assert set(mine["required"]) <= set(wanted["required"])


@pytest.mark.parametrize("name", MESSAGES)
def test_we_are_strict_with_ourselves_and_lenient_with_a_newer_gateway(name: str):
    model = getattr(models, name)
    assert issubclass(model, Sent | Received)
    assert model.model_config["extra"] == ("forbid" if issubclass(model, Sent) else "ignore")


_LIMITS = {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"}
_AMOUNTS = ("^[0-9]{1,", "^-?[0-9]{1,")


def kind(schema: dict[str, Any], model: type[BaseModel]) -> Any:
    """What a field holds. Of what we receive, the limits the gateway keeps when it writes do not matter."""
    kept = {name: one for name, one in schema.items() if name != "default"}
    return kept if issubclass(model, Sent) else _unlimited(kept)


def _unlimited(schema: Any) -> Any:
    if isinstance(schema, list):
        return sorted((_unlimited(one) for one in schema), key=json.dumps)
    if not isinstance(schema, dict):
        return schema
    kept = {name: _unlimited(one) for name, one in schema.items() if name not in _LIMITS}
    if not str(kept.get("pattern", "")).startswith(_AMOUNTS):
        kept.pop("pattern", None)
    return kept


def defaults(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: one.get("default") for name, one in schema["properties"].items()}
