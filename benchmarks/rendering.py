"""Saved figures for a reader: as a table on the terminal and inside ``docs/benchmarks.md``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_HEADINGS: Final = ("figure", "median", "lowest–highest", "aim", "")
_VERDICTS: Final = {True: "met", False: "missed", None: ""}


def as_table(result: Mapping[str, Any]) -> None:
    """Print a run."""
    table = Table(title=_caption(result), header_style="bold", title_justify="left")
    for heading, side in zip(_HEADINGS, ("left", "right", "right", "right", "left"), strict=True):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]  # one of rich's own words each
    for row in map(_row, result["figures"]):
        style = {"met": "green", "missed": "red"}.get(row[-1], "")
        table.add_row(*row, style=style)
    Console(width=None if Console().is_terminal else 140).print(table)


def into_document(result: Mapping[str, Any]) -> None:
    """Replace the table in the document."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(_BEGIN)
    _, found, after = rest.partition(_END)
    if not found:
        raise SystemExit(f"{DOCUMENT} has no place for the figures: «{_BEGIN}» … «{_END}»")
    lines = [
        _caption(result),
        "",
        "| " + " | ".join(_HEADINGS) + " |",
        "|---|---:|---:|---:|---|",
        *("| " + " | ".join(_row(figure)) + " |" for figure in result["figures"]),
    ]
    DOCUMENT.write_text(f"{before}{_BEGIN}\n" + "\n".join(lines) + f"\n{_END}{after}", encoding="utf-8")


def _caption(result: Mapping[str, Any]) -> str:
    machine, settings = result["machine"], result["settings"]
    return (
        f"{machine['date']}: {machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB, "
        f"Python {machine['python']}, SQLite {machine['sqlite']}; "
        f"{settings['rounds']} rounds of {settings['seconds']:g} s" + (", quick" if settings["quick"] else "")
    )


def _row(figure: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    unit = figure["unit"]
    spread = (
        f"{_number(figure['lowest'], unit)}–{_number(figure['highest'], unit)}" if len(figure["values"]) > 1 else ""
    )
    middle = f"{_number(figure['median'], unit)} {unit}".replace("1/s", "/s").replace(" /s", "/s")
    return figure["title"], middle, spread, figure["aim"], _VERDICTS[figure["met"]]


def _number(value: float, unit: str) -> str:
    if unit in {"1/s", "MB", "%"}:
        return f"{value:,.0f}"
    return f"{value:,.2f}"
