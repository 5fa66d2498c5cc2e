"""``gateway staff``: the list of authorised staff (ESI order, clause 5)."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

import typer

from gateway.access.principal import Role
from gateway.cli.configuration import settings_or_failure
from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import ConfigOption, JsonFlag, LanguageOption
from gateway.cli.output import print_json, print_table
from gateway.cli.registers import operator, refusals_told
from gateway.cli.stores import in_store
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.access.staff import StaffMember, StaffRegister
    from gateway.access.staff_records import StaffGrant
    from gateway.audit.trail import ChainedTrail
    from gateway.store.grouping import Store

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="The list of authorised staff: grant, revoke, list."
)

Answer = TypeVar("Answer")

_PAGE = 500


@commands.command(epilog="Example: gateway staff grant --role hospital-clerk --organisation 950174")
def grant(
    *,
    role: Annotated[Role, typer.Option(help="In which role.")],
    organisation: Annotated[str | None, typer.Option(help="Where: six-digit code.")] = None,
    region: Annotated[str | None, typer.Option(help="Where, for roles of a region: its row of the schedule.")] = None,
    valid_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day in Bishkek; by default today."),
    ] = None,
    valid_to: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day in Bishkek; without it, until revoked."),
    ] = None,
    config: ConfigOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """Put a person on the list. ПИН and name are asked for, or read from two lines of standard input.

    They are never arguments, which other users of the machine could see. On SQLite the gateway must not be running
    meanwhile.
    """
    from gateway.access.staff import GrantRequest  # noqa: PLC0415 - commands import what they need
    from gateway.rules.days import bishkek_day  # noqa: PLC0415 - as above
    from gateway.system import SystemClock  # noqa: PLC0415 - as above

    request = GrantRequest(
        pin=_asked("ПИН: ", hidden=True),
        name=_asked("Name: ", hidden=False),
        role=role,
        organisation=organisation,
        region=region,
        valid_from=valid_from.date() if valid_from is not None else bishkek_day(SystemClock().now()),
        valid_to=valid_to.date() if valid_to is not None else None,
    )
    granted = _in_register(config, language, lambda register, _: register.grant(request, by=operator(), within=None))
    if as_json:
        print_json(_as_json(granted))
    else:
        typer.echo(f"{granted.right.role} is granted from {granted.valid_from}. Record: {granted.id}")


@commands.command(epilog='Example: gateway staff revoke 01990000-0000-7000-8000-000000000000 --reason "has left"')
def revoke(
    grant_id: Annotated[UUID, typer.Argument(help="The record's id, as «gateway staff list» shows it.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the record. No personal data.")],
    config: ConfigOption = None,
    language: LanguageOption = Language.EN,
    as_json: JsonFlag = False,
) -> None:
    """End a record at once. On SQLite the gateway must not be running meanwhile."""
    ended = _in_register(
        config,
        language,
        lambda register, _: register.revoke(grant_id, by=operator(), reason=reason, within=None),
    )
    if as_json:
        print_json(_as_json(ended))
    else:
        typer.echo(f"{ended.id} is revoked.")


@commands.command("list", epilog="Example: gateway staff list --organisation 950174")
def list_staff(
    *,
    organisation: Annotated[str | None, typer.Option(help="Only those of this organisation.")] = None,
    with_ended: Annotated[bool, typer.Option("--all", help="Also records that are over or revoked.")] = False,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the list, with names and the last two digits of each ПИН. Looking at it leaves an audit entry.

    On SQLite the gateway must not be running meanwhile.
    """

    async def members(register: StaffRegister, trail: ChainedTrail) -> list[StaffMember]:
        await _note_listing(trail, organisation)
        found: list[StaffMember] = []
        while True:
            after = found[-1].grant.id if found else None
            page = await register.members(
                within=None, organisation=organisation, with_ended=with_ended, after=after, limit=_PAGE
            )
            found += page
            if len(page) < _PAGE:
                return found

    found = _in_register(config, Language.EN, members)
    if as_json:
        for member in found:
            print_json({**_as_json(member.grant), "pin": _masked(member.pin), "name": member.name})
        return
    columns = ("id", "name", "ПИН", "role", "organisation", "region", "from", "to", "revoked")
    print_table("Staff", columns, (_row(member) for member in found))


async def _note_listing(trail: ChainedTrail, organisation: str | None) -> None:
    from gateway.audit.actions import Action, Purpose  # noqa: PLC0415 - commands import what they need
    from gateway.ports import AuditEvent  # noqa: PLC0415 - as above

    by = operator()
    await trail.record(
        AuditEvent(
            action=Action.STAFF_LISTED,
            actor=by.id,
            actor_kind=by.kind,
            organisation=organisation,
            purpose=Purpose.ADMINISTRATION,
        )
    )


def _in_register(
    config: Path | None, language: Language, work: Callable[[StaffRegister, ChainedTrail], Awaitable[Answer]]
) -> Answer:
    from gateway.sealing.errors import CannotOpen, KeyRingUnusable  # noqa: PLC0415 - commands import what they need
    from gateway.sealing.keeper import KeyKeeper  # noqa: PLC0415 - as above
    from gateway.system import SystemClock, TimeOrderedIds  # noqa: PLC0415 - as above

    settings = settings_or_failure(config)
    clock = SystemClock()
    try:
        keys = KeyKeeper(settings.sealing.source(), clock)
    except KeyRingUnusable as error:
        raise Failure(str(error), error.advice, code=ExitCode.UNREACHABLE) from None

    async def session(store: Store) -> Answer:
        from gateway.access.staff import StaffRegister  # noqa: PLC0415 - commands import what they need
        from gateway.audit.trail import ChainedTrail  # noqa: PLC0415 - as above

        trail = ChainedTrail(store, clock)
        register = StaffRegister(store, keys.sealer, keys.index, clock, TimeOrderedIds(), trail.append)
        with refusals_told(language):
            return await work(register, trail)

    try:
        return in_store(settings, session)
    except CannotOpen:
        raise Failure("A record cannot be opened.", "«gateway keys check» says which key is missing.") from None


def _asked(prompt: str, *, hidden: bool) -> str:
    """An answer from the terminal, or the next line of standard input when nobody sits there."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return (getpass.getpass(prompt) if hidden else typer.prompt(prompt.rstrip(": "), err=True)).strip()


def _masked(pin: str) -> str:
    return "•" * (len(pin) - 2) + pin[-2:]


def _as_json(granted: StaffGrant) -> dict[str, Any]:
    return {
        "id": granted.id,
        "role": granted.right.role,
        "organisation": granted.right.organisation,
        "region": granted.right.region,
        "valid_from": granted.valid_from,
        "valid_to": granted.valid_to,
        "granted_at": granted.granted_at,
        "granted_by": granted.granted_by,
        "revoked_at": granted.revoked_at,
        "revoked_by": granted.revoked_by,
        "reason": granted.reason,
    }


def _row(member: StaffMember) -> list[object]:
    granted = member.grant
    return [
        granted.id,
        member.name,
        _masked(member.pin),
        granted.right.role,
        granted.right.organisation,
        granted.right.region,
        granted.valid_from,
        granted.valid_to,
        None if granted.revoked_at is None else granted.revoked_at.date(),
    ]
