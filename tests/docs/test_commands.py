"""Every `gateway …` that a page shows is one the command line takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from gateway.cli.application import build
from tests.docs.pages import PAGES, blocks, name_of, read, spans

ANY_ID = "01990000-0000-7000-8000-000000000000"
_PLACEHOLDERS = {"ID": ANY_ID, "0199…": ANY_ID}
_COMMAND = re.compile(r"(?:^|\s|/)gateway (.+)$")


def shown(page: Path) -> Iterator[str]:
    """Command lines in shell blocks, and in inline code that begins with the command."""
    text = read(page)
    for block in blocks(text):
        if block.language == "sh":
            for line in block.text.replace("\\\n", " ").splitlines():
                if found := _COMMAND.search(line):
                    yield found[1]
    for span in spans(text):
        if span.startswith("gateway "):
            yield span.removeprefix("gateway ")


def parse(line: str) -> None:
    """Take the line as far as to the command itself, without running it. Raises what a wrong line raises."""
    words = [_PLACEHOLDERS.get(word, word) for word in shlex.split(line, comments=True)]
    unfinished = words[-1:] in (["…"], ["..."], ["--help"])
    words = words[:-1] if unfinished else words
    command: Any = typer.main.get_command(build())
    context = None
    while hasattr(command, "get_command"):
        if not words:
            assert unfinished, "a command is missing"
            return
        assert not words[0].startswith("-")
        name, *words = words
        context = command.context_class(command, info_name=name, parent=context)
        command = command.get_command(context, name)
        assert command is not None, f"there is no command {name}"
    if not unfinished:
        command.make_context(command.name, words, parent=context).close()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_parse(page: Path):
    for line in shown(page):
        try:
            parse(line)
        except Exception as error:
            raise AssertionError(f"gateway {line}: {error}") from error


def test_the_pages_show_commands_at_all():
    assert len({line for page in PAGES for line in shown(page)}) > 20


@pytest.mark.parametrize(
    "line", ["operation list", "operations list --stat parked", "ksf form --sequence x", "serve 1"]
)
def test_a_wrong_command_would_be_seen(line: str):
    with pytest.raises(Exception, match=r"."):
        parse(line)
