# ruff: noqa: INP001, S105, T201 - a program to read and to copy from, not a package; it prints, and names token types
"""A machine's side of access: a key of its own, tokens for ten minutes, and a proof with every request.

    export KOPURO_URL=https://gateway.example KOPURO_CLIENT=mis-950174 KOPURO_KEY=mis.jwk
    python docs/examples/machine_access.py /v1/operations

Needs httpx and joserfc. The key is the file that «gateway client add --key-file» wrote, or the client's own: an EC
P-256 key as a JWK. Nothing else is secret, and the key never leaves this machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import time
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

GATEWAY = os.environ.get("KOPURO_URL", "http://127.0.0.1:8066")
"""The gateway's address, letter by letter as its setting access.origin has it."""


class TokenRefused(Exception):
    """The gateway gives this client no token; holds the words of its answer."""


class MachineAccess(httpx.Auth):
    """Proves to the gateway, with every request of a client of httpx, who sends it.

    Tokens of most clients are bound to their key (DPoP, RFC 9449): each request needs a proof made anew. Tokens of a
    client that shows a certificate (mutual TLS, RFC 8705) are bound to that: the connection is the proof.
    """

    requires_response_body = True

    def __init__(self, client: str, key: dict[str, Any]) -> None:
        self._client = client
        self._key = ECKey.import_key(key)
        self._token = ""
        self._bound_to_key = True
        self._renew_at = 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See httpx. A token that is no longer taken is replaced once."""
        for again in (True, False):
            if time.time() >= self._renew_at:
                self._take((yield self._token_request()))
            self._sign(request)
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED or not again:
                return
            self._renew_at = 0.0

    def _token_request(self) -> httpx.Request:
        endpoint = f"{GATEWAY}/oauth/token"
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._assertion(),
        }
        return httpx.Request("POST", endpoint, data=form, headers={"DPoP": self._proof("POST", endpoint)})

    def _take(self, response: httpx.Response) -> None:
        answer = response.json()
        if not response.is_success:
            reason = answer.get("error_description") or answer.get("detail", "")
            raise TokenRefused(f"{response.status_code} {answer.get('error') or answer.get('code')}: {reason}")
        self._token = answer["access_token"]
        self._bound_to_key = answer["token_type"] == "DPoP"
        self._renew_at = time.time() + answer["expires_in"] - 30

    def _sign(self, request: httpx.Request) -> None:
        if self._bound_to_key:
            request.headers["Authorization"] = f"DPoP {self._token}"
            address = str(request.url.copy_with(query=None, fragment=None))
            request.headers["DPoP"] = self._proof(request.method, address, self._token)
        else:
            request.headers["Authorization"] = f"Bearer {self._token}"

    def _assertion(self) -> str:
        """Who we are (RFC 7523, section 3): for this gateway, for less than a minute, for one use."""
        now = int(time.time())
        claims = {"iss": self._client, "sub": self._client, "aud": GATEWAY, "jti": str(uuid.uuid4())}
        header = {"alg": "ES256", "kid": self._key.thumbprint()}
        return jwt.encode(header, claims | {"iat": now, "exp": now + 50}, self._key)

    def _proof(self, method: str, address: str, token: str | None = None) -> str:
        """That we hold the key (RFC 9449, section 4.2): for this one request, and for one use."""
        claims: dict[str, Any] = {"htm": method, "htu": address, "iat": int(time.time()), "jti": str(uuid.uuid4())}
        if token is not None:
            digest = hashlib.sha256(token.encode("ascii")).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, claims, self._key)


def access() -> MachineAccess | None:
    """Access as the environment says; ``None`` for a gateway on this machine that takes senders by their names."""
    if "KOPURO_CLIENT" not in os.environ:
        return None
    return MachineAccess(os.environ["KOPURO_CLIENT"], json.loads(Path(os.environ["KOPURO_KEY"]).read_text()))


def main() -> None:
    """Read one address and print the answer; ends with 1 when it is a refusal."""
    with httpx.Client(base_url=GATEWAY, auth=access(), timeout=35.0) as client:
        response = client.get(sys.argv[1])
    print(response.text)
    sys.exit(response.is_error)


if __name__ == "__main__":
    main()
