"""The fund's contract: it mirrors our messages, and both codecs write the same XML, valid by its schema."""

from __future__ import annotations

import enum
import inspect
import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from adapters.drug_programme.mapping import (
    DispenseAcknowledgement,
    DispensePage,
    DispenseState,
    PrescriptionState,
    service_of,
    submission_values,
)
from adapters.xroad.codec import NotEncodable, ZeepCodec
from adapters.xroad.compiled import CompiledCodec
from adapters.xroad.headers import RequestHeader
from adapters.xroad.record_answers import SubmissionStatus
from schemas.base import LINES, ONE_LINE
from schemas.drug_programme import MESSAGES, NAMESPACE, SERVICES, WSDL
from schemas.programme.messages import CancelledPrescription, DispensedMedicine, IssuedPrescription, ReversedDispense
from tests.contract.drug_programme import PROGRAMME, Content, dispensed, message
from tests.contract.parts import GATEWAY
from tests.unit.adapters.generated import _text as generated_text

XS = "{http://www.w3.org/2001/XMLSchema}"
SCHEMA = etree.XMLSchema(etree.parse(str(MESSAGES)))
CODECS = (ZeepCodec(WSDL), CompiledCodec(WSDL))
FILES = [etree.parse(str(WSDL.with_name(name))) for name in ("prescription.xsd", "dispense.xsd")]
VALUES = etree.parse(str(WSDL.with_name("values.xsd")))
XML_PATTERNS = {ONE_LINE: "[^\t\n\r\x7f-\x9f]*", LINES: "[^\x7f-\x9f]*"}
"""The remaining characters of these patterns are such that no XML document has them."""
ROOTS: tuple[type[Content], ...] = (IssuedPrescription, CancelledPrescription, DispensedMedicine, ReversedDispense)
BESIDE = {"number", "fill"}
"""Fields of the roots that the request carries beside the message."""


class Kind(typing.NamedTuple):
    """What a field holds."""

    of: Any
    metadata: list[Any]
    optional: bool
    many: bool


def kind_of(info: FieldInfo) -> Kind:
    kind, metadata = _plain(info.annotation, list(info.metadata))
    optional = type(None) in typing.get_args(info.annotation)
    return Kind(kind, metadata, optional, many=typing.get_origin(info.annotation) is tuple)


