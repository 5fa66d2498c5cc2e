"""Where the demo is shown: headings, sentences and tables for a newcomer's eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

from adapters.esi.simulator import PASSWORD
from gateway.access.roles import ROLES
from gateway.cli.demo.access import OPERATOR, STAFF, key_file
from gateway.cli.demo.texts import TEXTS
from schemas.errors.model import Language

if TYPE_CHECKING:
    from gateway.cli.demo.world import World


class Stage:
    """Shows things in one language on standard output."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._console = Console(highlight=False)
        self._console.print(Panel(self.text("title"), expand=False, style="bold"))

    def text(self, key: str, **values: object) -> str:
        """A sentence of :mod:`gateway.cli.demo.texts`."""
        return TEXTS[key].in_language(self._language).format(**values)

    def working(self, key: str) -> AbstractContextManager[object]:
        """A sentence with a spinner while something takes its time; only the spinner goes away where nobody watches."""
        return self._console.status(self.text(key))

    def heading(self, key: str, **values: object) -> None:
        """The title of an act."""
        self._console.print()
        self._console.print(f"[bold cyan]{escape(self.text(key, **values))}[/]")

    def say(self, key: str, **values: object) -> None:
        """A sentence."""
        self._console.print(f"   {escape(self.text(key, **values))}")

    def facts(self, rows: Iterable[tuple[str, object]]) -> None:
        """Names (keys of texts) and values, one a line."""
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="left")
        table.add_column(justify="right", style="bold")
        for key, value in rows:
            table.add_row(f"   {escape(self.text(key))}", escape(str(value)))
        self._console.print(table)

    def table(self, keys: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table under headings that are keys of texts."""
        table = Table(header_style="bold")
        for key in keys:
            table.add_column(self.text(key), overflow="fold")
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        self._console.print(table)

    def finding(self, finding: Mapping[str, Any]) -> None:
        """Why something was refused: code and place, clause, what is wrong, what to do."""
        clause = f" · {finding['clause']}" if finding["clause"] else ""
        self._console.print(f"   [bold yellow]{escape(finding['code'])}[/] {escape(finding['path'] + clause)}")
        self._console.print(Padding(f"{escape(finding['message'])}\n→ {escape(finding['action'])}", (0, 0, 0, 6)))

    def verdict(self, key: str, *, good: bool, **values: object) -> None:
        """How it ended."""
        style = "bold green" if good else "bold red"
        self._console.print(Panel(escape(self.text(key, **values)), style=style, expand=False))

    def started(self, world: World) -> None:
        """Tell where everything is."""
        self.say("started")
        self._addresses(world)

    def kept(self, world: World, acts: Iterable[Path]) -> None:
        """Tell that everything goes on, where, and how to get in. ``acts`` are the files of the act of settlement."""
        self._console.print()
        self.say("kept")
        self._addresses(world)
        self._console.print()
        self.say("act-files")
        for file in acts:
            self._console.print(f"   {escape(str(file))}", soft_wrap=True)
        self._console.print()
        self.say("people-enter", password=PASSWORD)
        people = [(ROLES[one.role].title.in_language(self._language), one.person) for one in STAFF]
        rows = [(title, f"{one.family_name} {one.given_name}", one.pin) for title, one in people]
        self.table(("role", "name", "pin"), rows)
        self.say("machines-enter")
        file = key_file(world.folder, OPERATOR)
        command = f"gateway operations list --url {world.gateway} --client {OPERATOR} --key-file {file}"
        self._console.print(f"   {escape(command)}", soft_wrap=True)

    def counter_page(self, url: str, number: str, pin: str, *, keep: bool) -> None:
        """Tell where the counter page is, and with what to try it; the address comes last."""
        self._console.print()
        if keep:
            self.say("counter-try", number=number, pin=pin)
        else:
            self.say("counter-ended")
        self._console.print(f"   {escape(self.text('counter-page'))} [bold]{escape(url)}[/]", soft_wrap=True)

    def _addresses(self, world: World) -> None:
        table = Table.grid(padding=(0, 2))
        for name, url in (
            ("gateway", world.gateway),
            ("docs", f"{world.gateway}/docs"),
            ("sign in", f"{world.gateway}/sign-in?return_to=/v1/session"),
            ("security server", f"{world.security_server}/simulator/status"),
            ("fund", f"{world.fund}/simulator/records"),
            ("drug programme", f"{world.programme}/simulator/records"),
            ("insurer", f"{world.insurer}/simulator/status"),
            ("KNMDB", f"{world.knmdb}/simulator/records"),
            ("hospital", f"{world.hospital}/simulator/status"),
            ("ESI", f"{world.esi}/simulator/people"),
            ("counter", world.counter),
            ("logs", str(world.folder)),
        ):
            if url is not None:
                table.add_row(f"   {name}", escape(url))
        self._console.print(table)
