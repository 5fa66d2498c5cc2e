import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.application import build
from gateway.cli.failures import ExitCode
from tests.builders import case_json

ROOT = Path(__file__).parents[3]
REGISTER = str(ROOT / "config" / "examples" / "organisations.csv")


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATEWAY_CONFIG", "GATEWAY_URL"):
        monkeypatch.delenv(name, raising=False)


def gateway(*arguments: str):
    return CliRunner().invoke(build(), list(arguments))


def write(path: Path, *cases: dict) -> str:
    path.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in cases), encoding="utf-8")
    return str(path)


def test_the_orders_example_is_taken_apart() -> None:
    expected = {"sequence": "0000001", "department": "18", "organisation": "950174", "year": "25"}
    for number in ("00000011895017425", "0 0 0 0 0 0 1 1 8 9 5 0 1 7 4 2 5"):
        result = gateway("ksf", "parse", number)
        assert result.exit_code == ExitCode.FINE
        assert json.loads(result.stdout) == expected


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("0000001189501742", "KSF_LENGTH_16"),
        ("000000118950174255", "KSF_LENGTH_18"),
        ("0000000" * 2 + "425", "KSF_SEQ_ZERO"),
    ],
)
def test_what_is_no_number_is_explained(number, code) -> None:
    result = gateway("ksf", "parse", number, "--language", "ru")
    assert result.exit_code == ExitCode.REFUSED
    assert code in result.stderr
    assert "What to do:" in result.stderr


def test_a_number_is_formed_of_its_parts() -> None:
    parts = ("--sequence", "123", "--department", "05", "--organisation", "950174", "--discharged", "2026-01-03")
    assert gateway("ksf", "form", *parts).stdout == "00001230595017426\n"
    assert json.loads(gateway("ksf", "form", *parts, "--json").stdout)["ksf_number"] == "00001230595017426"
    assert gateway("ksf", "form", *parts[2:], "--sequence", "10000000").exit_code == ExitCode.REFUSED


def test_a_small_command_imports_nothing_heavy() -> None:
    """This is what keeps it fast; a stopwatch would measure how busy the machine is."""
    run = "import sys; from gateway.cli.application import build; build()(sys.argv[1:], standalone_mode=False)"
    done = subprocess.run(
        [sys.executable, "-c", f"{run}; print(*sys.modules)", "ksf", "parse", "00000011895017425"],
        check=True, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    heavy = {"sqlalchemy", "zeep", "aiohttp", "httpx", "openpyxl", "pydantic_settings", "rich.table"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize(
    "name",
    [
        "serve",
        "demo",
        "check",
        "submit",
        "ksf",
        "quote",
        "operations",
        "upstreams",
        "prescription",
        "settlement",
        "reference",
    ],
)
def test_help_is_there(name) -> None:
    result = gateway(name, "--help")
    assert result.exit_code == 0
    assert "Example" in gateway(name, "--help").stdout or "Commands" in result.stdout


def test_check_says_everything_and_exits_with_1(tmp_path) -> None:
    wrong = case_json(diagnoses={"main": {"code": "S72.0"}}, ksf_number="00000011895017424")
    file = write(tmp_path / "cases.ndjson", case_json(), wrong)
    result = gateway("check", file, "--organisations", REGISTER, "--language", "ru")
    assert result.exit_code == ExitCode.REFUSED
    assert "line 2: REFUSED" in result.stdout
    assert "EXTERNAL_CAUSE_REQUIRED" in result.stdout
    assert "KSF_YEAR_MISMATCH" in result.stdout
    assert "приложение 3, пункт 5" in result.stdout
    assert "cases per second" in result.stdout
    assert "peak memory" in result.stdout


def test_check_as_json_is_a_protocol_for_programs(tmp_path) -> None:
    file = write(tmp_path / "cases.ndjson", case_json(), {})
    lines = gateway("check", file, "--organisations", REGISTER, "--json").stdout.splitlines()
    first, second, summary = (json.loads(line) for line in lines)
    assert (first["accepted"], second["accepted"], second["record"]) == (True, False, 2)
    assert {finding["code"] for finding in second["findings"]} == {"SCHEMA_REQUIRED"}
    assert (summary["records"], summary["accepted"], summary["refused"]) == (2, 1, 1)


def test_check_of_good_cases_is_fine_and_says_what_it_did_not_check(tmp_path) -> None:
    result = gateway("check", write(tmp_path / "cases.ndjson", case_json(organisation="123456")))
    assert result.exit_code == ExitCode.FINE
    assert "not checked" in result.stderr


def test_check_shows_only_so_many(tmp_path) -> None:
    result = gateway("check", write(tmp_path / "cases.ndjson", *[{}] * 5), "--show", "2")
    assert result.stdout.count("REFUSED") == 2
    assert "5 refused" in result.stdout


@pytest.mark.parametrize("name", ["absent.ndjson", "cases.txt"])
def test_a_file_that_cannot_be_read(tmp_path, name) -> None:
    result = gateway("check", str(tmp_path / name))
    assert result.exit_code == ExitCode.UNREACHABLE
    assert "What to do:" in result.stderr


def test_the_register_goes_into_the_store_and_out_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_STORE__URL", f"sqlite:///{tmp_path}/kopuro.db")
    assert json.loads(gateway("reference", "import", "organisations", REGISTER, "--json").stdout) == {"imported": 20}
    listed = [json.loads(line) for line in gateway("reference", "list", "organisations", "--json").stdout.splitlines()]
    assert len(listed) == 20
    assert next(one for one in listed if one["code"] == "950174")["departments"]["18"] == "Терапия"


def test_a_register_with_mistakes_changes_nothing_and_names_them_all(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_STORE__URL", f"sqlite:///{tmp_path}/kopuro.db")
    file = tmp_path / "bad.csv"
    file.write_text("code,name,row,equipped\n950174,A,bishkek,yes\n1x,B,moon,perhaps\n", encoding="utf-8")
    result = gateway("reference", "import", "organisations", str(file))
    assert result.exit_code == ExitCode.REFUSED
    assert result.stderr.count("REFERENCE_ROW") == 3
    assert not (tmp_path / "kopuro.db").exists()


def test_config_check_names_every_problem(tmp_path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text('[server]\nhost = "0.0.0.0"\nprot = 1\n[store]\nurl = "x"\n', encoding="utf-8")
    result = gateway("config", "check", "--config", str(file), "--json")
    assert result.exit_code == ExitCode.USAGE
    assert {problem["key"] for problem in json.loads(result.stdout)["problems"]} == {"server.prot", "store.url"}


def test_config_show_puts_everything_together(monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_SERVER__PORT", "9000")
    assert json.loads(gateway("config", "show", "--json").stdout)["server"]["port"] == 9000
    assert "server.port = 9000" in gateway("config", "show").stdout


def test_serve_refuses_to_listen_to_the_world() -> None:
    result = gateway("serve", "--host", "0.0.0.0")
    assert result.exit_code == ExitCode.USAGE
    assert "loopback" in result.stderr
    assert "xroad" in result.stderr


def test_no_colours_where_nobody_wants_them(tmp_path) -> None:
    file = write(tmp_path / "cases.ndjson", {})
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "check", file],
        check=False, cwd=ROOT, capture_output=True, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == ExitCode.REFUSED
    assert b"\x1b[" not in done.stdout
