"""Issuing access tokens to machines: client credentials with ``private_key_jwt`` (RFC 6749, RFC 7523, FAPI 2.0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from cryptography import x509

from gateway.access.assertions import ASSERTION_TYPE, AssertionReader
from gateway.access.clients import Binding, Client
from gateway.access.dpop import ProofReader
from gateway.access.jose import TokenRefused
from gateway.access.principal import Scope
from gateway.access.signing import LONGEST_SIGNED
from gateway.access.tokens import AccessTokens, Confirmation, ConfirmationKind
from gateway.audit.actions import Action, ActorKind, Outcome
from gateway.ports import AuditEvent, AuditTrail
from schemas.errors import ErrorCode

GRANT: Final = "client_credentials"
_KNOWN_FIELDS: Final = frozenset({"grant_type", "client_assertion_type", "client_assertion", "client_id", "scope"})
_PASSWORDS: Final = frozenset({"username", "password", "client_secret"})


class OAuthError(StrEnum):
    """The words of RFC 6749, section 5.2, and RFC 9449, section 5."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_SCOPE = "invalid_scope"
    INVALID_DPOP_PROOF = "invalid_dpop_proof"
    UNAUTHORIZED_CLIENT = "unauthorized_client"


class TokenRequestRefused(Exception):
    """No token is issued. ``error`` is the word for the program, ``code`` says more to its makers."""

    def __init__(
        self, error: OAuthError, code: ErrorCode = ErrorCode.AUTH_TOKEN_INVALID, *, client: str | None = None
    ) -> None:
        super().__init__(error.value)
        self.error = error
        self.code = code
        self.client = client
        """The client, where it was proven before the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The client's certificate, verified on this connection or by a trusted proxy."""

    thumbprint: str
    content: x509.Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """The answer of RFC 6749, section 5.1. ``expires_in`` is in seconds."""

    client: str
    access_token: str = field(repr=False)
    token_type: str
    expires_in: int
    scope: str


class Clients(Protocol):
    """The register of machines."""

    def find(self, client_id: str) -> Client | None:
        """The live client of this id."""
        ...


class TokenService:
    """Issues tokens, each bound to the client's key or certificate. ``endpoint`` is its address as clients see it."""

    def __init__(
        self,
        *,
        endpoint: str,
        clients: Clients,
        assertions: AssertionReader,
        proofs: ProofReader,
        tokens: AccessTokens,
        audit: AuditTrail,
    ) -> None:
        self._audit = audit
        self._endpoint = endpoint
        self._clients = clients
        self._assertions = assertions
        self._proofs = proofs
        self._tokens = tokens

    async def issue(
        self, form: Mapping[str, str], *, proofs: Sequence[str], certificate: Certificate | None
    ) -> IssuedToken:
        """A token for who signed the assertion. ``proofs`` are the values of ``DPoP`` headers.

        Raises :class:`TokenRequestRefused`, and ``StoreUnavailable`` when repeats cannot be told.
        """
        try:
            issued = await self._issue(form, proofs, certificate)
        except TokenRequestRefused as refused:
            await self._note(refused.client, Outcome.REFUSED, refused.code)
            raise
        await self._note(issued.client, Outcome.SUCCESS, None)
        return issued

    async def _issue(
        self, form: Mapping[str, str], proofs: Sequence[str], certificate: Certificate | None
    ) -> IssuedToken:
        _check_form(form)
        client = await self._authenticated(form)
        confirmation = await self._confirmation(client, proofs, certificate)
        scopes = _scopes(form.get("scope"), client)
        token = self._tokens.issue(client=client.id, scopes=scopes, confirmation=confirmation)
        bound_to_key = confirmation is not None and confirmation.kind is ConfirmationKind.DPOP
        return IssuedToken(
            client=client.id,
            access_token=token,
            token_type="DPoP" if bound_to_key else "Bearer",
            expires_in=int(LONGEST_SIGNED.total_seconds()),
            scope=" ".join(sorted(scopes)),
        )

    async def _note(self, client: str | None, outcome: Outcome, code: ErrorCode | None) -> None:
        """Write down that a token was issued or refused; refusals of strangers are only counted by the limits."""
        if client is None:
            return
        issued = outcome is Outcome.SUCCESS
        await self._audit.record(
            AuditEvent(
                action=Action.TOKEN_ISSUED if issued else Action.TOKEN_REFUSED,
                actor=client,
                actor_kind=ActorKind.MACHINE,
                outcome=outcome,
                code=code,
            )
        )

    async def _authenticated(self, form: Mapping[str, str]) -> Client:
        try:
            client_id = await self._assertions.read(form["client_assertion"])
        except TokenRefused as error:
            raise TokenRequestRefused(OAuthError.INVALID_CLIENT) from error
        client = self._clients.find(client_id)
        if client is None or form.get("client_id", client_id) != client_id:
            raise TokenRequestRefused(OAuthError.INVALID_CLIENT)
        return client

    async def _confirmation(
        self, client: Client, proofs: Sequence[str], certificate: Certificate | None
    ) -> Confirmation | None:
        match client.binding:
            case Binding.DPOP:
                return Confirmation(ConfirmationKind.DPOP, await self._proven_key(proofs))
            case Binding.MTLS:
                expected = client.certificate
                if certificate is None or expected is None or not expected.matches(certificate.content):
                    raise TokenRequestRefused(OAuthError.INVALID_CLIENT, ErrorCode.AUTH_PROOF_INVALID, client=client.id)
                return Confirmation(ConfirmationKind.CERTIFICATE, certificate.thumbprint)
            case Binding.NONE:
                return None
            case Binding.XROAD:
                raise TokenRequestRefused(OAuthError.UNAUTHORIZED_CLIENT, client=client.id)

    async def _proven_key(self, proofs: Sequence[str]) -> str:
        if len(proofs) != 1:
            raise TokenRequestRefused(OAuthError.INVALID_DPOP_PROOF, ErrorCode.AUTH_PROOF_INVALID)
        try:
            return await self._proofs.read(proofs[0], method="POST", url=self._endpoint)
        except TokenRefused as error:
            raise TokenRequestRefused(OAuthError.INVALID_DPOP_PROOF, ErrorCode.AUTH_PROOF_INVALID) from error


def _check_form(form: Mapping[str, str]) -> None:
    """People's passwords are refused by name (ESI order, clause 3(2)); so is everything that is not asked for."""
    if form.get("grant_type") == "password" or _PASSWORDS & form.keys():
        raise TokenRequestRefused(OAuthError.UNSUPPORTED_GRANT_TYPE, ErrorCode.AUTH_PASSWORD_FORBIDDEN)
    if "grant_type" not in form or form.keys() - _KNOWN_FIELDS:
        raise TokenRequestRefused(OAuthError.INVALID_REQUEST)
    if form["grant_type"] != GRANT:
        raise TokenRequestRefused(OAuthError.UNSUPPORTED_GRANT_TYPE)
    if form.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in form:
        raise TokenRequestRefused(OAuthError.INVALID_CLIENT)


def _scopes(wanted: str | None, client: Client) -> frozenset[Scope]:
    """What was asked for, or all that the client has; asking for more is refused (RFC 6749, section 3.3)."""
    if wanted is None:
        return client.scopes
    names = frozenset(wanted.split(" "))
    if not names <= {scope.value for scope in client.scopes}:
        raise TokenRequestRefused(OAuthError.INVALID_SCOPE, client=client.id)
    return frozenset(Scope(name) for name in names)