def _plain(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _plain(arguments[0], [*arguments[1:], *metadata])
    if origin in (typing.Union, types.UnionType):
        return _plain(next(one for one in arguments if one is not type(None)), metadata)
    if origin is tuple:
        return _plain(arguments[0], [])
    return annotation, [part for one in metadata for part in (one.metadata if isinstance(one, FieldInfo) else [one])]


def limit(metadata: list[Any], name: str) -> Any:
    return next((value for one in metadata if (value := getattr(one, name, None)) is not None), None)


def text_pattern(metadata: list[Any]) -> str:
    """The pattern a number is written in."""
    pattern: str = limit(metadata, "json_schema")["pattern"]
    return pattern


def is_positive(metadata: list[Any]) -> bool:
    return any(getattr(getattr(one, "func", None), "__name__", "") == "_positive" for one in metadata)


def _models(model: type[BaseModel], found: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    found[model.__name__] = model
    for info in model.model_fields.values():
        inner = kind_of(info).of
        if inspect.isclass(inner) and issubclass(inner, BaseModel) and inner.__name__ not in found:
            _models(inner, found)
    return found


MODELS: dict[str, type[BaseModel]] = {}
for _root in ROOTS:
    _models(_root, MODELS)


# The contract mirrors the messages


def test_every_model_has_its_type_and_every_type_its_model():
    names = [one.get("name") for file in FILES for one in file.findall(f"{XS}complexType")]
    assert sorted(str(name) for name in names) == sorted(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_fields_and_elements_agree(name: str):
    found = next(one for file in FILES for one in file.findall(f"{XS}complexType[@name='{name}']"))
    elements = {str(one.get("name")): one for one in found.iter(f"{XS}element")}
    model = MODELS[name]
    beside = BESIDE if model in ROOTS else set()
    fields = {to_camel(field): info for field, info in model.model_fields.items() if field not in beside}
    assert list(elements) == list(fields), "names and their order"
    for element, info in fields.items():
        xsd, kind = elements[element], kind_of(info)
        if kind.many:
            assert int(xsd.get("maxOccurs", "1")) == limit(info.metadata, "max_length"), element
            assert int(xsd.get("minOccurs", "1")) == (limit(info.metadata, "min_length") or 0), element
        else:
            assert xsd.get("minOccurs", "1") == ("0" if kind.optional else "1"), element
            assert xsd.get("maxOccurs") is None, element
        _same_type(kind, str(xsd.get("type")).removeprefix("drug:"))


def _facets(name: str) -> dict[str, str]:
    """The facets of a simple type and of those it restricts; ``base`` is the first of all."""
    found = VALUES.find(f"{XS}simpleType[@name='{name}']/{XS}restriction")
    assert found is not None, name
    own = {etree.QName(one).localname: str(one.get("value")) for one in found}
    base = str(found.get("base"))
    return {**(_facets(base.removeprefix("drug:")) if base.startswith("drug:") else {"base": base}), **own}


def _same_type(kind: Kind, name: str) -> None:
    inner, metadata = kind.of, kind.metadata
    if issubclass(inner, BaseModel):
        assert name == inner.__name__
    elif issubclass(inner, enum.Enum):
        assert name == inner.__name__
        found = VALUES.find(f"{XS}simpleType[@name='{name}']")
        assert found is not None
        assert [one.get("value") for one in found.iter(f"{XS}enumeration")] == [one.value for one in inner]
    elif inner is str:
        facets = _facets(name)
        for facet, bound in (("minLength", "min_length"), ("maxLength", "max_length")):
            expected = limit(metadata, bound)
            assert facets.get(facet) == (None if expected is None else str(expected))
        pattern = limit(metadata, "pattern")
        plain = pattern.replace("^", "").replace("$", "").replace("_-]", "_\\-]")
        assert facets["pattern"] == XML_PATTERNS.get(pattern, plain)
    elif inner is Decimal:
        facets = _facets(name)
        assert facets["base"] == "xs:decimal"
        pattern = text_pattern(metadata).strip("^$").replace("?:", "")
        # A sum is always written with its two digits.
        assert facets["pattern"] == pattern.replace(r"(\.[0-9]{1,2})?", r"\.[0-9]{2}")
        assert ("minExclusive" in facets) == is_positive(metadata)
    elif inner is int:
        facets = _facets(name)
        assert facets["base"] == "xs:int"
        if (least := limit(metadata, "ge")) is not None:
            assert facets["minInclusive"] == str(least)
            assert facets.get("maxInclusive", "None") == str(limit(metadata, "le"))
    else:
        expected = {"bool": "xs:boolean", "UUID": "Identifier", "date": "Day", "AwareDatetime": "Instant"}
        assert name == expected[inner.__name__]


def test_states_and_services_agree():
    messages = etree.parse(str(MESSAGES))
    for vocabulary in (PrescriptionState, DispenseState, SubmissionStatus):
        found = messages.find(f"{XS}simpleType[@name='{vocabulary.__name__}']")
        assert found is not None
        assert [one.get("value") for one in found.iter(f"{XS}enumeration")] == [one.value for one in vocabulary]
    offered = {str(one.get("name")) for one in messages.findall(f"{XS}element")}
    assert offered == {f"{name}{suffix}" for name in SERVICES for suffix in ("", "Response")}


# Generated messages


def generated(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: _field(info) for name, info in model.model_fields.items()})


def _field(info: FieldInfo) -> st.SearchStrategy[Any]:
    kind = kind_of(info)
    value = _value(kind)
    if kind.many:
        return st.lists(value, min_size=limit(info.metadata, "min_length") or 0, max_size=3).map(tuple)
    return st.none() | value if kind.optional else value


def _value(kind: Kind) -> st.SearchStrategy[Any]:
    inner, metadata = kind.of, kind.metadata
    if issubclass(inner, BaseModel):
        return generated(inner)
    if issubclass(inner, enum.Enum):
        return st.sampled_from(inner)
    if inner is Decimal:
        written = st.from_regex(text_pattern(metadata).replace("$", r"\Z"))
        return written.filter(lambda text: Decimal(text) > 0) if is_positive(metadata) else written
    if inner is int:
        least = limit(metadata, "ge")
        return st.integers(1 if least is None else least, limit(metadata, "le") or 100_000)
    if inner is str:
        return _text(metadata)
    simple: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(),
        "UUID": st.uuids(),
        "date": st.dates(date(1900, 1, 1), date(2100, 1, 1)),
        "AwareDatetime": st.datetimes(datetime(1900, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is given beside
    }
    return simple[inner.__name__]


def _text(metadata: list[Any]) -> st.SearchStrategy[str]:
    pattern = limit(metadata, "pattern")
    if pattern in XML_PATTERNS:
        return generated_text(tuple(metadata))
    longest = limit(metadata, "max_length")
    return st.from_regex(pattern.replace("$", r"\Z")).filter(lambda text: longest is None or len(text) <= longest)


def contents() -> st.SearchStrategy[Content]:
    return st.one_of(*(generated(root).map(root.model_validate) for root in ROOTS))


def _header(operation: str) -> RequestHeader:
    service = PROGRAMME.service(operation, "v1")
    return RequestHeader(client=GATEWAY, service=service, message_id="id-1", issue="issue & <1>", user_id="KG1")


def _canonical(content: bytes) -> str:
    canonical: str = etree.canonicalize(content.decode(), rewrite_prefixes=True)
    return canonical


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=contents())
def test_generated_messages_are_valid_and_both_codecs_write_the_same_xml(content: Content):
    operation = message(content)
    name, values = service_of(operation).name, submission_values(operation)
    by_zeep, compiled = (codec.encode(name, _header(name), values) for codec in CODECS)
    assert SCHEMA.validate(by_zeep.body), SCHEMA.error_log
    assert SCHEMA.validate(compiled.body), SCHEMA.error_log
    assert _canonical(by_zeep.content) == _canonical(compiled.content)
    assert compiled.body.findtext(f"{{{NAMESPACE}}}number") == content.number
    if isinstance(content, IssuedPrescription):
        steps = "/".join(f"{{{NAMESPACE}}}{step}" for step in ("issued", "order", "patient", "familyName"))
        assert compiled.body.findtext(steps) == content.order.patient.family_name


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("GetPrescription", {"number": "Ө&Ү<Ң"}),
        ("GetDispense", {"number": "1", "fill": 2}),
        ("ListDispenses", {"pharmacy": "1" * 6, "firstDay": "2026-03-01", "lastDay": "2026-03-31", "limit": 5}),
        (
            "ListDispenses",
            {"pharmacy": "1" * 6, "firstDay": "2026-03-01", "lastDay": "2026-03-31", "cursor": "a&b", "limit": 5},
        ),
    ],
)
def test_questions_are_valid_and_the_same_too(operation: str, values: dict[str, Any]):
    by_zeep, compiled = (codec.encode(operation, _header(operation), values) for codec in CODECS)
    assert SCHEMA.validate(by_zeep.body), SCHEMA.error_log
    assert _canonical(by_zeep.content) == _canonical(compiled.content)


