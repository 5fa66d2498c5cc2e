"""Refusals as a page: for people who follow a link of ours and would be shown JSON else."""

from __future__ import annotations

from html import escape
from typing import Final

from aiohttp import web

from gateway.api.pages import POLICY
from gateway.middleware.context import CONTEXT, Handler
from gateway.middleware.problems import PROBLEM_CODES, problem
from gateway.rules.findings import Refused
from schemas.errors import Language, Text

_AGAIN: Final = Text("Кайра кирүү", "Войти заново", "Sign in again")
_AGAIN_PATH: Final = "/sign-in?step_up=true"
"""ESI asks anew: whoever it still knows in this browser could not come in as somebody else otherwise."""
_NUMBER: Final = Text(
    "Жардам сураганда ушул номерди айтыңыз",
    "Обращаясь за помощью, назовите этот номер",
    "When you ask for help, give this number",
)
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
}
_KEPT: Final = ("Content-Language", "Vary", "Retry-After")
"""Headers that are the problem's and the page's alike."""


@web.middleware
async def refusal_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a browser that asks for HTML with a page instead of a problem; its status stays."""
    try:
        return await handler(request)
    except Refused as refused:
        if not _asks_for_html(request):
            raise
        return _page(request, refused)


def _asks_for_html(request: web.Request) -> bool:
    """Whether ``text/html`` is named; programs take anything, or JSON."""
    ranges = request.headers.get("Accept", "").split(",")
    return any(one.partition(";")[0].strip().lower() == "text/html" for one in ranges)


def _page(request: web.Request, refused: Refused) -> web.Response:
    context = request[CONTEXT]
    language, request_id = context.language, context.correlation.request_id
    told = problem(refused.findings, language, request_id, refused.retry_after)
    headers = _HEADERS | {name: told.headers[name] for name in _KEPT if name in told.headers}
    page = web.Response(status=told.status, body=_html(refused, language, request_id).encode(), headers=headers)
    page[PROBLEM_CODES] = told[PROBLEM_CODES]
    return page


def _html(refused: Refused, language: Language, request_id: str) -> str:
    said = [finding.as_json(language) for finding in refused.findings]
    text = "".join(f"<h1>{escape(one['message'])}</h1><p>{escape(one['action'])}</p>" for one in said)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<title>Көпүрө · Köpürö</title><link rel="stylesheet" href="/static/docs.css"></head><body><main>'
        '<p><a href="/">Көпүрө · Köpürö</a></p>'
        f'{text}<p><a href="{_AGAIN_PATH}">{escape(_AGAIN.in_language(language))}</a></p>'
        f"<p>{escape(_NUMBER.in_language(language))}: <code>urn:uuid:{escape(request_id)}</code></p>"
        "</main></body></html>"
    )
