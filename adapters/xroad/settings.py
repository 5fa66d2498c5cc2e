"""Settings of the way through the security server."""

from __future__ import annotations

import ipaddress
import re
import ssl
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.xroad.identifiers import Subsystem
from config.secret import SecretReference

Seconds = Annotated[float, Field(gt=0, le=600)]
"""A duration in seconds."""

UserId = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Za-z0-9'()+,\-.=?]{1,62}$")]
"""A user for the header ``userId``, with the ISO country code in front."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Deadlines(_Settings):
    """How long an exchange may take. X-Road's own default limit is 30 s, so ours ends sooner."""

    connect: Seconds = 3.0
    """To a usable connection, TLS included."""
    read: Seconds = 20.0
    """Between two pieces of the reply."""
    total: Seconds = 25.0
    """For the whole exchange."""

    @model_validator(mode="after")
    def _the_parts_fit_the_whole(self) -> Self:
        if self.total < max(self.connect, self.read):
            raise ValueError("the total deadline must not be shorter than those of connecting and reading")
        return self


class TlsFiles(_Settings):
    """Files for TLS to the security server. Mutual TLS is X-Road's default for new clients."""

    authorities: Path | None = None
    """PEM file with the certificates to trust; the system's own when absent."""
    certificate: Path | None = None
    """PEM file with the gateway's certificate, registered for the client at the security server."""
    key: Path | None = None
    """PEM file with its private key; absent when the certificate's file holds it."""
    key_password: SecretReference | None = None
    """Where the key's password is kept."""
    verify_host_name: bool = True
    """A security server's internal certificate often bears another name: trust that certificate alone, then."""

    @model_validator(mode="after")
    def _the_host_name_or_the_certificate_is_checked(self) -> Self:
        if not self.verify_host_name and self.authorities is None:
            raise ValueError("without the host name check, name the security server's own certificate in 'authorities'")
        if self.key is not None and self.certificate is None:
            raise ValueError("'key' needs 'certificate'")
        return self

    def context(self) -> ssl.SSLContext:
        """The TLS context; raises ``OSError`` (``ssl.SSLError`` included) for files that are absent or unusable."""
        context = ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = self.verify_host_name
        if self.certificate is not None:
            password = self.key_password.read().get_secret_value() if self.key_password else None
            context.load_cert_chain(self.certificate, self.key, password)
        return context


class XRoadSettings(_Settings):
    """The security server and who we are to it."""

    security_server_url: Annotated[str, Field(pattern=r"^https?://[^/?#@\s]+/?$")] = "http://127.0.0.1:8080"
    """Address of our own security server, without a path."""
    client: Subsystem
    """The subsystem the gateway speaks for; it must be registered and have access to the services."""
    user_id: UserId | None = None
    """Header ``userId``."""
    tls: TlsFiles = TlsFiles()
    allow_plain_http: bool = False
    """Allow ``http://`` to a security server that is not on this machine. Messages hold patients' data."""
    deadlines: Deadlines = Deadlines()
    connections: Annotated[int, Field(ge=1, le=1024)] = 64
    """Most connections open at the same time."""
    reply_limit: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = 10 * 1024 * 1024
    """Longest reply in bytes; a longer one is dropped unread."""

    @model_validator(mode="after")
    def _plain_http_stays_on_this_machine(self) -> Self:
        url = urlsplit(self.security_server_url)
        if url.scheme == "http" and not self.allow_plain_http and not _is_this_machine(url.hostname or ""):
            raise ValueError("'http://' is allowed to this machine only, unless 'allow_plain_http' is set")
        return self

    @property
    def soap_url(self) -> str:
        """Where SOAP messages go."""
        return self.security_server_url.rstrip("/") + "/"

    def tls_context(self) -> ssl.SSLContext | None:
        """The TLS context, or ``None`` for plain HTTP; raises ``OSError`` for unusable files."""
        return self.tls.context() if self.security_server_url.startswith("https:") else None


def _is_this_machine(host: str) -> bool:
    if re.fullmatch(r"[0-9.]+|.*:.*", host):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
