"""Who changes a register."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.audit.actions import ActorKind


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change: a client's id, a person's id in our register, or an operator's name on the machine."""

    id: str
    kind: ActorKind
