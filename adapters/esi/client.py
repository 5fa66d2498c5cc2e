"""The gateway as a relying party of ESI (OpenID Connect Core 1.0, authorization code flow with PKCE).

Nothing but the code flow exists here: no implicit and no password grant (ESI order, clause 3(2); RFC 9700, section 2).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from adapters.esi.claims import ID_TOKEN, LOGOUT_TOKEN, judge_id_token, judge_logout_token, judge_userinfo
from adapters.esi.discovery import Metadata, read_metadata
from adapters.esi.exchange import Answer, Exchange, open_exchange
from adapters.esi.kept import Kept
from adapters.esi.keys import Keys
from adapters.esi.settings import EsiSettings
from adapters.esi.sign_in import EsiIdentity, EsiUnavailable, LogoutNotice, Refusal, SignInRefused
from config.secret import SecretUnavailable
from gateway.access.jose import Claims, Reason, TokenKind, TokenRefused, parse
from gateway.access.once import Replays, use_digest
from gateway.ports import Clock

_METADATA_APART: Final = timedelta(seconds=5)
"""Between two readings of the metadata, so that sign-ins while ESI is down do not queue up behind each other."""
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_VISIBLE: Final = re.compile(r"[\x20-\x7e]{1,2048}", re.ASCII)
_TOKEN_TEXT: Final = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*", re.ASCII)
_REFUSED_CODES: Final = ("invalid_grant", "invalid_request")
"""A wrong verifier is told by either (RFC 7636, section 4.6; RFC 6749, section 5.2)."""


class EsiClient:
    """Signs people in and out through ESI.

    ``state``, ``nonce`` and ``verifier`` are the caller's: fresh random values kept with the browser's sign-in.
    The caller compares ``state`` and takes it once. Methods raise :class:`EsiUnavailable` when nothing could be found
    out and :class:`SignInRefused` when what was presented is not accepted.
    """

    def __init__(self, settings: EsiSettings, *, exchange: Exchange, clock: Clock, replays: Replays) -> None:
        self._settings = settings
        self._exchange = exchange
        self._clock = clock
        self._replays = replays
        self._metadata = Kept(
            lambda: read_metadata(exchange, settings.issuer),
            clock=clock,
            fresh_for=timedelta(seconds=settings.metadata_seconds),
            apart=_METADATA_APART,
        )
        self._keys = Keys(
            exchange,
            clock=clock,
            fresh_for=timedelta(seconds=settings.keys_seconds),
            apart=timedelta(seconds=settings.keys_interval_seconds),
        )

    async def authorization_url(self, *, state: str, nonce: str, verifier: str, step_up: bool = False) -> str:
        """Where to send the browser (OpenID Connect Core 1.0, section 3.1.2.1; PKCE with S256, RFC 7636).

        ``step_up`` makes ESI ask the person again who they are; pass :meth:`identify` a ``max_age`` then. Raises
        ``ValueError`` for a verifier that RFC 7636, section 4.1, does not allow.
        """
        if _VERIFIER.fullmatch(verifier) is None:
            raise ValueError("a PKCE verifier has 43 to 128 unreserved characters")
        metadata = await self._metadata.get()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        parameters = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": " ".join(self._settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if step_up:
            parameters |= {"prompt": "login", "max_age": str(self._settings.step_up_seconds)}
            if self._settings.step_up_acr_values:
                parameters["acr_values"] = " ".join(self._settings.step_up_acr_values)
        return _with_query(metadata.authorization_endpoint, parameters)

    async def identify(
        self, *, code: str, verifier: str, nonce: str, iss: str | None = None, max_age: int | None = None
    ) -> EsiIdentity:
        """Exchange the callback's code for the person's identity. A code is never sent twice.

        ``iss`` is the callback's parameter of that name, if it has one. ``max_age`` in seconds demands a proof of the
        person not older than that.
        """
        metadata = await self._metadata.get()
        self._check_callback(metadata, iss)
        id_token, access_token = await self._redeem(metadata, code, verifier)
        with _refusing():
            claims = await self._proven(metadata, id_token, ID_TOKEN)
            proof = judge_id_token(
                claims,
                settings=self._settings,
                now=self._clock.now(),
                nonce=nonce,
                access_token=access_token,
                max_age=max_age,
            )
        userinfo = await self._exchange.get(metadata.userinfo_endpoint, bearer=access_token)
        if userinfo.status != 200:
            raise EsiUnavailable("ESI does not give the person's data")
        person = judge_userinfo(userinfo.content, claims, self._settings)
        return EsiIdentity(
            issuer=self._settings.issuer,
            subject=proof.subject,
            pin=person.pin,
            birth_date=person.birth_date,
            organisation_inn=person.organisation_inn,
            method=proof.method,
            auth_time=proof.auth_time,
            provider_session=proof.provider_session,
            id_token=id_token,
        )

    async def sign_out_url(self, id_token: str) -> str | None:
        """Where to send the browser to end ESI's session too (OpenID Connect RP-Initiated Logout 1.0, section 2).

        ``None`` when ESI has no such address.
        """
        metadata = await self._metadata.get()
        if metadata.end_session_endpoint is None:
            return None
        parameters = {"id_token_hint": id_token}
        if self._settings.post_logout_redirect_uri is not None:
            parameters["post_logout_redirect_uri"] = self._settings.post_logout_redirect_uri
        return _with_query(metadata.end_session_endpoint, parameters)

    async def ended_sessions(self, logout_token: str) -> LogoutNotice:
        """What a notice of ESI's back channel says (OpenID Connect Back-Channel Logout 1.0, section 2.6), once."""
        metadata = await self._metadata.get()
        with _refusing():
            claims = await self._proven(metadata, logout_token, LOGOUT_TOKEN)
            judged = judge_logout_token(claims, settings=self._settings, now=self._clock.now())
        digest = use_digest("esi-logout", metadata.issuer, judged.token_id)
        if not await self._replays.first_use(digest, judged.remember_until):
            raise SignInRefused(Reason.REPLAYED)
        return judged.notice

    async def close(self) -> None:
        """Release connections."""
        await self._exchange.close()

    def _check_callback(self, metadata: Metadata, iss: str | None) -> None:
        expected = iss is not None or metadata.issuer_in_callback
        if expected and iss != metadata.issuer:
            raise SignInRefused(Refusal.WRONG_ISSUER_IN_CALLBACK)

    async def _redeem(self, metadata: Metadata, code: str, verifier: str) -> tuple[str, str]:
        """The ID token and the access token for a code (OpenID Connect Core 1.0, section 3.1.3)."""
        if _VISIBLE.fullmatch(code) is None:
            raise SignInRefused(Refusal.CODE_REFUSED)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "code_verifier": verifier,
        }
        answer = await self._exchange.post(metadata.token_endpoint, form, authorization=self._basic())
        return _tokens(answer)

    def _basic(self) -> str:
        """``client_secret_basic``: id and secret form-encoded before base64 (RFC 6749, section 2.3.1)."""
        try:
            secret = self._settings.client_secret.read().get_secret_value()
        except SecretUnavailable:
            raise EsiUnavailable("the gateway's secret at ESI cannot be read") from None
        pair = f"{quote(self._settings.client_id, safe='')}:{quote(secret, safe='')}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    async def _proven(self, metadata: Metadata, compact: str, kind: TokenKind) -> Claims:
        token = parse(compact, kind)
        if token.kid is None:
            raise SignInRefused(Reason.KEY_UNKNOWN)
        return token.proven_by(await self._keys.find(token.kid, address=metadata.keys))


