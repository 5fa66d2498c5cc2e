"""Identifiers, SOAP headers and settings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lxml import etree
from pydantic import ValidationError

from adapters.xroad.codec import Envelope, ZeepCodec
from adapters.xroad.compiled import CompiledCodec
from adapters.xroad.headers import IDENTIFIERS, XROAD, RequestHeader
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.settings import TlsFiles
from schemas.foms import WSDL
from tests.contract.parts import FUND, GATEWAY, xroad_settings

SHARED = Path(__file__).parents[4] / "shared" / "data" / "xroad"
HEADER = RequestHeader(
    client=GATEWAY,
    service=FUND.service("GetTreatedCase", "v1"),
    message_id="8f5a2a3e-0000-4000-8000-000000000001",
    issue="8f5a2a3e-0000-4000-8000-000000000002",
    user_id="KG70000001",
)
CODECS = {"zeep": ZeepCodec(WSDL), "compiled": CompiledCodec(WSDL)}


def written(codec: str, header: RequestHeader = HEADER) -> etree._Element:
    envelope: Envelope = CODECS[codec].encode("GetTreatedCase", header, {"ksfNumber": "1" * 17})
    return etree.fromstring(envelope.content)[0]


@pytest.mark.parametrize("codec", CODECS)
def test_the_header_has_x_roads_fields_in_order_and_both_namespaces(codec: str):
    header = written(codec)
    names = ["client", "service", "id", "userId", "issue", "protocolVersion"]
    assert [block.tag for block in header] == [f"{{{XROAD}}}{name}" for name in names]
    assert [block.text for block in header[2:]] == [HEADER.message_id, HEADER.user_id, HEADER.issue, "4.0"]
    assert [block.get(f"{{{IDENTIFIERS}}}objectType") for block in header[:2]] == ["SUBSYSTEM", "SERVICE"]
    assert [part.text for part in header[1]] == [
        "central-server", "GOV", "70000002", "treated-cases", "GetTreatedCase", "v1",
    ]  # fmt: skip
    assert {etree.QName(part).namespace for part in header[1]} == {"http://x-road.eu/xsd/identifiers"}


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_absent_is_left_out(codec: str):
    member = Subsystem(member_code="70000001")
    bare = RequestHeader(client=member, service=FUND.service("GetTreatedCase"), message_id="1")
    header = written(codec, bare)
    assert [etree.QName(block).localname for block in header] == ["client", "service", "id", "protocolVersion"]
    assert header[0].get(f"{{{IDENTIFIERS}}}objectType") == "MEMBER"
    assert [len(header[0]), len(header[1])] == [3, 5]


@pytest.mark.parametrize("codec", CODECS)
def test_every_header_is_valid_by_x_roads_own_schemas(codec: str, tmp_path: Path):
    if not SHARED.is_dir():
        pytest.skip("X-Road's own header schemas are not at hand")
    for name in ("xroad.xsd", "identifiers.xsd"):
        shutil.copy(SHARED / name, tmp_path / name)
    (tmp_path / "xml.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' targetNamespace="http://www.w3.org/XML/1998/namespace">'
        '<xs:attribute name="lang" type="xs:string"/></xs:schema>'
    )
    schema = etree.XMLSchema(etree.parse(tmp_path / "xroad.xsd"))
    for block in written(codec):
        assert schema.validate(etree.fromstring(etree.tostring(block))), schema.error_log


@pytest.mark.parametrize("part", ["", "a b", "a/b", "a\\b", "организация", "a\n", "a;b", "a%2Fb", "..\x00"])
def test_identifiers_take_only_the_characters_of_pr_mess(part: str):
    with pytest.raises(ValidationError):
        Subsystem(member_code=part)
    with pytest.raises(ValidationError):
        GATEWAY.service(part)


def test_every_allowed_character_is_taken():
    assert Subsystem(member_code="azAZ09'()+,-.=?").member_code == "azAZ09'()+,-.=?"


def test_the_instance_is_tunduks_unless_set():
    assert str(GATEWAY) == "central-server/GOV/70000001/gateway"


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"security_server_url": "http://10.0.0.5:8080"}, "this machine only"),
        ({"security_server_url": "http://security-server:8080"}, "this machine only"),
        ({"security_server_url": "http://127.0.0.1:8080/path"}, "pattern"),
        ({"security_server_url": "http://user:secret@127.0.0.1"}, "pattern"),
        ({"user_id": "id with spaces"}, "pattern"),
        ({"deadlines": {"total": 1.0}}, "total deadline"),
        ({"tls": {"verify_host_name": False}}, "authorities"),
        ({"tls": {"key": "key.pem"}}, "certificate"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, object], because: str):
    with pytest.raises(ValidationError, match=because):
        xroad_settings(**{"url": wrong.pop("security_server_url", "http://127.0.0.1:1"), **wrong})


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1", "http://[::1]:1/", "https://10.0.0.5"])
def test_addresses_that_are_safe_are_taken(url: str):
    assert xroad_settings(url).soap_url == url.rstrip("/") + "/"


def test_plain_http_elsewhere_must_be_asked_for():
    assert xroad_settings("http://10.0.0.5", allow_plain_http=True).tls_context() is None


def test_absent_tls_files_are_told():
    with pytest.raises(OSError, match="No such file"):
        TlsFiles(authorities=Path("/nonexistent.pem")).context()
