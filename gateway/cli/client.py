"""``gateway client``: machines that may send, their keys, and ending them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.access.client_kinds import ALL, Binding, ClientKind
from gateway.access.principal import Scope
from gateway.cli import enrolment
from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import ConfigOption, JsonFlag, LanguageOption
from gateway.cli.output import print_json, print_table
from gateway.cli.registers import in_client_register, operator
from gateway.operations.model import Channel
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.access.certificates import ExpectedCertificate
    from gateway.access.client_keys import MadeKey
    from gateway.access.client_register import ClientRegister, RegisteredKey
    from gateway.access.clients import Client
    from gateway.access.enrolments import Enrolments

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Machines that may send: add, enrol, rotate keys, revoke, list."
)

ClientId = enrolment.ClientId
PublicKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--public-key", help="File with the client's own public key (JWK); none is made then.", dir_okay=False
    ),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option("--key-file", help="New file for the private key (mode 0600) instead of printing it.", dir_okay=False),
]


@commands.command(
    epilog="Example: gateway client add mis-950174 --title «МИС» --organisation 950174 --scope cases:submit"
)
def add(
    client_id: ClientId,
    *,
    title: Annotated[str, typer.Option(help="What it is, for people.")],
    organisation: Annotated[
        list[str], typer.Option(help="Six-digit code it answers for; several times, or once * for all.")
    ],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; several times.")],
    kind: Annotated[ClientKind, typer.Option(help="What kind of machine it is.")] = ClientKind.SYSTEM,
    binding: Annotated[
        Binding, typer.Option(help="What its tokens are bound to; xroad for X-Road members, who get none.")
    ] = Binding.DPOP,
    channel: Annotated[Channel, typer.Option(help="How its cases come in.")] = Channel.SYSTEM,
    certificate: Annotated[
        str | None,
        typer.Option(help="With --binding mtls: sha256:…, san-dns:…, san-uri:… or subject:… of its certificate."),
    ] = None,
    xroad_member: Annotated[
        str | None, typer.Option(help="With --kind xroad-member: instance/class/member/subsystem.")
    ] = None,
    public_key: PublicKeyOption = None,
    key_file: KeyFileOption = None,
    with_code: Annotated[
        bool,
        typer.Option("--enrol", help="With --kind pharmacy-terminal: no key; the terminal makes one, by a code shown."),
    ] = False,
    config: ConfigOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Add a client. Its key is made here and shown once, unless it brings its own public key or enrols with a code.

    On SQLite the gateway must not be running meanwhile.
    """
    from gateway.access.clients import ClientDefinition  # noqa: PLC0415 - commands import what they need

    definition = ClientDefinition(
        id=client_id,
        title=title,
        kind=kind,
        channel=channel,
        organisations=None if organisation == [ALL] else frozenset(organisation),
        scopes=frozenset(scope),
        binding=binding,
        certificate=_expected(certificate),
        xroad_member=xroad_member,
    )
    if (with_code or binding is Binding.XROAD) and (public_key is not None or key_file is not None):
        problem = "A client that enrols makes its own key." if with_code else "A client of X-Road has no key."
        raise Failure(problem, "Leave the key options out.", code=ExitCode.USAGE)
    if with_code:
        opened = in_client_register(config, language, lambda _, enrolments: enrolments.add(definition, by=operator()))
        enrolment.show(opened.client.id, opened.code, opened.expires_at, as_json=as_json)
        return
    if binding is Binding.XROAD:
        registered = in_client_register(config, language, lambda register, _: register.add(definition, by=operator()))
        _show_registered(registered, None, None, as_json=as_json)
        return
    with _key(public_key, key_file) as (public, made):
        registered = in_client_register(
            config, language, lambda register, _: register.add(definition, by=operator(), jwk=public)
        )
    _show_registered(registered, made, key_file, as_json=as_json)


commands.command(epilog=enrolment.EPILOG)(enrolment.enrol)


