"""Signing in and out: the real client against the simulated ESI over sockets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from adapters.esi import EsiUnavailable, LogoutNotice, Refusal, SignInRefused
from adapters.esi.simulator import FAULT_IDS, PEOPLE
from adapters.esi.simulator.faults import CHANGES, DISTURBANCES, Place
from adapters.esi.simulator.forgeries import FORGERIES
from adapters.xroad.simulator.running import Door
from gateway.access.jose import Reason
from gateway.access.roles import SignInMethod
from tests.contract.esi import (
    CALLBACK,
    CLIENT_ID,
    DOCTOR,
    NONCE,
    SIGNED_OUT,
    STATE,
    VERIFIER,
    SignIn,
    registered,
    signing_in,
)

FLOOD = 200


@pytest.fixture
async def esi(tmp_path: Path) -> AsyncIterator[SignIn]:
    async with signing_in(tmp_path) as world:
        yield world


async def refused(attempt: Awaitable[object]) -> Refusal | Reason:
    with pytest.raises(SignInRefused) as refusal:
        await attempt
    assert str(refusal.value) == refusal.value.reason.value
    return refusal.value.reason


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
async def test_people_sign_in(esi: SignIn, person):
    identity = await esi.sign_in(person)
    assert (identity.issuer, identity.subject, identity.pin) == (esi.esi.url, person.subject, person.pin)
    assert identity.organisation_inn == person.organisation_inn
    assert identity.auth_time == esi.clock.now()
    assert identity.provider_session


@pytest.mark.parametrize(
    ("word", "method"),
    [
        ("signature", SignInMethod.ELECTRONIC_SIGNATURE),
        ("card", SignInMethod.ID_CARD),
        ("qr", SignInMethod.QR),
        ("password", SignInMethod.PASSWORD),
    ],
)
async def test_the_method_is_told(esi: SignIn, word: str, method: SignInMethod):
    assert (await esi.sign_in(method=word)).method is method


async def test_a_birth_date_is_read_in_both_spellings(esi: SignIn):
    iso, dotted = PEOPLE[:2]
    assert (iso.birthdate, dotted.birthdate) == ("1980-03-15", "02.07.1991")
    assert (await esi.sign_in(iso)).birth_date == date(1980, 3, 15)
    esi.browser.cookies.clear()
    assert (await esi.sign_in(dotted)).birth_date == date(1991, 7, 2)


async def test_nothing_personal_shows_in_what_is_printed_or_logged(esi: SignIn, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    identity = await esi.sign_in()
    for secret in (identity.pin, identity.subject, identity.id_token, str(identity.provider_session)):
        assert secret not in repr(identity)
        assert secret not in caplog.text


async def test_the_browser_is_sent_off_with_everything_that_protects_the_flow(esi: SignIn):
    url = await esi.client.authorization_url(state=STATE, nonce=NONCE, verifier=VERIFIER)
    sent = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(f"{esi.esi.url}/connect/authorize?")
    assert sent.pop("code_challenge") not in ("", VERIFIER)
    assert sent == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "openid profile organizations",
        "state": STATE,
        "nonce": NONCE,
        "code_challenge_method": "S256",
    }


@pytest.mark.parametrize("verifier", ["v" * 42, "v" * 129, "ё" * 43, "v" * 42 + " "])
async def test_a_verifier_that_pkce_does_not_allow_is_not_used(esi: SignIn, verifier: str):
    with pytest.raises(ValueError, match="verifier"):
        await esi.client.authorization_url(state=STATE, nonce=NONCE, verifier=verifier)


async def test_a_wrong_verifier_is_refused(esi: SignIn):
    code = (await esi.callback())["code"]
    attempt = esi.client.identify(code=code, verifier="w" * 64, nonce=NONCE)
    assert await refused(attempt) is Refusal.CODE_REFUSED


async def test_a_code_serves_once(esi: SignIn):
    code = (await esi.callback())["code"]
    await esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE)
    assert await refused(esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE)) is Refusal.CODE_REFUSED


async def test_a_code_dies_after_a_minute(esi: SignIn):
    code = (await esi.callback())["code"]
    esi.clock.move(seconds=60)
    assert await refused(esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE)) is Refusal.CODE_REFUSED


@pytest.mark.parametrize("code", ["", "no such code", "x" * 5000, "code\r\nHost: elsewhere"])
async def test_a_made_up_code_is_refused(esi: SignIn, code: str):
    assert await refused(esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE)) is Refusal.CODE_REFUSED


async def test_another_browsers_code_does_not_fit_the_nonce(esi: SignIn):
    code = (await esi.callback(nonce="the-attackers"))["code"]
    assert await refused(esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE)) is Refusal.WRONG_NONCE


async def test_a_callback_of_another_provider_costs_no_code(esi: SignIn):
    code = (await esi.callback())["code"]
    attempt = esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE, iss="https://elsewhere.example")
    assert await refused(attempt) is Refusal.WRONG_ISSUER_IN_CALLBACK
    assert await esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE, iss=esi.esi.url)


async def test_step_up_asks_again_and_only_a_recent_proof_counts(esi: SignIn):
    await esi.sign_in()
    esi.clock.move(minutes=10)
    assert await refused(esi.sign_in(max_age=300)) is Refusal.NOT_RECENT
    stepped_up = await esi.callback(step_up=True, method="card")
    identity = await esi.client.identify(code=stepped_up["code"], verifier=VERIFIER, nonce=NONCE, max_age=300)
    assert (identity.auth_time, identity.method) == (esi.clock.now(), SignInMethod.ID_CARD)


async def test_step_up_asks_for_the_configured_classes(esi: SignIn):
    client = esi.another_client(step_up_acr_values=("urn:eds", "urn:card"))
    url = await client.authorization_url(state=STATE, nonce=NONCE, verifier=VERIFIER, step_up=True)
    await client.close()
    sent = parse_qs(urlsplit(url).query)
    assert (sent["acr_values"], sent["prompt"], sent["max_age"]) == (["urn:eds urn:card"], ["login"], ["300"])


async def test_only_accepted_methods_get_in(esi: SignIn):
    client = esi.another_client(accepted_methods=["id-card", "electronic-signature"])
    code = (await esi.callback(method="password"))["code"]
    attempt = client.identify(code=code, verifier=VERIFIER, nonce=NONCE)
    assert await refused(attempt) is Refusal.METHOD_NOT_ACCEPTED
    await client.close()


async def test_without_the_right_secret_nobody_gets_in(esi: SignIn):
    code = (await esi.callback())["code"]
    (esi.folder / "esi-secret").write_text("another")
    with pytest.raises(EsiUnavailable):
        await esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE)
    (esi.folder / "esi-secret").unlink()
    with pytest.raises(EsiUnavailable, match="secret at ESI cannot be read"):
        await esi.client.identify(code=code, verifier=VERIFIER, nonce=NONCE)


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_no_forged_token_gets_in(esi: SignIn, forgery: str):
    await esi.fault(forgery, count=1)
    await refused(esi.sign_in())
    assert await esi.sign_in(), "and the next good one does"


def test_there_are_enough_forgeries():
    assert len(FORGERIES) >= 40
    assert len(FAULT_IDS) == len(set(FAULT_IDS))


@pytest.mark.parametrize(
    ("forgery", "reason"),
    [
        ("alg-none", Reason.FORM),
        ("hs256-public-pem", Reason.ALGORITHM),
        ("foreign-signature", Reason.SIGNATURE),
        ("unknown-kid", Reason.KEY_UNKNOWN),
        ("wrong-audience", Reason.AUDIENCE),
        ("second-audience", Reason.AUDIENCE),
        ("expired-token", Reason.EXPIRED),
        ("old-token", Reason.LIFETIME),
        ("wrong-nonce", Refusal.WRONG_NONCE),
        ("wrong-access-token-hash", Refusal.ACCESS_TOKEN_MISMATCH),
        ("logout-token", Reason.TYPE),
    ],
)
async def test_a_refusal_says_why(esi: SignIn, forgery: str, reason: Refusal | Reason):
    await esi.fault(forgery)
    assert await refused(esi.sign_in()) is reason


@pytest.mark.parametrize("change", [name for name, (place, _) in CHANGES.items() if place is not Place.METADATA])
async def test_no_changed_answer_gets_in(esi: SignIn, change: str):
    await esi.fault(change)
    with pytest.raises((SignInRefused, EsiUnavailable)):
        await esi.sign_in()


@pytest.mark.parametrize("change", [name for name, (place, _) in CHANGES.items() if place is Place.METADATA])
async def test_metadata_that_do_not_fit_send_no_browser_anywhere(esi: SignIn, change: str):
    await esi.fault(change)
    with pytest.raises(EsiUnavailable):
        await esi.client.authorization_url(state=STATE, nonce=NONCE, verifier=VERIFIER)


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("disturbance", DISTURBANCES)
async def test_esi_disturbed_means_unavailable(esi: SignIn, disturbance: str, place: Place):
    await esi.fault(disturbance, place=place)
    with pytest.raises(EsiUnavailable):
        await esi.sign_in()


async def test_esi_down_means_unavailable_and_is_found_again(esi: SignIn):
    await esi.fault("status-503", place="metadata", count=1)
    with pytest.raises(EsiUnavailable):
        await esi.sign_in()
    with pytest.raises(EsiUnavailable, match="a moment ago"):
        await esi.sign_in()
    assert (await esi.status())["requests"]["metadata"] == 1
    esi.clock.move(seconds=5)
    assert await esi.sign_in()


async def test_metadata_and_keys_read_once_serve_on_while_esi_cannot_give_them(esi: SignIn):
    await esi.sign_in()
    esi.clock.move(hours=2)
    await esi.fault("status-500", place="metadata")
    await esi.fault("no-keys")
    assert await esi.sign_in()
    requests = (await esi.status())["requests"]
    assert (requests["metadata"], requests["keys"]) == (2, 2)


async def test_rotated_keys_are_found(esi: SignIn):
    await esi.sign_in()
    esi.clock.move(seconds=61)
    await esi.rotate_keys()
    assert await esi.sign_in()
    assert (await esi.status())["requests"]["keys"] == 2


async def test_a_flood_of_unknown_keys_costs_one_request_a_minute(esi: SignIn):
    await esi.sign_in()
    forger = RSAKey.generate_key(2048)

    def notice(number: int) -> str:
        return jwt.encode({"alg": "RS256", "kid": f"made-up-{number}"}, {"iss": esi.esi.url}, forger)

    async def flood() -> None:
        outcomes = await asyncio.gather(
            *(esi.client.ended_sessions(notice(number)) for number in range(FLOOD)), return_exceptions=True
        )
        assert {str(outcome) for outcome in outcomes} == {Reason.KEY_UNKNOWN}

    esi.clock.move(seconds=61)
    for minute in range(1, 4):
        await flood()
        esi.clock.move(seconds=30)
        await flood()
        assert (await esi.status())["requests"]["keys"] == 1 + minute
        esi.clock.move(seconds=30)


async def test_many_at_once_read_metadata_and_keys_once(esi: SignIn):
    codes = [(await esi.callback())["code"] for _ in range(10)]
    fresh = esi.another_client()
    before = (await esi.status())["requests"]
    await asyncio.gather(*(fresh.identify(code=code, verifier=VERIFIER, nonce=NONCE) for code in codes))
    after = (await esi.status())["requests"]
    await fresh.close()
    assert [after[place] - before.get(place, 0) for place in ("metadata", "keys", "token")] == [1, 1, 10]


async def test_signing_out_ends_esis_session_and_leads_back(esi: SignIn):
    identity = await esi.sign_in()
    url = await esi.client.sign_out_url(identity.id_token)
    assert url is not None
    answer = await esi.browser.get(url)
    assert (answer.status_code, answer.headers["Location"]) == (303, SIGNED_OUT)
    assert (await esi.status())["sessions"] == 0


@pytest.fixture
async def notices(esi: SignIn) -> AsyncIterator[list[str]]:
    """Logout tokens as they arrive at the gateway's address, registered at ESI."""
    arrived: list[str] = []

    async def take(request: web.Request) -> web.Response:
        arrived.append(str((await request.post())["logout_token"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/notices", take)
    door = Door(app, 0)
    await door.open()
    order = registered(backchannel_logout_uri=f"{door.url}/notices").model_dump(mode="json")
    assert (await esi.browser.post(f"{esi.esi.control_url}/simulator/clients", json=order)).status_code == 204
    yield arrived
    await door.close()


async def test_esi_tells_over_the_back_channel_that_a_session_has_ended(esi: SignIn, notices: list[str]):
    identity = await esi.sign_in()
    await esi.browser.post(f"{esi.esi.control_url}/simulator/logout", json={"pin": DOCTOR.pin})
    assert await esi.client.ended_sessions(notices[0]) == LogoutNotice(
        issuer=identity.issuer, subject=identity.subject, provider_session=identity.provider_session
    )
    assert await refused(esi.client.ended_sessions(notices[0])) is Reason.REPLAYED
    assert list(esi.replays.used.values()) == [esi.clock.now() + timedelta(seconds=130)]
    assert (await esi.status())["notices"] == {"200": 1}


async def test_a_notice_that_comes_late_is_refused(esi: SignIn, notices: list[str]):
    await esi.sign_in()
    await esi.browser.post(f"{esi.esi.control_url}/simulator/logout", json={"pin": DOCTOR.pin})
    esi.clock.move(seconds=131)
    assert await refused(esi.client.ended_sessions(notices[0])) is Reason.EXPIRED


async def test_an_id_token_is_no_notice_of_sign_out(esi: SignIn):
    identity = await esi.sign_in()
    assert await refused(esi.client.ended_sessions(identity.id_token)) is Refusal.NO_LOGOUT_EVENT


async def test_the_clients_pool_is_closed(tmp_path: Path):
    async with signing_in(tmp_path) as world:
        await world.sign_in()
        await world.client.close()
        with pytest.raises(RuntimeError):
            await world.client.identify(code="x", verifier=VERIFIER, nonce=NONCE)
