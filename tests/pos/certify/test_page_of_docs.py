"""``docs/pos-certify.md`` names the harness, the options and the scenarios as they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from typer.main import get_command

from kopuro_pos.certify import harness, report
from kopuro_pos.certify.cli import certify_app
from kopuro_pos.certify.scenarios import SCENARIOS

PAGE = (Path(__file__).parents[3] / "docs" / "pos-certify.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> list[str]:
    """The first cell of every row of the tables below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_every_action_and_every_field_of_the_screen() -> None:
    union = get_args(harness.Action)[0]
    actions = [model.model_fields["action"].default for model in get_args(union)]
    named = first_cells("The harness")
    assert sorted(named) == sorted([*actions, *harness.Screen.model_fields])


def test_every_field_of_an_action() -> None:
    for model in get_args(get_args(harness.Action)[0]):
        row = re.search(rf"^\| `{model.model_fields['action'].default}` \| (.*?) \|", PAGE, re.MULTILINE)
        assert row is not None
        assert set(re.findall(r"`(\w+)`", row[1])) == model.model_fields.keys() - {"action"}


def test_every_option() -> None:
    options = {option for parameter in get_command(certify_app).params for option in parameter.opts}
    assert set(first_cells("Running it")) | {"--list", "--help"} == options | {"--help"}


def test_every_scenario_once_in_order() -> None:
    assert re.findall(r"^\| (S\d\d) \|", PAGE, re.MULTILINE) == [scenario.id for scenario in SCENARIOS]


def test_every_field_of_the_report() -> None:
    named = {name.split("[]")[0] for name in first_cells("The report")}
    assert named == set(report.Report.model_fields)
    told = re.findall(r"`(\w+)`", PAGE.split("## The report")[1])
    assert set(report.ScenarioReport.model_fields) - {"checks"} <= set(told)
    assert set(report.CheckReport.model_fields) <= set(told)


def test_the_example_is_a_screen() -> None:
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert harness.Screen.model_validate_json(example[1]).hold == "self"
