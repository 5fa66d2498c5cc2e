"""The counter page as it was built. Only files that are in the package are served, each by its exact name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from aiohttp import web

from kopuro_pos.agent.problems import AgentProblem, ProblemCode

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing inline, nothing from another host, no frame around it."""

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
}
_NOT_BUILT: Final = b"<!doctype html><title>kopuro-pos</title><p>The counter page is not built: run make page.\n"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    media_type: str


async def page(request: web.Request) -> web.Response:
    """``GET /`` and the files of the page."""
    file = _files().get(request.path)
    if file is None:
        raise AgentProblem(ProblemCode.NOT_FOUND)
    headers = {
        "Content-Type": file.media_type,
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-cache",
    }
    return web.Response(body=file.content, headers=headers)


@cache
def _files() -> Mapping[str, _File]:
    """The files by path; the page itself at ``/``."""
    found: dict[str, _File] = {}
    folder = files("kopuro_pos.agent") / "page"
    if folder.is_dir():
        _collect(folder, "/", found)
    found["/"] = found.pop("/index.html", _File(_NOT_BUILT, _TYPES["html"]))
    return found


def _collect(folder: Traversable, path: str, found: dict[str, _File]) -> None:
    for entry in folder.iterdir():
        kind = entry.name.rpartition(".")[2]
        if entry.is_dir():
            _collect(entry, f"{path}{entry.name}/", found)
        elif kind in _TYPES:
            found[path + entry.name] = _File(entry.read_bytes(), _TYPES[kind])
