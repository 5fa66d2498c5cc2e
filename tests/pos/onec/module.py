"""The 1C module, taken apart by a parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import tree_sitter_bsl
from tree_sitter import Language, Node, Parser

FOLDER = Path(__file__).parents[3] / "plugins" / "onec"
_PARSER = Parser(Language(tree_sitter_bsl.language()))  # type: ignore[attr-defined]  # its stub names nothing
_FIELD = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")


def parsed(source: str) -> Node:
    return _PARSER.parse(source.encode()).root_node


def module() -> Node:
    return parsed((FOLDER / "Kopuro.bsl").read_text(encoding="utf-8"))


def nodes(root: Node, kind: str) -> Iterator[Node]:
    for child in root.children:
        if child.type == kind:
            yield child
        yield from nodes(child, kind)


def text_of(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def strings(root: Node) -> list[str]:
    return [text_of(node).strip('"') for node in nodes(root, "string")]


def functions() -> dict[str, Node]:
    found = [*nodes(module(), "function_definition"), *nodes(module(), "procedure_definition")]
    return {text_of(next(nodes(node, "identifier"))): node for node in found}


def fields(root: Node) -> set[str]:
    """Strings that look like a field of JSON or a value of one."""
    return {text for text in strings(root) if _FIELD.fullmatch(text) or re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}


def codes(root: Node) -> set[str]:
    return {text for text in strings(root) if _CODE.fullmatch(text)}


def paths(root: Node) -> set[str]:
    return {text for text in strings(root) if text.startswith("/")}


def inserted(function: Node, into: str = "Тело") -> set[str]:
    """Fields that a function puts into a body."""
    return set(re.findall(rf'\b{into}\.Вставить\("([a-z_]+)"', text_of(function)))
