"""Which certificate a client of mutual TLS must show (RFC 8705, sections 2.1 and 2.2)."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DNS_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
_LONGEST: Final = 500


class CertificateProperty(StrEnum):
    """By what a certificate is recognised."""

    SHA256 = "sha256"
    """The SHA-256 of the whole certificate (DER), 64 hexadecimal digits: this very one, until it is renewed."""
    DNS = "san-dns"
    """A DNS name among its alternative names."""
    URI = "san-uri"
    """A URI among its alternative names, compared letter by letter."""
    SUBJECT = "subject"
    """Its whole subject, written as RFC 4514 says (``CN=mis,O=Clinic,C=KG``)."""


@dataclass(frozen=True, slots=True)
class ExpectedCertificate:
    """What is expected of a certificate that a trusted authority has issued; wildcards are not taken."""

    property: CertificateProperty
    value: str

    @classmethod
    def parse(cls, text: str) -> ExpectedCertificate:
        """The inverse of ``str()``: ``san-dns:mis.example.kg``. Raises ``ValueError``, quoting nothing."""
        name, separator, value = text.partition(":")
        if not separator or not value or len(value) > _LONGEST or name not in set(CertificateProperty):
            raise ValueError("it is not one of sha256:…, san-dns:…, san-uri:… and subject:…")
        kind = CertificateProperty(name)
        if kind is CertificateProperty.SHA256:
            value = value.replace(":", "").lower()
        elif kind is CertificateProperty.DNS:
            value = value.lower()
        _check(kind, value)
        return cls(kind, value)

    def __str__(self) -> str:
        return f"{self.property.value}:{self.value}"

    def matches(self, certificate: x509.Certificate) -> bool:
        """Whether this certificate is it. That its chain and its days are right is checked elsewhere (TLS)."""
        match self.property:
            case CertificateProperty.SHA256:
                return hmac.compare_digest(certificate.fingerprint(hashes.SHA256()).hex(), self.value)
            case CertificateProperty.SUBJECT:
                return certificate.subject == _subject(self.value)
            case CertificateProperty.DNS:
                return self.value in {name.lower() for name in _alternative_names(certificate, x509.DNSName)}
            case CertificateProperty.URI:
                return self.value in _alternative_names(certificate, x509.UniformResourceIdentifier)


def _check(kind: CertificateProperty, value: str) -> None:
    match kind:
        case CertificateProperty.SHA256:
            if not _FINGERPRINT.fullmatch(value):
                raise ValueError("a SHA-256 has 64 hexadecimal digits")
        case CertificateProperty.DNS:
            if not _DNS_NAME.fullmatch(value):
                raise ValueError("it is no DNS name")
        case CertificateProperty.URI:
            if not value.isascii() or ":" not in value or any(character.isspace() for character in value):
                raise ValueError("it is no URI")
        case CertificateProperty.SUBJECT:
            _subject(value)


def _subject(text: str) -> x509.Name:
    try:
        return x509.Name.from_rfc4514_string(text)
    except ValueError as error:
        raise ValueError("the subject is not written as RFC 4514 says") from error


def _alternative_names(
    certificate: x509.Certificate, kind: type[x509.DNSName | x509.UniformResourceIdentifier]
) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return list(extension.value.get_values_for_type(kind))
