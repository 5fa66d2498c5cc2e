"""``docs/clauses.md``: clause, rule, test. Tests say by ``@pytest.mark.clause`` which clauses they prove.

``python -m tests.docs.clauses`` writes the page anew.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from schemas.programme.clauses import CLAUSES, RULES, Rule

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "clauses.md"

_HEAD = """\
# The clauses of the drug programme

The regulation on the additional drug programme («ММК кошумча программасы боюнча … жобо») has 56 clauses. This page is
made from `schemas/programme/clauses.py` and from the marks of the tests; `make schemas` renews it.

*enforced*: what breaks the rule is refused, or reckoned by it without being asked. *supported*: people keep it, and the
software gives them the means. *stated*: it defines something, or binds people outside this software.

| clause | rule | what it says | held | tests |
|---|---|---|---|---|
"""


@cache
def proving() -> Mapping[str, Sequence[str]]:
    """By clause, the tests that prove it, as ``tests/file.py::name``."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, clauses in _marked(ast.parse(file.read_text(encoding="utf-8"))):
            for clause in clauses:
                found[clause].append(f"{file.relative_to(ROOT).as_posix()}::{name}")
    return found


def _marked(module: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.clause":
                yield node.name, [str(ast.literal_eval(argument)) for argument in decorator.args]


def proofs_of(rule: Rule, found: Mapping[str, Sequence[str]]) -> list[str]:
    """The tests of a rule: those of its clauses."""
    return list(dict.fromkeys(test for clause in rule.clauses for test in _of_clause(clause, found)))


def _of_clause(clause: str, found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for marked, tests in found.items():
        if marked == clause or marked.startswith(f"{clause}("):
            yield from tests


def render() -> str:
    """The page."""
    found = proving()
    rows = []
    for clause in CLAUSES:
        for rule in RULES:
            if clause not in rule.clauses:
                continue
            tests = list(dict.fromkeys(_of_clause(clause, found)))
            said = f"{rule.text} {rule.remark}".strip()
            rows.append(f"| {clause} | {rule.id} | {said} | {rule.hold} | {_listed(tests)} |")
    return _HEAD + "\n".join(rows) + "\n"


def _listed(tests: Sequence[str]) -> str:
    return "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests) or "–"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
