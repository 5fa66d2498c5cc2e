import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from config.settings import load_settings
from gateway.access.client_keys import make_key
from gateway.cli.application import build
from gateway.cli.failures import ExitCode
from gateway.cli.remote import SENDER_HEADER
from gateway.cli.submit import idempotency_key
from gateway.services import SENDER_HEADER as SERVICE_SENDER_HEADER
from tests.builders import case_json

ID = "01990000-0000-7000-8000-000000000000"
OPERATION = {
    "id": ID, "kind": "treated-case.submit", "upstream": "foms", "state": "parked", "business_key": "00000011895017425",
    "revision": 1, "organisation": "950174", "accepted_at": "2026-01-05T00:00:00Z",
    "updated_at": "2026-01-05T00:00:00Z",
    "due_at": None, "attempts": 1, "outcome": "refused", "reason": "ACCESS", "record_number": None, "rejections": [],
    "history": [],
}  # fmt: skip
FINDING = {
    "code": "ORG_UNKNOWN", "severity": "error", "path": "$.organisation", "clause": None, "message": "Unknown.",
    "action": "Check it.", "parameters": {},
}  # fmt: skip
Reply = tuple[int, dict[str, str], Any]


class Gateway:
    """Answers as it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                gateway.asked.append((f"{self.command} {self.path}", dict(self.headers), body))
                planned = gateway.replies[f"{self.command} {self.path.partition('?')[0]}"]
                status, headers, content = planned.pop(0) if len(planned) > 1 else planned[0]
                encoded = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(encoded))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(encoded)

            do_POST = do_GET  # noqa: N815 - the library calls it so

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answers(self, route: str, *replies: Reply) -> None:
        self.replies[route] = list(replies)


@pytest.fixture
def running() -> Iterator[Gateway]:
    gateway = Gateway()
    thread = threading.Thread(target=gateway.server.serve_forever, args=(0.01,))
    thread.start()
    yield gateway
    gateway.server.shutdown()
    gateway.server.server_close()
    thread.join()


def run(gateway: Gateway, *arguments: str):
    return CliRunner().invoke(build(), [*arguments, "--url", gateway.url])


def cases(folder: Path, *values: dict) -> str:
    path = folder / "cases.ndjson"
    path.write_text("\n".join(json.dumps(value) for value in values), encoding="utf-8")
    return str(path)


def accepted(state: str = "queued", record_number: str | None = None) -> dict:
    operation = OPERATION | {"state": state, "record_number": record_number}
    return {"ksf_number": "00000011895017425", "revision": 1, "operation": operation}


def test_the_sender_header_is_the_services_own() -> None:
    assert SENDER_HEADER == SERVICE_SENDER_HEADER


def test_operations_are_listed_page_by_page(running) -> None:
    running.answers(
        "GET /v1/operations",
        (200, {}, {"items": [OPERATION], "next": ID}),
        (200, {}, {"items": [OPERATION | {"state": "delivered"}], "next": None}),
    )
    result = run(running, "operations", "list", "--state", "parked", "--json")
    assert [json.loads(line)["state"] for line in result.stdout.splitlines()] == ["parked", "delivered"]
    assert "state=parked" in running.asked[0][0]
    assert f"after={ID}" in running.asked[1][0]


def test_one_operation_is_shown(running) -> None:
    running.answers(f"GET /v1/operations/{ID}", (200, {}, OPERATION))
    assert "state: parked" in run(running, "operations", "show", ID).stdout


@pytest.mark.parametrize("command", ["retry", "park"])
def test_commands_carry_their_reason(running, command) -> None:
    running.answers(f"POST /v1/operations/{ID}/{command}", (200, {}, OPERATION))
    assert run(running, "operations", command, ID, "--reason", "asked the fund").exit_code == 0
    assert json.loads(running.asked[0][2]) == {"reason": "asked the fund"}


def test_resolving_as_delivered_needs_the_record_number(running) -> None:
    running.answers(f"POST /v1/operations/{ID}/resolve", (200, {}, OPERATION))
    arguments = ("operations", "resolve", ID, "--state", "delivered", "--reason", "seen")
    assert run(running, *arguments).exit_code == ExitCode.USAGE
    assert run(running, *arguments, "--record-number", "PS-1").exit_code == ExitCode.FINE
    assert json.loads(running.asked[0][2]) == {"reason": "seen", "state": "delivered", "record_number": "PS-1"}


def test_a_refusal_is_told_with_its_advice(running) -> None:
    problem = {"title": "No", "status": 409, "findings": [FINDING | {"code": "OPERATION_STATE"}]}
    running.answers(f"POST /v1/operations/{ID}/retry", (409, {}, problem))
    result = run(running, "operations", "retry", ID, "--reason", "x")
    assert result.exit_code == ExitCode.REFUSED
    assert "OPERATION_STATE" in result.stderr
    assert "Check it." in result.stderr


def test_upstreams_are_paused_with_a_reason(running) -> None:
    running.answers("POST /v1/upstreams/foms/pause", (200, {}, {"name": "foms", "paused": True}))
    assert run(running, "upstreams", "pause", "foms", "--reason", "works").stdout == "foms: paused\n"


def test_a_running_gateway_gives_the_code_of_a_terminal(running) -> None:
    opened = {"client": "till-1", "code": "ABCD-EFGH-JKMN-PQRS", "expires_at": "2026-01-16T06:00:00Z"}
    running.answers("POST /v1/clients/till-1/enrolment", (201, {}, opened))
    told = run(running, "client", "enrol", "till-1", "--hours", "3")
    assert (told.exit_code, told.stdout) == (ExitCode.FINE, "ABCD-EFGH-JKMN-PQRS\n")
    assert "2026-01-16T12:00+06:00" in told.stderr
    assert json.loads(running.asked[0][2]) == {"hours": 3}
    as_json = json.loads(run(running, "client", "enrol", "till-1", "--json").stdout)
    assert (as_json["client"], as_json["code"]) == ("till-1", "ABCD-EFGH-JKMN-PQRS")
    problem = {"title": "No", "status": 404, "findings": [FINDING | {"code": "CLIENT_NOT_FOUND"}]}
    running.answers("POST /v1/clients/a%2Fb/enrolment", (404, {}, problem))
    assert "CLIENT_NOT_FOUND" in run(running, "client", "enrol", "a/b").stderr


def test_nobody_there() -> None:
    result = CliRunner().invoke(build(), ["upstreams", "list", "--url", "http://127.0.0.1:9"])
    assert result.exit_code == ExitCode.UNREACHABLE
    assert "gateway serve" in result.stderr


def test_somebody_else_there(running) -> None:
    running.answers("GET /v1/upstreams", (200, {}, b"<html>"))
    assert run(running, "upstreams", "list").exit_code == ExitCode.UNREACHABLE


def test_submitting_names_the_sender_and_the_same_key_for_the_same_case(running, tmp_path) -> None:
    running.answers(
        "POST /v1/treated-cases",
        (202, {}, accepted()),
        (200, {"Idempotency-Replayed": "true"}, accepted("delivered", "PS-1")),
    )
    file = cases(tmp_path, case_json(), case_json())
    result = run(running, "submit", file, "--wait", "3", "--json")
    assert result.exit_code == ExitCode.FINE
    assert [json.loads(line).get("result") for line in result.stdout.splitlines()] == ["accepted", "repeated", None]
    first, second = (headers for _, headers, _ in running.asked)
    assert first["Gateway-Sender"] == "direct-entry"
    assert first["Prefer"] == "wait=3"
    assert first["Idempotency-Key"] == second["Idempotency-Key"] == idempotency_key(json.dumps(case_json()).encode())


def test_refused_cases_are_told_and_the_others_go_through(running, tmp_path) -> None:
    problem = {"title": "No", "status": 422, "findings": [FINDING]}
    running.answers("POST /v1/treated-cases", (422, {}, problem), (202, {}, accepted()))
    result = run(running, "submit", cases(tmp_path, case_json(card_number="1"), case_json(card_number="2")))
    assert result.exit_code == ExitCode.REFUSED
    assert "ORG_UNKNOWN" in result.stdout
    assert "1 refused, 1 accepted" in result.stdout


def test_a_busy_gateway_is_asked_again(running, tmp_path) -> None:
    busy = (503, {"Retry-After": "0"}, {"code": "STORE_UNAVAILABLE"})
    running.answers("POST /v1/treated-cases", busy, busy, (202, {}, accepted()))
    assert run(running, "submit", cases(tmp_path, case_json())).exit_code == ExitCode.FINE
    running.answers("POST /v1/treated-cases", busy)
    assert run(running, "submit", cases(tmp_path, case_json())).exit_code == ExitCode.UNREACHABLE


TOKEN = (200, {}, {"access_token": "a-token", "token_type": "DPoP", "expires_in": 600})
UNPROVEN = (
    401,
    {},
    {"title": "Unauthorized", "code": "AUTH_REQUIRED", "findings": [FINDING | {"code": "AUTH_REQUIRED"}]},
)
UPSTREAMS = (200, {}, {"items": []})


@pytest.fixture
def key(tmp_path):
    """A client's key: the file, and its public part."""
    made = make_key()
    file = tmp_path / "client.jwk"
    file.write_text(json.dumps(dict(made.private)))
    return str(file), ECKey.import_key(dict(made.public))


