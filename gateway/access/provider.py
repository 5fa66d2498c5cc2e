"""The provider that people sign in through («Единая система идентификации», ESI), as the core knows it.

What a sign-in ends with: an identity, a refusal with its reason, or ESI out of reach. Knows no OpenID Connect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from gateway.access.jose import Reason
from gateway.access.roles import SignInMethod


class Refusal(StrEnum):
    """Why a sign-in was refused, where :class:`gateway.access.jose.Reason` of a bad token does not say it."""

    CODE_REFUSED = "code-refused"
    """ESI does not take the code: used, expired, another client's, or the verifier is not its own."""
    WRONG_ISSUER_IN_CALLBACK = "wrong-issuer-in-callback"
    """The callback comes from another provider (RFC 9207, section 2.4)."""
    TOKEN_ANSWER_INCOMPLETE = "token-answer-incomplete"  # noqa: S105 - a reason, no token
    """The token endpoint's answer lacks a token or holds one of another type."""
    WRONG_NONCE = "wrong-nonce"
    ACCESS_TOKEN_MISMATCH = "access-token-mismatch"  # noqa: S105 - a reason, no token
    """``at_hash`` is not that of the access token (OpenID Connect Core 1.0, section 3.1.3.8)."""
    NOT_RECENT = "not-recent"
    """The person proved who they are too long ago for what they want to do."""
    METHOD_NOT_ACCEPTED = "method-not-accepted"
    OTHER_SUBJECT = "other-subject"
    """Userinfo speaks of another person than the ID token (OpenID Connect Core 1.0, section 5.3.2)."""
    PIN_MISSING = "pin-missing"
    PIN_MALFORMED = "pin-malformed"
    PIN_CONTRADICTORY = "pin-contradictory"
    """The ID token and userinfo tell different ПИН."""
    NO_LOGOUT_EVENT = "no-logout-event"


class SignInRefused(Exception):
    """What ESI, or somebody in its name, presented is not accepted. The reason is a fixed word and holds no value."""

    def __init__(self, reason: Refusal | Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class EsiUnavailable(Exception):
    """ESI cannot be reached or its answer cannot be used; nothing is known about the person.

    The message says what happened in fixed words, without anything of the answer.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class EsiIdentity:
    """A person as ESI knows them, proven a moment ago. People are keyed by ``(issuer, subject)``.

    ``pin`` is the ПИН (14 digits) by which the staff register finds them (ESI order, clause 5). Names, addresses and
    telephone numbers are not taken over. ``organisation_inn`` is the ИНН of the organisation they chose in ESI, if any.
    ``method`` is ``None`` when ESI does not tell it; ``auth_time`` is when they last proved who they are, in UTC.
    ``provider_session`` is ESI's session (``sid``) that a later notice of sign-out names. ``id_token`` serves as the
    hint when signing out, and nothing else.
    """

    issuer: str
    subject: str = field(repr=False)
    pin: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    organisation_inn: str | None = field(default=None, repr=False)
    method: SignInMethod | None = None
    auth_time: datetime | None = None
    provider_session: str | None = field(default=None, repr=False)
    id_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutNotice:
    """ESI says that a session has ended: that one, or without ``provider_session`` all of the subject.

    At least one of the two is given (OpenID Connect Back-Channel Logout 1.0, section 2.4).
    """

    issuer: str
    subject: str | None = field(repr=False)
    provider_session: str | None = field(repr=False)


class PeopleProvider(Protocol):
    """ESI, as it is asked. Raises :class:`EsiUnavailable` when nothing could be found out, else as told."""

    async def authorization_url(self, *, state: str, nonce: str, verifier: str, step_up: bool = False) -> str:
        """Where to send the browser; with ``step_up`` ESI asks the person again who they are."""
        ...

    async def identify(
        self, *, code: str, verifier: str, nonce: str, iss: str | None = None, max_age: int | None = None
    ) -> EsiIdentity:
        """The person who came back with this code; ``max_age`` bounds the age of their proof, in seconds.

        Raises :class:`SignInRefused`.
        """
        ...

    async def sign_out_url(self, id_token: str) -> str | None:
        """Where to send the browser to end ESI's session too; ``None`` when there is no such address."""
        ...

    async def ended_sessions(self, logout_token: str) -> LogoutNotice:
        """What a notice of ESI's back channel says, once; raises :class:`SignInRefused`."""
        ...
