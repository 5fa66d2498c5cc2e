"""``gateway reference … medicines``: versions of the reference of medicines («Маалымдама»)."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.configuration import settings_or_failure
from gateway.cli.failures import Failure
from gateway.cli.options import ConfigOption, JsonFlag, LanguageOption
from gateway.cli.output import print_json, print_table
from gateway.cli.reference_tables import table_from, tell_findings
from gateway.cli.registers import operator, refusals_told
from gateway.cli.stores import in_store
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.rules.medicines.versions import VersionDates
    from gateway.store.grouping import Store

_DAY = ["%Y-%m-%d"]


def import_medicines(
    file: Annotated[Path, typer.Argument(help="The reference as .csv or .xlsx.", dir_okay=False)],
    *,
    valid_from: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="First Bishkek day of the version; today by default.")
    ] = None,
    list_approved_on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Day the Ministry approved the list; today by default.")
    ] = None,
    levels_set_on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Day the fund set the levels; today by default.")
    ] = None,
    language: LanguageOption = Language.EN,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a version of the reference of medicines; the one before ends the day before. With any error nothing is taken.

    Columns are named in docs/contracts.md, in English or Russian. On SQLite the gateway must not be running meanwhile;
    on PostgreSQL running gateways take the version over within ten seconds.
    """
    from gateway.reference.medicines import parse_medicines  # noqa: PLC0415 - commands import what they need
    from gateway.rules.days import bishkek_day  # noqa: PLC0415 - as above
    from gateway.store.medicines import NewVersion, add_version  # noqa: PLC0415 - as above
    from gateway.system import SystemClock  # noqa: PLC0415 - as above

    settings = settings_or_failure(config)
    now = SystemClock().now()
    today = bishkek_day(now)
    before = in_store(settings, _codes_before)
    parsed = table_from(file, partial(parse_medicines, before=before))
    tell_findings(file, parsed.findings, language)
    new = NewVersion(
        medicines=parsed.medicines,
        valid_from=_day(valid_from, today),
        list_approved_on=_day(list_approved_on, today),
        levels_set_on=_day(levels_set_on, today),
        today=today,
        at=now,
        by=operator().id,
    )
    version = in_store(settings, partial(_add, add=partial(add_version, new=new), language=language))
    if as_json:
        print_json({"imported": len(parsed.medicines), "version": version.number, "valid_from": version.valid_from})
    else:
        typer.echo(f"Version {version.number} of {version.valid_from} has {len(parsed.medicines)} medicines.")


def list_medicines(
    *, language: LanguageOption = Language.EN, config: ConfigOption = None, as_json: JsonFlag = False
) -> None:
    """Show the versions of the reference of medicines, and what is overdue.

    On SQLite the gateway must not be running meanwhile.
    """
    from gateway.rules.days import bishkek_day  # noqa: PLC0415 - commands import what they need
    from gateway.rules.medicines.versions import ages  # noqa: PLC0415 - as above
    from gateway.store.medicines import version_dates  # noqa: PLC0415 - as above
    from gateway.system import SystemClock  # noqa: PLC0415 - as above

    today = bishkek_day(SystemClock().now())
    versions = in_store(settings_or_failure(config), lambda store: store.read(partial(version_dates, since=date.min)))
    if as_json:
        for version in versions:
            print_json({name: getattr(version, name) for name in _FIELDS})
        return
    print_table("Reference of medicines", _FIELDS, ([getattr(one, name) for name in _FIELDS] for one in versions))
    for version in versions:
        if version.valid_from <= today and (version.valid_until is None or today <= version.valid_until):
            for finding in ages(version, today):
                typer.echo(finding.as_json(language)["message"], err=True)


_FIELDS = ("number", "valid_from", "valid_until", "list_approved_on", "levels_set_on")


def export_medicines(
    file: Annotated[Path, typer.Argument(help="Where to write it: .csv or .xlsx.", dir_okay=False)],
    *,
    on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="The Bishkek day whose version is meant; today by default.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write the version of a day into a file that «import medicines» takes.

    On SQLite the gateway must not be running meanwhile.
    """
    from gateway.reference.medicine_export import as_csv, as_xlsx  # noqa: PLC0415 - commands import what they need
    from gateway.rules.days import bishkek_day  # noqa: PLC0415 - as above
    from gateway.store.medicines import load_versions  # noqa: PLC0415 - as above
    from gateway.system import SystemClock  # noqa: PLC0415 - as above

    write = {".csv": as_csv, ".xlsx": as_xlsx}.get(file.suffix.lower())
    if write is None:
        raise Failure(f"The format «{file.suffix}» is not known.", "Name a file .csv or .xlsx.")
    day = _day(on, bishkek_day(SystemClock().now()))
    versions = in_store(settings_or_failure(config), lambda store: store.read(partial(load_versions, since=day)))
    version = next((one for one in versions if one.covers(day)), None)
    if version is None:
        raise Failure(f"No version is in force on {day}.", "See «gateway reference list medicines».")
    medicines = sorted(version.medicines.values(), key=lambda medicine: medicine.code)
    try:
        file.write_bytes(write(medicines))
    except OSError as error:
        raise Failure.of_file(error) from None
    typer.echo(f"{file}: version {version.number}, {len(medicines)} medicines.", err=True)


async def _codes_before(store: Store) -> frozenset[str]:
    from gateway.store.medicines import codes_of, latest_version  # noqa: PLC0415 - commands import what they need

    latest = await store.read(latest_version)
    return frozenset() if latest is None else await store.read(partial(codes_of, version=latest.number))


async def _add(store: Store, *, add: partial[VersionDates], language: Language) -> VersionDates:
    with refusals_told(language):
        return await store.write(add)


def _day(given: datetime | None, today: date) -> date:
    return today if given is None else given.date()