def test_a_client_asks_for_a_token_and_proves_its_requests(running, key) -> None:
    file, public = key
    running.answers("POST /oauth/token", TOKEN)
    running.answers("GET /v1/upstreams", UPSTREAMS)
    assert run(running, "upstreams", "list", "--client", "operator", "--key-file", file).exit_code == ExitCode.FINE
    (_, asked, form), (_, sent, _) = running.asked
    assertion = jwt.decode(parse_qs(form.decode())["client_assertion"][0], public).claims
    assert (assertion["sub"], assertion["aud"]) == ("operator", running.url)
    assert asked["Accept-Language"] == "en"
    assert sent["Authorization"] == "DPoP a-token"
    proof = jwt.decode(sent["DPoP"], public).claims
    assert (proof["htm"], proof["htu"]) == ("GET", f"{running.url}/v1/upstreams")


def test_the_client_can_be_named_in_the_environment(running, key, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_CLIENT", "operator")
    monkeypatch.setenv("GATEWAY_KEY_FILE", key[0])
    running.answers("POST /oauth/token", TOKEN)
    running.answers("GET /v1/upstreams", UPSTREAMS)
    assert run(running, "upstreams", "list").exit_code == ExitCode.FINE
    assert [line for line, _, _ in running.asked] == ["POST /oauth/token", "GET /v1/upstreams"]
    assert load_settings().server.port == 8066  # they are no settings of the service, and do not keep it from starting


@pytest.mark.parametrize("half", [("--client", "operator"), ("--key-file", "operator.jwk")])
def test_client_and_key_go_together(running, half) -> None:
    result = run(running, "upstreams", "list", *half)
    assert result.exit_code == ExitCode.USAGE
    assert "go together" in result.stderr
    assert running.asked == []


PUBLIC = json.dumps(dict(make_key().public)).encode()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"1", b'{"kty": "EC"}', b"\xff", PUBLIC])
def test_a_file_without_a_key_is_told(running, tmp_path, content) -> None:
    file = tmp_path / "no.jwk"
    file.write_bytes(content)
    result = run(running, "upstreams", "list", "--client", "operator", "--key-file", str(file))
    assert result.exit_code == ExitCode.USAGE
    assert "no private key" in result.stderr


