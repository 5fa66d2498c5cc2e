from pathlib import Path

import pytest
from pydantic import SecretStr

from config.binding import binding_problem
from config.problems import ConfigInvalid
from config.readiness import problems_of
from config.secret import SecretReference, SecretUnavailable
from config.settings import Settings, load_settings

DEFAULTS = Path(__file__).parents[3] / "config" / "gateway.toml"

WHO_WE_ARE = """
[xroad]
client = { member_code = "70000001", subsystem_code = "kopuro" }
[foms]
provider = { member_code = "70000002", subsystem_code = "treated-cases" }
"""


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATEWAY_CONFIG", "GATEWAY_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "gateway.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems(path: Path) -> dict[str, tuple[str, str]]:
    with pytest.raises(ConfigInvalid) as caught:
        load_settings(path)
    return {problem.key: (problem.source, problem.advice) for problem in caught.value.problems}


def test_the_annotated_file_holds_the_defaults() -> None:
    assert load_settings(DEFAULTS) == load_settings(None)


def test_every_setting_stands_in_the_annotated_file() -> None:
    text = DEFAULTS.read_text(encoding="utf-8")
    for section, field in Settings.model_fields.items():
        model = field.annotation
        for key in getattr(model, "model_fields", {}):
            assert key in text, f"{section}.{key}"


def test_all_problems_are_named_at_once(file, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_CASE__CLOCK_TOLERANCE_SECONDS", "soon")
    monkeypatch.setenv("GATEWAY_SEVER__PORT", "1")
    path = file(
        """
        unknown = 1
        [server]
        prot = 80
        port = 70000
        [store]
        url = "postgresql://kopuro:hunter2@db/kopuro"
        password = "hunter2"
        [ksf]
        layout = "8-2-6"
        counter_scope = "planet"
        [senders.sanarip]
        organisations = ["95017"]
        """
    )
    found = problems(path)
    assert set(found) == {
        "unknown",
        "sever",
        "server.prot",
        "server.port",
        "store.url",
        "store.password",
        "ksf.layout",
        "ksf.counter_scope",
        "senders.sanarip.organisations.0",
        "case.clock_tolerance_seconds",
    }
    assert found["server.port"][0] == str(path)
    assert found["case.clock_tolerance_seconds"][0] == "environment variable GATEWAY_CASE__CLOCK_TOLERANCE_SECONDS"
    assert "`port`" in found["server.prot"][1]
    assert "`server`" in found["sever"][1]


def test_problems_never_show_the_value(file) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        load_settings(file('[store]\nurl = "postgresql://kopuro:hunter2@db/kopuro"\npassword = "hunter2"\n'))
    assert "hunter2" not in str(caught.value)


def test_the_environment_wins_over_the_file(file, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_SERVER__PORT", "9000")
    monkeypatch.setenv("GATEWAY_SENDERS__SANARIP__ORGANISATIONS", '["950174"]')
    settings = load_settings(file('[server]\nport = 80\nbody_seconds = 3.5\n[senders.sanarip]\nchannel = "system"\n'))
    assert (settings.server.port, settings.server.body_seconds) == (9000, 3.5)
    assert settings.senders["sanarip"].allowed == {"950174"}


def test_a_list_in_the_environment_that_is_no_json(file, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_SENDERS", "sanarip")
    found = problems(file("[server]\nport = 'x'\n"))
    assert "server.port" in found
    assert len(found) == 2


def test_the_file_of_the_environment_is_read(file, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_CONFIG", str(file("[server]\nport = 81\n")))
    assert load_settings(None).server.port == 81


@pytest.mark.parametrize("content", ["[server", "[server]\nport = \n"])
def test_a_file_that_is_no_toml(file, content) -> None:
    assert "(whole file)" in problems(file(content))


def test_a_file_that_is_not_there(tmp_path) -> None:
    assert "(whole file)" in problems(tmp_path / "absent.toml")


def test_the_loopback_sender_must_be_known(file) -> None:
    assert len(problems(file('[server]\nloopback_sender = "nobody"\n'))) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1"])
def test_loopback_may_be_listened_on(host) -> None:
    assert binding_problem(host, "file") is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "", "::ffff:192.0.2.1", "no-such-host.invalid"])
def test_anything_else_is_refused(host) -> None:
    problem = binding_problem(host, "file")
    assert problem is not None
    assert problem.key == "server.host"


def test_what_serving_needs_is_checked_too(file) -> None:
    path = file('[server]\nhost = "0.0.0.0"\n[store]\npassword = { environment = "KOPURO_NOT_SET" }\n')
    assert {problem.key for problem in problems_of(path)} == {"server.host", "xroad", "foms", "store.password"}
    assert problems_of(file(WHO_WE_ARE)) == ()


def test_secrets_are_read_by_reference(tmp_path, monkeypatch) -> None:
    kept = tmp_path / "secret"
    kept.write_text("s3cret\n", encoding="utf-8")
    monkeypatch.setenv("KOPURO_SECRET", "other")
    assert SecretReference(file=kept).read() == SecretStr("s3cret")
    assert SecretReference(environment="KOPURO_SECRET").read() == SecretStr("other")
    with pytest.raises(SecretUnavailable, match="absent"):
        SecretReference(file=tmp_path / "absent").read()


def test_the_password_goes_into_the_url_escaped(file, tmp_path) -> None:
    (tmp_path / "secret").write_text("p@ss/w:rd", encoding="utf-8")
    store = load_settings(
        file(f'[store]\nurl = "postgresql://kopuro@db:5433/kopuro"\npassword = {{ file = "{tmp_path}/secret" }}\n')
    ).store
    assert store.postgresql_url() == "postgresql://kopuro:p%40ss%2Fw%3Ard@db:5433/kopuro"
    assert store.sqlite_path is None
    assert load_settings(file('[store]\nurl = "sqlite:////var/lib/k.db"\n')).store.sqlite_path == Path("/var/lib/k.db")


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///", "kopuro.db", "sqlite://host/file.db"])
def test_stores_that_are_none(file, url) -> None:
    assert "store.url" in problems(file(f'[store]\nurl = "{url}"\n'))
