"""TLS and mutual TLS over real sockets: what is spoken, who is let in, and renewal without a restart."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from gateway.tls import ClientCertificates, ReloadingTls, TlsFiles, server_context
from tests.service.limits.serving import PATIENCE, Served, serving
from tests.support.certificates import DAY, Authority, Card, bundle, client_context

GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class House:
    """Authorities, and the files of a server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers = Authority("Test servers")
        self.clients = Authority("Test clients")
        certificate, key = self.servers.issue("localhost", server=True).write(folder, "server")
        self.files = TlsFiles(
            certificate=certificate,
            key=key,
            client_certificates=ClientCertificates.REQUIRED,
            client_authorities=bundle(folder / "clients.pem", [self.clients.card.pem]),
            revocations=bundle(folder / "revoked.pem", [self.clients.revocations()]),
        )

    def client(self, card: Card | None = None) -> ssl.SSLContext:
        return client_context(self.servers, self.folder, card)

    def revoke(self, *cards: Card, lasts: timedelta = DAY) -> None:
        bundle(self.folder / "revoked.pem", [self.clients.revocations(*cards, lasts=lasts)])


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def ask(served: Served, context: ssl.SSLContext) -> dict[str, str] | None:
    """What the server knows of our certificate; raises ``ConnectionError`` when we are not let in."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await served.connect(context)
            writer.write(GET)
            body = (await reader.read()).partition(b"\r\n\r\n")[2]
    except (ssl.SSLError, ConnectionError) as error:
        raise ConnectionError from error
    if not body:
        raise ConnectionError
    known: dict[str, str] | None = json.loads(body)
    return known


async def refused(served: Served, context: ssl.SSLContext) -> bool:
    try:
        await ask(served, context)
    except ConnectionError:
        return True
    return False


async def test_who_is_let_in_is_known(house: House):
    card = house.clients.issue("sanarip")
    async with serving(tls=server_context(house.files)) as served:
        assert await ask(served, house.client(card)) == {"thumbprint": card.thumbprint, "subject": "CN=sanarip,O=Test"}


async def test_everyone_else_stays_out(house: House):
    revoked = house.clients.issue("revoked")
    house.revoke(revoked)
    strangers = {
        "no certificate": None,
        "another authority": Authority("Elsewhere").issue("sanarip"),
        "an authority of the same name": Authority("Test clients").issue("sanarip"),
        "expired": house.clients.issue("sanarip", begins=-5 * DAY, lasts=4 * DAY),
        "not yet valid": house.clients.issue("sanarip", begins=DAY),
        "revoked": revoked,
        "a server's certificate": house.clients.issue("sanarip", server=True),
        "signed by itself": Authority("sanarip").card,
    }
    async with serving(tls=server_context(house.files)) as served:
        assert not await refused(served, house.client(house.clients.issue("sanarip")))
        let_in = [name for name, card in strangers.items() if not await refused(served, house.client(card))]
    assert let_in == []


async def test_an_optional_certificate_may_be_absent_and_not_bad(house: House):
    files = replace(house.files, client_certificates=ClientCertificates.OPTIONAL)
    async with serving(tls=server_context(files)) as served:
        assert await ask(served, house.client()) is None
        assert await ask(served, house.client(house.clients.issue("sanarip"))) is not None
        assert await refused(served, house.client(Authority("Elsewhere").issue("sanarip")))


async def test_a_stale_list_of_revocations_lets_nobody_in(house: House):
    house.revoke(lasts=-timedelta(hours=1))
    async with serving(tls=server_context(house.files)) as served:
        assert await refused(served, house.client(house.clients.issue("sanarip")))


def spoken(version: ssl.TLSVersion, context: ssl.SSLContext, ciphers: str | None = None) -> ssl.SSLContext:
    context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
@pytest.mark.parametrize(
    ("version", "ciphers", "works"),
    [(ssl.TLSVersion.TLSv1_3, None, True),
     (ssl.TLSVersion.TLSv1_2, None, True),
     (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-CHACHA20-POLY1305", True),
     (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0", False),
     (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-CCM", False),
     (ssl.TLSVersion.TLSv1_2, "AES256-GCM-SHA384", False),
     (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False),
     (ssl.TLSVersion.TLSv1, "ALL:@SECLEVEL=0", False)],
)  # fmt: skip
async def test_what_is_spoken(house: House, version: ssl.TLSVersion, ciphers: str | None, works: bool):  # noqa: FBT001
    files = TlsFiles(certificate=house.files.certificate, key=house.files.key)
    async with serving(tls=server_context(files)) as served:
        assert await refused(served, spoken(version, house.client(), ciphers)) != works


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_session_is_not_resumed_once_its_certificate_is_revoked(house: House, version: ssl.TLSVersion):
    """A resumed session would skip the look at the certificate and the list of revocations."""
    card = house.clients.issue("sanarip")
    context = spoken(version, house.client(card))
    reloading = ReloadingTls(house.files)
    async with serving(tls=reloading.context) as served:
        _, session = await asyncio.to_thread(_handshake, served.port, context, None)
        house.revoke(card)
        assert reloading.reload()
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.to_thread(_handshake, served.port, context, session)


async def test_there_are_no_tickets(house: House):
    context = spoken(ssl.TLSVersion.TLSv1_3, house.client(house.clients.issue("sanarip")))
    async with serving(tls=server_context(house.files)) as served:
        session = None
        for _ in range(3):
            reused, session = await asyncio.to_thread(_handshake, served.port, context, session)
            assert not reused


def _handshake(
    port: int, context: ssl.SSLContext, session: ssl.SSLSession | None
) -> tuple[bool | None, ssl.SSLSession | None]:
    """One request over a blocking connection, which can offer a session: whether it was taken, and the next one."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname="localhost", session=session) as secured,
    ):
        secured.sendall(GET)
        if not secured.recv(65536):
            raise ConnectionError
        return secured.session_reused, secured.session


