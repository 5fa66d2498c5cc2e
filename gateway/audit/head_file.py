"""The export of signed heads: one JSON object a line, in a file that the database's administrators cannot write.

A line is a head, or the public key that the heads after it are checked with: the gateway forgets its own keys when
they are no longer used, and heads are kept for ever. The file is only ever appended to, so it may lie on a medium
that allows nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from gateway.audit.heads import Head

_END_BYTES = 64 * 1024
"""How much of a file's end is looked at for its last head; a line has less than 1 KiB."""


@dataclass(frozen=True, slots=True)
class HeadExport:
    """What an export file holds. ``unreadable`` are the numbers of lines, from 1, that are neither head nor key."""

    heads: Sequence[Head]
    keys: Sequence[Mapping[str, Any]]
    unreadable: Sequence[int] = ()


class HeadFile:
    """Appends to an export file. Its methods block; they raise ``OSError``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known_keys: set[str] = set()

    def last(self) -> Head | None:
        """The last head in the file, ``None`` when there is none."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                start = file.seek(max(0, size - _END_BYTES))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return None
        whole = lines[:-1] if start == 0 else lines[1:-1]  # a torn line at either end is none
        return next((one for line in reversed(whole) if isinstance(one := _parse(line), Head)), None)

    def append(self, heads: Iterable[Head], keys: Iterable[Mapping[str, Any]]) -> None:
        """Write heads, each behind the key it is checked with; on return they are on the disk."""
        by_kid = {str(key.get("kid")): key for key in keys}
        lines = []
        written: set[str] = set()
        for head in heads:
            if head.kid in by_kid and head.kid not in self._known_keys | written:
                lines.append(orjson.dumps({"type": "key", "jwk": by_kid[head.kid]}))
                written.add(head.kid)
            lines.append(orjson.dumps({"type": "head", **head.as_json()}))
        if lines:
            _append_durably(self._path, b"\n".join(lines) + b"\n")
            self._known_keys |= written


def read_export(paths: Iterable[Path]) -> HeadExport:
    """All heads and keys of some export files; raises ``OSError``.

    A line that was torn by a crash is excused when the line after it repeats it whole, as the gateway does.
    """
    heads: list[Head] = []
    keys: list[Mapping[str, Any]] = []
    unreadable: list[int] = []
    for path in paths:
        lines = path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            match _parse(line):
                case Head() as head:
                    heads.append(head)
                case Mapping() as key:
                    keys.append(key)
                case None if line and not (number < len(lines) and lines[number].startswith(line)):
                    unreadable.append(number)
    return HeadExport(heads, keys, unreadable)


def _parse(line: bytes) -> Head | Mapping[str, Any] | None:
    try:
        content = orjson.loads(line)
        if content["type"] == "key" and isinstance(content["jwk"], dict):
            key: Mapping[str, Any] = content["jwk"]
            return key
        return Head.from_json(content) if content["type"] == "head" else None
    except (ValueError, KeyError, TypeError):
        return None


def _append_durably(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        if _ends_torn(descriptor):
            content = b"\n" + content
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(path.parent)


def _ends_torn(descriptor: int) -> bool:
    """Whether a crash left the last line without its end."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
