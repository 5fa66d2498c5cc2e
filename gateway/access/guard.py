"""Who sends a request: machines by token, X-Road members by our security server, people by their session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from gateway.access.clients import Client
from gateway.access.dpop import ProofReader
from gateway.access.jose import TokenRefused
from gateway.access.principal import Principal, PrincipalKind
from gateway.access.tokens import AccessToken, AccessTokens, ConfirmationKind
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""What changes nothing (RFC 9110, 9.2.1), and so needs no token against forged requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a request presents to prove who sends it; fields that may come several times are kept so.

    ``url`` is the request's as clients see it, without its query. ``thumbprint`` and ``subject`` are of the client's
    certificate, verified on this connection or by a trusted proxy.
    """

    method: str
    url: str
    authorization: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    session: str | None = None
    forgery_token: str | None = None
    xroad_client: tuple[str, ...] = ()
    thumbprint: str | None = None


class Clients(Protocol):
    """The register of machines."""

    def find(self, client_id: str) -> Client | None:
        """The live client of this id."""
        ...

    def of_member(self, xroad_member: str) -> Client | None:
        """The live client that an X-Road member counts as."""
        ...


class PeopleSessions(Protocol):
    """Sessions of people who have signed in."""

    async def principal(self, token: str, *, forgery_token: str | None, now: datetime) -> Principal:
        """The person with what it is granted today; ``forgery_token`` is given when the request changes something.

        Raises ``Refused``: SESSION_ENDED, CSRF_TOKEN_INVALID.
        """
        ...


class Guard:
    """Tells who sends. ``security_servers`` are thumbprints (``x5t#S256``) of our own X-Road security servers."""

    def __init__(
        self,
        *,
        tokens: AccessTokens,
        proofs: ProofReader,
        clients: Clients,
        security_servers: frozenset[str] = frozenset(),
    ) -> None:
        self._tokens = tokens
        self._proofs = proofs
        self._clients = clients
        self._security_servers = security_servers

    async def machine(self, presented: Presented) -> Principal | None:
        """The machine that sends this; ``None`` when it presents nothing of a machine's.

        Raises ``Refused``: AUTH_PASSWORD_FORBIDDEN, AUTH_TOKEN_INVALID, AUTH_PROOF_INVALID, AUTH_REQUIRED.
        """
        if presented.authorization:
            if presented.xroad_client or presented.session is not None or len(presented.authorization) > 1:
                # Two proofs of identity may be of two senders: which one is meant is not ours to guess.
                raise Refused.because(ErrorCode.AUTH_TOKEN_INVALID)
            return await self._by_token(presented, presented.authorization[0])
        if presented.xroad_client:
            return self._by_member(presented)
        return None

    async def _by_token(self, presented: Presented, authorization: str) -> Principal:
        scheme, _, token = authorization.partition(" ")
        match scheme.lower():
            case "dpop" | "bearer":
                return await self._by_access_token(presented, scheme.lower(), token.strip())
            case "basic" | "digest" | "negotiate":
                raise Refused.because(ErrorCode.AUTH_PASSWORD_FORBIDDEN, "header:Authorization")
            case _:
                raise Refused.because(ErrorCode.AUTH_REQUIRED, "header:Authorization")

    async def _by_access_token(self, presented: Presented, scheme: str, text: str) -> Principal:
        try:
            token = await self._tokens.read(text)
        except TokenRefused as error:
            raise Refused.because(ErrorCode.AUTH_TOKEN_INVALID, "header:Authorization") from error
        await self._check_possession(presented, scheme, text, token)
        client = self._clients.find(token.client)
        if client is None or client.voids(token.issued_at):
            raise Refused.because(ErrorCode.AUTH_TOKEN_INVALID, "header:Authorization")
        return _principal(client, token)

    async def _check_possession(self, presented: Presented, scheme: str, text: str, token: AccessToken) -> None:
        """A token is worth something only in the hands of the one it was issued to (RFC 9449, 7.1; RFC 8705, 3)."""
        confirmation = token.confirmation
        if confirmation is not None and confirmation.kind is ConfirmationKind.DPOP:
            if scheme != "dpop" or len(presented.proofs) != 1:
                raise Refused.because(ErrorCode.AUTH_PROOF_INVALID, "header:DPoP")
            try:
                await self._proofs.read(
                    presented.proofs[0],
                    method=presented.method,
                    url=presented.url,
                    access_token=text,
                    thumbprint=confirmation.thumbprint,
                )
            except TokenRefused as error:
                raise Refused.because(ErrorCode.AUTH_PROOF_INVALID, "header:DPoP") from error
            return
        if scheme != "bearer":
            raise Refused.because(ErrorCode.AUTH_TOKEN_INVALID, "header:Authorization")
        if confirmation is not None and confirmation.thumbprint != presented.thumbprint:
            raise Refused.because(ErrorCode.AUTH_PROOF_INVALID, "header:Authorization")

    def _by_member(self, presented: Presented) -> Principal:
        """Only our own security server may say which member sends: it has checked that member's signature."""
        if presented.thumbprint not in self._security_servers or len(presented.xroad_client) != 1:
            raise Refused.because(ErrorCode.AUTH_REQUIRED, "header:X-Road-Client")
        client = self._clients.of_member(presented.xroad_client[0])
        if client is None:
            raise Refused.because(ErrorCode.AUTH_REQUIRED, "header:X-Road-Client")
        return Principal(
            kind=PrincipalKind.MACHINE,
            id=client.id,
            organisations=client.organisations,
            scopes=client.scopes,
            channel=client.channel,
        )


def _principal(client: Client, token: AccessToken) -> Principal:
    """What the token says, within what the client may today."""
    bound = token.confirmation
    return Principal(
        kind=PrincipalKind.MACHINE,
        id=client.id,
        organisations=client.organisations,
        scopes=client.scopes & token.scopes,
        channel=client.channel,
        key=bound.thumbprint if bound is not None and bound.kind is ConfirmationKind.DPOP else None,
    )
