"""After signing in, nobody is sent anywhere but to this gateway."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from gateway.access.principal import Role
from gateway.api.sign_in import own_path
from tests.service.access_api.browser import BY_KEY
from tests.service.access_api.conftest import Desk

HERE = "https://gateway.example.kg/sign-in/callback"

TRICKS = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "/%0a/evil.example\n",
    "/.//evil.example/",
    "/..//evil.example/",
    "/%2e//evil.example/",
    "/docs//evil.example",
    "/docs/../../evil.example",
    "/docs/%2E%2e/x",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    ":80",
    " /docs",
    "/docs ",
    "/docs#//evil.example",
    "/\u2215/evil.example",
    "/\u3002/evil.example",
    "/<script>",
    '/"><script>',
    "/docs\r\nLocation: https://evil.example",
    "/" + "x" * 512,
    "?x=1",
    "/sign-in",
    "/sign-in?return_to=/",
    "/sign-in/callback?code=x",
    "/%73ign-in",
    "",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_are_no_paths_of_ours(trick: str):
    with pytest.raises(ValueError, match="path"):
        own_path(trick)


@pytest.mark.parametrize("path", ["/", "/docs", "/v1/errors?after=1&x=/y?z", "/a/b/", "/signing-in", "/caf%C3%A9"])
def test_paths_of_ours_pass_unchanged(path: str):
    assert own_path(path) == path


@given(st.text(alphabet="/\\.%2eE5cC?#@:ab \t\r\n", max_size=24).map(lambda text: "/" + text))
def test_whatever_passes_stays_here_however_it_is_read(text: str):
    try:
        own_path(text)
    except ValueError:
        return
    assert urlsplit(urljoin(HERE, text)).netloc == "gateway.example.kg"
    assert URL(HERE).join(URL(text)).host == "gateway.example.kg"
    assert not str(URL(text)).startswith("//")


@pytest.mark.parametrize(
    "trick", ["//evil.example/", "/%5Cevil.example", "/%09/evil.example/", "https:%2f%2fevil.example"]
)
async def test_a_sign_in_does_not_even_begin_with_a_trick(desk: Desk, trick: str):
    answer = await desk.browser().get(f"/sign-in?return_to={trick}")
    assert answer.code == "REQUEST_PARAMETER"
    assert "evil" not in answer.body.decode()


async def test_without_a_wish_the_landing_page_is_shown(desk: Desk):
    await desk.grant("hospital-clerk", Role.HOSPITAL_CLERK)
    browser = desk.browser()
    back = await browser.at_esi(await browser.begin(), BY_KEY["hospital-clerk"])
    answer = await browser.get(back + "&return_to=https://evil.example/")
    assert answer.location == "/"