def open_esi_client(settings: EsiSettings, *, clock: Clock, replays: Replays) -> EsiClient:
    """A client over pooled connections; raises ``OSError`` for an unusable file of authorities."""
    return EsiClient(settings, exchange=open_exchange(settings), clock=clock, replays=replays)


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """Tell a bad token as a refused sign-in, with the same reason."""
    try:
        yield
    except TokenRefused as error:
        raise SignInRefused(error.reason) from None


def _tokens(answer: Answer) -> tuple[str, str]:
    content: Mapping[str, Any] = answer.content
    error = content.get("error")
    if error in _REFUSED_CODES:
        raise SignInRefused(Refusal.CODE_REFUSED)
    if answer.status != 200 or error is not None:
        raise EsiUnavailable("ESI does not take the gateway's request for a token")
    id_token, access_token, type_ = (content.get(name) for name in ("id_token", "access_token", "token_type"))
    if not isinstance(id_token, str) or not isinstance(access_token, str) or not isinstance(type_, str):
        raise SignInRefused(Refusal.TOKEN_ANSWER_INCOMPLETE)
    if type_.lower() != "bearer" or _TOKEN_TEXT.fullmatch(access_token) is None:
        raise SignInRefused(Refusal.TOKEN_ANSWER_INCOMPLETE)
    return id_token, access_token


def _with_query(endpoint: str, parameters: Mapping[str, str]) -> str:
    separator = "&" if "?" in endpoint else "?"
    return endpoint + separator + urlencode(parameters, quote_via=quote)
