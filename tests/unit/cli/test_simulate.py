"""``gateway simulate esi`` as a process, and how it refuses to start."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from gateway.cli.application import build
from gateway.cli.failures import ExitCode

ROOT = Path(__file__).parents[3]
GATEWAY = "http://127.0.0.1:8066"
REQUEST = {
    "client_id": "kopuro",
    "response_type": "code",
    "scope": "openid",
    "state": "s",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
}


def test_the_simulated_esi_knows_the_gateway_it_was_told_of(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("synthetic\n")
    options = ("--gateway-url", GATEWAY, "--secret-file", str(secret))
    esi = subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "simulate", "esi", *options],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert esi.stdout is not None
        url = orjson.loads(esi.stdout.readline())["url"]
        with httpx.Client(base_url=url, trust_env=False) as browser:
            known = browser.get("/connect/authorize", params=REQUEST | {"redirect_uri": f"{GATEWAY}/sign-in/callback"})
            other = browser.get("/connect/authorize", params=REQUEST | {"redirect_uri": f"{GATEWAY}/elsewhere"})
            grant = {"grant_type": "authorization_code", "code": "none", "redirect_uri": f"{GATEWAY}/sign-in/callback"}
            right = browser.post("/connect/token", data=grant, auth=("kopuro", "synthetic"))
            wrong = browser.post("/connect/token", data=grant, auth=("kopuro", "another"))
        assert known.is_redirect
        assert other.status_code == 400
        assert (right.json()["error"], wrong.json()["error"]) == ("invalid_grant", "invalid_client")
    finally:
        esi.send_signal(signal.SIGTERM)
        esi.communicate(timeout=30)
    assert esi.returncode == 0


@pytest.mark.parametrize("half", [("--gateway-url", GATEWAY), ("--secret-file", "secret")])
def test_address_and_secret_go_together(half) -> None:
    result = CliRunner().invoke(build(), ["simulate", "esi", *half])
    assert result.exit_code == ExitCode.USAGE
    assert "go together" in result.stderr


def test_a_secret_that_cannot_be_read_is_told(tmp_path) -> None:
    arguments = ["simulate", "esi", "--gateway-url", GATEWAY, "--secret-file", str(tmp_path / "none")]
    result = CliRunner().invoke(build(), arguments)
    assert result.exit_code == ExitCode.UNREACHABLE
