"""One call from beginning to end, all but the sending: signing in, proofs, the clock, and what became of it.

The asynchronous and the blocking client both drive these generators, so that they cannot differ: each gives the
requests to be sent, and is told the response, or the error of httpx that came in its place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, TypeAlias, TypeVar
from urllib.parse import urlsplit

import httpx
import orjson

from kopuro_pos import __version__
from kopuro_pos.client.calls import Call, Patience
from kopuro_pos.client.clock import ClockOffset, better, measure
from kopuro_pos.client.errors import InDoubt, NotSent, Unreachable
from kopuro_pos.client.keys import Machine, SigningKey
from kopuro_pos.client.refusing import refusal_of, sign_in_refusal_of
from kopuro_pos.client.signing import proof
from kopuro_pos.client.signing_in import SignIn

T = TypeVar("T")
_Result = TypeVar("_Result")

Answered: TypeAlias = httpx.Response | httpx.RequestError
"""What became of a request: an answer that was read whole, or none."""

Exchange: TypeAlias = Generator[httpx.Request, Answered, _Result]

_NEVER_LEFT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Errors of httpx before the first byte of a request: there was no connection to send it over."""
_CLOCK_MOVED_SECONDS: Final = 5.0
"""A proof signed with a clock this far off may be why it was refused: the gateway takes it 10 seconds early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: to connect, and in all for what a patient waits for (``lookup``) and for everything else (``commit``).

    The blocking client counts the seconds of each piece of an answer anew.
    """

    connect: float = 1.0
    lookup: float = 2.0
    commit: float = 10.0


class Calling:
    """What the clients of one terminal share; see :class:`kopuro_pos.client.PharmacyClient`."""

    def __init__(
        self,
        origin: str,
        *,
        machine: Machine | None,
        sender: str | None,
        language: str,
        timeouts: Timeouts,
        now: Callable[[], float],
    ) -> None:
        if machine is not None and sender is not None:
            raise ValueError("a terminal signs in, or is named; not both")
        self._origin = _checked(origin)
        self._sign_in = None if machine is None else SignIn(machine, self._origin)
        self._sender = sender
        self._language = language
        self._timeouts = timeouts
        self._now = now
        self.clock: ClockOffset | None = None

    def sign_with(self, key: SigningKey) -> None:
        """From now on, as the same machine."""
        if self._sign_in is not None:
            self._sign_in = self._sign_in.with_key(key)

    def exchange(self, call: Call[T], language: str | None) -> Exchange[T]:
        """Make a call. What a stale token or a wrong clock has spoiled is asked once more: a 401 has done nothing."""
        until = self._until(call.patience)
        for last in (False, True):
            sign_in = None if call.public else self._sign_in
            token = None if sign_in is None else (yield from self._token(sign_in, until))
            answer = yield from self._sent(self._request(call, token, language), until)
            if answer.status_code != httpx.codes.UNAUTHORIZED or last:
                break
            if sign_in is not None:
                sign_in.forget()
            elif call.proven_by is None:
                break
        return _result(call, answer)

    def sign_in(self) -> Exchange[None]:
        """Ask for a token, whether there is one or not. Raises :class:`ValueError` without a machine."""
        if self._sign_in is None:
            raise ValueError("there is no machine to sign in")
        self._sign_in.forget()
        yield from self._token(self._sign_in, self._until(Patience.COMMIT))

    def _token(self, sign_in: SignIn, until: float) -> Exchange[str]:
        """A token; once it is not there, nothing of the call itself has been sent."""
        asked_at = time.monotonic()
        token = sign_in.token(asked_at)
        for last in (False, True):
            if token is not None:
                break
            signed_by = self.clock
            answer = yield from self._answer(sign_in.request(self._gateway_time()), until)
            if isinstance(answer, Unreachable):
                raise NotSent(answer.reason)
            if answer.is_success:
                token = _taken(sign_in, answer, asked_at)
            elif last or not self._moved_since(signed_by):
                raise sign_in_refusal_of(answer) or NotSent(f"no token: status {answer.status_code}")
        assert token is not None
        return token

    def _sent(self, request: httpx.Request, until: float) -> Exchange[httpx.Response]:
        answer = yield from self._answer(request, until)
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    def _answer(self, request: httpx.Request, until: float) -> Exchange[httpx.Response | Unreachable]:
        left = until - time.monotonic()
        if left <= 0:
            return NotSent("no time left")
        connect = min(self._timeouts.connect, left)
        request.extensions["timeout"] = httpx.Timeout(left, connect=connect, pool=connect).as_dict()
        asked_at = self._now()
        answer = yield request
        if isinstance(answer, httpx.RequestError):
            kind = NotSent if isinstance(answer, _NEVER_LEFT) else InDoubt
            return kind(type(answer).__name__)
        measured = measure(answer.headers.get("Date"), asked_at=asked_at, answered_at=self._now())
        self.clock = better(self.clock, measured)
        return answer

    def _request(self, call: Call[T], token: str | None, language: str | None) -> httpx.Request:
        url = self._origin + call.path
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Accept-Language": language or self._language,
            "User-Agent": f"kopuro-pos/{__version__}",
            **call.headers,
        }
        content = call.content
        if self._sender is not None:
            headers["Gateway-Sender"] = self._sender
        if token is not None:
            assert self._sign_in is not None
            headers["Authorization"] = f"DPoP {token}"
            headers["DPoP"] = proof(self._sign_in.key, call.method, url, self._gateway_time(), token)
        if call.proven_by is not None:
            possession = proof(call.proven_by, call.method, url, self._gateway_time())
            if token is None:
                headers["DPoP"] = possession
            elif content is not None:
                content = orjson.dumps(orjson.loads(content) | {"proof": possession})
        if content is not None:
            headers["Content-Type"] = "application/json"
        return httpx.Request(call.method, url, params=call.query, headers=headers, content=content)

    def _gateway_time(self) -> float:
        """Now, by the gateway's clock."""
        return self._now() - (self.clock.seconds if self.clock else 0.0)

    def _moved_since(self, clock: ClockOffset | None) -> bool:
        """Whether an answer has told us that what was signed by ``clock`` was far off."""
        before = clock.seconds if clock else 0.0
        return self.clock is not None and abs(self.clock.seconds - before) > _CLOCK_MOVED_SECONDS

    def _until(self, patience: Patience) -> float:
        seconds = self._timeouts.lookup if patience is Patience.LOOKUP else self._timeouts.commit
        return time.monotonic() + seconds


def _taken(sign_in: SignIn, answer: httpx.Response, asked_at: float) -> str:
    try:
        return sign_in.take(answer.content, asked_at)
    except ValueError:
        failure = NotSent(f"no token: status {answer.status_code}")
    raise failure  # here, so that it does not carry what was read


def _result(call: Call[T], answer: httpx.Response) -> T:
    """What the call brought. Only the gateway's own words count: any other answer leaves open what was done."""
    if answer.is_success:
        try:
            return call.read(answer.content)
        except ValueError:
            failure = InDoubt(f"status {answer.status_code}, and a body that cannot be read")
        raise failure
    refusal = refusal_of(answer)
    if refusal is None or (call.changes and answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR):
        raise InDoubt(f"status {answer.status_code}", refusal)
    raise refusal


def _checked(origin: str) -> str:
    """Scheme, host and port alone. Raises :class:`ValueError`."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None or not host:
        raise ValueError("the gateway's origin is like https://gateway.example, and nothing behind it")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ValueError("only a gateway on this machine is spoken to without TLS")
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
