"""Signing in through ESI: who gets a session, who does not, and in which browser."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from gateway.access.principal import Role
from gateway.store.access_tables import people, sessions
from tests.contract.esi import CALLBACK
from tests.service.access_api.browser import BY_KEY, Browser
from tests.service.access_api.conftest import HOSPITAL, OPERATOR, OTHER_HOSPITAL, Desk

CLERK = "hospital-clerk"
IN = ("sign-in", "success", None)
FAILED = ("sign-in-refused", "refused", "SIGN_IN_FAILED")


async def sessions_of(desk: Desk) -> int:
    return await desk.store.read(lambda c: c.execute(select(func.count()).select_from(sessions)).scalar_one())


async def test_a_person_on_the_list_signs_in_and_sees_who_they_are(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    await desk.grant(CLERK, Role.STAFF_MANAGER, OTHER_HOSPITAL)
    browser = desk.browser()

    arrived = await browser.sign_in(CLERK, query="?return_to=/docs?page=2")
    shown = await browser.get("/v1/session", Accept_Language="ru")

    assert arrived.location == "/docs?page=2"
    assert shown.headers["Cache-Control"] == "no-store"
    view = shown.json
    assert view["method"] == "password"
    assert (view["signed_in_at"], view["ends_at"]) == ("2026-01-15T06:00:00Z", "2026-01-15T18:00:00Z")
    assert [(one["role"], one["title"], one["organisation"]) for one in view["roles"]] == [
        ("hospital-clerk", "Медицинский статистик", HOSPITAL),
        ("staff-manager", "Ответственный за список сотрудников", OTHER_HOSPITAL),
    ]
    assert view["roles"][0]["organisation_name"] == f"Organisation {HOSPITAL}"
    assert view["forgery_token"]
    entry = (await desk.audited())[-1].event
    assert (entry.action, entry.actor, entry.actor_kind) == ("sign-in", view["person"], "person")
    assert entry.subject == desk.staff.pin_index(BY_KEY[CLERK].pin)


async def test_cookies_go_to_this_host_alone_and_to_no_script(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    begun = await browser.get("/sign-in")
    arrived = await browser.get(await browser.at_esi(begun.location, BY_KEY[CLERK]))

    assert begun.cookies.keys() == {"__Host-kopuro-sign-in"}
    assert arrived.cookies.keys() == {"__Host-kopuro", "__Host-kopuro-csrf", "__Host-kopuro-sign-in"}
    for name, morsel in (begun.cookies | arrived.cookies).items():
        assert morsel["httponly"], name
        assert morsel["secure"], name
        assert (morsel["path"], morsel["domain"]) == ("/", ""), name
        assert morsel["samesite"] == ("Strict" if name == "__Host-kopuro-csrf" else "Lax"), name
    assert begun.cookies["__Host-kopuro-sign-in"]["max-age"] == "600"
    assert arrived.cookies["__Host-kopuro-sign-in"]["max-age"] == "0"
    assert arrived.cookies["__Host-kopuro"]["max-age"] == ""


async def test_esi_is_asked_for_a_code_with_pkce(desk: Desk):
    begun = await desk.browser().get("/sign-in")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.location).query).items()}

    assert begun.headers["Referrer-Policy"] == "no-referrer"
    assert (asked["response_type"], asked["redirect_uri"], asked["code_challenge_method"]) == ("code", CALLBACK, "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "prompt" not in asked
    assert begun.cookies["__Host-kopuro-sign-in"].value not in begun.location


async def refused(desk: Desk, browser: Browser, path: str) -> None:
    """A callback is refused, leaves no session behind, and is in the audit."""
    answer = await browser.get(path)
    assert (answer.status, answer.code) == (400, "SIGN_IN_FAILED")
    assert "__Host-kopuro" not in answer.cookies
    assert (await desk.actions())[-1] == FAILED


@pytest.mark.parametrize(
    "broken",
    [
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.split("state=")[0] + "nothing=1",
        lambda back: back.replace("code=", "code=x"),
        lambda back: back.replace("code=", "nothing="),
        lambda back: back.replace("code=", "error=access_denied&code="),
        lambda back: back + "&iss=https://elsewhere.example",
        lambda back: back.partition("?")[0],
    ],
    ids=["wrong-state", "no-state", "wrong-code", "no-code", "denied-at-esi", "another-issuer", "nothing"],
)
async def test_a_callback_that_is_not_as_esi_sends_it_signs_nobody_in(desk: Desk, broken):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY[CLERK])

    await refused(desk, browser, broken(back))
    assert await sessions_of(desk) == 0


async def test_a_parameter_that_comes_twice_is_refused(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY[CLERK])

    answer = await browser.get(back + "&state=x")
    assert (answer.status, answer.code) == (400, "SIGN_IN_FAILED")


async def test_parameters_that_nobody_knows_are_passed_over(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY[CLERK])

    assert (await browser.get(back + "&session_state=abc.def&scope=openid")).status == 303


async def test_a_callback_serves_once(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY[CLERK])
    secret = browser.cookies["__Host-kopuro-sign-in"]

    assert (await browser.get(back)).status == 303
    browser.cookies["__Host-kopuro-sign-in"] = secret
    await refused(desk, browser, back)
    assert await sessions_of(desk) == 1


async def test_a_failed_callback_cannot_be_repaired(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY[CLERK])

    await refused(desk, browser, back.replace("code=", "code=x"))
    await refused(desk, browser, back)


@pytest.mark.parametrize("begins_too", [False, True])
async def test_nobody_is_signed_in_as_somebody_else_by_a_link(desk: Desk, *, begins_too: bool):
    """Login CSRF: the attacker's callback, opened in the victim's browser (RFC 9700, section 4.7)."""
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    attacker, victim = desk.browser(), desk.browser()
    back = await attacker.at_esi(await attacker.begin(), BY_KEY[CLERK])
    if begins_too:
        await victim.begin()

    await refused(desk, victim, back)
    assert await sessions_of(desk) == 0


async def test_a_sign_in_that_takes_too_long_is_over(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    url = await browser.begin()
    desk.clock.move(minutes=10)

    await refused(desk, browser, await browser.at_esi(url, BY_KEY[CLERK]))


@pytest.mark.parametrize("forgery", ["foreign-signature", "wrong-nonce", "second-audience", "other-subject"])
async def test_what_is_not_esis_word_signs_nobody_in(desk: Desk, forgery: str):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY[CLERK])
    await desk.fault(forgery)

    await refused(desk, browser, back)


async def test_while_esi_is_away_nobody_signs_in_and_open_sessions_go_on(desk: Desk):
    working = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY[CLERK])
    await desk.fault("status-503")

    answer = await browser.get(back)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "ESI_UNAVAILABLE", "30")
    assert (await desk.actions())[-1] == ("sign-in-refused", "failed", "ESI_UNAVAILABLE")
    assert (await working.get("/v1/operations")).status == 200


async def test_a_stranger_is_known_to_esi_and_not_let_in(desk: Desk):
    browser = desk.browser()
    answer = await browser.sign_in("stranger")

    assert (answer.status, answer.code) == (403, "STAFF_NOT_AUTHORISED")
    assert await sessions_of(desk) == 0
    assert await desk.store.read(lambda c: c.execute(select(func.count()).select_from(people)).scalar_one()) == 0
    entry = (await desk.audited())[-1].event
    assert (entry.action, entry.code, entry.actor) == ("sign-in-refused", "STAFF_NOT_AUTHORISED", "unknown")
    assert entry.subject == desk.staff.pin_index(BY_KEY["stranger"].pin)


async def test_a_record_counts_only_on_its_days(desk: Desk):
    await desk.grant(CLERK, Role.HOSPITAL_CLERK, to_in=0)
    await desk.grant(CLERK, Role.HOSPITAL_CLERK, from_in=2)
    browser = desk.browser()
    assert (await browser.sign_in(CLERK)).status == 303
    desk.clock.move(days=1)
    assert (await browser.sign_in(CLERK)).code == "STAFF_NOT_AUTHORISED"
    desk.clock.move(days=1)
    assert (await browser.sign_in(CLERK)).status == 303


async def test_whoever_is_taken_off_the_list_stops_working_at_once(desk: Desk):
    granted = await desk.grant(CLERK, Role.HOSPITAL_CLERK)
    browser = desk.browser()
    await browser.sign_in(CLERK)
    assert (await browser.get("/v1/operations")).status == 200

    await desk.staff.revoke(granted, by=OPERATOR, reason="left", within=None)

    answer = await browser.get("/v1/operations")
    assert (answer.status, answer.json["code"]) == (403, "STAFF_NOT_AUTHORISED")
    assert (await browser.get("/v1/session")).json["roles"] == []
    assert (await browser.sign_in(CLERK)).code == "STAFF_NOT_AUTHORISED"


async def test_a_session_ends_when_it_is_not_used(desk: Desk):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    desk.clock.move(minutes=29)
    assert (await browser.get("/v1/session")).status == 200
    desk.clock.move(minutes=30)
    answer = await browser.get("/v1/session")
    assert (answer.status, answer.code) == (401, "SESSION_ENDED")


async def test_a_session_ends_however_much_it_is_used(desk: Desk):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    for _ in range(35):
        desk.clock.move(minutes=20)
        assert (await browser.get("/v1/session")).status == 200
    desk.clock.move(minutes=20)
    assert (await browser.get("/v1/session")).code == "SESSION_ENDED"


async def test_signing_in_anew_ends_the_browsers_earlier_session(desk: Desk):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    earlier = desk.browser()
    earlier.cookies = dict(browser.cookies)
    await browser.sign_in(CLERK)

    assert (await earlier.get("/v1/session")).code == "SESSION_ENDED"
    assert (await browser.get("/v1/session")).status == 200


async def test_a_role_that_demands_a_method_is_used_after_a_step_up(desk: Desk):
    browser = await desk.signed_in("pharmacist", Role.PHARMACY_HEAD, "700001")
    assert (await browser.get("/v1/session")).json["roles"][0]["step_up_needed"] is True

    before = (await desk.esi_status())["requests"]["sign-in"]
    arrived = await browser.sign_in("pharmacist", method="signature", query="?step_up=true&return_to=/docs")

    assert arrived.location == "/docs"
    assert (await desk.esi_status())["requests"]["sign-in"] == before + 1, "ESI asked again"
    view = (await browser.get("/v1/session")).json
    assert (view["method"], view["roles"][0]["step_up_needed"]) == ("electronic-signature", False)


async def test_a_step_up_needs_a_fresh_proof_from_esi(desk: Desk):
    """Whoever changes the address on the way to ESI, so that it does not ask again, gains nothing."""
    browser = await desk.signed_in("pharmacist", Role.PHARMACY_HEAD, "700001")
    desk.clock.move(minutes=6)
    url = await browser.begin("?step_up=true")
    asked = url.replace("&prompt=login", "").replace("&max_age=300", "")
    assert asked != url

    await refused(desk, browser, await browser.at_esi(asked, BY_KEY["pharmacist"]))


async def test_nobody_without_a_cookie_has_a_session(desk: Desk):
    stranger = desk.browser()
    assert (await stranger.get("/v1/session")).code == "AUTH_REQUIRED"
    stranger.cookies["__Host-kopuro"] = "made-up"
    assert (await stranger.get("/v1/session")).code == "SESSION_ENDED"


async def test_nothing_personal_lies_open_in_the_database(desk: Desk, tmp_path):
    await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    written = b"".join(path.read_bytes() for path in tmp_path.glob("kopuro.db*"))

    person = BY_KEY[CLERK]
    for secret in (person.pin, person.family_name, person.given_name):
        assert secret.encode() not in written
