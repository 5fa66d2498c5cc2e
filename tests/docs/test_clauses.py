"""Every clause of the drug programme is accounted for, and every rule that software holds has its test."""

import pytest

from schemas.programme.clauses import CLAUSES, RULES, Hold, Rule
from tests.docs.clauses import PAGE, proofs_of, proving, render


def test_no_clause_and_no_rule_is_missing() -> None:
    assert [rule.id for rule in RULES] == [f"R-{number:02d}" for number in range(1, 54)]
    assert {clause for rule in RULES for clause in rule.clauses} == set(CLAUSES)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.hold is not Hold.STATED], ids=lambda rule: rule.id)
def test_each_rule_has_a_test_named_after_its_clause(rule: Rule) -> None:
    named = [test for test in proofs_of(rule, proving()) if any(f"clause_{clause}" in test for clause in rule.clauses)]
    assert named, f"no test of {rule.id} is named after clause {', '.join(rule.clauses)}"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.hold is not Hold.ENFORCED], ids=lambda rule: rule.id)
def test_what_is_not_enforced_says_why(rule: Rule) -> None:
    assert rule.remark


def test_marks_name_clauses_that_exist() -> None:
    assert {clause.partition("(")[0] for clause in proving()} <= set(CLAUSES)


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run make schemas"
