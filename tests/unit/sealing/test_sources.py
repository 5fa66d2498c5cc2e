"""Where keys come from: files that only the gateway may read, or a command."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.sealing.errors import KeyRingUnusable
from gateway.sealing.keyring import KeyPurpose, new_key
from gateway.sealing.sources import WAIT, KeyCommand, KeyDirectory
from tests.support.doubles import NOON

MASTER, INDEX = new_key(KeyPurpose.MASTER, NOON), new_key(KeyPurpose.INDEX, NOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "etc" / "keys"


def test_first_keys_are_made_private_and_seal_at_once(folder: Path):
    made = KeyDirectory(folder).make(NOON)
    ring = KeyDirectory(folder).load()
    assert ring.sealing(NOON) == made.master
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.name for file in folder.iterdir()} == {"index.key", f"master-{made.master.id.hex()}.key"}
    assert {file.stat().st_mode & 0o777 for file in made.files} == {0o600}


def test_a_later_key_seals_when_all_nodes_can_have_it_and_the_index_stays(folder: Path):
    directory = KeyDirectory(folder)
    first = directory.make(NOON)
    index = directory.load().index
    second = directory.make(NOON)
    third = directory.make(NOON, wait=timedelta(days=1))
    ring = directory.load()
    assert ring.sealing(NOON) == first.master
    assert ring.sealing(NOON + WAIT) == second.master
    assert ring.sealing(NOON + timedelta(days=1)) == third.master
    assert ring.index == index


def test_a_lost_index_key_is_never_made_anew(folder: Path):
    directory = KeyDirectory(folder)
    directory.make(NOON)
    (folder / "index.key").unlink()
    with pytest.raises(KeyRingUnusable, match="index"):
        directory.load()
    with pytest.raises(KeyRingUnusable, match="index key"):
        directory.make(NOON)
    assert len(list(folder.iterdir())) == 1


def test_no_key_is_overwritten_and_no_draft_stays(folder: Path):
    directory = KeyDirectory(folder)
    made = directory.make(NOON)
    with pytest.raises(FileExistsError):
        directory._add(new_key(KeyPurpose.INDEX, NOON))
    assert set(folder.iterdir()) == set(made.files)


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o604, 0o660, 0o700, 0o500])
def test_a_key_that_others_could_read_is_refused(folder: Path, mode: int):
    made = KeyDirectory(folder).make(NOON)
    made.files[-1].chmod(mode)
    with pytest.raises(KeyRingUnusable, match="open to others"):
        KeyDirectory(folder).load()


def test_read_only_keys_are_fine_and_other_files_no_matter(folder: Path):
    made = KeyDirectory(folder).make(NOON)
    made.files[-1].chmod(0o400)
    (folder / "README").write_text("not a key")
    assert KeyDirectory(folder).load().sealing(NOON) == made.master


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_a_directory_that_others_could_write_to_is_refused(folder: Path, mode: int):
    KeyDirectory(folder).make(NOON)
    folder.chmod(mode)
    with pytest.raises(KeyRingUnusable, match="Others may write"):
        KeyDirectory(folder).load()


def test_a_missing_directory_and_an_unreadable_file_are_told(folder: Path):
    with pytest.raises(KeyRingUnusable, match="cannot be read"):
        KeyDirectory(folder).load()
    KeyDirectory(folder).make(NOON)
    (folder / "gone.key").symlink_to(folder / "nowhere")
    with pytest.raises(KeyRingUnusable, match=r"gone\.key cannot be read"):
        KeyDirectory(folder).load()


def test_a_folder_in_place_of_a_file_is_refused(folder: Path):
    KeyDirectory(folder).make(NOON)
    (folder / "folder.key").mkdir(mode=0o600)
    with pytest.raises(KeyRingUnusable):
        KeyDirectory(folder).load()


def command(program: str, *arguments: str, seconds: float = 20.0) -> KeyCommand:
    return KeyCommand((sys.executable, "-c", program, *arguments), seconds=seconds)


def test_a_command_prints_the_ring():
    said = f"\n{MASTER.as_line()}\n{INDEX.as_line()}\n"
    ring = command("import sys; print(sys.argv[1])", said).load()
    assert ring.sealing(NOON) == MASTER
    assert ring.index == INDEX.secret


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("import sys; sys.exit(3)", "code 3"),
        ("import sys; print(sys.argv[1]); sys.exit(1)", "code 1"),
        ("print('not a key')", "line 1"),
        ("import sys; sys.stdout.buffer.write(bytes(range(128, 256)))", "line 1"),
        ("", "no master key"),
    ],
)
def test_a_command_that_fails_is_explained_without_its_output(program: str, problem: str):
    with pytest.raises(KeyRingUnusable, match=problem) as caught:
        command(program, MASTER.as_line()).load()
    assert MASTER.as_line()[:30] not in f"{caught.value}{caught.value.advice}"


def test_a_command_that_hangs_is_given_up():
    with pytest.raises(KeyRingUnusable, match="longer than"):
        command("import signal; signal.pause()", seconds=0.3).load()


def test_a_command_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(KeyRingUnusable, match="cannot be run"):
        KeyCommand((os.fspath(tmp_path / "absent"),)).load()
