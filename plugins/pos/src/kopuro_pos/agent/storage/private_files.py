"""Files that only the user who runs the agent may read: keys, the installation's token, who the terminal is."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from kopuro_pos.agent.failures import ExitCode, Failure

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LARGEST_BYTES: Final = 1 << 20


class UnsafeFile(Failure):
    """Others could read or replace a file or folder that holds a secret. ``advice`` says how to mend it."""

    code = ExitCode.UNREACHABLE


def private_folder(path: Path) -> Path:
    """The folder, made with mode 0700 when it is missing. Raises :class:`UnsafeFile` when others may look into it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check(path, path.stat(follow_symlinks=True), "700")
    return path


def read_private(path: Path) -> bytes | None:
    """What is in the file, ``None`` when there is none. Raises :class:`UnsafeFile` unless it is this user's alone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        _check(path, os.fstat(descriptor), "600")
        return file.read(_LARGEST_BYTES)


def write_private(path: Path, content: bytes) -> None:
    """Replace the file at once and durably: after a crash it is the old or the new one, whole, with mode 0600."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - it is open already
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    beside.replace(path)
    _sync_folder(path.parent)


def remove_private(path: Path) -> None:
    """Remove the file durably, if there is one."""
    path.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _check(path: Path, status: os.stat_result, mode: str) -> None:
    if status.st_uid != os.geteuid():
        raise UnsafeFile(f"{path} belongs to another user.", "Run the agent as the user who owns it.")
    if stat.S_IMODE(status.st_mode) & _OTHERS:
        raise UnsafeFile(f"{path} may be read by other users of this computer.", f"chmod {mode} {path}")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
