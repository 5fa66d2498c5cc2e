"""What people open in a browser: the landing page, the API's description and its page. Every byte comes from here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final

from aiohttp import web

from gateway.api.access_services import ACCESS_SERVICES
from gateway.api.answers import JSON_TYPE
from gateway.limits.pieces import BytesInPieces

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing inline, nothing from another host."""

DESCRIPTION: Final = web.AppKey[Callable[[], bytes]]("description")
"""What makes the OpenAPI document, once, when somebody asks for it."""

_STATIC: Final = files("gateway.api") / "static"
_TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_PEOPLE: Final = b"<!-- people -->\n"
"""Where the landing page has its place for people who sign in."""
_FILES: Final = {
    "docs.css": "docs.css",
    "docs.js": "docs.js",
    "people.js": "people.js",
    "swagger-ui.css": "swagger-ui/swagger-ui.css",
    "swagger-ui-bundle.js": "swagger-ui/swagger-ui-bundle.js",
}


async def landing(request: web.Request) -> web.Response:
    """``GET /``: where to go from here; with the way in where people can sign in."""
    access = request.app.get(ACCESS_SERVICES)
    people = b"" if access is None or access.signing_in is None else _read("people.html")
    return _shown(_read("index.html").replace(_PEOPLE, people), ".html")


async def docs(_request: web.Request) -> web.Response:
    """``GET /docs``: the API's description to read and try."""
    return _page("docs.html")


async def asset(request: web.Request) -> web.Response:
    """``GET /static/{name}``: one of the pages' few files."""
    name = _FILES.get(request.match_info["name"])
    if name is None:
        raise web.HTTPNotFound
    return _page(name)


async def description(request: web.Request) -> web.Response:
    """``GET /openapi.json``: the API's description."""
    body = await asyncio.to_thread(request.app[DESCRIPTION])
    return web.Response(body=BytesInPieces(body), headers={"Content-Type": JSON_TYPE, "Cache-Control": "no-cache"})


def _page(name: str) -> web.Response:
    return _shown(_read(name), name[name.rindex(".") :])


def _shown(content: bytes, ending: str) -> web.Response:
    kind = _TYPES[ending]
    headers = {
        "Content-Type": f"{kind}; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return web.Response(body=BytesInPieces(content), headers=headers)


@cache
def _read(name: str) -> bytes:
    return _STATIC.joinpath(name).read_bytes()
