"""The fund's contract: it mirrors the treated case, and both codecs write the same XML, valid by its schema."""

from __future__ import annotations

import enum
import types
import typing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from adapters.foms.mapping import CaseAcknowledgement, case_values, submission_values
from adapters.xroad.codec import NotEncodable, ZeepCodec, plain_values
from adapters.xroad.compiled import CompiledCodec
from adapters.xroad.headers import RequestHeader
from gateway.operations.model import Channel
from schemas.base import LINES, ONE_LINE
from schemas.foms import MESSAGES, NAMESPACE, SERVICES, WSDL
from schemas.treated_case import TreatedCase
from tests.contract.parts import FUND, GATEWAY, message
from tests.unit.adapters.generated import treated_cases

XS = "{http://www.w3.org/2001/XMLSchema}"
SCHEMA = etree.XMLSchema(etree.parse(str(MESSAGES)))
CODECS = (ZeepCodec(WSDL), CompiledCodec(WSDL))
CASE_XSD = etree.parse(str(WSDL.with_name("case.xsd")))
VALUES_XSD = etree.parse(str(WSDL.with_name("values.xsd")))
XML_PATTERNS = {ONE_LINE: "[^\t\n\r\x7f-\x9f]*", LINES: "[^\x7f-\x9f]*"}
"""The remaining characters of these patterns are such that no XML document has them."""

MESSAGES_XSD = etree.parse(str(MESSAGES))


