"""Settings, metadata and keys of ESI: what is refused before anything is asked."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey
from pydantic import ValidationError

from adapters.esi import EsiSettings, EsiUnavailable
from adapters.esi.discovery import checked_metadata
from adapters.esi.keys import read_key_set

ISSUER = "https://esia.example"
SETTINGS = {
    "client_id": "kopuro",
    "client_secret": {"environment": "ESI_SECRET"},
    "redirect_uri": "https://kopuro.example/sign-in/callback",
}
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/connect/authorize",
    "token_endpoint": f"{ISSUER}/connect/token",
    "userinfo_endpoint": f"{ISSUER}/connect/userinfo",
    "jwks_uri": f"{ISSUER}/.well-known/openid-configuration/jwks",
    "end_session_endpoint": f"{ISSUER}/connect/endsession",
    "response_types_supported": ["code", "token"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "code_challenge_methods_supported": ["plain", "S256"],
}


def test_the_defaults_are_those_of_esi():
    settings = EsiSettings.model_validate(SETTINGS)
    assert settings.issuer == "https://esia.tunduk.kg"
    assert settings.scopes == ("openid", "profile", "organizations")


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://esia.tunduk.kg"},
        {"issuer": "https://esia.tunduk.kg?x=1"},
        {"issuer": "https://"},
        {"redirect_uri": "http://kopuro.example/callback"},
        {"redirect_uri": "https://kopuro.example/callback#fragment"},
        {"redirect_uri": "https://user@kopuro.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://127.0.0.1.example/callback"},
        {"redirect_uri": "https://kopuro.example:port/"},
        {"redirect_uri": "https://kopuro.example/a\nb"},
        {"redirect_uri": "https:\\\\kopuro.example"},
        {"post_logout_redirect_uri": "ftp://kopuro.example/"},
        {"client_secret": "in clear text"},
        {"client_id": "with blank"},
        {"scopes": ["profile"]},
        {"methods": {"qr": ["x"], "password": ["x"]}},
        {"claims": {"pin": ""}},
        {"accepted_methods": ["guess"]},
        {"unknown": 1},
    ],
)
def test_settings_that_are_not_safe_are_refused(changed: dict[str, Any]):
    with pytest.raises(ValidationError) as error:
        EsiSettings.model_validate({**SETTINGS, **changed})
    assert "clear text" not in str(error.value) or "stands here" in str(error.value)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "[::1]:8"])
def test_plain_http_is_for_this_machine(host: str):
    settings = EsiSettings.model_validate({**SETTINGS, "issuer": f"http://{host}"})
    assert settings.tls_context() is None


def test_tls_is_checked(tmp_path: Path):
    context = EsiSettings.model_validate(SETTINGS).tls_context()
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    missing = EsiSettings.model_validate({**SETTINGS, "authorities": tmp_path / "missing.pem"})
    with pytest.raises(OSError, match="No such file"):
        missing.tls_context()


def test_good_metadata_are_taken():
    metadata = checked_metadata(METADATA, ISSUER)
    assert metadata.keys == METADATA["jwks_uri"]
    assert not metadata.issuer_in_callback
    without = {name: value for name, value in METADATA.items() if name != "end_session_endpoint"}
    assert checked_metadata(without, ISSUER).end_session_endpoint is None


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": ISSUER + "/"},
        {"issuer": "https://ESIA.example"},
        {"issuer": None},
        {"token_endpoint": "http://esia.example/connect/token"},
        {"token_endpoint": "https://esia.example:8443/connect/token"},
        {"token_endpoint": "https://esia.example.elsewhere.example/"},
        {"token_endpoint": "https://esia.example@elsewhere.example/"},
        {"token_endpoint": "https://esia.example\\@elsewhere.example/"},
        {"userinfo_endpoint": "/connect/userinfo"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": ["https://esia.example/keys"]},
        {"end_session_endpoint": None},
        {"authorization_endpoint": 7},
        {"response_types_supported": ["token"]},
        {"response_types_supported": "code"},
        {"id_token_signing_alg_values_supported": ["HS256"]},
        {"code_challenge_methods_supported": ["plain"]},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
)
def test_metadata_that_do_not_fit_are_not_used(changed: dict[str, Any]):
    with pytest.raises(EsiUnavailable):
        checked_metadata({**METADATA, **changed}, ISSUER)


@pytest.fixture(scope="module")
def key() -> dict[str, Any]:
    return dict(RSAKey.generate_key(2048, {"kid": "one"}).as_dict(private=False))


def test_only_rsa_signature_keys_are_taken(key: dict[str, Any]):
    elliptic = ECKey.generate_key("P-256", {"kid": "two"}).as_dict(private=False)
    others = [{**key, "kid": "three", "use": "enc"}, {**key, "kid": "four", "alg": "RS512"}, {**key, "kid": 5}, 6]
    assert set(read_key_set({"keys": [key, elliptic, *others]})) == {"one"}


def test_an_id_borne_by_two_keys_says_nothing(key: dict[str, Any]):
    assert set(read_key_set({"keys": [key, {**key, "kid": "two"}, {**key, "kid": "two"}]})) == {"one"}


@pytest.mark.parametrize("content", [{}, {"keys": {}}, {"keys": []}, {"keys": [{"kty": "oct", "k": "x", "kid": "1"}]}])
def test_a_set_without_a_key_is_no_set(content: dict[str, Any]):
    with pytest.raises(EsiUnavailable):
        read_key_set(content)


def test_an_endless_set_is_not_read(key: dict[str, Any]):
    with pytest.raises(EsiUnavailable):
        read_key_set({"keys": [{**key, "kid": str(number)} for number in range(51)]})
