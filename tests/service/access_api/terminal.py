"""A pharmacy's terminal: makes its key itself, enrols, asks for tokens and changes its key, with real proofs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.access.assertions import ASSERTION_TYPE
from gateway.access.dpop import token_hash
from tests.service.access_api.browser import Answer, Browser
from tests.service.access_api.conftest import ORIGIN, Desk

PHARMACY = "700001"
TILL = {
    "id": "till-1",
    "title": "First till",
    "kind": "pharmacy-terminal",
    "organisations": [PHARMACY],
    "scopes": ["dispenses:write", "dispenses:read"],
    "binding": "dpop",
}
"""What an operator adds."""


def new_key() -> ECKey:
    return ECKey.generate_key("P-256")


def public(key: ECKey) -> dict[str, Any]:
    return key.as_dict(private=False)


@dataclass
class Terminal:
    """A terminal with its key. It has no cookies, and sends exactly what it is told to."""

    desk: Desk
    key: ECKey = field(default_factory=new_key)
    client: str = "till-1"

    @property
    def browser(self) -> Browser:
        return self.desk.browser()

    def proof(
        self, path: str, *, method: str = "POST", token: str | None = None, by: ECKey | None = None, **claims: Any
    ) -> str:
        """A DPoP proof for one request (RFC 9449, section 4.2)."""
        key = by or self.key
        said = {"htm": method, "htu": ORIGIN + path, "iat": self._now(), "jti": str(uuid4())}
        if token is not None:
            said["ath"] = token_hash(token)
        return jwt.encode({"typ": "dpop+jwt", "alg": "ES256", "jwk": public(key)}, said | claims, key)

    async def enrol(self, code: str, *, proof: str | None = None, **headers: str) -> Answer:
        """Redeem a code."""
        headers.setdefault("DPoP", proof or self.proof("/v1/enrolments"))
        return await self.browser.post("/v1/enrolments", {"code": code, "key": public(self.key)}, **headers)

    async def ask_for_token(self) -> Answer:
        """The answer of the token endpoint."""
        claims = {
            "iss": self.client,
            "sub": self.client,
            "aud": ORIGIN,
            "iat": self._now(),
            "exp": self._now() + 55,
            "jti": str(uuid4()),
        }
        assertion = jwt.encode({"alg": "ES256", "kid": self.key.thumbprint()}, claims, self.key)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        return await self.browser.post(
            "/oauth/token",
            urlencode(form).encode(),
            Content_Type="application/x-www-form-urlencoded",
            DPoP=self.proof("/oauth/token"),
        )

    async def token(self) -> str:
        """A token, which it gets."""
        answer = await self.ask_for_token()
        assert answer.status == 200, answer.body
        return answer.json["access_token"]

    async def change_key(self, new: ECKey, token: str, *, proof: str | None = None) -> Answer:
        """Put another key in the place of its own; the terminal itself goes on with the old one."""
        body = {"key": public(new), "proof": proof or self.proof("/v1/client/key", by=new)}
        return await self.signed("/v1/client/key", token, body)

    async def signed(self, path: str, token: str, body: Any) -> Answer:
        """A request with a token and a proof by its key."""
        return await self.browser.post(path, body, Authorization=f"DPoP {token}", DPoP=self.proof(path, token=token))

    def _now(self) -> int:
        return int(self.desk.clock.now().timestamp())
