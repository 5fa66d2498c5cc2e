"""Machines that may ask for tokens, or come through X-Road: what is written down of each, and what must hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_keys import ClientKey
from gateway.access.client_kinds import BINDINGS, Binding, ClientKind
from gateway.access.principal import Scope
from gateway.operations.model import Channel
from gateway.rules.findings import Finding
from schemas.errors import ErrorCode

__all__ = ["Binding", "Client", "ClientDefinition", "ClientKind"]

_ID: Final = "[a-z]([a-z0-9-]{0,62}[a-z0-9])?"
_ORGANISATION: Final = "[0-9]{6}"
_XROAD_PART: Final = r"[^\s/\\%;:]{1,60}"
_XROAD_MEMBER: Final = "/".join([_XROAD_PART] * 4)
_LONGEST_MEMBER: Final = 200
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDefinition:
    """What a client is and may.

    ``organisations`` are those it answers for, by six-digit code, ``None`` for all. ``certificate`` goes with mutual
    TLS. ``xroad_member`` is ``instance/class/member/subsystem`` as in the header ``X-Road-Client``.
    """

    id: str
    title: str
    kind: ClientKind
    channel: Channel = Channel.SYSTEM
    organisations: frozenset[str] | None
    scopes: frozenset[Scope]
    binding: Binding
    certificate: ExpectedCertificate | None = None
    xroad_member: str | None = None

    def check(self) -> tuple[Finding, ...]:
        """Everything that is wrong with it: SCHEMA_PATTERN, SCHEMA_LENGTH, SCHEMA_REQUIRED, CLIENT_KEY_INVALID."""
        found = []
        if not re.fullmatch(_ID, self.id):
            found.append(Finding(ErrorCode.SCHEMA_PATTERN, "$.id", {"pattern": _ID}))
        if not self.title.strip() or len(self.title) > _LONGEST_TITLE:
            found.append(Finding(ErrorCode.SCHEMA_LENGTH, "$.title", {"limit": f"1–{_LONGEST_TITLE}"}))
        found += self._check_reach()
        found += self._check_binding()
        return tuple(found)

    def _check_reach(self) -> list[Finding]:
        found = []
        if not self.scopes:
            found.append(Finding(ErrorCode.SCHEMA_REQUIRED, "$.scopes"))
        named = self.organisations
        if named is not None and not named:
            found.append(Finding(ErrorCode.SCHEMA_REQUIRED, "$.organisations"))
        if not all(re.fullmatch(_ORGANISATION, code, re.ASCII) for code in named or ()):
            found.append(Finding(ErrorCode.SCHEMA_PATTERN, "$.organisations", {"pattern": _ORGANISATION}))
        if self.kind is ClientKind.PHARMACY_TERMINAL and (named is None or len(named) != 1):
            # A till stands in one pharmacy; one for all would read the prescriptions of all.
            found.append(Finding(ErrorCode.SCHEMA_LENGTH, "$.organisations", {"limit": 1}))
        return found

    def _check_binding(self) -> list[Finding]:
        found = []
        if self.binding not in BINDINGS[self.kind]:
            found.append(Finding(ErrorCode.CLIENT_KEY_INVALID, "$.binding"))
        if (self.certificate is not None) != (self.binding is Binding.MTLS):
            found.append(Finding(ErrorCode.CLIENT_KEY_INVALID, "$.certificate"))
        member = self.xroad_member
        if (member is not None) != (self.kind is ClientKind.XROAD_MEMBER):
            found.append(Finding(ErrorCode.CLIENT_KEY_INVALID, "$.xroad_member"))
        elif member is not None and (len(member) > _LONGEST_MEMBER or not re.fullmatch(_XROAD_MEMBER, member)):
            pattern = {"pattern": "instance/class/member/subsystem"}
            found.append(Finding(ErrorCode.SCHEMA_PATTERN, "$.xroad_member", pattern))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(ClientDefinition):
    """A registered client with its keys, the oldest first."""

    keys: tuple[ClientKey, ...]
    added_at: datetime
    added_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str | None
    tokens_from: datetime | None = None
    """Tokens issued before this instant are void: those who held the keys of then are to be kept out at once."""

    def voids(self, issued_at: datetime) -> bool:
        """Whether a token is void by when it was issued, which tokens tell in whole seconds."""
        return self.tokens_from is not None and issued_at < self.tokens_from.replace(microsecond=0)

    def keys_at(self, instant: datetime) -> tuple[ClientKey, ...]:
        """Those of its keys that count at this instant; none once it is revoked, since its keys are with it."""
        return tuple(key for key in self.keys if key.counts_at(instant))
