"""Signing in: one token for each account, obtained once for all who wait for it, given up before it ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.knmdb.errors import Symptom, of_symptom
from adapters.knmdb.exchange import Exchange, JsonReply
from adapters.knmdb.settings import Account, KnmdbSettings
from adapters.xroad.outcomes import ExchangeFailed, Failure
from config.secret import SecretUnavailable
from gateway.operations.model import Outcome

TOKEN_PATH: Final = "/connect/token"  # noqa: S105 - an address
_LONGEST_SECONDS: Final = 7200
"""KNMDB gives two hours. Its own description says minutes where it gives seconds, so no longer life is believed."""
_OAUTH_ERROR: Final = re.compile(r"[a-z_]{1,60}")

_log = structlog.get_logger(__name__)


class _Granted(BaseModel):
    """A token answer (RFC 6749, section 5.1)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    access_token: Annotated[str, Field(pattern=r"^[!-~]{1,16384}$")]
    token_type: Annotated[str, Field(pattern=r"^(?i:bearer)$")]
    expires_in: Annotated[int, Field(ge=1)]


@dataclass(slots=True)
class _Session:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    token: str | None = None
    until: float = 0.0
    closed_until: float = 0.0


class Sessions:
    """The tokens of all accounts, in memory only. ``clock`` gives seconds that only grow."""

    def __init__(self, settings: KnmdbSettings, exchange: Exchange, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._exchange = exchange
        self._clock = clock
        self._sessions: dict[str, _Session] = {}

    async def token(self, account: Account) -> str:
        """A token of this account. Raises :class:`ExchangeFailed`; nothing else was sent then."""
        session = self._sessions.setdefault(account.user_name, _Session())
        async with session.lock:
            if session.token is None or self._clock() >= session.until:
                session.token = await self._sign_in(account, session)
            return session.token

    def give_up(self, account: Account, token: str) -> None:
        """Forget a token that was refused, unless another has taken its place."""
        session = self._sessions[account.user_name]
        if session.token == token:
            session.token = None

    async def _sign_in(self, account: Account, session: _Session) -> str:
        if self._clock() < session.closed_until:
            raise ExchangeFailed(of_symptom(Symptom.SIGN_IN_REFUSED))
        try:
            password = account.password.read()
        except SecretUnavailable:
            raise ExchangeFailed(of_symptom(Symptom.SECRET_UNAVAILABLE)) from None
        form = {
            "grant_type": "password",
            "username": account.user_name,
            "password": password.get_secret_value(),
            "scope": "api",  # any other beside it is refused as a whole
        }
        try:
            reply = await self._exchange.post(TOKEN_PATH, form=form)
        except ExchangeFailed as error:
            raise ExchangeFailed(_not_sent(error.failure)) from None
        granted = _granted(reply)
        if granted is None:
            raise ExchangeFailed(self._refusal(reply, session))
        lifetime = min(granted.expires_in, _LONGEST_SECONDS)
        session.until = self._clock() + max(0.0, lifetime - self._settings.token_margin_seconds)
        return granted.access_token

    def _refusal(self, reply: JsonReply, session: _Session) -> Failure:
        error = _oauth_error(reply)
        if error is None:
            return of_symptom(Symptom.SIGN_IN_FAILED)
        session.closed_until = self._clock() + self._settings.sign_in_pause_seconds
        _log.warning("upstream_alarm", alarm="configuration", reason=Symptom.SIGN_IN_REFUSED.value, error=error)
        return of_symptom(Symptom.SIGN_IN_REFUSED)


def _granted(reply: JsonReply) -> _Granted | None:
    if reply.status != 200:
        return None
    try:
        return _Granted.model_validate(reply.content)
    except ValidationError:
        return None  # an envelope, as KNMDB answers here too when it fails, or anything else


def _oauth_error(reply: JsonReply) -> str | None:
    """The code of an OAuth refusal (RFC 6749, section 5.2); ``None`` when it is none."""
    if reply.status == 401:
        return "unauthorised"
    content: Any = reply.content
    code = content.get("error") if isinstance(content, dict) and 400 <= reply.status < 500 else None
    return code if isinstance(code, str) and _OAUTH_ERROR.fullmatch(code) else None


def _not_sent(failure: Failure) -> Failure:
    """What a failed sign-in means for the message that waited for it: it has not left."""
    return Failure(
        outcome=Outcome.NOT_SENT,
        reason=failure.reason,
        detail=f"signing in; {failure.detail}" if failure.detail else "signing in",
        unavailable=True,
        retry_after=failure.retry_after,
        alarm=failure.alarm,
    )
