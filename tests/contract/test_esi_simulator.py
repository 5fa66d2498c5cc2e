"""The simulated ESI keeps OpenID Connect itself, so that a client that breaks it is caught; and its pages work."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapters.esi.simulator import PASSWORD
from tests.contract.esi import CALLBACK, CLIENT_ID, DOCTOR, NONCE, SECRET, STATE, VERIFIER, SignIn, signing_in

NEW_PASSWORD = "Другой пароль a-1"  # noqa: S105 - of an invented person


@pytest.fixture
async def esi(tmp_path: Path) -> AsyncIterator[SignIn]:
    async with signing_in(tmp_path) as world:
        yield world


async def request_of(esi: SignIn, **changed: str | None) -> httpx.Response:
    """An authorization request, changed."""
    url = httpx.URL(await esi.client.authorization_url(state=STATE, nonce=NONCE, verifier=VERIFIER))
    sent = {name: value for name, value in {**dict(url.params), **changed}.items() if value is not None}
    return await esi.browser.get(url.copy_with(params=sent))


async def sign_in_page(esi: SignIn, **query: str) -> httpx.Response:
    answer = await request_of(esi)
    url = httpx.URL(esi.esi.url).join(answer.headers["Location"])
    return await esi.browser.get(url.copy_merge_params(query))


async def redeem(esi: SignIn, code: str, *, auth: tuple[str, str] | None = (CLIENT_ID, SECRET), **changed: str):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changed,
    }
    return await esi.browser.post(f"{esi.esi.url}/connect/token", data=form, auth=auth)


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_request_not_in_order_goes_back_with_an_error(esi: SignIn, changed: dict[str, str | None], error: str):
    answer = await request_of(esi, **changed)
    assert answer.headers["Location"].startswith(CALLBACK)
    sent = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (sent["error"], sent["state"]) == ([error], [STATE])


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "another"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": None},
    ],
)
async def test_an_unknown_client_or_address_is_never_redirected_to(esi: SignIn, changed: dict[str, str | None]):
    answer = await request_of(esi, **changed)
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


async def test_secrets_are_taken_in_the_header_or_in_the_form_but_not_in_both(esi: SignIn):
    basic = base64.b64encode(f"{CLIENT_ID}:not-the-secret".encode()).decode()
    in_form = {"client_id": CLIENT_ID, "client_secret": SECRET}
    wrong = await redeem(esi, "x", auth=(CLIENT_ID, "not-the-secret"))
    both = await redeem(esi, "x", auth=(CLIENT_ID, "x"), **in_form)
    assert [(answer.status_code, answer.json()["error"]) for answer in (wrong, both)] == [(401, "invalid_client")] * 2
    assert wrong.headers["WWW-Authenticate"] == "Basic"
    assert basic not in wrong.text
    good = await redeem(esi, (await esi.callback())["code"], auth=None, **in_form)
    assert good.status_code == 200


@pytest.mark.parametrize("grant", ["password", "client_credentials", "refresh_token", ""])
async def test_codes_are_the_only_grant(esi: SignIn, grant: str):
    in_form = {"client_id": CLIENT_ID, "client_secret": SECRET}
    answer = await redeem(esi, "x", auth=None, **in_form, grant_type=grant)
    assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


async def test_a_code_tried_twice_ends_its_access_token(esi: SignIn):
    in_form = {"client_id": CLIENT_ID, "client_secret": SECRET}
    code = (await esi.callback())["code"]
    token = (await redeem(esi, code, auth=None, **in_form)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await esi.browser.get(f"{esi.esi.url}/connect/userinfo", headers=bearer)).json()["pin"] == DOCTOR.pin
    assert (await redeem(esi, code, auth=None, **in_form)).json() == {"error": "invalid_grant"}
    assert (await esi.browser.get(f"{esi.esi.url}/connect/userinfo", headers=bearer)).status_code == 401


async def test_a_person_signed_in_is_not_asked_again(esi: SignIn):
    await esi.sign_in()
    await esi.sign_in()
    assert (await esi.status())["requests"]["sign-in"] == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ky", ["Электрондук кол тамга", "ID-карта", "QR", "Жеке номер", "Сырсөз"]),
        ("ru", ["Электронная подпись", "ID-карта", "QR", "Персональный номер", "Пароль"]),
        ("en", ["Electronic signature", "ID card", "QR", "Personal number", "Password"]),
    ],
)
async def test_the_page_shows_the_four_methods_in_three_languages(esi: SignIn, language: str, words: list[str]):
    page = await sign_in_page(esi, lang=language)
    assert f'<html lang="{language}">' in page.text
    assert [word for word in words if word not in page.text] == []


async def test_the_page_needs_no_script_and_no_other_host(esi: SignIn):
    for method in ("password", "signature", "card", "qr"):
        page = await sign_in_page(esi, method=method)
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert re.findall(r'(?:href|src|action)="(?!/)', page.text) == []
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8066;" in policy
    assert (await esi.browser.get(f"{esi.esi.url}/account/style.css")).headers["Content-Type"] == "text/css"


async def test_what_stands_in_an_address_is_not_taken_for_html(esi: SignIn):
    page = await sign_in_page(esi, more='"><script>alert(1)</script>')
    assert "<script" not in page.text


@pytest.mark.parametrize(("pin", "password"), [(DOCTOR.pin, "wrong"), ("1" * 14, PASSWORD), ("", ""), (DOCTOR.pin, "")])
async def test_a_wrong_password_stays_on_the_page(esi: SignIn, pin: str, password: str):
    page = await sign_in_page(esi)
    form = {"request": hidden(page, "request"), "method": "password", "pin": pin, "password": password}
    answer = await esi.browser.post(f"{esi.esi.url}/account/login", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_a_sign_in_under_way_ends_after_a_while_and_serves_once(esi: SignIn):
    page = await sign_in_page(esi)
    form = {"request": hidden(page, "request"), "method": "qr", "pin": DOCTOR.pin}
    assert (await esi.browser.post(f"{esi.esi.url}/account/login", data=form)).status_code == 303
    assert (await esi.browser.post(f"{esi.esi.url}/account/login", data=form)).status_code == 400
    esi.browser.cookies.clear()
    page = await sign_in_page(esi)
    esi.clock.move(minutes=15)
    form["request"] = hidden(page, "request")
    assert (await esi.browser.post(f"{esi.esi.url}/account/login", data=form)).status_code == 400


async def restore(esi: SignIn, phone: str = DOCTOR.phone) -> str:
    form = {"pin": DOCTOR.pin, "phone": phone, "channel": "sms"}
    return hidden(await esi.browser.post(f"{esi.esi.url}/account/restore", data=form), "restore")


async def sent_code(esi: SignIn) -> str:
    found: str = (await esi.browser.get(f"{esi.esi.control_url}/simulator/messages")).json()["messages"][-1]["code"]
    return found


async def confirm(esi: SignIn, name: str, code: str) -> int:
    form = {"restore": name, "code": code}
    return (await esi.browser.post(f"{esi.esi.url}/account/restore/code", data=form)).status_code


async def set_password(esi: SignIn, name: str, password: str, repeated: str | None = None) -> int:
    form = {"restore": name, "password": password, "repeated": password if repeated is None else repeated}
    return (await esi.browser.post(f"{esi.esi.url}/account/restore/password", data=form)).status_code


async def test_a_forgotten_password_is_restored_with_a_six_digit_code(esi: SignIn):
    name = await restore(esi)
    code = await sent_code(esi)
    assert re.fullmatch("[0-9]{6}", code)
    assert await set_password(esi, name, NEW_PASSWORD) == 422, "not before the code"
    assert await confirm(esi, name, code) == 200
    assert await confirm(esi, name, code) == 422, "a code serves once"
    assert await set_password(esi, name, "short-1") == 422
    assert await set_password(esi, name, NEW_PASSWORD, "another") == 422
    assert await set_password(esi, name, NEW_PASSWORD) == 200
    page = await sign_in_page(esi)
    form = {"request": hidden(page, "request"), "method": "password", "pin": DOCTOR.pin, "password": NEW_PASSWORD}
    assert (await esi.browser.post(f"{esi.esi.url}/account/login", data=form)).status_code == 303


async def test_a_code_allows_five_tries_within_five_minutes(esi: SignIn):
    name = await restore(esi)
    code = await sent_code(esi)
    wrong = "000000" if code != "000000" else "111111"
    assert [await confirm(esi, name, wrong) for _ in range(4)] == [422] * 4
    assert await confirm(esi, name, code) == 200
    name = await restore(esi)
    code = await sent_code(esi)
    wrong = "000000" if code != "000000" else "111111"
    assert [await confirm(esi, name, wrong) for _ in range(5)] == [422] * 5
    assert await confirm(esi, name, code) == 422
    name = await restore(esi)
    esi.clock.move(minutes=5)
    assert await confirm(esi, name, await sent_code(esi)) == 422


async def test_another_telephone_gets_no_code_and_no_hint(esi: SignIn):
    assert await restore(esi, "+996700999999")
    assert (await esi.browser.get(f"{esi.esi.control_url}/simulator/messages")).json() == {"messages": []}


async def test_a_registration_is_checked(esi: SignIn):
    url = f"{esi.esi.url}/account/register"
    form = {"pin": DOCTOR.pin, "passport": "ID1234567", "email": "a@example.org", "phone": DOCTOR.phone}
    photo = {"photo": ("photo.jpg", b"\xff\xd8", "image/jpeg")}
    assert (await esi.browser.get(url)).status_code == 200
    good = await esi.browser.post(url, data={**form, "consent": "yes"}, files=photo)
    assert good.status_code == 200, good.text
    assert (await esi.browser.post(url, data=form, files=photo)).status_code == 422
    assert (await esi.browser.post(url, data={**form, "consent": "yes"})).status_code == 422
    short = {**form, "consent": "yes", "pin": DOCTOR.pin[1:]}
    assert (await esi.browser.post(url, data=short, files=photo)).status_code == 422


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ("faults", {"id": "no-such-fault"}),
        ("faults", {"id": "hang", "count": 0}),
        ("faults", {"id": "hang", "place": "authorize"}),
        ("clients", {"client_id": "x"}),
        ("logout", {"pin": "1"}),
    ],
)
async def test_an_order_that_cannot_be_meant_is_refused(esi: SignIn, address: str, order: dict[str, object]):
    assert (await esi.browser.post(f"{esi.esi.control_url}/simulator/{address}", json=order)).status_code == 400


async def test_it_runs_as_a_process():
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "adapters.esi.simulator"), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    try:
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
        async with httpx.AsyncClient(trust_env=False) as http:
            metadata = (await http.get(f"{ready['url']}/.well-known/openid-configuration")).json()
            people = (await http.get(f"{ready['control_url']}/simulator/people")).json()["people"]
        assert metadata["issuer"] == ready["url"]
        assert len(people) >= 5
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
