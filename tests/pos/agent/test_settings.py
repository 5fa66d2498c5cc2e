"""Settings: where they are, what they may be, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kopuro_pos.agent.failures import ExitCode
from kopuro_pos.agent.settings import DEFAULT_PORT, Settings, SettingsInvalid, load_settings, state_folder
from kopuro_pos.agent.texts import Language


def written(folder: Path, text: str) -> Settings:
    (folder / "kopuro-pos.toml").write_text(text, encoding="utf-8")
    return load_settings(folder)


def test_without_a_file_the_defaults_apply(tmp_path: Path):
    settings = load_settings(tmp_path)
    assert (settings.port, settings.language, settings.origins) == (DEFAULT_PORT, Language.RU, ())


def test_everything_can_be_set(tmp_path: Path):
    settings = written(
        tmp_path,
        """
        gateway = "https://Gateway.Example:443/"
        language = "ky"
        port = 0
        origins = ["https://till.example", "http://localhost:8080"]
        stock_folder = "/srv/stock"
        key_store = "keyring"
        key_change_days = 30
        """,
    )
    assert settings.gateway == "https://gateway.example"
    assert settings.origins == ("https://till.example", "http://localhost:8080")
    assert settings.stock_folder == Path("/srv/stock")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('gateway = "http://gateway.example"', "gateway: must begin with https://"),
        ('gateway = "https://user@gateway.example"', "gateway: must be an origin"),
        ('gateway = "https://gateway.example/v1"', "gateway: must be an origin"),
        ('origins = ["*"]', "origins.0: must be an origin"),
        ('origins = ["https://*.example.kg"]', "origins.0: must be an origin"),
        ('origins = ["null"]', "origins.0: must be an origin"),
        ("port = 70000", "port: "),
        ("key_change_days = 0", "key_change_days: "),
        ('pharmacy = "7"', "pharmacy: "),
        ('sender = "till"', "settings: sender needs pharmacy and gateway"),
        ('gatway = "https://gateway.example"', "gatway: Extra inputs are not permitted"),
        ("port =", "it is no TOML"),
        ('gateway = "https://gateway.example:99999"', "gateway: "),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str):
    with pytest.raises(SettingsInvalid, match="cannot be used") as refusal:
        written(tmp_path, text)
    assert named in str(refusal.value)
    assert refusal.value.code is ExitCode.USAGE


def test_all_mistakes_are_named_at_once(tmp_path: Path):
    with pytest.raises(SettingsInvalid) as refusal:
        written(tmp_path, 'port = -1\nlanguage = "fr"\nkey_store = "paper"')
    assert len(str(refusal.value).splitlines()) == 4


def test_a_gateway_on_this_computer_needs_no_tls(tmp_path: Path):
    for origin in ("http://127.0.0.1:8066", "http://localhost:8066", "http://[::1]:8066"):
        assert written(tmp_path, f'gateway = "{origin}"').gateway == origin


def test_the_state_folder_is_named_or_the_users_own(tmp_path: Path):
    assert state_folder(tmp_path, {"KOPURO_POS_STATE": "/elsewhere"}) == tmp_path
    assert state_folder(None, {"KOPURO_POS_STATE": str(tmp_path)}) == tmp_path
    assert state_folder(None, {"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "kopuro-pos"
    assert state_folder(None, {}) == Path.home() / ".local" / "share" / "kopuro-pos"
