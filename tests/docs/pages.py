"""The project's Markdown, taken apart: pages, fenced blocks, inline code, links, anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "adapters").rglob("*.md")),
    *sorted(page for page in (ROOT / "plugins").rglob("*.md") if "node_modules" not in page.parts),
)
GENERATED = ROOT / "docs" / "errors.md"

_FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


class Block(NamedTuple):
    language: str
    text: str


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[Block]:
    """Fenced blocks."""
    for found in _FENCE.finditer(text):
        yield Block(found[2], found[3])


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text)


def spans(text: str) -> Iterator[str]:
    """Inline code."""
    return (found[1] for found in _SPAN.finditer(prose(text)))


def links(text: str) -> Iterator[str]:
    """Targets of links, outside of code."""
    return (found[1] for found in _LINK.finditer(_SPAN.sub("", prose(text))))


def pictures(text: str) -> Iterator[str]:
    """Files of pictures, outside of code."""
    return (found[1] for found in _PICTURE.finditer(_SPAN.sub("", prose(text))))


def anchors(text: str) -> set[str]:
    """Anchors of the headings: lower case, without punctuation, blanks as hyphens, repeats numbered."""
    found: set[str] = set()
    for heading in _HEADING.findall(prose(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 0
        while (anchor := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(anchor)
    return found


def rows(text: str, columns: int) -> Iterator[list[str]]:
    """Rows of tables of so many columns, headings and rules among them."""
    for line in prose(text).splitlines():
        if line.startswith("| "):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if len(cells) == columns:
                yield cells
