"""X-Road's error codes: both spellings, and the class of every known code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.xroad.faults import Execution, code_in_plain_text, execution, is_xroad_code, normalised
from adapters.xroad.outcomes import of_xroad_fault
from adapters.xroad.simulator import Spelling
from gateway.operations.model import Outcome

# Code, class, outcome, whether the breaker hears of it.
TABLE = [
    ("Client.MissingHeaderField", Execution.NEVER, Outcome.REFUSED, False),
    ("Client.InvalidSoap", Execution.NEVER, Outcome.REFUSED, False),
    ("Server.ServerProxy.AccessDenied", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ServerProxy.UnknownService", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ServerProxy.UnknownMember", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ServerProxy.InvalidSecurityServer", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ServerProxy.ServiceType", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ServerProxy.MissingSignature", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ServerProxy.SignatureVerification.CannotVerify", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ClientProxy.UnknownMember", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ClientProxy.SslAuthenticationFailed", Execution.NEVER, Outcome.REFUSED, True),
    ("Server.ClientProxy.OutdatedGlobalConf", Execution.NOT_YET, Outcome.NOT_SENT, True),
    ("Server.ClientProxy.CannotCreateSignature", Execution.NOT_YET, Outcome.NOT_SENT, True),
    ("Server.ClientProxy.TokenNotActive", Execution.NOT_YET, Outcome.NOT_SENT, True),
    ("Server.ServerProxy.ServiceDisabled", Execution.NOT_YET, Outcome.NOT_SENT, True),
    ("Server.ClientProxy.MaintenanceMode", Execution.NOT_YET, Outcome.NOT_SENT, True),
    ("Server.ClientProxy.NetworkError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ClientProxy.IOError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ClientProxy.HttpError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ClientProxy.ServiceFailed.InternalError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ClientProxy.LoggingFailed.TimestamperFailed", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ClientProxy.InternalError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.ServiceFailed.HttpError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.IOError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.InternalError", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.LoggingFailed.X", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.TimestampingFailed", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.CannotCreateSignature", Execution.DONE, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.CannotSign", Execution.DONE, Outcome.IN_DOUBT, True),
    ("Server.ClientProxy.InconsistentResponse", Execution.DONE, Outcome.IN_DOUBT, True),
    ("Server.ClientProxy.MissingSignature", Execution.DONE, Outcome.IN_DOUBT, True),
    ("Server.ServerProxy.SomethingNew", Execution.UNKNOWN, Outcome.IN_DOUBT, True),
]


@pytest.mark.parametrize("spelling", Spelling)
@pytest.mark.parametrize(("code", "meaning", "outcome", "unavailable"), TABLE, ids=[row[0] for row in TABLE])
def test_every_code_has_its_class_in_both_spellings(
    spelling: Spelling, code: str, meaning: Execution, outcome: Outcome, *, unavailable: bool
):
    written = spelling.write(code)
    assert is_xroad_code(written)
    assert execution(written) is meaning
    failure = of_xroad_fault(written, "0b6f")
    assert (failure.outcome, failure.unavailable, failure.reason) == (outcome, unavailable, written)
    assert "0b6f" in failure.detail


@pytest.mark.parametrize(
    ("legacy", "modern"),
    [
        ("Server.ClientProxy.NetworkError", "server.clientproxy.network_error"),
        ("Server.ServerProxy.ServiceFailed.HttpError", "server.serverproxy.service_failed.http_error"),
        ("Client.MissingHeaderField", "client.missing_header_field"),
        ("Server.ServerProxy.AccessDenied", "server.serverproxy.access_denied"),
        ("Server.ClientProxy.OutdatedGlobalConf", "server.clientproxy.global_conf_outdated"),
        ("Server.ClientProxy.IOError", "server.clientproxy.io_error"),
    ],
)
def test_the_two_spellings_are_one(legacy: str, modern: str):
    assert normalised(legacy) == normalised(modern)
    assert Spelling.MODERN.write(legacy) == modern


@pytest.mark.parametrize(
    "code", ["soap:Server", "soap:Client", "foo:FOOCODE", "Server", "Receiver", "", "Serverside.X"]
)
def test_a_providers_own_code_is_not_taken_for_x_roads(code: str):
    assert not is_xroad_code(code)


@given(st.text())
def test_any_text_can_be_looked_up(text: str):
    assert execution(text) in Execution


@given(st.text(alphabet="abcXYZ._", min_size=1))
def test_only_known_codes_ever_allow_sending_again(tail: str):
    unknown = f"Server.ServerProxy.Zz{tail}"
    assert execution(unknown) is Execution.UNKNOWN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Server.ClientProxy.MaintenanceMode: closed", "Server.ClientProxy.MaintenanceMode"),
        ("server.clientproxy.maintenance_mode", "server.clientproxy.maintenance_mode"),
        ("Service unavailable", None),
        ("nginx said: Server.ClientProxy.MaintenanceMode", None),
        ("soap.Server", None),
        ("", None),
    ],
)
def test_a_code_is_found_only_at_the_start_of_a_plain_text(text: str, code: str | None):
    assert code_in_plain_text(text) == code
