"""Every `gateway …`, `kopuro-pos …` and `make …` that a page shows is one that the program takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from gateway.cli.application import build
from kopuro_pos.cli import application
from tests.docs.pages import PAGES, ROOT, blocks, name_of, read, spans

PROGRAMS = {"gateway": build(), "kopuro-pos": application}
ANY_ID = "01990000-0000-7000-8000-000000000000"
_PLACEHOLDERS = {"ID": ANY_ID, "0199…": ANY_ID}


def shown(page: Path, program: str) -> Iterator[str]:
    """Command lines of a program in shell blocks, and in inline code that begins with it; without its name."""
    command = re.compile(rf"(?:^|\s|/){program} (.+?)(?: &)?$")
    text = read(page)
    for block in blocks(text):
        if block.language == "sh":
            for line in block.text.replace("\\\n", " ").splitlines():
                if found := command.search(line):
                    yield found[1]
    for span in spans(text):
        if span.startswith(f"{program} "):
            yield span.removeprefix(f"{program} ")


def parse(program: str, line: str) -> None:
    """Take the line as far as to the command itself, without running it. Raises what a wrong line raises."""
    words = [_PLACEHOLDERS.get(word, word) for word in shlex.split(line, comments=True)]
    unfinished = words[-1:] in (["…"], ["..."], ["--help"])
    words = words[:-1] if unfinished else words
    command: Any = typer.main.get_command(PROGRAMS[program])
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


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_parse(page: Path, program: str):
    for line in shown(page, program):
        try:
            parse(program, line)
        except Exception as error:
            raise AssertionError(f"{program} {line}: {error}") from error


@pytest.mark.parametrize(("program", "least"), [("gateway", 20), ("kopuro-pos", 8)])
def test_the_pages_show_commands_at_all(program: str, least: int):
    assert len({line for page in PAGES for line in shown(page, program)}) > least


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("gateway", "operation list"),
        ("gateway", "operations list --stat parked"),
        ("gateway", "ksf form --sequence x"),
        ("gateway", "serve 1"),
        ("kopuro-pos", "enroll ABCD-EFGH-JKMN-PQRS"),
        ("kopuro-pos", "certify --html"),
    ],
)
def test_a_wrong_command_would_be_seen(program: str, line: str):
    with pytest.raises(Exception, match=r"."):
        parse(program, line)


def test_targets_of_make_exist():
    named = {line.split()[0] for page in PAGES for line in shown(page, "make") if re.match(r"[a-z-]+( |$)", line)}
    assert {"demo", "demo-counter", "test"} <= named
    assert named <= set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