@commands.command(epilog="Example: gateway client rotate mis-950174 --overlap-hours 24 --key-file mis.jwk")
def rotate(
    client_id: ClientId,
    *,
    overlap_hours: Annotated[
        int, typer.Option(min=0, max=24 * 90, help="How long the old keys count besides; 0 ends them at once.")
    ] = 24 * 7,
    public_key: PublicKeyOption = None,
    key_file: KeyFileOption = None,
    config: ConfigOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Give a client another key, valid at once. On SQLite the gateway must not be running meanwhile."""
    overlap = timedelta(hours=overlap_hours)
    with _key(public_key, key_file) as (public, made):
        registered = in_client_register(
            config, language, lambda register, _: register.rotate(client_id, by=operator(), jwk=public, overlap=overlap)
        )
    _show_registered(registered, made, key_file, as_json=as_json)


@commands.command(epilog='Example: gateway client revoke mis-950174 --reason "the key was copied"')
def revoke(
    client_id: ClientId,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the client. No personal data.")],
    config: ConfigOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """End a client for good: all its keys and tokens are refused within ten seconds. Its id is never given again.

    On SQLite the gateway must not be running meanwhile.
    """
    client = in_client_register(
        config, language, lambda register, _: register.revoke(client_id, by=operator(), reason=reason)
    )
    if as_json:
        print_json(_as_json(client))
    else:
        typer.echo(f"{client.id} is revoked.")


@commands.command("list", epilog="Example: gateway client list --json")
def list_clients(
    *,
    with_revoked: Annotated[bool, typer.Option("--all", help="Also those that are revoked.")] = False,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the clients with their keys. On SQLite the gateway must not be running meanwhile."""

    async def all_of(register: ClientRegister, _: Enrolments) -> list[Client]:
        return [client for client in register.all() if with_revoked or client.revoked_at is None]

    found = in_client_register(config, Language.EN, all_of)
    if as_json:
        for client in found:
            print_json(_as_json(client))
        return
    columns = ("id", "title", "kind", "binding", "organisations", "scopes", "keys", "added", "revoked")
    print_table("Clients", columns, (_row(client) for client in found))


@contextmanager
def _key(public_key: Path | None, key_file: Path | None) -> Iterator[tuple[Mapping[str, Any], MadeKey | None]]:
    """The public key to register, and the pair if it is made here.

    The private part is in its file before the key is registered, so that no registered key is ever lost; if registering
    fails, the file goes away again.
    """
    from gateway.access.client_keys import make_key  # noqa: PLC0415 - commands import what they need

    if public_key is not None:
        if key_file is not None:
            problem = "--public-key and --key-file exclude each other."
            raise Failure(problem, "Give --key-file only where a key is made here.", code=ExitCode.USAGE)
        yield _read_jwk(public_key), None
        return
    made = make_key()
    if key_file is None:
        yield made.public, made
        return
    _write_private(key_file, made)
    try:
        yield made.public, made
    except BaseException:  # it is raised again: Ctrl+C, too, must leave no key that is not registered
        key_file.unlink()
        raise


def _read_jwk(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise Failure.of_file(error) from None
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Failure(f"{path}: it is no JSON Web Key.", "Give one public key as a JSON object (RFC 7517).")
    return content


def _write_private(path: Path, made: MadeKey) -> None:
    """A new file, readable by its owner alone from the first byte on, and on the disk when this returns."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Failure.of_file(error) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dict(made.private), file)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _expected(certificate: str | None) -> ExpectedCertificate | None:
    from gateway.access.certificates import ExpectedCertificate  # noqa: PLC0415 - commands import what they need

    if certificate is None:
        return None
    try:
        return ExpectedCertificate.parse(certificate)
    except ValueError as error:
        raise Failure(f"--certificate: {error}.", "See «gateway client add --help».", code=ExitCode.USAGE) from None


def _show_registered(registered: RegisteredKey, made: MadeKey | None, key_file: Path | None, *, as_json: bool) -> None:
    shown = None if made is None or key_file is not None else dict(made.private)
    if as_json:
        file = None if key_file is None else str(key_file)
        print_json({**_as_json(registered.client), "kid": registered.kid, "private_key": shown, "key_file": file})
        return
    typer.echo(
        f"{registered.client.id} is registered." + (f" Key id: {registered.kid}" if registered.kid else ""), err=True
    )
    if key_file is not None:
        typer.echo(f"The private key is in {key_file}. Bring it to the client and delete it here.", err=True)
    if shown is not None:
        typer.echo("The private key follows. It is not kept here and cannot be shown again.", err=True)
        print_json(shown)


def _as_json(client: Client) -> dict[str, Any]:
    return {
        "id": client.id,
        "title": client.title,
        "kind": client.kind,
        "channel": client.channel,
        "organisations": _organisations(client),
        "scopes": sorted(client.scopes),
        "binding": client.binding,
        "certificate": None if client.certificate is None else str(client.certificate),
        "xroad_member": client.xroad_member,
        "keys": [
            {"kid": key.kid, "added_at": key.added_at, "not_after": key.not_after, "revoked_at": key.revoked_at}
            for key in client.keys
        ],
        "added_at": client.added_at,
        "added_by": client.added_by,
        "revoked_at": client.revoked_at,
        "revoked_by": client.revoked_by,
        "reason": client.reason,
    }


def _row(client: Client) -> list[object]:
    from datetime import UTC, datetime  # noqa: PLC0415 - only this table asks for the time

    return [
        client.id,
        client.title,
        client.kind,
        client.binding,
        ", ".join(_organisations(client)),
        ", ".join(sorted(client.scopes)),
        len(client.keys_at(datetime.now(UTC))),
        client.added_at.date(),
        None if client.revoked_at is None else client.revoked_at.date(),
    ]


def _organisations(client: Client) -> list[str]:
    return [ALL] if client.organisations is None else sorted(client.organisations)
