"""Slips and exports as answers."""

from __future__ import annotations

from datetime import date
from typing import Final

from aiohttp import web

from kopuro_pos.agent.contract import Sale
from kopuro_pos.agent.slips.slip import POLICY
from kopuro_pos.agent.web.answers import invalid, language_of
from kopuro_pos.agent.web.ports import ROOMS, Paper

_SLIPS: Final = frozenset({"html", "pdf"})
_EXPORTS: Final = frozenset({"csv", "xlsx"})


async def slip(request: web.Request, sale: Sale) -> web.Response:
    """``?format=html|pdf&copy=1``: the slip of this sale."""
    kind = _format(request, _SLIPS, "html")
    papers = request.app[ROOMS].papers
    copy = request.query.get("copy", "0") not in {"", "0"}
    return _shown(await papers.slip(sale, kind=kind, copy=copy, language=language_of(request)), "inline")


async def export(request: web.Request, day: date) -> web.Response:
    """``?format=csv|xlsx``: the sales of this day."""
    kind = _format(request, _EXPORTS, "csv")
    papers = request.app[ROOMS].papers
    return _shown(await papers.export(day, kind=kind, language=language_of(request)), "attachment")


def _format(request: web.Request, known: frozenset[str], default: str) -> str:
    kind = request.query.get("format", default)
    if kind not in known:
        raise invalid("query:format", language_of(request))
    return kind


def _shown(paper: Paper, disposition: str) -> web.Response:
    headers = {
        "Content-Type": paper.media_type,
        "Content-Disposition": f'{disposition}; filename="{paper.name}"',
        "Content-Security-Policy": POLICY,
    }
    return web.Response(body=paper.content, headers=headers)
