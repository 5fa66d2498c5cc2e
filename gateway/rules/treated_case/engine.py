"""What a rule is, and how rules run on a case of which parts are broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.rules.findings import Finding
from gateway.rules.treated_case.facts import CaseFacts
from schemas.treated_case import TreatedCase

Location = tuple[str | int, ...]
"""Where a value stands in the message: ``("movements", 0, "left_at")``."""

Judgement = Callable[[TreatedCase, CaseFacts], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pure function from a case and its circumstances to findings, and the fields it depends on.

    Fields are dotted paths without list indices. ``needs``: if one of them is broken, the rule says nothing.
    ``judges``: each is looked at by itself, so the rule runs anyway and what it would say of a broken one is dropped.
    """

    judgement: Judgement
    needs: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The function's name."""
        return self.judgement.__name__


def rule(*, needs: Sequence[str] = (), judges: Sequence[str] = ()) -> Callable[[Judgement], Rule]:
    """Declare a function as a rule with the fields it reads."""

    def declare(judgement: Judgement) -> Rule:
        return Rule(judgement, tuple(needs), tuple(judges))

    return declare


def json_path(location: Location) -> str:
    """A location as a JSON path: ``$.movements[0].left_at``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def run(rules: Iterable[Rule], case: TreatedCase, facts: CaseFacts) -> list[Finding]:
    """Everything the rules have to say of a whole case."""
    found: list[Finding] = []
    for each in rules:
        found.extend(each.judgement(case, facts))
    return found


def run_on_intact(
    rules: Iterable[Rule], case: TreatedCase, facts: CaseFacts, broken: Sequence[Location]
) -> Iterator[Finding]:
    """What the rules have to say of the intact parts of a case whose ``broken`` places hold stand-ins."""
    fields = {tuple(step for step in location if isinstance(step, str)) for location in broken}
    places = {json_path(location) for location in broken}
    for each in rules:
        if any(_is_broken(need, fields) for need in each.needs):
            continue
        for finding in each.judgement(case, facts):
            if places.isdisjoint(_above_and_at(finding.path)):
                yield finding


def _is_broken(need: str, fields: set[tuple[str, ...]]) -> bool:
    """Whether the field or what holds it is broken; a field that merely holds something broken is still there."""
    steps = tuple(need.split("."))
    return any(steps[:length] in fields for length in range(len(steps) + 1))


def _above_and_at(path: str) -> Iterator[str]:
    """The path and those of everything that holds its value."""
    yield path
    for end, character in enumerate(path):
        if character in ".[":
            yield path[:end]
