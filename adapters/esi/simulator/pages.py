"""The simulated ESI's pages: plain HTML with one style sheet, in three languages; no script, no other host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from adapters.esi.simulator.people import PASSWORD, Person
from adapters.esi.simulator.texts import LANGUAGES, say
from schemas.errors.model import Language

STYLE: Final = (Path(__file__).parent / "style.css").read_bytes()
STYLE_PATH: Final = "/account/style.css"

METHODS: Final = {"signature": "eds", "card": "id_card", "qr": "qr", "password": "pwd"}
"""The four methods of the sign-in screen, each with the ``amr`` value it ends in. ESI's own values are not public."""


def language_of(request: web.Request, asked: str | None = None) -> Language:
    """The language of a page: as chosen, as the client asked (``ui_locales``), as the browser asks, else Kyrgyz."""
    accepted = request.headers.get("Accept-Language", "").split(",")
    wishes = [request.query.get("lang", ""), *(asked or "").split(), *(wish.partition(";")[0] for wish in accepted)]
    for wish in wishes:
        short = wish.strip().lower().partition("-")[0]
        if short in set(Language):
            return Language(short)
    return Language.KY


def page(
    title: str, body: str, *, request: web.Request, language: Language, status: int = 200, leads_to: str | None = None
) -> web.Response:
    """A whole page. ``leads_to`` is an address that a form's answer may redirect to, which browsers check too."""
    links = _language_links(request, language) if request.method == "GET" else ""
    text = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{STYLE_PATH}"></head><body>'
        f"<header><p>{escape(say('title', language))}</p><nav>{links}</nav></header>"
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return web.Response(text=text, content_type="text/html", status=status, headers=_headers(leads_to))


def alert(messages: Iterable[str]) -> str:
    """What went wrong, told to screen readers too."""
    items = "".join(f"<p>{escape(message)}</p>" for message in messages)
    return f'<div role="alert">{items}</div>' if items else ""


def field(label: str, name: str, *, kind: str = "text", complete: str = "off", **more: str) -> str:
    """A labelled input that must be filled in."""
    extra = "".join(f' {key}="{escape(value)}"' for key, value in more.items())
    return (
        f'<label for="{name}">{escape(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{complete}" required{extra}>'
    )


def form(
    action: str,
    content: str,
    button: str,
    *,
    language: Language,
    hidden: Sequence[tuple[str, str]] = (),
    with_file: bool = False,
) -> str:
    """A form with a button; ``content`` is HTML."""
    encoding = ' enctype="multipart/form-data"' if with_file else ""
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in hidden)
    return (
        f'<form method="post" action="{action}?lang={language}"{encoding}>{kept}{content}'
        f'<button type="submit">{escape(button)}</button></form>'
    )


def sign_in_body(request_name: str, method: str, people: Iterable[Person], language: Language, *, wrong: bool) -> str:
    """The sign-in page with one of the four methods chosen."""
    kept = {"request": request_name, "lang": language}
    links = [
        _link("/account/login", say(f"method-{one}", language), {**kept, "method": one}, current=one == method)
        for one in METHODS
    ]
    items = "".join(f"<li>{link}</li>" for link in links)
    if method == "password":
        content = field(say("pin", language), "pin", complete="username", inputmode="numeric")
        content += field(say("password", language), "password", kind="password", complete="current-password")
    else:
        names = [(person.pin, f"{person.family_name} {person.given_name} ({person.key})") for person in people]
        options = "".join(f'<option value="{pin}">{escape(name)}</option>' for pin, name in names)
        content = (
            f'<label for="pin">{escape(say(f"who-{method}", language))}</label><select id="pin" name="pin">'
            f"{options}</select>"
        )
    return (
        f'<nav aria-label="{escape(say("methods", language))}"><ul>{items}</ul></nav>'
        + (alert([say("wrong", language)]) if wrong else "")
        + form(
            "/account/login",
            content,
            say("enter", language),
            language=language,
            hidden=(("request", request_name), ("method", method)),
        )
        + f"<p>{_link('/account/restore', say('forgotten', language), {'lang': language})} · "
        f"{_link('/account/register', say('register', language), {'lang': language})}</p>"
        f'<p class="hint">{escape(say("notice", language))}<code>{PASSWORD}</code></p>'
    )


def _language_links(request: web.Request, language: Language) -> str:
    """The same page in each language."""
    return " ".join(
        _link(request.path, name, {**request.query, "lang": code}, current=code is language, speaks=code)
        for code, name in LANGUAGES.items()
    )


def _link(
    path: str, text: str, query: Mapping[str, str], *, current: bool = False, speaks: Language | None = None
) -> str:
    attributes = ' aria-current="true"' if current else ""
    if speaks is not None:
        attributes += f' lang="{speaks}" hreflang="{speaks}"'
    return f'<a href="{escape(path)}?{escape(urlencode(query))}"{attributes}>{escape(text)}</a>'


def _headers(leads_to: str | None) -> dict[str, str]:
    # Browsers apply form-action to where the answer to a form redirects, so the client's origin is named.
    target = "" if leads_to is None else f" {urlsplit(leads_to).scheme}://{urlsplit(leads_to).netloc}"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; form-action 'self'{target}; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
