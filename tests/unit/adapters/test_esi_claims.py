"""What ESI claims, judged without a network; and properties that no forged variation may break."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.esi import EsiSettings, Refusal, SignInRefused
from adapters.esi.claims import BACK_CHANNEL_LOGOUT, judge_id_token, judge_logout_token, judge_userinfo
from gateway.access.jose import Claims, Reason, TokenRefused
from gateway.access.roles import SignInMethod
from tests.support.doubles import NOON

ISSUER = "https://esia.example"
NOW = int(NOON.timestamp())
ACCESS_TOKEN = "an-access-token"  # noqa: S105 - of nothing
PIN = "11503198000101"
LOGOUT = {"iss": ISSUER, "aud": "kopuro", "iat": NOW, "jti": "1", "sid": "s", "events": {BACK_CHANNEL_LOGOUT: {}}}
ID_TOKEN = {
    "iss": ISSUER,
    "aud": "kopuro",
    "sub": "a-person",
    "iat": NOW,
    "exp": NOW + 300,
    "auth_time": NOW - 30,
    "nonce": "a-nonce",
    "amr": ["pwd"],
    "sid": "s",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def settings(**changed: Any) -> EsiSettings:
    return EsiSettings.model_validate(
        {
            "issuer": ISSUER,
            "client_id": "kopuro",
            "client_secret": {"file": Path("/nowhere")},
            "redirect_uri": "https://kopuro.example/callback",
            **changed,
        }
    )


def judged(max_age: int | None = None, given_settings: EsiSettings | None = None, **changed: Any):
    claims = {name: value for name, value in {**ID_TOKEN, **changed}.items() if value != "absent"}
    return judge_id_token(
        Claims(claims),
        settings=given_settings or settings(),
        now=NOON,
        nonce="a-nonce",
        access_token=ACCESS_TOKEN,
        max_age=max_age,
    )


def reason_of(**changed: Any) -> Refusal | Reason:
    with pytest.raises((SignInRefused, TokenRefused)) as refusal:
        judged(**changed)
    reason: Refusal | Reason = refusal.value.reason
    return reason


def test_a_good_token_is_believed():
    proof = judged()
    assert (proof.subject, proof.method, proof.provider_session) == ("a-person", SignInMethod.PASSWORD, "s")
    assert proof.auth_time == NOON - timedelta(seconds=30)


def test_an_audience_may_be_a_list_of_one():
    assert judged(aud=["kopuro"], azp="kopuro")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"aud": ["kopuro", "kopuro"]}, Reason.AUDIENCE),
        ({"aud": []}, Reason.AUDIENCE),
        ({"aud": {"kopuro": 1}}, Reason.AUDIENCE),
        ({"azp": None}, Reason.AUDIENCE),
        ({"iss": ISSUER + "/"}, Reason.ISSUER),
        ({"exp": True}, Reason.CLAIMS),
        ({"exp": 1e300}, Reason.CLAIMS),
        ({"iat": -1}, Reason.CLAIMS),
        ({"sub": 7}, Reason.CLAIMS),
        ({"sub": "имя"}, Reason.CLAIMS),
        ({"sub": "a\nb"}, Reason.CLAIMS),
        ({"sid": ""}, Reason.CLAIMS),
        ({"at_hash": "x"}, Refusal.ACCESS_TOKEN_MISMATCH),
        ({"nonce": "a-nonce "}, Refusal.WRONG_NONCE),
        ({"auth_time": "absent", "max_age": 300}, Reason.CLAIMS),
        ({"max_age": 19}, Refusal.NOT_RECENT),
        ({"given_settings": settings(accepted_methods=["qr"])}, Refusal.METHOD_NOT_ACCEPTED),
        ({"given_settings": settings(accepted_methods=["qr"]), "amr": "absent"}, Refusal.METHOD_NOT_ACCEPTED),
    ],
)
def test_a_token_that_is_almost_good_is_refused(changed: dict[str, Any], reason: Refusal | Reason):
    assert reason_of(**changed) is reason


def test_the_skew_is_ten_seconds():
    assert judged(exp=NOW - 9)
    assert reason_of(exp=NOW - 10) is Reason.EXPIRED
    assert judged(iat=NOW + 10)
    assert reason_of(iat=NOW + 11) is Reason.NOT_YET_VALID
    assert judged(max_age=20)


def test_the_access_token_is_the_one_it_was_issued_with():
    digest = hashlib.sha256(ACCESS_TOKEN.encode()).digest()
    assert judged(at_hash=base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode())
    assert reason_of(at_hash=base64.urlsafe_b64encode(digest).rstrip(b"=").decode()) is Refusal.ACCESS_TOKEN_MISMATCH


@pytest.mark.parametrize(
    ("amr", "method"),
    [
        (["mfa", "sc"], SignInMethod.ID_CARD),
        ("qr", SignInMethod.QR),
        (["unheard-of"], None),
        ([], None),
        ([["pwd"], 1, None], None),
        ("absent", None),
    ],
)
def test_a_method_that_is_not_known_is_not_guessed(amr: object, method: SignInMethod | None):
    assert judged(amr=amr).method is method


@given(name=st.sampled_from(["iss", "aud", "sub", "iat", "exp", "nonce"]), value=JSON)
def test_no_other_value_of_a_needed_claim_is_believed_unless_it_means_the_same(name: str, value: Any):
    if name == "sub" or (name == "aud" and value == ["kopuro"]) or value == ID_TOKEN[name]:
        return
    if name in ("iat", "exp") and isinstance(value, int | float) and not isinstance(value, bool) and value > NOW - 700:
        return
    reason_of(**{name: value})


@given(changed=st.dictionaries(st.sampled_from([*ID_TOKEN, "azp", "nbf", "at_hash", "events"]), JSON))
def test_whatever_is_claimed_is_believed_or_refused(changed: dict[str, Any]):
    try:
        judged(**changed)
    except (SignInRefused, TokenRefused):
        return


def notice_of(**changed: Any):
    claims = {name: value for name, value in {**LOGOUT, **changed}.items() if value != "absent"}
    return judge_logout_token(Claims(claims), settings=settings(), now=NOON)


def test_a_notice_names_a_session_a_person_or_both():
    assert notice_of().notice.provider_session == "s"
    assert notice_of(sid="absent", sub="a-person").notice.subject == "a-person"
    assert notice_of(sub="a-person", exp=NOW + 120).remember_until == NOON + timedelta(seconds=130)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"sid": "absent"}, Reason.CLAIMS),
        ({"jti": "absent"}, Reason.CLAIMS),
        ({"iat": "absent"}, Reason.CLAIMS),
        ({"iat": NOW - 131}, Reason.LIFETIME),
        ({"exp": NOW - 10}, Reason.EXPIRED),
        ({"nonce": "a-nonce"}, Reason.TYPE),
        ({"events": "absent"}, Refusal.NO_LOGOUT_EVENT),
        ({"events": {}}, Refusal.NO_LOGOUT_EVENT),
        ({"events": [BACK_CHANNEL_LOGOUT]}, Refusal.NO_LOGOUT_EVENT),
        ({"events": {BACK_CHANNEL_LOGOUT: True}}, Refusal.NO_LOGOUT_EVENT),
        ({"aud": "another"}, Reason.AUDIENCE),
        ({"iss": "https://another.example"}, Reason.ISSUER),
    ],
)
def test_a_notice_that_is_almost_good_is_refused(changed: dict[str, Any], reason: Refusal | Reason):
    with pytest.raises((SignInRefused, TokenRefused)) as refusal:
        notice_of(**changed)
    assert refusal.value.reason is reason


def person(id_token: dict[str, Any] | None = None, **userinfo: Any):
    return judge_userinfo({"sub": "a-person", **userinfo}, Claims({**ID_TOKEN, **(id_token or {})}), settings())


@pytest.mark.parametrize(
    ("told", "in_token", "reason"),
    [
        ({}, {}, Refusal.PIN_MISSING),
        ({"pin": None}, {}, Refusal.PIN_MALFORMED),
        ({"pin": PIN + "0"}, {}, Refusal.PIN_MALFORMED),
        ({"pin": "31503198000101"}, {}, Refusal.PIN_MALFORMED),
        ({"pin": "13113198000101"}, {}, Refusal.PIN_MALFORMED),
        ({"pin": PIN}, {"pin": "x"}, Refusal.PIN_MALFORMED),
        ({"pin": [PIN]}, {"pin": PIN}, Refusal.PIN_MALFORMED),
        ({"pin": PIN}, {"pin": "21503198000101"}, Refusal.PIN_CONTRADICTORY),
        ({"pin": PIN, "sub": "another"}, {}, Refusal.OTHER_SUBJECT),
        ({"pin": PIN, "sub": ["a-person"]}, {}, Refusal.OTHER_SUBJECT),
    ],
)
def test_a_person_without_one_certain_pin_is_refused(told: dict[str, Any], in_token: dict[str, Any], reason: Refusal):
    with pytest.raises(SignInRefused) as refusal:
        person(in_token, **told)
    assert refusal.value.reason is reason


def test_what_is_malformed_beside_the_pin_counts_as_not_told():
    found = person(pin=PIN, birthdate="1980-02-30", organization_tin="x")
    assert (found.pin, found.birth_date, found.organisation_inn) == (PIN, None, None)
    assert person({"pin": PIN}, birthdate=19800315, organization_tin=7).birth_date is None
