"""Printing: JSON for programs, tables for people. Colours go away with NO_COLOR or when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import orjson
import typer

_COPIED = frozenset({"id", "КСФ number", "record number", "code"})
"""Columns people copy from: never broken over lines."""

_UNWATCHED_WIDTH = 200
"""Width of tables that go into a file or a pipe."""


def print_json(value: object) -> None:
    """One JSON value on one line of standard output."""
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on standard output; ``None`` is shown as a dash."""
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.markup import escape  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _COPIED)
    for row in rows:
        table.add_row(*("–" if cell is None else escape(str(cell)) for cell in row))
    if not table.rows:
        typer.echo(f"{title}: none")
        return
    Console(highlight=False, width=None if sys.stdout.isatty() else _UNWATCHED_WIDTH).print(table)
