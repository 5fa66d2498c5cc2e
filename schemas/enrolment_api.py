"""What the HTTP API answers and takes about terminals that bring keys of their own: contract ``/v1``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from schemas.access_api import EnrolmentCode, ScopeName
from schemas.api import Answer, Command


class OpenedEnrolment(EnrolmentCode):
    """A new code for a machine; the one before is worth nothing any more."""

    client: str


class EnrolledClient(Answer):
    """What a terminal is, now that its key counts."""

    client: str
    """Its id: ``iss`` and ``sub`` of its requests for tokens."""
    title: str
    organisation: str
    """Six-digit code of the pharmacy it stands in."""
    organisation_name: str | None
    """The pharmacy's name in the register of organisations, else in its contract; ``null`` where neither has one."""
    scopes: tuple[ScopeName, ...]


class ChangedKey(Answer):
    """The new key counts."""

    client: str
    kid: str
    """The new key's name: its thumbprint (RFC 7638)."""
    others_until: datetime
    """Until when the key that signed this request goes on counting."""


class OpenEnrolmentCommand(Command):
    """Give a pharmacy's terminal a one-time code to register its key with."""

    hours: Annotated[int, Field(ge=1, le=72, description="For how long the code is good.")] = 24


PublicJwk = Annotated[
    dict[str, Any], Field(description="The public key (JWK) of a pair made on the terminal: EC P-256 or Ed25519.")
]


class EnrolCommand(Command):
    """Register a terminal's key; the header `DPoP` holds a proof by that key."""

    code: Annotated[
        str,
        StringConstraints(min_length=1, max_length=64),
        Field(description="As it was told: small letters, blanks and hyphens do not matter."),
    ]
    key: PublicJwk


class ChangeKeyCommand(Command):
    """Put another key in the place of the one that signs this request."""

    key: PublicJwk
    proof: Annotated[
        str,
        StringConstraints(min_length=1, max_length=8192),
        Field(description="A DPoP proof by the new key for this method and address (RFC 9449), without `ath`."),
    ]
