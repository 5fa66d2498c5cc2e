"""What can go wrong with keys and envelopes. No message holds a key or content."""

from __future__ import annotations


class CannotOpen(Exception):
    """What is sealed cannot be read: its key is gone, it was changed, or it belongs somewhere else."""


class KeyRingUnusable(Exception):
    """The key ring cannot be read or is incomplete. ``advice`` says what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        self.advice = advice
        super().__init__(problem)
