"""TLS and mutual TLS served directly, and what is known of the certificate at the other end.

TLS 1.2 or newer, only suites with forward secrecy that authenticate what they encrypt (AEAD; RFC 9325, section 4.2).
The curves are OpenSSL's own, X25519 first. A resumed session does not look at the list of revocations again, so there
are no tickets, and what TLS 1.2 keeps by session identifier is gone with the context that a reload replaces.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import structlog
from aiohttp import web
from cryptography import x509

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; all suites of TLS 1.3 are of this kind."""

_log = structlog.get_logger(__name__)


class ClientCertificates(StrEnum):
    """Whether clients show certificates."""

    NONE = "none"
    OPTIONAL = "optional"
    """Asked for; a client may have none, but one that is shown must be good."""
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """PEM files of a server, and how it treats clients' certificates.

    ``revocations`` holds the current list (CRL) of each authority in ``client_authorities`` that issues certificates
    to clients. Once a list is past its ``nextUpdate`` all certificates of its authority are refused.
    """

    certificate: Path
    key: Path
    client_certificates: ClientCertificates = ClientCertificates.NONE
    client_authorities: Path | None = None
    revocations: Path | None = None

    def __post_init__(self) -> None:
        if (self.client_certificates is not ClientCertificates.NONE) != (self.client_authorities is not None):
            raise ValueError("authorities of clients are needed exactly when clients show certificates")
        if self.revocations is not None and self.client_authorities is None:
            raise ValueError("a revocation list needs authorities of clients")

    @property
    def all(self) -> tuple[Path, ...]:
        """The files in use."""
        return tuple(
            path for path in (self.certificate, self.key, self.client_authorities, self.revocations) if path is not None
        )


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """The context of a server. Raises ``OSError`` (``ssl.SSLError`` included) for files that cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.num_tickets = 0
    context.load_cert_chain(files.certificate, files.key, password=_no_password)
    if files.client_authorities is not None:
        required = files.client_certificates is ClientCertificates.REQUIRED
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        context.load_verify_locations(cafile=files.client_authorities)
    if files.revocations is not None:
        context.load_verify_locations(cafile=files.revocations)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    return context


def _no_password() -> str:
    """Without this OpenSSL would ask the terminal."""
    raise ssl.SSLError("the private key is encrypted; keep it in a file that only the service can read")


class ReloadingTls:
    """A server's context that follows its files: what is renewed on disk holds for the next connection.

    Files that cannot be used, half-written ones among them, leave the former context in force. ``on_new_trust`` is
    called when authorities or revocations have changed: connections that are open have been let in by the old ones.
    """

    def __init__(self, files: TlsFiles, on_new_trust: Callable[[], None] | None = None) -> None:
        self._files = files
        self._on_new_trust = on_new_trust
        self._seen = self._latest = _states(files.all)
        self.context = _CurrentContext(server_context(files))
        """To be given to the server."""

    def reload(self) -> bool:
        """Look at the files; whether others are in force now. To be called every few seconds, and on SIGHUP."""
        states = _states(self._files.all)
        if states == self._latest:
            return False
        self._latest = states
        try:
            renewed = server_context(self._files)
        except OSError as error:
            _log.error("tls_files_unusable", alarm=True, error_type=type(error).__name__)
            return False
        trust = {path for path in (self._files.client_authorities, self._files.revocations) if path is not None}
        changed = {path for path in states if states[path] != self._seen.get(path)}
        self.context.current, self._seen = renewed, states
        _log.info("tls_files_reloaded", count=len(changed))
        if changed & trust and self._on_new_trust is not None:
            self._on_new_trust()
        return True


class _CurrentContext(ssl.SSLContext):
    """Stands for whatever context is in force: event loops make the TLS of each connection by ``wrap_bio``."""

    current: ssl.SSLContext

    def __new__(cls, current: ssl.SSLContext) -> Self:
        context = super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)
        context.current = current
        return context

    def wrap_bio(self, *given: Any, **named: Any) -> ssl.SSLObject:
        """TLS of a new connection."""
        return self.current.wrap_bio(*given, **named)


def _states(paths: tuple[Path, ...]) -> dict[Path, bytes | None]:
    """A digest of each file's content: times of change are too coarse, and renewal tools swap links."""
    return {path: _digest(path) for path in paths}


def _digest(path: Path) -> bytes | None:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """Facts of a certificate whose holder has been verified."""

    thumbprint: str
    """SHA-256 of the DER form in base64url without padding: ``x5t#S256`` (RFC 8705, section 3.1)."""
    subject: str
    """Its subject as text (RFC 4514)."""
    content: x509.Certificate
    """The certificate itself."""


def peer_certificate(request: web.BaseRequest) -> PeerCertificate | None:
    """Facts of the client's certificate on this TLS connection; ``None`` without TLS or without a certificate."""
    transport = request.transport
    connection = transport.get_extra_info("ssl_object") if transport is not None else None
    der = connection.getpeercert(binary_form=True) if connection is not None else None
    return certificate_facts(der) if der else None


@lru_cache(maxsize=1024)
def certificate_facts(der: bytes) -> PeerCertificate:
    """Facts of a certificate in DER. Raises ``ValueError`` when it is none."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode("ascii")
    content = x509.load_der_x509_certificate(der)
    return PeerCertificate(digest, content.subject.rfc4514_string(), content)