class TestReloading:
    @pytest.fixture
    def reloading(self, house: House) -> Iterator[ReloadingTls]:
        self.distrusted = 0

        def count() -> None:
            self.distrusted += 1

        return ReloadingTls(house.files, count)

    async def test_a_renewed_certificate_holds_for_the_next_connection(self, house: House, reloading: ReloadingTls):
        card = house.clients.issue("sanarip")
        async with serving(tls=reloading.context) as served:
            before = await self.shown(served, house.client(card))
            assert not reloading.reload()
            renewed = house.servers.issue("localhost", server=True)
            renewed.write(house.folder, "server")
            assert reloading.reload()
            assert await self.shown(served, house.client(card)) == renewed.der != before
        assert self.distrusted == 0

    async def test_a_revocation_holds_for_the_next_connection(self, house: House, reloading: ReloadingTls):
        good, bad = house.clients.issue("good"), house.clients.issue("bad")
        async with serving(tls=reloading.context) as served:
            assert not await refused(served, house.client(bad))
            house.revoke(bad)
            assert reloading.reload()
            assert await refused(served, house.client(bad))
            assert not await refused(served, house.client(good))
        assert self.distrusted == 1

    async def test_a_new_authority_replaces_the_old_one(self, house: House, reloading: ReloadingTls):
        old, another = house.clients.issue("old"), Authority("New clients")
        async with serving(tls=reloading.context) as served:
            bundle(house.folder / "clients.pem", [another.card.pem])
            bundle(house.folder / "revoked.pem", [another.revocations()])
            assert reloading.reload()
            assert await refused(served, house.client(old))
            assert not await refused(served, house.client(another.issue("new")))

    @pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nMIIB", "nonsense"])
    async def test_unusable_files_leave_the_former_ones_in_force(
        self, house: House, reloading: ReloadingTls, text: str
    ):
        card = house.clients.issue("sanarip")
        async with serving(tls=reloading.context) as served:
            bundle(house.folder / "server.pem", [text])
            assert not reloading.reload()
            assert not await refused(served, house.client(card))
            house.servers.issue("localhost", server=True).write(house.folder, "server")
            assert reloading.reload()
            assert not await refused(served, house.client(card))

    @staticmethod
    async def shown(served: Served, context: ssl.SSLContext) -> bytes:
        """The certificate the server shows."""
        _, writer = await served.connect(context)
        der: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return der


@pytest.mark.parametrize(
    "given",
    [{"client_certificates": ClientCertificates.REQUIRED},
     {"client_authorities": Path("a")},
     {"revocations": Path("r")}],
)  # fmt: skip
def test_files_that_do_not_fit_together_are_refused(given: dict[str, object]):
    with pytest.raises(ValueError, match=r"needed|needs"):
        TlsFiles(certificate=Path("c"), key=Path("k"), **given)  # type: ignore[arg-type] # the point of the test


def test_an_encrypted_key_is_refused_without_asking_the_terminal(house: House):
    card = house.servers.issue("localhost", server=True)
    encrypted = BestAvailableEncryption(b"test")
    house.files.key.write_bytes(card.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encrypted))
    with pytest.raises(ssl.SSLError):
        server_context(house.files)
