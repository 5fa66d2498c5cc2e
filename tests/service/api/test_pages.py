from __future__ import annotations

import re

import pytest

from tests.service.api.conftest import Gateway

ELSEWHERE = re.compile(rb"""(?:src|href|url|action)\s*[=:(]\s*["']?(?:https?:)?//""", re.IGNORECASE)
INLINE = re.compile(rb"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|style=", re.IGNORECASE)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(gateway: Gateway, path: str):
    reply = await gateway.get(path)

    assert reply.status == 200
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert not ELSEWHERE.search(reply.body)
    assert not INLINE.search(reply.body)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_everything_a_page_links_is_here(gateway: Gateway, path: str):
    page = (await gateway.get(path)).body.decode()
    for link in re.findall(r'(?:href|src)="(/[^"]*)"', page):
        assert (await gateway.get(link)).status == 200, link


async def test_the_reader_loads_no_other_host(gateway: Gateway):
    script = (await gateway.get("/static/docs.js")).body
    styles = (await gateway.get("/static/swagger-ui.css")).body

    assert b"validatorUrl: null" in script
    assert b"http" not in script
    assert not re.search(rb"url\(\s*[\"']?(?:https?:)?//", styles)
    assert b"@import" not in styles


async def test_only_the_pages_files_are_served(gateway: Gateway):
    for name in ("index.html", "..%2f..%2f__init__.py", "LICENSE"):
        assert (await gateway.get(f"/static/{name}")).status == 404


async def test_the_description_is_served(gateway: Gateway):
    reply = await gateway.get("/openapi.json")

    assert reply.json["openapi"] == "3.1.0"
    assert reply.headers["Content-Type"] == "application/json"
