"""Where keys come from: a directory with a file for each, or a command that prints them."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Final, Protocol

from gateway.sealing.errors import KeyRingUnusable
from gateway.sealing.keyring import Key, KeyPurpose, KeyRing, new_key, parse_key

SUFFIX: Final = ".key"

WAIT: Final = timedelta(minutes=10)
"""From the making of a master key until it seals: time to bring it to all nodes."""

_PRIVATE_MODES: Final = frozenset({0o600, 0o400})
_COMMAND_SECONDS: Final = 20.0
_LARGEST_FILE: Final = 4096


class KeySource(Protocol):
    """Where the key ring is read from."""

    def load(self) -> KeyRing:
        """The ring as it is now; may take seconds. Raises :class:`gateway.sealing.errors.KeyRingUnusable`."""
        ...


@dataclass(frozen=True, slots=True)
class MadeKeys:
    """A new master key, and the files that were written."""

    master: Key
    files: tuple[Path, ...]


class KeyDirectory:
    """A directory of ``*.key`` files of one key each, readable for the gateway's user alone (mode 0600 or 0400)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> KeyRing:
        """See :class:`KeySource`."""
        return KeyRing.of(self._read())

    def make(self, now: datetime, *, wait: timedelta | None = None) -> MadeKeys:
        """Make a master key that seals after ``wait``, and with the first one the index key.

        By default the first seals at once, and a later one after :data:`WAIT`. Raises :class:`KeyRingUnusable`, and
        ``OSError`` when the files cannot be written.
        """
        known = {key.purpose for key in self._read()} if self._path.exists() else set()
        if known == {KeyPurpose.MASTER}:
            problem = f"The index key of {self._path} is missing, and a new one would find nothing that is stored."
            raise KeyRingUnusable(problem, "Bring index.key back from the safe copy of the keys.")
        first = KeyPurpose.MASTER not in known
        files = () if KeyPurpose.INDEX in known else (self._add(new_key(KeyPurpose.INDEX, now)),)
        since = now + (wait if wait is not None else timedelta() if first else WAIT)
        master = new_key(KeyPurpose.MASTER, since)
        return MadeKeys(master, (*files, self._add(master)))

    def _read(self) -> list[Key]:
        try:
            mode = self._path.stat().st_mode
            files = sorted(self._path.glob(f"*{SUFFIX}"))
        except OSError as error:
            raise KeyRingUnusable(
                f"The key directory {self._path} cannot be read ({error.strerror}).",
                "Make keys with «gateway keys new».",
            ) from None
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise KeyRingUnusable(
                f"Others may write into the key directory {self._path}.", f"Set its mode: chmod 700 {self._path}"
            )
        return [_key_in(file) for file in files]

    def _add(self, key: Key) -> Path:
        """Write a key into a new file and onto the disk; nobody sees half of it, and no key is overwritten."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = key.purpose.value if key.purpose is KeyPurpose.INDEX else f"{key.purpose}-{key.id.hex()}"
        final, draft = self._path / f"{name}{SUFFIX}", self._path / f".{token_hex(8)}.draft"
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(key.as_line() + "\n")
                file.flush()
                os.fsync(file.fileno())
            final.hardlink_to(draft)
        finally:
            draft.unlink()
        _sync(self._path)
        return final


class KeyCommand:
    """A command that prints the ring, one key a line: how keys come from a secrets manager or are unwrapped by an HSM.

    It is run without a shell; what it prints is kept in memory only and never shown.
    """

    def __init__(self, arguments: Sequence[str], *, seconds: float = _COMMAND_SECONDS) -> None:
        self._arguments = tuple(arguments)
        self._seconds = seconds

    def load(self) -> KeyRing:
        """See :class:`KeySource`."""
        return KeyRing.of(_parse_lines(self._output().splitlines()))

    def _output(self) -> str:
        advice = f"Run {self._arguments[0]} by hand as the gateway's user, and see what it says."
        try:
            ended = subprocess.run(  # noqa: S603 - the operator's own command, from the configuration, without a shell
                self._arguments, capture_output=True, timeout=self._seconds, check=False, stdin=subprocess.DEVNULL
            )
        except OSError as error:
            raise KeyRingUnusable(f"The key command cannot be run ({error.strerror}).", advice) from None
        except subprocess.TimeoutExpired:
            raise KeyRingUnusable(f"The key command took longer than {self._seconds:g} s.", advice) from None
        if ended.returncode != 0:
            raise KeyRingUnusable(f"The key command ended with code {ended.returncode}.", advice)
        # Whatever is not ASCII is part of no key, and the line it stands in is then named as unreadable.
        return ended.stdout.decode("ascii", "replace")


def _parse_lines(lines: Iterable[str]) -> list[Key]:
    return [
        parse_key(line, f"line {number} of the key command's output")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _key_in(file: Path) -> Key:
    """The key in a file; its mode is that of what is opened, so that it cannot be exchanged in between."""
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(_LARGEST_FILE)
    except OSError as error:
        raise KeyRingUnusable(
            f"The key file {file} cannot be read ({error.strerror}).", "Make it readable for the gateway's user."
        ) from None
    if not stat.S_ISREG(mode) or stat.S_IMODE(mode) not in _PRIVATE_MODES:
        raise KeyRingUnusable(
            f"The key file {file} is open to others (mode {stat.S_IMODE(mode):04o}).", f"Set its mode: chmod 600 {file}"
        )
    return parse_key(content.decode("ascii", "replace"), f"the file {file}")


def _sync(directory: Path) -> None:
    """Make a new name in a directory survive a power cut, where the file system can."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
