"""Tokens: asked for with the machine's key, kept until shortly before they expire."""

from __future__ import annotations

from typing import Final

import httpx
from pydantic import BaseModel, ConfigDict

from kopuro_pos.client.keys import Machine, SigningKey
from kopuro_pos.client.signing import assertion, proof

_EARLY_SECONDS: Final = 30.0
"""A token is renewed this long before it expires."""
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _TokenAnswer(BaseModel):
    """An access token bound to our key (RFC 6749, section 5.1; RFC 9449, section 5)."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    access_token: str
    expires_in: int


class SignIn:
    """How one machine signs in at the gateway of ``origin``. Ages are counted on a clock that nobody can set."""

    def __init__(self, machine: Machine, origin: str) -> None:
        self._machine = machine
        self._origin = origin
        self._token = ""
        self._good_until = float("-inf")

    @property
    def key(self) -> SigningKey:
        """Which the tokens are bound to."""
        return self._machine.key

    def with_key(self, key: SigningKey) -> SignIn:
        """The same machine under another key."""
        return SignIn(Machine(self._machine.client_id, key), self._origin)

    def token(self, monotonic: float) -> str | None:
        """The token in hand; ``None`` when a new one is wanted."""
        return self._token if monotonic < self._good_until else None

    def request(self, now: float) -> httpx.Request:
        """The question for a token; ``now`` is the gateway's time."""
        endpoint = f"{self._origin}/oauth/token"
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion(self._machine, self._origin, now),
        }
        headers = {"DPoP": proof(self.key, "POST", endpoint, now)}
        return httpx.Request("POST", endpoint, data=form, headers=headers)

    def take(self, body: bytes, monotonic: float) -> str:
        """Keep the token of an answer that was asked for at ``monotonic``. Raises :class:`ValueError`."""
        answer = _TokenAnswer.model_validate_json(body)
        self._token, self._good_until = answer.access_token, monotonic + answer.expires_in - _EARLY_SECONDS
        return self._token

    def forget(self) -> None:
        """The gateway does not take the token any more."""
        self._good_until = float("-inf")
