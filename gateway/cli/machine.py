"""A machine client's side of access: asks for tokens with its key and proves possession with every request."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.cli.failures import ExitCode, Failure

_TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - an address
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_EARLY_SECONDS: Final = 30.0
"""A token is renewed this long before it expires."""


class MachineAuth(httpx.Auth):
    """``private_key_jwt`` (RFC 7523) and DPoP (RFC 9449) for one client, for requests of httpx, blocking or not.

    ``origin`` is the gateway's public address. Answers without a token leave the request as it is: the gateway's own
    refusal then says what is wrong, and :attr:`refusal` why there was no token.
    """

    requires_response_body = True

    refusal: httpx.Response | None = None
    """The last answer to a request for a token, if it brought none."""

    def __init__(self, *, client: str, key: Mapping[str, str], origin: str) -> None:
        self._client = client
        self._key = ECKey.import_key(dict(key))
        if not self._key.is_private:
            raise ValueError("the key has no private part")
        self._kid = key.get("kid") or self._key.thumbprint()
        self._origin = origin.rstrip("/")
        self._token: str | None = None
        self._expires_at = 0.0

    @classmethod
    def of_file(cls, *, client: str, file: Path, origin: str) -> MachineAuth:
        """With the private key (JWK) that ``gateway client add --key-file`` wrote. Raises :class:`Failure`."""
        try:
            return cls(client=client, key=orjson.loads(file.read_bytes()), origin=origin)
        except OSError as error:
            raise Failure.of_file(error) from None
        except (ValueError, KeyError, TypeError, AttributeError, JoseError):
            problem = f"{file} holds no private key (JWK)."
            raise Failure(problem, "Use the file that «gateway client add» wrote.", code=ExitCode.USAGE) from None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See httpx: a token is asked for when there is none, and once more when the gateway no longer takes it."""
        for last in (False, True):
            if self._token is None or time.time() >= self._expires_at - _EARLY_SECONDS:
                self._take((yield self._token_request(request.headers.get("Accept-Language", "*"))))
            if self._token is not None:
                request.headers["Authorization"] = f"DPoP {self._token}"
                request.headers["DPoP"] = self._proof(request.method, str(request.url), self._token)
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED or last:
                return
            self._token = None

    def _token_request(self, language: str) -> httpx.Request:
        endpoint = self._origin + _TOKEN_PATH
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        headers = {"DPoP": self._proof("POST", endpoint, None), "Accept-Language": language}
        return httpx.Request("POST", endpoint, data=form, headers=headers)

    def _take(self, response: httpx.Response) -> None:
        self._token, self.refusal = None, response
        if not response.is_success:
            return
        try:
            answer = response.json()
            self._token, self._expires_at = answer["access_token"], time.time() + answer["expires_in"]
        except (ValueError, KeyError, TypeError):  # somebody else answers at this address
            return
        self.refusal = None

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self._client, "sub": self._client, "aud": self._origin, "iat": now, "exp": now + 55,
            "jti": str(uuid4()),
        }  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": self._kid}, claims, self._key)

    def _proof(self, method: str, url: str, token: str | None) -> str:
        claims: dict[str, Any] = {
            "htm": method,
            "htu": self._origin + urlunsplit(urlsplit(url)._replace(scheme="", netloc="", query="", fragment="")),
            "iat": int(time.time()),
            "jti": str(uuid4()),
        }
        if token is not None:
            claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, claims, self._key)
