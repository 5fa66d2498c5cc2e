"""``gateway keys``: the keys that data at rest are sealed with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.configuration import settings_or_failure
from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import ConfigOption, JsonFlag
from gateway.cli.output import print_json, print_table
from gateway.cli.stores import in_store

if TYPE_CHECKING:
    from config.settings import Settings
    from gateway.sealing.keyring import KeyRing
    from gateway.sealing.rotation import Census, Rewrapped
    from gateway.store.grouping import Store

commands = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Keys that personal data at rest are sealed with."
)


@commands.command(epilog="Example: gateway keys new --seals-in 600")
def new(
    *,
    seals_in: Annotated[
        int | None,
        typer.Option(min=0, help="Seconds until it seals, time to bring it to all nodes: by default 600, at first 0."),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a master key in the key directory, and with the first one the index key. No key is printed.

    Keep a copy elsewhere at once: without its keys, what is sealed is lost. Running gateways notice by themselves.
    """
    from gateway.sealing.sources import KeyDirectory  # noqa: PLC0415 - commands import what they need

    directory = KeyDirectory(_directory(settings_or_failure(config)))
    wait = None if seals_in is None else timedelta(seconds=seals_in)
    with _keys_explained():
        try:
            made = directory.make(datetime.now(UTC).replace(microsecond=0), wait=wait)
        except OSError as error:
            raise Failure.of_file(error) from None
    if as_json:
        print_json({"id": made.master.id.hex(), "since": made.master.since, "files": [str(one) for one in made.files]})
        return
    typer.echo(f"The master key {made.master.id.hex()} seals from {made.master.since.isoformat()}.")
    for file in made.files:
        typer.echo(f"Written: {file}. Keep a copy of it elsewhere, and not where backups of the database are.")


@commands.command("list", epilog="Example: gateway keys list --json")
def list_keys(*, config: ConfigOption = None, as_json: JsonFlag = False) -> None:
    """Show the master keys: which one seals, which ones only open, which one seals later."""
    _show(_rows(_ring(settings_or_failure(config)), None), ("id", "since", "use"), as_json=as_json)


@commands.command(epilog="Example: gateway keys check")
def check(*, config: ConfigOption = None, as_json: JsonFlag = False) -> None:
    """Count what every master key is needed for, and see that no key is missing.

    A key that only opens and that nothing needs may be destroyed, with all its copies. Backups that were made when it
    sealed are then unreadable. On SQLite the gateway must not be running meanwhile.
    """
    from gateway.sealing.rotation import count_by_key  # noqa: PLC0415 - commands import what they need

    settings = settings_or_failure(config)
    ring = _ring(settings)
    census: Census = in_store(settings, lambda store: store.read(count_by_key))
    missing = {key.hex(): count for key, count in census.by_key.items() if key not in ring.masters}
    rows = _rows(ring, census) + [
        {"id": key, "since": None, "use": "missing", "needed_by": count} for key, count in missing.items()
    ]
    if as_json:
        print_json({"keys": rows, "erased": census.erased, "unsealed": census.unsealed})
    else:
        _show(rows, ("id", "since", "use", "needed_by"), as_json=False)
        typer.echo(f"erased when their time had ended: {census.erased}")
    if missing:
        problem = f"{sum(missing.values())} rows cannot be opened: a master key is missing."
        raise Failure(problem, "Bring it back from the safe copy of the keys.")
    if census.unsealed:
        raise Failure(f"{census.unsealed} rows are no envelopes.", "Find out who wrote them; the gateway did not.")


@commands.command(epilog="Example: gateway keys rewrap")
def rewrap(*, config: ConfigOption = None, as_json: JsonFlag = False) -> None:
    """Bring everything under the master key that seals now, so that older ones are no longer needed.

    A running gateway does this by itself. It may be broken off and run again. On SQLite the gateway must not be
    running meanwhile.
    """
    settings = settings_or_failure(config)
    ring = _ring(settings)
    with _told() as tell:
        done: Rewrapped = in_store(settings, partial(_rewrap, ring=ring, tell=tell))
    if as_json:
        print_json({"rewrapped": done.rewrapped, "unopenable": done.unopenable})
    else:
        typer.echo(f"{done.rewrapped} rows rewrapped.")
    if done.unopenable:
        raise Failure(f"{done.unopenable} rows do not open.", "«gateway keys check» says which key is missing.")


async def _rewrap(store: Store, *, ring: KeyRing, tell: Callable[[Rewrapped], None]) -> Rewrapped:
    from gateway.sealing.envelope import EnvelopeSealer  # noqa: PLC0415 - commands import what they need
    from gateway.sealing.rotation import Rewrapping  # noqa: PLC0415 - as above

    return await Rewrapping(store, EnvelopeSealer(ring, datetime.now(UTC))).run(tell)


@contextmanager
def _told() -> Iterator[Callable[[Rewrapped], None]]:
    """Shows on standard error how far it is, if somebody watches."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console(stderr=True)
    with console.status("rewrapping …") as status:
        yield lambda so_far: status.update(f"{so_far.rewrapped:,} rows rewrapped …")


def _rows(ring: KeyRing, census: Census | None) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    sealing = ring.sealing(now)
    rows = []
    for identifier, key in sorted(ring.masters.items(), key=lambda item: item[1].since):
        use = "seals" if key is sealing else "seals later" if key.since > now else "opens"
        row: dict[str, Any] = {"id": identifier.hex(), "since": key.since, "use": use}
        rows.append(row if census is None else row | {"needed_by": census.by_key.get(identifier, 0)})
    return rows


def _show(rows: list[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(row)
        return
    print_table(
        "Master keys", [name.replace("_", " ") for name in columns], ([row[n] for n in columns] for row in rows)
    )


def _ring(settings: Settings) -> KeyRing:
    with _keys_explained():
        return settings.sealing.source().load()


def _directory(settings: Settings) -> Path:
    if settings.sealing.directory is None:
        problem = "Keys come from the command of sealing.command, so they are made where that takes them from."
        raise Failure(problem, "Make a line «master <instant> <32 random bytes in base64>» there.", code=ExitCode.USAGE)
    return settings.sealing.directory


@contextmanager
def _keys_explained() -> Iterator[None]:
    from gateway.sealing.errors import KeyRingUnusable  # noqa: PLC0415 - commands import what they need

    try:
        yield
    except KeyRingUnusable as error:
        raise Failure(str(error), error.advice, code=ExitCode.UNREACHABLE) from None