@pytest.mark.parametrize("codec", CODECS, ids=["zeep", "compiled"])
def test_an_element_the_contract_does_not_know_is_refused(codec: ZeepCodec | CompiledCodec):
    with pytest.raises(NotEncodable):
        codec.encode("GetDispense", _header("GetDispense"), {"number": "1", "fill": 1, "pin": "1"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"fill": 0},
        {"revision": 0},
        {"operationKey": "not a key"},
        {"dispensed": {"soldOn": "2026-02-30"}},
        {"dispensed": {"compensation": "-1.00"}},
        {"dispensed": {"compensation": "1.005"}},
        {"dispensed": {"pharmacy": "Дарыкана"}},
        {"dispensed": {"packPrice": "0.00"}},
    ],
    ids=str,
)
def test_the_schema_catches_what_the_codecs_do_not(wrong: dict[str, Any]):
    values = dict(submission_values(message(dispensed())))
    inner = {**values["dispensed"], **wrong.get("dispensed", {})}
    values = {**values, **wrong, "dispensed": inner}
    for codec in CODECS:
        assert not SCHEMA.validate(codec.encode("SubmitDispense", _header("SubmitDispense"), values).body)


@pytest.mark.parametrize("reasons", [1, 2])
def test_both_codecs_read_the_same_acknowledgement(reasons: int):
    reason = "<reason><code>C</code><message>Ө &amp; Ү Ң</message></reason>" * reasons
    answer = etree.fromstring(
        f'<SubmitDispenseResponse xmlns="{NAMESPACE}"><number>1</number><fill>3</fill><revision>1</revision>'
        f"<status>deferred</status><operationKey>{UUID(int=1)}</operationKey>{reason}<retryAfter>60</retryAfter>"
        "</SubmitDispenseResponse>"
    )
    assert SCHEMA.validate(answer), SCHEMA.error_log
    by_zeep, compiled = (DispenseAcknowledgement.model_validate(codec.decode(answer)) for codec in CODECS)
    assert by_zeep == compiled
    assert [one.message for one in compiled.reasons] == ["Ө & Ү Ң"] * reasons
    assert (compiled.business_key, compiled.retry_after) == ("1/3", 60)


@pytest.mark.parametrize("dispenses", [0, 1, 2])
def test_both_codecs_read_the_same_page(dispenses: int):
    listed = (
        f"<dispense><dispense>{UUID(int=7)}</dispense><recordNumber>DD-1</recordNumber><soldOn>2026-03-31</soldOn>"
        "<compensation>30.50</compensation><settled>0.00</settled><state>reversed</state></dispense>"
    ) * dispenses
    answer = etree.fromstring(
        f'<ListDispensesResponse xmlns="{NAMESPACE}"><pharmacy>410007</pharmacy><firstDay>2026-03-01</firstDay>'
        f"<lastDay>2026-03-31</lastDay>{listed}<more>false</more></ListDispensesResponse>"
    )
    assert SCHEMA.validate(answer), SCHEMA.error_log
    by_zeep, compiled = (DispensePage.model_validate(codec.decode(answer)) for codec in CODECS)
    assert by_zeep == compiled
    assert [one.compensation for one in compiled.dispenses] == [Decimal("30.50")] * dispenses
