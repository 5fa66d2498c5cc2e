"""A progress bar for long batches, on standard error and only if somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar


class Step(Protocol):
    """A record on its way through a batch."""

    @property
    def number(self) -> int:
        """Its position, from 1."""
        ...

    @property
    def progress(self) -> int:
        """How far into the file it is."""
        ...


StepT = TypeVar("StepT", bound=Step)


def with_progress(steps: Iterable[StepT], total: int | None) -> Iterator[StepT]:
    """The same records; while they pass, the bar moves towards ``total``."""
    if not sys.stderr.isatty():
        yield from steps
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.fields[count]:,} cases"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as progress:
        task = progress.add_task("", total=total, count=0)
        for step in steps:
            yield step
            progress.update(task, completed=step.progress, count=step.number)
