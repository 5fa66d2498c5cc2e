"""What ESI's tokens and userinfo claim, judged: each function returns what may be believed or refuses.

Refusals are :class:`SignInRefused`, or :class:`gateway.access.jose.TokenRefused` for faults that any token can have.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from adapters.esi.settings import EsiSettings
from adapters.esi.sign_in import LogoutNotice, Refusal, SignInRefused
from gateway.access.jose import SKEW, Claims, Reason, TokenKind, TokenRefused
from gateway.access.roles import SignInMethod
from gateway.rules.identifiers import check_inn, check_pin

_ALGORITHMS: Final = frozenset({"RS256"})
_MEMBERS: Final = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
"""``x5t`` is a certificate's thumbprint, which providers of this family send along; it is not used."""

ID_TOKEN: Final = TokenKind(types=frozenset({None, "JWT"}), algorithms=_ALGORITHMS, members=_MEMBERS)
LOGOUT_TOKEN: Final = TokenKind(types=frozenset({None, "JWT", "logout+jwt"}), algorithms=_ALGORITHMS, members=_MEMBERS)

BACK_CHANNEL_LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
"""The event of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4)."""

_ID_TOKEN_AGE: Final = timedelta(minutes=10)
"""An ID token comes straight from the token endpoint, so an older one was not made for this sign-in."""
_LONGEST_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a valid ID token proves."""

    subject: str
    method: SignInMethod | None
    auth_time: datetime | None
    provider_session: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What userinfo tells of the person, as far as it is kept."""

    pin: str
    birth_date: date | None
    organisation_inn: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A logout token's message, the id by which a repeat is known, and until when that must be remembered."""

    notice: LogoutNotice
    token_id: str
    remember_until: datetime


def judge_id_token(
    claims: Claims, *, settings: EsiSettings, now: datetime, nonce: str, access_token: str, max_age: int | None
) -> Proof:
    """Apply OpenID Connect Core 1.0, section 3.1.3.7, more strictly: no audience but us, and never an old token.

    ``max_age`` is the greatest age in seconds of the person's last proof of who they are.
    """
    _check_parties(claims, settings)
    claims.check_begun(now)
    claims.check_not_over(now)
    _issued_at(claims, now, oldest=_ID_TOKEN_AGE)
    if "events" in claims.content:
        raise TokenRefused(Reason.TYPE)
    if not _same(claims.text("nonce"), nonce):
        raise SignInRefused(Refusal.WRONG_NONCE)
    if "at_hash" in claims.content and not _same(claims.text("at_hash"), _left_half(access_token)):
        raise SignInRefused(Refusal.ACCESS_TOKEN_MISMATCH)
    return Proof(
        subject=_subject(claims),
        method=_method(claims, settings),
        auth_time=_auth_time(claims, now, max_age),
        provider_session=_text_if_given(claims, "sid"),
    )


def judge_logout_token(claims: Claims, *, settings: EsiSettings, now: datetime) -> Notice:
    """Apply OpenID Connect Back-Channel Logout 1.0, section 2.6, all but the question whether it came before."""
    _check_parties(claims, settings)
    claims.check_begun(now)
    # Providers older than the final specification send no ``exp``; the age is bounded in any case.
    if "exp" in claims.content:
        claims.check_not_over(now)
    oldest = timedelta(seconds=settings.logout_token_seconds)
    issued_at = _issued_at(claims, now, oldest=oldest)
    events = claims.content.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(BACK_CHANNEL_LOGOUT), dict):
        raise SignInRefused(Refusal.NO_LOGOUT_EVENT)
    if "nonce" in claims.content:
        raise TokenRefused(Reason.TYPE)
    notice = LogoutNotice(
        issuer=settings.issuer,
        subject=_subject(claims) if "sub" in claims.content else None,
        provider_session=_text_if_given(claims, "sid"),
    )
    if notice.subject is None and notice.provider_session is None:
        raise TokenRefused(Reason.CLAIMS)
    return Notice(notice=notice, token_id=claims.text("jti"), remember_until=issued_at + oldest + SKEW)


