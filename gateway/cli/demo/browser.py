"""A browser without a screen: goes from the gateway to ESI and back, and keeps the cookies of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Self

import httpx

from adapters.esi.simulator import PASSWORD, Person
from gateway.cli.failures import Failure
from schemas.errors.model import Language

_LONGEST_WAY = 10
"""Redirects after which a way counts as endless."""


class Browser:
    """One person's browser. Libraries send the gateway's cookies over TLS alone; over loopback it does so itself."""

    def __init__(self, gateway: str, language: Language) -> None:
        self._gateway = gateway
        self._client = httpx.AsyncClient(
            trust_env=False, timeout=30.0, headers={"Accept-Language": language.value}, follow_redirects=False
        )
        self._cookies: defaultdict[str, dict[str, str]] = defaultdict(dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> httpx.Response:
        """The gateway's answer at the end of the way that begins with this path."""
        return await self._go(f"{self._gateway}{path}")

    async def sign_in(self, person: Person, method: str = "password") -> httpx.Response:
        """Sign in at ESI and come back: ``/v1/session``, or a refusal.

        ``method`` is one of the simulated ESI's: ``password``, ``signature``, ``card`` or ``qr``.
        """
        page = await self.get("/sign-in?return_to=/v1/session")
        form = {"request": page.url.params.get("request", ""), "method": method}
        return await self._go(str(page.url.copy_with(query=None)), form | {"pin": person.pin, "password": PASSWORD})

    async def _go(self, url: str, form: Mapping[str, str] | None = None) -> httpx.Response:
        answer = await self._visit(url, form)
        for _ in range(_LONGEST_WAY):
            if not answer.has_redirect_location:
                return answer
            answer = await self._visit(str(answer.url.join(answer.headers["Location"])))
        raise Failure(f"The way from {url} does not end.")

    async def _visit(self, url: str, form: Mapping[str, str] | None = None) -> httpx.Response:
        """One exchange. What came from one place goes only there, and what expires is forgotten."""
        place = httpx.URL(url)
        cookies = self._cookies[f"{place.scheme}://{place.netloc.decode()}"]
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        answer = await self._client.request("GET" if form is None else "POST", url, data=form, headers=sent)
        for line in answer.headers.get_list("Set-Cookie"):
            for name, cookie in SimpleCookie(line).items():
                cookies[name] = cookie.value
                if cookie["max-age"] == "0":
                    del cookies[name]
        return answer