def _models(model: type[BaseModel], found: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    found[model.__name__] = model
    for field in model.model_fields.values():
        for part in _leaves(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel) and part.__name__ not in found:
                _models(part, found)
    return found


def _leaves(annotation: Any) -> list[Any]:
    arguments = typing.get_args(annotation)
    return [leaf for one in arguments for leaf in _leaves(one)] if arguments else [annotation]


MODELS = _models(TreatedCase, {})


def _xsd_type(name: str) -> etree._Element:
    found = CASE_XSD.find(f"{XS}complexType[@name='{name}']")
    assert found is not None, name
    return found


def _simple_type(name: str) -> etree._Element:
    found = VALUES_XSD.find(f"{XS}simpleType[@name='{name}']")
    assert found is not None, name
    return found


def test_every_model_has_its_type_and_every_type_its_model():
    assert {one.get("name") for one in CASE_XSD.findall(f"{XS}complexType")} == MODELS.keys()


@pytest.mark.parametrize("name", MODELS)
def test_fields_and_elements_agree(name: str):
    model = MODELS[name]
    elements = {one.get("name"): one for one in _xsd_type(name).iter(f"{XS}element")}
    fields = {to_camel(field): info for field, info in model.model_fields.items() if field != "ksf_number"}
    assert list(elements) == list(fields), "names and their order"
    for element, info in fields.items():
        xsd = elements[element]
        optional = type(None) in typing.get_args(info.annotation)
        many = typing.get_origin(info.annotation) is tuple
        kind, metadata = _kind(info.annotation, info.metadata)
        if many:
            limits = {key: _meta(info.metadata, key) for key in ("min_length", "max_length")}
            assert int(xsd.get("maxOccurs", "1")) == limits["max_length"], element
            assert int(xsd.get("minOccurs", "1")) == (limits["min_length"] or 0), element
        else:
            assert xsd.get("minOccurs", "1") == ("0" if optional else "1"), element
            assert xsd.get("maxOccurs") is None, element
        _same_type(kind, metadata, xsd.get("type", ""))


def _kind(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(arguments[0], [*arguments[1:], *metadata])
    if origin in (typing.Union, types.UnionType):
        return _kind(next(one for one in arguments if one is not type(None)), metadata)
    if origin is tuple:
        return _kind(arguments[0], [])
    return annotation, metadata


def _meta(metadata: list[Any], name: str) -> Any:
    return next((value for one in metadata if (value := getattr(one, name, None)) is not None), None)


def _same_type(kind: Any, metadata: list[Any], xsd: str) -> None:
    name = xsd.removeprefix("case:")
    if issubclass(kind, BaseModel):
        assert name == kind.__name__
    elif issubclass(kind, enum.Enum):
        assert name == kind.__name__
        values = [one.get("value") for one in _simple_type(name).iter(f"{XS}enumeration")]
        assert values == [one.value for one in kind]
    elif kind is str:
        facets = {one.tag.removeprefix(XS): one.get("value") for one in _simple_type(name).iter(f"{XS}*")}
        for facet, limit in (("minLength", "min_length"), ("maxLength", "max_length")):
            assert facets.get(facet) == _as_text(_meta(metadata, limit))
        pattern = _meta(metadata, "pattern")
        assert facets["pattern"] == XML_PATTERNS.get(pattern, pattern.removeprefix("^").removesuffix("$"))
    else:
        expected = {"bool": "xs:boolean", "int": "HoursSinceOnset", "date": "Day", "AwareDatetime": "Instant"}
        assert name == expected[kind.__name__]


def _as_text(limit: int | None) -> str | None:
    return None if limit is None else str(limit)


def test_channels_agree():
    channel = MESSAGES_XSD.find(f"{XS}simpleType[@name='Channel']")
    assert channel is not None
    assert [one.get("value") for one in channel.iter(f"{XS}enumeration")] == [one.value for one in Channel]


def _header() -> RequestHeader:
    service = FUND.service("SubmitTreatedCase", "v1")
    return RequestHeader(client=GATEWAY, service=service, message_id="id-1", issue="issue & <1>", user_id="KG1")


def _canonical(content: bytes) -> str:
    canonical: str = etree.canonicalize(content.decode(), rewrite_prefixes=True)
    return canonical


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=treated_cases())
def test_generated_cases_are_valid_and_both_codecs_write_the_same_xml(case: TreatedCase):
    values = {**submission_values(message()), "case": case_values(case)}
    by_zeep, compiled = (codec.encode("SubmitTreatedCase", _header(), values) for codec in CODECS)
    assert SCHEMA.validate(by_zeep.body), SCHEMA.error_log
    assert SCHEMA.validate(compiled.body), SCHEMA.error_log
    assert _canonical(by_zeep.content) == _canonical(compiled.content)
    written = compiled.body.findtext(f"{{{NAMESPACE}}}case/{{{NAMESPACE}}}patient/{{{NAMESPACE}}}familyName")
    assert written == case.patient.family_name


@pytest.mark.parametrize("operation", sorted(SERVICES))
def test_small_requests_are_the_same_too(operation: str):
    values = {"GetTreatedCase": {"ksfNumber": "1" * 17}, "ListReviewDecisions": {"since": "a&b", "limit": 5}}
    body = values.get(operation) or submission_values(message())
    by_zeep, compiled = (codec.encode(operation, _header(), body) for codec in CODECS)
    assert SCHEMA.validate(by_zeep.body), SCHEMA.error_log
    assert _canonical(by_zeep.content) == _canonical(compiled.content)


@pytest.mark.parametrize("codec", CODECS, ids=["zeep", "compiled"])
@pytest.mark.parametrize("text", ["\x00", "a\x0bb", "\ufffe", "\ud800"])
def test_characters_xml_does_not_know_are_refused(codec: ZeepCodec | CompiledCodec, text: str):
    with pytest.raises(NotEncodable) as refused:
        codec.encode("GetTreatedCase", _header(), {"ksfNumber": text})
    assert text not in str(refused.value)


@pytest.mark.parametrize("codec", CODECS, ids=["zeep", "compiled"])
def test_an_unknown_element_is_refused(codec: ZeepCodec | CompiledCodec):
    with pytest.raises(NotEncodable):
        codec.encode("GetTreatedCase", _header(), {"ksfNumber": "1", "other": "2"})


@pytest.mark.parametrize("reasons", [1, 2])
def test_both_codecs_read_the_same_answer(reasons: int):
    reason = "<reason><code>C</code><message>Ө &amp; Ү</message></reason>" * reasons
    answer = etree.fromstring(
        f'<SubmitTreatedCaseResponse xmlns="{NAMESPACE}"><ksfNumber>1</ksfNumber><revision>2</revision>'
        f"<status>rejected</status><operationKey>k</operationKey>{reason}</SubmitTreatedCaseResponse>"
    )
    by_zeep, compiled = (CaseAcknowledgement.model_validate(codec.decode(answer)) for codec in CODECS)
    assert by_zeep == compiled
    assert [one.message for one in compiled.reasons] == ["Ө & Ү"] * reasons
    assert plain_values(answer)["revision"] == "2"
