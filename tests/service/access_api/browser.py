"""A browser without a screen: keeps cookies, goes to ESI and back, and sends what pages of ours would send."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp
import orjson
from multidict import CIMultiDictProxy

from adapters.esi.simulator import PASSWORD, PEOPLE, Person
from gateway.api.access_routes import ACCESS_ROUTES
from tests.contract.esi import CALLBACK

BY_KEY = {person.key: person for person in PEOPLE}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read whole."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        """The deciding code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return self.json["code"]

    @property
    def codes(self) -> set[tuple[str, str]]:
        return {(finding["code"], finding["path"]) for finding in self.json["findings"]}

    @property
    def location(self) -> str:
        assert self.status == 303, (self.status, self.body)
        return self.headers["Location"]

    @property
    def cookies(self) -> dict[str, Morsel[str]]:
        found: SimpleCookie = SimpleCookie()
        for line in self.headers.getall("Set-Cookie", ()):
            found.load(line)
        return dict(found)


def check_documented(method: str, path: str, code: str) -> None:
    """Every problem of a route is one that its declaration names."""
    parts = path.partition("?")[0].split("/")
    for route in ACCESS_ROUTES:
        wanted = route.path.split("/")
        fits = len(wanted) == len(parts) and all(
            want.startswith("{") or want == got for want, got in zip(wanted, parts, strict=True)
        )
        if fits and route.method == method:
            assert code in {known.value for known in route.all_errors}, (route.name, code)


@dataclass
class Browser:
    """One browser: its cookies at the gateway and at ESI."""

    session: aiohttp.ClientSession
    gateway: str
    esi: str
    cookies: dict[str, str] = field(default_factory=dict)
    esi_cookies: dict[str, str] = field(default_factory=dict)
    forgery_token: str | None = None

    async def call(self, method: str, path: str, *, body: Any = None, **headers: str) -> Answer:
        """A request to the gateway; underscores in names of headers stand for hyphens."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        data = None
        if body is not None:
            fields.setdefault("Content-Type", "application/json")
            data = body if isinstance(body, bytes) else orjson.dumps(body)
        answer = await self._send(method, self.gateway + path, data, fields)
        if answer.headers.get("Content-Type") == "application/problem+json":
            check_documented(method, path, answer.json["code"])
        for name, morsel in answer.cookies.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return answer

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """What a page of ours would send: with the token against forged requests."""
        if self.forgery_token is not None:
            headers.setdefault("X_CSRF_Token", self.forgery_token)
        return await self.call("POST", path, body=body, **headers)

    async def begin(self, query: str = "") -> str:
        """Begin to sign in; gives the address at ESI."""
        return (await self.get(f"/sign-in{query}")).location

    async def at_esi(self, url: str, person: Person, method: str = "password") -> str:
        """Sign in at ESI if it asks; gives the path and query that lead back to the gateway."""
        answer = await self.visit(url)
        location = urljoin(url, answer.headers["Location"])
        if location.startswith(self.esi):
            form = {"request": parse_qs(urlsplit(location).query)["request"][0], "method": method, "pin": person.pin}
            answer = await self.visit(f"{self.esi}/account/login", form | {"password": PASSWORD})
            location = answer.location
        assert location.startswith(CALLBACK), location
        return location.removeprefix(CALLBACK.removesuffix("/sign-in/callback"))

    async def sign_in(self, key: str, *, method: str = "password", query: str = "", **headers: str) -> Answer:
        """The whole way; gives the gateway's answer to the callback. Learns the token against forged requests."""
        back = await self.at_esi(await self.begin(query), BY_KEY[key], method)
        answer = await self.get(back, **headers)
        if answer.status == 303:
            self.forgery_token = (await self.get("/v1/session")).json["forgery_token"]
        return answer

    async def visit(self, url: str, form: dict[str, str] | None = None) -> Answer:
        """A page of ESI."""
        fields = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.esi_cookies.items())}
        answer = await self._send("GET" if form is None else "POST", url, form, fields)
        self.esi_cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
        return answer

    async def _send(self, method: str, url: str, data: Any, headers: dict[str, str]) -> Answer:
        async with self.session.request(method, url, data=data, headers=headers, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())
