"""``gateway client``: add, rotate, revoke and list, as an operator does."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from gateway.access.client_keys import make_key
from gateway.access.enrolment_codes import code_digest
from gateway.cli import application
from gateway.cli.failures import ExitCode
from gateway.store.sqlite import SqliteStore

ADD = ("add", "mis-950174", "--title", "MIS", "--organisation", "950174", "--scope", "cases:submit")

TILL = (
    "add", "till-1", "--title", "Till", "--kind", "pharmacy-terminal", "--organisation", "700001",
    "--scope", "dispenses:write",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GATEWAY_CONFIG", "GATEWAY_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GATEWAY_STORE__URL", f"sqlite:///{tmp_path}/k.db")
    monkeypatch.setitem(application._MODULES, "client", "gateway.cli.client")


def client(*arguments: str) -> Any:
    return CliRunner().invoke(application.build(), ["client", *arguments])


def listed(*arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in client("list", "--json", *arguments).stdout.splitlines()]


def stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.name.startswith("k.db"))


def test_a_client_is_added_and_its_key_shown_once(tmp_path: Path):
    added = client(*ADD)
    assert added.exit_code == ExitCode.FINE
    private = json.loads(added.stdout)
    assert ECKey.import_key(private).is_private
    assert "not kept" in added.stderr
    (known,) = listed()
    assert (known["id"], known["organisations"], known["scopes"]) == ("mis-950174", ["950174"], ["cases:submit"])
    assert [key["kid"] for key in known["keys"]] == [private["kid"]]
    assert known["added_by"].startswith("cli:")
    assert private["d"].encode() not in stored(tmp_path)
    assert private["d"] not in client("list").stdout


def test_the_key_can_go_into_a_file_of_its_own(tmp_path: Path):
    file = tmp_path / "mis.jwk"
    added = client(*ADD, "--key-file", str(file), "--json")
    told = json.loads(added.stdout)
    assert (told["private_key"], told["key_file"]) == (None, str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    private = json.loads(file.read_text())
    assert private["kid"] == told["kid"]
    assert private["d"] not in added.output


def test_a_file_that_is_there_is_not_overwritten_and_nothing_is_added(tmp_path: Path):
    file = tmp_path / "mis.jwk"
    file.write_text("precious")
    assert client(*ADD, "--key-file", str(file)).exit_code == ExitCode.UNREACHABLE
    assert file.read_text() == "precious"
    assert listed() == []


def test_a_refused_client_leaves_no_key_file(tmp_path: Path):
    assert client(*ADD).exit_code == ExitCode.FINE
    refused = client(*ADD, "--key-file", str(tmp_path / "second.jwk"))
    assert refused.exit_code == ExitCode.REFUSED
    assert "CLIENT_EXISTS" in refused.stderr
    assert "What to do:" in refused.stderr
    assert not (tmp_path / "second.jwk").exists()


def test_a_client_may_bring_its_public_key(tmp_path: Path):
    made = make_key()
    public = tmp_path / "public.jwk"
    public.write_text(json.dumps(dict(made.public)))
    told = json.loads(client(*ADD, "--public-key", str(public), "--json").stdout)
    assert (told["kid"], told["private_key"]) == (made.public["kid"], None)
    public.write_text(json.dumps(dict(made.private)))
    refused = client("rotate", "mis-950174", "--public-key", str(public))
    assert refused.exit_code == ExitCode.REFUSED
    assert "CLIENT_KEY_INVALID" in refused.stderr
    assert made.private["d"] not in refused.output


@pytest.mark.parametrize("content", ["", "no json", "[]", '"text"', "\xff"])
def test_what_is_no_key_is_explained(tmp_path: Path, content: str):
    file = tmp_path / "public.jwk"
    file.write_bytes(content.encode("latin-1"))
    refused = client(*ADD, "--public-key", str(file))
    assert refused.exit_code == ExitCode.REFUSED
    assert "JSON Web Key" in refused.stderr


def test_keys_are_rotated_with_and_without_overlap():
    first = json.loads(client(*ADD).stdout)["kid"]
    second = json.loads(client("rotate", "mis-950174", "--json").stdout)
    assert [key["kid"] for key in second["keys"] if key["not_after"]] == [first]
    third = json.loads(client("rotate", "mis-950174", "--overlap-hours", "0").stdout)["kid"]
    (known,) = listed()
    assert [key["kid"] for key in known["keys"] if not key["not_after"]] == [third]
    ends = {key["kid"]: key["not_after"] for key in known["keys"]}
    assert ends[second["kid"]] < next(key["not_after"] for key in second["keys"] if key["kid"] == first)


def test_a_revoked_client_is_only_in_the_whole_list():
    client(*ADD)
    assert client("revoke", "mis-950174", "--reason", "copied").exit_code == ExitCode.FINE
    assert listed() == []
    (known,) = listed("--all")
    assert (known["reason"], known["revoked_at"] is not None) == ("copied", True)
    again = client("revoke", "mis-950174", "--reason", "copied")
    assert again.exit_code == ExitCode.REFUSED
    assert "CLIENT_NOT_FOUND" in again.stderr


def test_an_xroad_member_has_no_key():
    member = ("--kind", "xroad-member", "--binding", "xroad", "--xroad-member", "central-server/GOV/70000005/hospital")
    told = json.loads(client(*ADD, *member, "--json").stdout)
    assert (told["kid"], told["private_key"], told["keys"]) == (None, None, [])


def test_a_terminal_is_added_with_a_code_instead_of_a_key():
    added = client(*TILL, "--enrol", "--json")
    opened = json.loads(added.stdout)
    assert opened.keys() == {"client", "code", "expires_at"}
    (known,) = listed()
    assert (known["kind"], known["keys"]) == ("pharmacy-terminal", [])
    for more in (("--key-file", "x"), ("--public-key", "x")):
        assert client(*TILL, "--enrol", *more).exit_code == ExitCode.USAGE
    refused = client(*ADD, "--enrol")
    assert (refused.exit_code, "CLIENT_NOT_ENROLLABLE" in refused.stderr) == (ExitCode.REFUSED, True)


def test_a_code_is_printed_alone_and_ends_the_one_before(tmp_path: Path):
    client(*TILL)
    first, second = (client("enrol", "till-1", "--hours", "2") for _ in range(2))
    assert (first.exit_code, second.exit_code) == (ExitCode.FINE, ExitCode.FINE)
    codes = [one.stdout.strip() for one in (first, second)]
    assert all(re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", one) for one in codes)
    assert "once, until 20" in first.stderr
    assert not any(one.encode() in stored(tmp_path) for one in codes)
    with sqlite3.connect(tmp_path / "k.db") as connection:
        (row,) = connection.execute("SELECT client, code_hash FROM enrolments").fetchall()
    connection.close()
    assert row == ("till-1", code_digest(codes[1]))
    assert "CLIENT_NOT_FOUND" in client("enrol", "nobody").stderr
    assert client("enrol", "till-1", "--hours", "73").exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--certificate", "nonsense"), ExitCode.USAGE),
        (("--binding", "mtls"), ExitCode.REFUSED),
        (("--kind", "pharmacy-terminal", "--binding", "mtls"), ExitCode.REFUSED),
        (("--kind", "test", "--binding", "none"), ExitCode.REFUSED),
        (("--organisation", "x"), ExitCode.REFUSED),
        (("--public-key", "a", "--key-file", "b"), ExitCode.USAGE),
    ],
)
def test_what_cannot_be_is_refused_with_advice(options: tuple[str, ...], code: ExitCode):
    refused = client(*ADD, *options)
    assert refused.exit_code == code
    assert "What to do:" in refused.stderr
    assert listed() == []


def test_unbound_clients_need_the_setting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GATEWAY_ACCESS__UNBOUND_CLIENTS", "true")
    assert client(*ADD, "--kind", "test", "--binding", "none").exit_code == ExitCode.FINE


def test_a_running_gateway_is_named(tmp_path: Path):
    async def beside_a_gateway() -> Any:
        store = SqliteStore(tmp_path / "k.db")
        await store.open()
        try:
            return await asyncio.to_thread(client, "list")
        finally:
            await store.close()

    refused = asyncio.run(beside_a_gateway())
    assert refused.exit_code == ExitCode.UNREACHABLE
    assert "Stop the gateway" in refused.stderr


def test_help_shows_examples():
    for command in ("add", "enrol", "rotate", "revoke", "list"):
        assert "Example" in client(command, "--help").stdout
