"""What must hold of a machine client, its keys and its certificate before it is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_keys import make_key, public_part
from gateway.access.client_kinds import Binding, ClientKind
from gateway.access.clients import ClientDefinition
from gateway.access.principal import Scope
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode, Language
from tests.support.doubles import NOON

MEMBER = "central-server/GOV/70000005/hospital"


def a_client(**changes: Any) -> ClientDefinition:
    plain = ClientDefinition(
        id="hospital-950174",
        title="Hospital",
        kind=ClientKind.SYSTEM,
        organisations=frozenset({"950174"}),
        scopes=frozenset({Scope.CASES_SUBMIT}),
        binding=Binding.DPOP,
    )
    return replace(plain, **changes)


MTLS = {"binding": Binding.MTLS, "certificate": ExpectedCertificate.parse("san-dns:mis.example.kg")}
TERMINAL = {"kind": ClientKind.PHARMACY_TERMINAL}
XROAD = {"kind": ClientKind.XROAD_MEMBER, "binding": Binding.XROAD, "xroad_member": MEMBER}


@pytest.mark.parametrize(
    "changes",
    [{}, MTLS, TERMINAL, XROAD, {"organisations": None}, {"kind": ClientKind.TEST, "binding": Binding.NONE}],
)
def test_sound_clients_pass(changes: dict[str, Any]):
    assert a_client(**changes).check() == ()


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        *(({"id": name}, ErrorCode.SCHEMA_PATTERN, "$.id") for name in ("", "1", "A", "-a", "a\n", "a" * 65, "ы")),
        ({"title": " "}, ErrorCode.SCHEMA_LENGTH, "$.title"),
        ({"title": "x" * 201}, ErrorCode.SCHEMA_LENGTH, "$.title"),
        ({"scopes": frozenset()}, ErrorCode.SCHEMA_REQUIRED, "$.scopes"),
        ({"organisations": frozenset()}, ErrorCode.SCHEMA_REQUIRED, "$.organisations"),
        *(
            ({"organisations": frozenset({code})}, ErrorCode.SCHEMA_PATTERN, "$.organisations")
            for code in ("*", "95017", "9501740", "٩٥٠١٧٤")
        ),
        ({**TERMINAL, **MTLS}, ErrorCode.CLIENT_KEY_INVALID, "$.binding"),
        ({**TERMINAL, "organisations": None}, ErrorCode.SCHEMA_LENGTH, "$.organisations"),
        ({**TERMINAL, "organisations": frozenset({"111111", "222222"})}, ErrorCode.SCHEMA_LENGTH, "$.organisations"),
        ({"binding": Binding.NONE}, ErrorCode.CLIENT_KEY_INVALID, "$.binding"),
        ({**TERMINAL, "binding": Binding.NONE}, ErrorCode.CLIENT_KEY_INVALID, "$.binding"),
        ({"binding": Binding.XROAD}, ErrorCode.CLIENT_KEY_INVALID, "$.binding"),
        ({"binding": Binding.MTLS}, ErrorCode.CLIENT_KEY_INVALID, "$.certificate"),
        ({"certificate": MTLS["certificate"]}, ErrorCode.CLIENT_KEY_INVALID, "$.certificate"),
        ({"xroad_member": MEMBER}, ErrorCode.CLIENT_KEY_INVALID, "$.xroad_member"),
        ({**XROAD, "xroad_member": None}, ErrorCode.CLIENT_KEY_INVALID, "$.xroad_member"),
        *(
            ({**XROAD, "xroad_member": member}, ErrorCode.SCHEMA_PATTERN, "$.xroad_member")
            for member in ("", "a/b/c", "a/b/c/d/e", "a//c/d", "a/b/c/d e", "a/b/c/%64", "x" * 70 + "/b/c/d")
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_client_is_named(changes: dict[str, Any], code: ErrorCode, path: str):
    assert [(finding.code, finding.path) for finding in a_client(**changes).check()] == [(code, path)]


def test_findings_can_be_said_in_every_language():
    wrong = a_client(id="?", title="", organisations=frozenset({"x"}), scopes=frozenset(), binding=Binding.NONE)
    for finding in wrong.check():
        assert all(finding.as_json(language)["message"] for language in Language)


def test_a_made_pair_is_registered_by_its_public_part_only():
    made = make_key()
    assert "d" in made.private
    assert "d" not in made.public
    assert made.private["kid"] == made.public["kid"] == public_part(made.public)["kid"]
    assert made.private["d"] not in repr(made)
    assert ECKey.import_key(dict(made.private)).thumbprint() == made.public["kid"]


@pytest.mark.parametrize(
    "key", [ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)]
)
def test_brought_keys_are_reduced_to_their_numbers(key: Any):
    brought = key.as_dict(private=False) | {"kid": "../../etc", "x5u": "https://elsewhere.example", "use": "sig"}
    assert public_part(brought) == key.as_dict(private=False) | {"kid": key.thumbprint()}


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        ECKey.generate_key("P-256").as_dict(private=True),
        ECKey.generate_key("P-384").as_dict(private=False),
        ECKey.generate_key("P-256").as_dict(private=False) | {"use": "enc"},
        ECKey.generate_key("P-256").as_dict(private=False) | {"alg": "HS256"},
        OctKey.generate_key(256).as_dict(),
        OKPKey.generate_key("X25519").as_dict(private=False),
    ],
)
def test_unfit_keys_are_refused(jwk: dict[str, Any]):
    with pytest.raises(Refused) as refused:
        public_part(jwk)
    assert [finding.code for finding in refused.value.findings] == [ErrorCode.CLIENT_KEY_INVALID]


def certificate(common_name: str = "mis", *names: x509.GeneralName) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name.from_rfc4514_string(f"CN={common_name},O=Hospital,C=KG")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON)
        .not_valid_after(NOON + timedelta(days=1))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def test_a_certificate_is_recognised_by_the_property_that_was_registered():
    shown = certificate("mis", x509.DNSName("MIS.example.kg"), x509.UniformResourceIdentifier("urn:kg:mis"))
    other = certificate("mis2", x509.DNSName("*.example.kg"), x509.UniformResourceIdentifier("urn:kg:MIS"))
    for text in (
        f"sha256:{shown.fingerprint(hashes.SHA256()).hex(':').upper()}",
        "san-dns:mis.example.KG",
        "san-uri:urn:kg:mis",
        "subject:CN=mis,O=Hospital,C=KG",
    ):
        expected = ExpectedCertificate.parse(text)
        assert expected.matches(shown), text
        assert not expected.matches(other), text
        assert not expected.matches(certificate("mis3")), text
        assert ExpectedCertificate.parse(str(expected)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "mis.example.kg", "dns:mis", "sha256:", "sha256:abc", "sha256:" + "g" * 64, "san-dns:*.example.kg",
     "san-dns:a b", "san-uri:a", "san-uri:urn: a", "subject:", "subject:mis", "subject:CN", "subject:" + "x" * 501],
)  # fmt: skip
def test_what_names_no_certificate_is_refused(text: str):
    with pytest.raises(ValueError, match=r"\w"):
        ExpectedCertificate.parse(text)


@given(st.text(max_size=80))
def test_any_text_is_a_certificate_or_a_value_error(text: str):
    for prefix in ("", "sha256:", "san-dns:", "san-uri:", "subject:"):
        try:
            assert ExpectedCertificate.parse(str(ExpectedCertificate.parse(prefix + text)))
        except ValueError:
            continue
