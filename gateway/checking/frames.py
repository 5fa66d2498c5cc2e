"""How a gateway and its checkers talk over a pipe: frames of four bytes of length and a pickle.

Pickle is safe here: both ends are this very program, and nobody else can write into the pipe. What a client sent
travels as plain bytes inside.
"""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, BinaryIO, Final, NamedTuple

from gateway.rules.treated_case import CaseFacts, PreparedCase, RefusedCase

HEADER_BYTES: Final = 4


class Question(NamedTuple):
    """One body to be checked, and what of the circumstances is its own."""

    body: bytes
    organisations: frozenset[str] | None
    channel: str
    correction_of: str | None


class Batch(NamedTuple):
    """Bodies that arrived together. ``facts`` are sent when they have changed since the last batch.

    ``facts.now`` alone is too old; ``now`` is the present instant.
    """

    now: Any
    questions: Sequence[Question]
    facts: CaseFacts | None


Answers = list[PreparedCase | RefusedCase]


def _plain(mapping: MappingProxyType[Any, Any]) -> tuple[type[MappingProxyType[Any, Any]], tuple[dict[Any, Any]]]:
    return MappingProxyType, (dict(mapping),)


copyreg.pickle(MappingProxyType, _plain)  # findings and the register hold read-only mappings


def framed(message: object) -> bytes:
    """A message as it goes over the pipe."""
    packed = pickle.dumps(message, protocol=5)
    return len(packed).to_bytes(HEADER_BYTES, "big") + packed


def unpacked(packed: bytes) -> Any:
    """The message in a frame's content."""
    return pickle.loads(packed)  # noqa: S301 - see the module's docstring


def read_message(pipe: BinaryIO) -> Any | None:
    """The next message, waiting for it; ``None`` at the end of the pipe."""
    header = pipe.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    size = int.from_bytes(header, "big")
    packed = pipe.read(size)
    return None if len(packed) < size else unpacked(packed)
