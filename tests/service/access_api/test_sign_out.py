"""Leaving: by oneself, with the token against forged requests, and by ESI's notice."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.access.principal import Role
from gateway.access.provider import EsiUnavailable, LogoutNotice
from tests.contract.esi import SIGNED_OUT
from tests.service.access_api.browser import Browser
from tests.service.access_api.conftest import Desk

CLERK, DOCTOR = "hospital-clerk", "family-doctor"
FORM = "application/x-www-form-urlencoded"


async def lives(browser: Browser) -> bool:
    return (await browser.get("/v1/session")).status == 200


async def test_a_person_signs_out_here_and_at_esi(desk: Desk):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    kept = dict(browser.cookies)

    answer = await browser.post("/sign-out")

    assert {name: morsel["max-age"] for name, morsel in answer.cookies.items()} == {
        "__Host-kopuro": "0",
        "__Host-kopuro-csrf": "0",
    }
    assert browser.cookies == {}
    browser.cookies = kept
    assert (await browser.get("/v1/session")).code == "SESSION_ENDED"
    assert (await desk.actions())[-1] == ("sign-out", "success", None)

    at_esi = answer.json["continue_at"]
    assert at_esi.startswith(f"{desk.esi.url}/connect/endsession?")
    assert parse_qs(urlsplit(at_esi).query)["post_logout_redirect_uri"] == [SIGNED_OUT]
    assert (await browser.visit(at_esi)).location == SIGNED_OUT
    assert (await desk.esi_status())["sessions"] == 0


@pytest.mark.parametrize("token", [None, "", "made-up", "foreign"])
async def test_what_other_sites_send_changes_nothing(desk: Desk, token: str | None):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    other = await desk.signed_in(DOCTOR, Role.FAMILY_DOCTOR)
    browser.forgery_token = {"foreign": other.forgery_token}.get(token, token)

    answer = await browser.post("/sign-out")

    assert (answer.status, answer.code) == (403, "CSRF_TOKEN_INVALID")
    assert await lives(browser)


class Away:
    """An ESI that cannot be reached."""

    async def sign_out_url(self, id_token: str) -> str | None:
        assert id_token
        raise EsiUnavailable("away")


async def test_signing_out_does_not_wait_for_esi(desk: Desk):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)

    url = await desk.signing_in_with(Away()).sign_out(browser.cookies["__Host-kopuro"], request_id="r")

    assert url is None
    assert not await lives(browser)


async def test_who_leaves_at_esi_leaves_here(desk: Desk):
    clerk = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    second = desk.browser()
    await second.sign_in(CLERK)
    doctor = await desk.signed_in(DOCTOR, Role.FAMILY_DOCTOR)
    person = (await clerk.get("/v1/session")).json["person"]

    await desk.leave_at_esi(CLERK)

    assert [await lives(browser) for browser in (clerk, second, doctor)] == [False, False, True]
    assert (await desk.esi_status())["notices"] == {"200": 2}
    ended = [one.event for one in await desk.audited() if one.event.action == "session-ended"]
    assert {(one.actor, one.target, one.actor_kind) for one in ended} == {("esi", person, "machine")}


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"logout_token=a.b.c", FORM, "REQUEST_PARAMETER"),
        (b"logout_token=", FORM, "REQUEST_PARAMETER"),
        (b"", FORM, "REQUEST_PARAMETER"),
        (b"nothing", FORM, "REQUEST_PARAMETER"),
        (b"logout_token=a&logout_token=b", FORM, "REQUEST_PARAMETER"),
        (b"logout_token=\xff", FORM, "REQUEST_PARAMETER"),
        (b"&".join([b"x=1"] * 50), FORM, "REQUEST_PARAMETER"),
        (b"logout_token=" + b"x" * 20_000, FORM, "REQUEST_TOO_LARGE"),
        (b'{"logout_token":"a.b.c"}', "application/json", "REQUEST_CONTENT_TYPE"),
    ],
)
async def test_a_notice_that_is_none_ends_nothing(desk: Desk, body: bytes, content_type: str, code: str):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)

    answer = await desk.browser().call("POST", "/sign-in/ended", body=body, Content_Type=content_type)

    assert answer.code == code
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status == {"REQUEST_TOO_LARGE": 413, "REQUEST_CONTENT_TYPE": 415}.get(code, 400)
    assert await lives(browser)


class Telling:
    """An ESI that says a notice is about what it is told to say."""

    def __init__(self, **told: str | None) -> None:
        self._notice = LogoutNotice(**({"subject": None, "provider_session": None} | told))

    async def ended_sessions(self, logout_token: str) -> LogoutNotice:
        assert logout_token
        return self._notice


@pytest.mark.parametrize("by", ["subject", "session", "both"])
async def test_a_notice_ends_what_it_names(desk: Desk, by: str):
    """By the subject, all their sessions; by ESI's session, that one (Back-Channel Logout 1.0, section 2.7)."""
    first = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    second = desk.browser()
    await second.sign_in(CLERK)
    other = await desk.signed_in(DOCTOR, Role.FAMILY_DOCTOR)
    told = {"issuer": desk.esi.url}
    if by != "session":
        told["subject"] = await desk.subject_of(first)
    if by != "subject":
        told["provider_session"] = await desk.provider_session_of(first)

    await desk.signing_in_with(Telling(**told)).end_by_provider("notice", request_id="r")

    assert [await lives(one) for one in (first, second, other)] == [False, by != "subject", True]
    assert [one.event.action for one in await desk.audited()].count("session-ended") == 1


async def test_another_issuers_notice_ends_nothing(desk: Desk):
    browser = await desk.signed_in(CLERK, Role.HOSPITAL_CLERK)
    told = {"issuer": "https://elsewhere.example", "subject": await desk.subject_of(browser)}

    await desk.signing_in_with(Telling(**told)).end_by_provider("notice", request_id="r")

    assert await lives(browser)
    assert "session-ended" not in [one.event.action for one in await desk.audited()]
