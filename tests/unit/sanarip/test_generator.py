from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sanarip.generator import CaseGenerator
from adapters.sanarip.mistakes import EXPECTED, Mistake, spoil
from gateway.batch.tables import read_table
from gateway.reference.organisations import OrganisationsInMemory, parse_organisations
from gateway.rules.findings import errors
from gateway.rules.treated_case import CaseFacts, check_json

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
EXAMPLE = Path(__file__).parents[3] / "config" / "examples" / "organisations.csv"
REGISTER = parse_organisations(row for row, _ in read_table(EXAMPLE)[0]).organisations
EQUIPPED = [organisation for organisation in REGISTER if organisation.equipped]
FACTS = CaseFacts(now=NOW, register=OrganisationsInMemory(REGISTER))


def generator(seed: int, until: date = TODAY) -> CaseGenerator:
    return CaseGenerator(EQUIPPED, seed=seed, until=until)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), until=st.dates(date(2026, 1, 20), TODAY))
def test_generated_cases_satisfy_every_rule(seed, until) -> None:
    for case in generator(seed, until).cases(20):
        assert check_json(orjson.dumps(case), FACTS).findings == ()


def test_the_same_seed_makes_the_same_cases() -> None:
    assert list(generator(7).cases(30)) == list(generator(7).cases(30))
    assert list(generator(7).cases(30)) != list(generator(8).cases(30))


def test_all_regions_and_many_kinds_of_stays_come() -> None:
    cases = list(generator(1).cases(400))
    regions = {case["patient"]["residence"]["region"] for case in cases}
    assert len(regions) == 9
    assert len(Counter(case["diagnoses"]["main"]["code"] for case in cases)) >= 20


@pytest.mark.parametrize("mistake", Mistake)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_mistake_is_refused_for_its_reason(mistake, seed) -> None:
    for case in generator(seed).cases(10):
        before = orjson.dumps(case)
        checked = check_json(orjson.dumps(spoil(case, mistake)), FACTS)
        assert EXPECTED[mistake] in {finding.code for finding in errors(checked.findings)}
        assert orjson.dumps(case) == before
