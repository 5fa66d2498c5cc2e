"""``[access]``, ``[tls]`` and ``[proxies]``: who gets in, and how the way to the gateway is protected."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from config.sections import Section
from gateway.limits.addresses import Network, parse_networks
from gateway.limits.proxies import ForwardedBy
from gateway.tls import ClientCertificates, TlsFiles


def _origin(text: str) -> str:
    parts = urlsplit(text)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not local) or not parts.hostname:
        raise PydanticCustomError("origin", "It is no https:// address (http:// only for this machine itself).")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise PydanticCustomError("origin", "It is more than scheme, name and port, such as a slash at the end.")
    return text


Thumbprint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""``x5t#S256`` of a certificate: SHA-256 of its DER form, base64url without padding."""


class AccessSettings(Section):
    """``[access]``: proven senders. Without ``origin`` the gateway stays on loopback and believes names."""

    origin: Annotated[str, AfterValidator(_origin)] | None = None
    """The gateway's address as clients see it: ``https://gateway.example.kg``. It is the issuer of tokens."""
    security_servers: tuple[Thumbprint, ...] = ()
    """Certificates of our own X-Road security servers, which alone may say ``X-Road-Client``."""
    unbound_clients: bool = False
    """Whether test clients may use tokens that anybody who sees them can use; only on this machine."""
    key_days: Annotated[int, Field(ge=1, le=365)] = 30
    """How often the key that signs tokens changes, in days."""
    session_idle_minutes: Annotated[int, Field(ge=1, le=720)] = 30
    """After how long without a request a person has to sign in again."""
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    """After how long a person has to sign in again in any case."""

    @property
    def is_on(self) -> bool:
        """Whether senders have to prove who they are."""
        return self.origin is not None

    @property
    def session_idle(self) -> timedelta:
        """``session_idle_minutes`` as a span of time."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def session_longest(self) -> timedelta:
        """``session_hours`` as a span of time."""
        return timedelta(hours=self.session_hours)


class TlsSettings(Section):
    """``[tls]``: TLS served by the gateway itself; PEM files, which may be renewed while it runs."""

    certificate: Path | None = None
    """The gateway's certificate, followed by those of its authorities."""
    key: Path | None = None
    """Its private key, readable by the service alone."""
    client_certificates: ClientCertificates = ClientCertificates.NONE
    """``none``, ``optional`` or ``required``."""
    client_authorities: Path | None = None
    """The authorities whose certificates clients show."""
    revocations: Path | None = None
    """Revocation lists of those authorities."""

    @model_validator(mode="after")
    def _whole(self) -> TlsSettings:
        if (self.certificate is None) != (self.key is None):
            raise PydanticCustomError("tls", "`certificate` and `key` go together.")
        if self.certificate is not None:
            try:
                self.files()
            except ValueError as error:
                raise PydanticCustomError("tls", "{reason}.", {"reason": str(error).capitalize()}) from None
        return self

    def files(self) -> TlsFiles | None:
        """The files; ``None`` when the gateway serves plain HTTP behind a proxy or on loopback."""
        if self.certificate is None or self.key is None:
            return None
        return TlsFiles(
            certificate=self.certificate,
            key=self.key,
            client_certificates=self.client_certificates,
            client_authorities=self.client_authorities,
            revocations=self.revocations,
        )


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        parse_networks(texts)
    except ValueError:
        raise PydanticCustomError("networks", "One of them is no network such as 10.0.0.0/24.") from None
    return texts


class ProxySettings(Section):
    """``[proxies]``: reverse proxies whose word about clients is taken."""

    networks: Annotated[tuple[str, ...], AfterValidator(_networks)] = ()
    """Where they connect from: ``10.0.0.5/32``."""
    header: ForwardedBy = ForwardedBy.X_FORWARDED_FOR
    """The header in which they name the client's address."""
    certificate_header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")] | None = None
    """The header in which they pass on the client's certificate once they have verified it."""

    def parsed(self) -> tuple[Network, ...]:
        """``networks`` as networks."""
        return parse_networks(self.networks)