def judge_userinfo(userinfo: Mapping[str, Any], id_token: Claims, settings: EsiSettings) -> Person:
    """Who the person is, if userinfo speaks of the ID token's subject.

    A malformed birth date or ИНН counts as not told; a malformed ПИН is refused.
    """
    subject = userinfo.get("sub")
    if not isinstance(subject, str) or not _same(subject, _subject(id_token)):
        raise SignInRefused(Refusal.OTHER_SUBJECT)
    names = settings.claims
    inn = userinfo.get(names.organisation_inn)
    return Person(
        pin=_pin([claims[names.pin] for claims in (userinfo, id_token.content) if names.pin in claims]),
        birth_date=_birth_date(userinfo.get(names.birth_date)),
        organisation_inn=inn if isinstance(inn, str) and not check_inn(inn, "") else None,
    )


def _check_parties(claims: Claims, settings: EsiSettings) -> None:
    """Issued by ESI, for us and nobody else. A list of one is an audience too (RFC 7519, section 4.1.3)."""
    claims.check_issuer(settings.issuer)
    if claims.content.get("aud") not in (settings.client_id, [settings.client_id]):
        raise TokenRefused(Reason.AUDIENCE)
    if claims.content.get("azp", settings.client_id) != settings.client_id:
        raise TokenRefused(Reason.AUDIENCE)


def _issued_at(claims: Claims, now: datetime, *, oldest: timedelta) -> datetime:
    issued_at = claims.instant("iat")
    if issued_at + oldest < now - SKEW:
        raise TokenRefused(Reason.LIFETIME)
    return issued_at


def _auth_time(claims: Claims, now: datetime, max_age: int | None) -> datetime | None:
    """When the person proved who they are; must be told when ``max_age`` was asked for (section 2)."""
    if "auth_time" not in claims.content and max_age is None:
        return None
    auth_time = claims.instant("auth_time")
    if auth_time > now + SKEW:
        raise TokenRefused(Reason.NOT_YET_VALID)
    if max_age is not None and auth_time + timedelta(seconds=max_age) < now - SKEW:
        raise SignInRefused(Refusal.NOT_RECENT)
    return auth_time


def _method(claims: Claims, settings: EsiSettings) -> SignInMethod | None:
    """How the person signed in: the first value told that a method is known for."""
    told = claims.content.get(settings.claims.methods)
    values = told if isinstance(told, list) else [told]
    meant = settings.methods.meanings()
    method = next((meant[value] for value in values if isinstance(value, str) and value in meant), None)
    if settings.accepted_methods is not None and method not in settings.accepted_methods:
        raise SignInRefused(Refusal.METHOD_NOT_ACCEPTED)
    return method


def _subject(claims: Claims) -> str:
    """``sub``: at most 255 ASCII characters (OpenID Connect Core 1.0, section 2)."""
    subject = claims.text("sub")
    if len(subject) > _LONGEST_SUBJECT or not subject.isascii():
        raise TokenRefused(Reason.CLAIMS)
    return subject


def _pin(told: list[object]) -> str:
    if not told:
        raise SignInRefused(Refusal.PIN_MISSING)
    pins = [pin for pin in told if isinstance(pin, str) and not check_pin(pin, "")]
    if len(pins) != len(told):
        raise SignInRefused(Refusal.PIN_MALFORMED)
    if len(set(pins)) != 1:
        raise SignInRefused(Refusal.PIN_CONTRADICTORY)
    return pins[0]


def _text_if_given(claims: Claims, name: str) -> str | None:
    return claims.text(name) if name in claims.content else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _left_half(access_token: str) -> str:
    """``at_hash`` under RS256: the left half of SHA-256, in base64url (OpenID Connect Core 1.0, section 3.1.3.6)."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def _birth_date(value: object) -> date | None:
    """A date as ``YYYY-MM-DD`` or ``DD.MM.YYYY``: both spellings are seen in ESI's answers."""
    if not isinstance(value, str):
        return None
    for spelling in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(value, spelling).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None
