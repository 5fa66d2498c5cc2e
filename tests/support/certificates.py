"""Certificates for tests, made on the spot: authorities, servers, clients, expired and revoked ones."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Card:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")

    @property
    def thumbprint(self) -> str:
        """``x5t#S256``."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.der).digest()).rstrip(b"=").decode("ascii")

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Files of the certificate and the key."""
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        certificate.write_text(self.pem, encoding="ascii")
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, key


class Authority:
    """A certificate authority."""

    def __init__(self, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            _builder(name, _name(name), key, datetime.now(UTC) - 30 * DAY, 60 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
        )
        self.card = Card(builder.sign(key, hashes.SHA256()), key)

    def issue(self, name: str, *, server: bool = False, begins: timedelta = -DAY, lasts: timedelta = 10 * DAY) -> Card:
        """A certificate for a client, or a server on this machine; ``begins`` counts from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if server:
            names += [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = (
            _builder(name, self.card.certificate.subject, key, datetime.now(UTC) + begins, lasts)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.card.key.public_key()), critical=False
            )
        )
        return Card(builder.sign(self.card.key, hashes.SHA256()), key)

    def revocations(self, *cards: Card, lasts: timedelta = DAY) -> str:
        """The list of revoked certificates as PEM."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.card.certificate.subject)
            .last_update(now - 2 * DAY)
            .next_update(now + lasts)
        )
        for card in cards:
            revoked = x509.RevokedCertificateBuilder().serial_number(card.certificate.serial_number)
            builder = builder.add_revoked_certificate(revoked.revocation_date(now - DAY).build())
        return builder.sign(self.card.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode("ascii")


def client_context(
    authority: Authority, folder: Path, card: Card | None = None, name: str = "client"
) -> ssl.SSLContext:
    """The context of a client that trusts ``authority`` and may show a card."""
    context = ssl.create_default_context(cadata=authority.card.pem)
    if card is not None:
        context.load_cert_chain(*card.write(folder, name))
    return context


def bundle(path: Path, parts: Sequence[str]) -> Path:
    """One file of several PEM texts, put in place at once."""
    half = path.with_suffix(".half")
    half.write_text("".join(parts), encoding="ascii")
    half.replace(path)
    return path


def _name(text: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test"), x509.NameAttribute(NameOID.COMMON_NAME, text)]
    )


def _builder(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