def test_a_gateway_that_wants_proof_says_how_to_give_it(running) -> None:
    running.answers("GET /v1/upstreams", UNPROVEN)
    result = run(running, "upstreams", "list")
    assert result.exit_code == ExitCode.REFUSED
    assert "wants to know who asks" in result.stderr
    assert "--key-file" in result.stderr


def test_a_client_without_a_token_is_told_why(running, key) -> None:
    refusal = {"error": "invalid_client", "error_description": "The client was revoked."}
    running.answers("POST /oauth/token", (401, {}, refusal))
    running.answers("GET /v1/upstreams", UNPROVEN)
    result = run(running, "upstreams", "list", "--client", "operator", "--key-file", key[0])
    assert result.exit_code == ExitCode.REFUSED
    assert "operator gets no token: The client was revoked." in result.stderr
    assert "access.origin" in result.stderr


def test_somebody_else_who_answers_for_tokens(running, key) -> None:
    running.answers("POST /oauth/token", (200, {}, b"<html>"))
    running.answers("GET /v1/upstreams", UNPROVEN)
    result = run(running, "upstreams", "list", "--client", "operator", "--key-file", key[0])
    assert result.exit_code == ExitCode.UNREACHABLE


def test_submitting_stops_when_the_client_has_no_right(running, key, tmp_path) -> None:
    running.answers("POST /oauth/token", TOKEN)
    running.answers(
        "POST /v1/treated-cases",
        (403, {}, {"title": "Forbidden", "findings": [FINDING | {"code": "ACCESS_DENIED"}]}),
    )
    file = cases(tmp_path, case_json(card_number="1"), case_json(card_number="2"))
    result = run(running, "submit", file, "--client", "operator", "--key-file", key[0])
    assert result.exit_code == ExitCode.REFUSED
    assert "ACCESS_DENIED" in result.stderr
    assert len([line for line, _, _ in running.asked if line == "POST /v1/treated-cases"]) == 1
