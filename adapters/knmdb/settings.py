"""Settings of the national medicines database."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from adapters.xroad.settings import Deadlines
from config.secret import SecretReference
from schemas.base import OrganisationCode

_DEADLINES: Final = Deadlines(connect=3.0, read=6.0, total=7.0)
"""Signing in, sending, and both again after a 401 still fit into one attempt of the lane (25 s)."""

_OWN_ADDRESS: Final = r"^(https://[^/?#@\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?)/?$"


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Account(_Settings):
    """A machine account at KNMDB. It is bound to one organisation there, which all its declarations belong to."""

    user_name: Annotated[str, Field(pattern=r"^[!-~]{1,100}$")]
    password: SecretReference
    """Where its password is kept."""
    stakeholder: Annotated[str, Field(min_length=1, max_length=300)]
    """The organisation's name as the histories of boxes show it: by it a sale found there is known to be ours."""


class KnmdbSettings(_Settings):
    """``[knmdb]``: where the database is and who we are to it."""

    url: Annotated[str, Field(pattern=_OWN_ADDRESS)] = "https://ndbapi.med.kg"
    """Its address without a path; ``https://testndbapi.med.kg`` is the test contour."""
    accounts: dict[OrganisationCode, Account] = Field(default_factory=dict)
    """The account of each pharmacy, by the fund's six-digit code. Asking for boxes needs none."""
    user_agent: Annotated[str, Field(pattern=r"^[!-~][ -~]{0,199}$")] = "kopuro"
    """Header ``User-Agent``: KNMDB refuses to work without one."""
    authorities: Path | None = None
    """PEM file with the certificates to trust; the system's own when absent."""
    deadlines: Deadlines = _DEADLINES
    """How long one exchange may take."""
    connections: Annotated[int, Field(ge=1, le=256)] = 16
    """Most connections open at the same time."""
    reply_limit: Annotated[int, Field(ge=1024, le=16 * 1024 * 1024)] = 1024 * 1024
    """Longest reply in bytes; a longer one is dropped unread."""
    token_margin_seconds: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """How long before its end a token is given up, in seconds."""
    sign_in_pause_seconds: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """Least time between two tries of an account that was refused, in seconds, so that it is not locked."""

    def tls_context(self) -> ssl.SSLContext | None:
        """The TLS context, or ``None`` for plain HTTP to this machine; raises ``OSError`` for an unusable file."""
        if not self.url.startswith("https:"):
            return None
        context = ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
