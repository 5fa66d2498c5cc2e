"""How a terminal gets its place at the gateway, and changes its key."""

from __future__ import annotations

from pydantic import AwareDatetime

from kopuro_pos.client.models.base import Received


class Enrolment(Received):
    """Whom a one-time code has made of this terminal."""

    client: str
    """The name under which it signs in: :class:`kopuro_pos.client.Machine` wants it."""
    title: str
    organisation: str
    """Code of the pharmacy."""
    organisation_name: str | None
    scopes: tuple[str, ...]


class KeyChanged(Received):
    """The gateway has the new key."""

    client: str
    kid: str
    """Thumbprint of the new key (RFC 7638)."""
    others_until: AwareDatetime
    """Until when the former keys count."""
