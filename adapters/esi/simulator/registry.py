"""What the simulated ESI remembers: registered clients, sign-ins under way, codes, access tokens, sessions."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from adapters.esi.simulator.people import Person

SCOPES: Final = frozenset(("openid", "profile", "organizations", "email", "phone"))
CODE_LIFE: Final = timedelta(seconds=60)
REQUEST_LIFE: Final = timedelta(minutes=15)
ACCESS_TOKEN_LIFE: Final = timedelta(minutes=10)

T = TypeVar("T")


class RegisteredClient(BaseModel):
    """A relying party as ESI knows it; what ``POST /simulator/clients`` takes. Addresses must fit letter by letter."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that was found to be in order (OpenID Connect Core 1.0, section 3.1.2.2)."""

    client: RegisteredClient
    redirect_uri: str
    scopes: frozenset[str]
    state: str | None
    nonce: str | None
    challenge: str
    login_asked: bool
    max_age: int | None
    language: str | None


@dataclass(slots=True, kw_only=True)
class Session:
    """A person signed in at ESI in one browser."""

    sid: str
    person: Person
    method: str
    auth_time: datetime
    clients: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a code, and later its access token, stands for."""

    request: AuthorizationRequest
    session: Session


class Shelf(Generic[T]):
    """Things kept under unguessable names for a while."""

    def __init__(self, life: timedelta) -> None:
        self._life = life
        self._things: dict[str, tuple[T, datetime]] = {}

    def put(self, thing: T, now: datetime) -> str:
        """Keep a thing; gives its name, 256 random bits."""
        name = secrets.token_urlsafe(32)
        self._things[name] = (thing, now + self._life)
        return name

    def get(self, name: str, now: datetime) -> T | None:
        """The thing under a name, if its time is not over."""
        thing, until = self._things.get(name, (None, now))
        return thing if now < until else None

    def take(self, name: str, now: datetime) -> T | None:
        """As :meth:`get`, and never again."""
        thing = self.get(name, now)
        self._things.pop(name, None)
        return thing


class Registry:
    """The simulated ESI's memory; all of it is lost when it stops."""

    def __init__(self, clients: Iterable[RegisteredClient]) -> None:
        self.clients = {client.client_id: client for client in clients}
        self.requests: Shelf[AuthorizationRequest] = Shelf(REQUEST_LIFE)
        self.access_tokens: Shelf[Grant] = Shelf(ACCESS_TOKEN_LIFE)
        self.sessions: dict[str, Session] = {}
        """By the browser's cookie."""
        self._codes: Shelf[Grant] = Shelf(CODE_LIFE)
        self._redeemed: dict[str, str] = {}

    def issue_code(self, grant: Grant, now: datetime) -> str:
        """A new code for a grant."""
        grant.session.clients.add(grant.request.client.client_id)
        return self._codes.put(grant, now)

    def take_code(self, code: str, now: datetime) -> Grant | None:
        """The grant of a code, once. A second try also ends the access token of the first (RFC 6749, section 4.1.2)."""
        if code in self._redeemed:
            self.access_tokens.take(self._redeemed[code], now)
            return None
        return self._codes.take(code, now)

    def issue_access_token(self, code: str, grant: Grant, now: datetime) -> str:
        """An access token for a code's grant."""
        token = self.access_tokens.put(grant, now)
        self._redeemed[code] = token
        return token

    def start_session(self, person: Person, method: str, now: datetime) -> tuple[str, Session]:
        """Sign a person in; gives the browser's cookie and the session."""
        session = Session(sid=secrets.token_urlsafe(16), person=person, method=method, auth_time=now)
        cookie = secrets.token_urlsafe(32)
        self.sessions[cookie] = session
        return cookie, session

    def end_sessions(self, *, pin: str | None = None, sid: str | None = None) -> list[Session]:
        """End the sessions of a person, or one; gives those that ended."""
        ended = {
            cookie: session
            for cookie, session in self.sessions.items()
            if session.sid == sid or session.person.pin == pin
        }
        for cookie in ended:
            del self.sessions[cookie]
        return list(ended.values())

    def authenticated(self, client_id: str, secret: str) -> RegisteredClient | None:
        """The client with this id and secret."""
        client = self.clients.get(client_id)
        if client is None or not hmac.compare_digest(client.client_secret.encode(), secret.encode()):
            return None
        return client
