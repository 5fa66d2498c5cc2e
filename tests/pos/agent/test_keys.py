"""Private keys: kept for this user alone, read back whole, never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kopuro_pos.agent.settings import KeyStoreKind, Settings
from kopuro_pos.agent.storage.private_files import UnsafeFile, private_folder, read_private, write_private
from kopuro_pos.agent.terminal.keys import FileKeys, KeyringKeys, KeyStore, KeyUnusable, key_store, thumbprint
from kopuro_pos.client import generate_key


class Ring:
    """A keyring of the operating system, in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service_name: str, username: str) -> str | None:
        return self.kept.get((service_name, username))

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self.kept[service_name, username] = password

    def delete_password(self, service_name: str, username: str) -> None:
        del self.kept[service_name, username]


@pytest.fixture(params=["file", "keyring"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    return FileKeys(tmp_path / "keys") if request.param == "file" else KeyringKeys(Ring(), tmp_path)


def test_a_key_is_kept_under_its_thumbprint(keys: KeyStore):
    jwk = generate_key()
    kid = keys.save(jwk)
    assert kid == thumbprint(jwk)
    assert keys.load(kid) == jwk
    keys.remove(kid)
    assert keys.load(kid) is None
    keys.remove(kid)


@pytest.mark.parametrize("kid", ["", "../token", "x" * 43 + "/", "a" * 42])
def test_what_is_no_thumbprint_names_no_key(keys: KeyStore, kid: str):
    with pytest.raises(KeyUnusable):
        keys.load(kid)


def test_only_private_keys_are_kept(keys: KeyStore):
    jwk = generate_key()
    public = {name: value for name, value in jwk.items() if name != "d"}
    for wrong in (public, {}, {"kty": "oct", "k": "AAAA"}):
        with pytest.raises(KeyUnusable):
            keys.save(wrong)


def test_a_key_lies_in_a_file_of_this_user_alone(tmp_path: Path):
    kid = FileKeys(tmp_path / "keys").save(generate_key())
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / f"{kid}.jwk").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o610])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int):
    keys = FileKeys(tmp_path / "keys")
    kid = keys.save(generate_key())
    (tmp_path / "keys" / f"{kid}.jwk").chmod(mode)
    with pytest.raises(UnsafeFile) as refusal:
        keys.load(kid)
    assert refusal.value.advice.startswith("chmod 600 ")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"kty": "EC"}'])
def test_a_damaged_key_is_told_without_a_byte_of_it(tmp_path: Path, content: bytes):
    keys = FileKeys(tmp_path / "keys")
    kid = keys.save(generate_key())
    write_private(tmp_path / "keys" / f"{kid}.jwk", content)
    with pytest.raises(KeyUnusable) as refusal:
        keys.load(kid)
    assert "cannot be read" in str(refusal.value)


def test_another_key_in_the_file_is_refused(tmp_path: Path):
    keys = FileKeys(tmp_path / "keys")
    kid, other = keys.save(generate_key()), keys.save(generate_key())
    os.replace(tmp_path / "keys" / f"{other}.jwk", tmp_path / "keys" / f"{kid}.jwk")  # noqa: PTH105 - as it happens
    with pytest.raises(KeyUnusable):
        keys.load(kid)


def test_a_link_is_not_followed(tmp_path: Path):
    write_private(tmp_path / "real", b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match="symbolic links"):
        read_private(tmp_path / "link")


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path):
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    with pytest.raises(UnsafeFile) as refusal:
        private_folder(folder)
    assert refusal.value.advice == f"chmod 700 {folder}"


def test_a_file_is_replaced_whole_even_after_a_crash_in_between(tmp_path: Path):
    path = tmp_path / "terminal.json"
    write_private(path, b"old")
    (tmp_path / "terminal.json.new").write_bytes(b"half of the n")  # the crash
    assert read_private(path) == b"old"
    write_private(path, b"new")
    assert read_private(path) == b"new"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["terminal.json"]


def test_the_keyring_is_told_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(KeyUnusable) as refusal:
        key_store(Settings(key_store=KeyStoreKind.KEYRING), tmp_path)
    assert "kopuro-pos[keyring]" in refusal.value.advice
