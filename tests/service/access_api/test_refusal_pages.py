"""People are refused by a page they can read, programs by a problem."""

from __future__ import annotations

import re

import pytest

from gateway.access.principal import Role, Scope
from tests.service.access_api.conftest import Desk
from tests.service.api.test_pages import ELSEWHERE, INLINE

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("languages", "language", "words"),
    [
        ("ky-KG,ky;q=0.9", "ky", "ыйгарым укуктуу кызматкерлердин"),
        ("ru", "ru", "уполномоченных сотрудников"),
        ("de", "en", "list of authorised staff"),
    ],
)
async def test_a_stranger_reads_why_in_their_language(desk: Desk, languages: str, language: str, words: str):
    answer = await desk.browser().sign_in("stranger", Accept=HTML, Accept_Language=languages)
    page = answer.body.decode()

    assert answer.status == 403
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<html lang="{language}">' in page
    assert words in page
    assert f"urn:uuid:{answer.headers['X-Request-Id']}" in page
    assert not ELSEWHERE.search(answer.body)
    assert not INLINE.search(answer.body)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_everything_the_page_links_is_here(desk: Desk):
    browser = desk.browser()
    page = (await browser.get("/sign-in/callback", Accept=HTML)).body.decode()
    links = re.findall(r'(?:href|src)="(/[^"]*)"', page)
    assert links
    for link in links:
        assert (await browser.get(link)).status in {200, 303}, link


async def test_nothing_of_the_address_is_in_the_page(desk: Desk):
    answer = await desk.browser().get("/sign-in/callback?state=%3Cscript%3Eplanted", Accept=HTML)
    assert answer.status == 400
    assert b"planted" not in answer.body


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json", ""])
async def test_programs_get_the_problem(desk: Desk, accept: str):
    answer = await desk.browser().get("/sign-in/callback", Accept=accept)
    assert answer.code == "SIGN_IN_FAILED"


async def test_a_page_for_who_comes_too_early_tells_when_to_come_again(desk: Desk):
    await desk.grant("hospital-clerk", Role.HOSPITAL_CLERK)
    await desk.fault("status-503", place="metadata")
    answer = await desk.browser().get("/sign-in", Accept=HTML)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")


async def test_a_page_counts_as_the_refusal_it_is(desk: Desk):
    browser = desk.browser()
    await browser.get("/sign-in/callback", Accept=HTML)
    metrics = await browser.get("/metrics", **await desk.machine(None, Scope.METRICS_READ))
    assert b'code="SIGN_IN_FAILED"' in metrics.body
