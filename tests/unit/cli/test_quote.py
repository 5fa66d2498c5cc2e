"""``gateway quote``: the examples of the domain rules, section 3, through the command line."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import quote
from gateway.cli.failures import ExitCode

C01: dict[str, Any] = {
    "course": {"dose": "10", "dose_unit": "mg", "units": "60"},
    "compensated_before": "0",
    "product": {
        "strength": "10",
        "strength_unit": "mg",
        "pack_price": "450.00",
        "pack_size": 30,
        "compensation": {"per": "unit", "amount": "6.00"},
    },
    "sold_units": 60,
    "receipt": "540.00",
}
ANSWER_C01 = (
    '{"max_units":60,"compensated_units":60,"extra_units":0,"retail":"900.00","compensation":"360.00",'
    '"patient":"540.00","settled":"360.00","remaining":"0","findings":[]}\n'
)


def asked(**changes: Any) -> dict[str, Any]:
    """C01 with other values at dotted paths, dots written as two underscores; ``None`` takes a field away."""
    question = copy.deepcopy(C01)
    for path, value in changes.items():
        *above, name = path.split("__")
        holder = question
        for step in above:
            holder = holder[step]
        if value is None:
            del holder[name]
        else:
            holder[name] = value
    return question


def run(given: str, *options: str):
    return CliRunner().invoke(quote.command, list(options), input=given)


def answer(question: dict[str, Any], *, code: ExitCode = ExitCode.FINE) -> dict[str, Any]:
    result = run(json.dumps(question))
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_example_c01_is_answered_letter_by_letter():
    result = run(json.dumps(C01))
    assert (result.exit_code, result.stdout, result.stderr) == (ExitCode.FINE, ANSWER_C01, "")


@pytest.mark.parametrize(
    ("changes", "units", "sums", "remaining", "found"),
    [
        pytest.param(
            {"product__pack_price": "150.00", "receipt": "0.00"},
            (60, 60, 0), ("300.00", "300.00", "0.00", "300.00"), "0", ["PATIENT_SHARE_ZERO"], id="C03",
        ),
        pytest.param(
            {"sold_units": 70, "receipt": "690.00"},
            (60, 60, 10), ("1050.00", "360.00", "690.00", "360.00"), "0", ["UNITS_ABOVE_COURSE"], id="C04",
        ),
        pytest.param(
            {"sold_units": 40, "receipt": "360.00"},
            (60, 40, 0), ("600.00", "240.00", "360.00", "240.00"), "200", [], id="C05",
        ),
        pytest.param(
            {
                "course__units": "20", "product__pack_price": "119.99", "sold_units": 20, "receipt": "46.66",
                "product__compensation": {"per": "pack", "amount": "50.00"},
            },
            (20, 20, 0), ("79.99", "33.33", "46.66", "33.33"), "0", [], id="C10",
        ),
        pytest.param(
            {"receipt": "600.00"},
            (60, 60, 0), ("900.00", "360.00", "540.00", "300.00"), "0", ["RECEIPT_MISMATCH"], id="C11",
        ),
        pytest.param(
            {"receipt": None, "compensated_before": None},
            (60, 60, 0), ("900.00", "360.00", "540.00", "360.00"), "0", [], id="without-receipt",
        ),
        pytest.param(
            {"compensated_before": "450", "product__strength": "0.02", "product__strength_unit": "g", "receipt": None},
            (7, 7, 53), ("900.00", "42.00", "858.00", "42.00"), "10", ["UNITS_ABOVE_COURSE"], id="substituted-rest",
        ),
    ],
)  # fmt: skip
def test_examples_of_the_domain_rules(changes, units, sums, remaining, found):
    said = answer(asked(**changes))
    assert (said["max_units"], said["compensated_units"], said["extra_units"]) == units
    assert tuple(said[name] for name in ("retail", "compensation", "patient", "settled")) == sums
    assert said["remaining"] == remaining
    assert [finding["code"] for finding in said["findings"]] == found
    assert all(finding["severity"] in {"warning", "info"} for finding in said["findings"])


def test_c11_tells_the_difference_and_where():
    [finding] = answer(asked(receipt="600.00"))["findings"]
    assert (finding["path"], finding["parameters"]["difference"]) == ("$.receipt", "+60.00")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"product__pack_price": 450.0}, "$.product.pack_price"),
        ({"product__pack_price": "450.001"}, "$.product.pack_price"),
        ({"product__pack_price": "0"}, "$.product.pack_price"),
        ({"product__pack_price": "1e2"}, "$.product.pack_price"),
        ({"product__pack_size": 0}, "$.product.pack_size"),
        ({"product__compensation__per": "box"}, "$.product.compensation.per"),
        ({"product__compensation__amount": "-1"}, "$.product.compensation.amount"),
        ({"product__strength": "0"}, "$.product.strength"),
        ({"course__dose_unit": "spoon"}, "$.course.dose_unit"),
        ({"course__dose": "-10"}, "$.course.dose"),
        ({"course__units": "0.5"}, "$.course.units"),
        ({"course__units": 60}, "$.course.units"),
        ({"course__dose": "999999999", "course__units": "2"}, "$.course"),
        ({"sold_units": 0}, "$.sold_units"),
        ({"sold_units": 100_001}, "$.sold_units"),
        ({"sold_units": "60"}, "$.sold_units"),
        ({"receipt": "-0.01"}, "$.receipt"),
        ({"compensated_before": "ten"}, "$.compensated_before"),
        ({"discount": "5"}, "$.discount"),
        ({"course": None}, "$.course"),
    ],
)
def test_wrong_input_is_told_where_it_stands_and_nothing_is_reckoned(changes, path):
    said = answer(asked(**changes), code=ExitCode.USAGE)
    assert set(said) == {"findings"}
    assert [finding["path"] for finding in said["findings"]] == [path]


def test_all_that_is_wrong_is_told_at_once_on_both_streams_in_the_language_asked_for():
    wrong = asked(sold_units=0, course__dose="x", product=None, extra="1")
    result = run(json.dumps(wrong), "--language", "ky")
    assert result.exit_code == ExitCode.USAGE
    paths = [finding["path"] for finding in json.loads(result.stdout)["findings"]]
    assert set(paths) == {"$.sold_units", "$.course.dose", "$.product", "$.extra"}
    assert all(path in result.stderr for path in paths)
    assert "Талап кылынган" in result.stdout or "талаа" in result.stdout


@pytest.mark.parametrize("given", ["", "\n", "{", "[]", "null", "60", '{"course": {}', "ЙЦУКЕН", "\x00"])
def test_what_is_no_sale_at_all_is_refused_without_a_trace(given):
    result = run(given)
    assert result.exit_code == ExitCode.USAGE
    assert json.loads(result.stdout)["findings"]
    assert "Traceback" not in result.output


def test_doses_that_cannot_be_compared_are_a_refusal():
    said = answer(asked(product__strength_unit="ml"), code=ExitCode.REFUSED)
    assert [(each["code"], each["path"]) for each in said["findings"]] == [
        ("DOSE_NOT_COMPARABLE", "$.product.strength_unit")
    ]


def test_less_than_one_unit_is_a_refusal_with_its_sums():
    said = answer(asked(compensated_before="595", receipt=None), code=ExitCode.REFUSED)
    assert (said["max_units"], said["compensation"], said["remaining"]) == (0, "0.00", "5")
    assert [each["code"] for each in said["findings"]] == ["UNITS_BELOW_ONE"]


def test_several_sales_are_answered_line_by_line_and_the_worst_decides():
    lines = [json.dumps(C01), "", json.dumps(asked(sold_units=0)), json.dumps(asked(compensated_before="595"))]
    result = run("\n".join(lines))
    assert result.exit_code == ExitCode.USAGE
    assert [len(json.loads(line)) for line in result.stdout.splitlines()] == [9, 1, 9]
    assert "sale 2" in result.stderr


def test_one_sale_may_stand_on_many_lines():
    assert run(json.dumps(C01, indent=2)).stdout == ANSWER_C01


def test_it_reads_bytes_and_needs_no_surroundings():
    program = "from gateway.cli.quote import command; command()"
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(C01), capture_output=True, text=True, check=True
    )
    assert done.stdout == ANSWER_C01
