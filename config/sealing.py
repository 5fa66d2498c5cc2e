"""``[sealing]``: where keys come from, and how long payloads are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from config.sections import Section
from gateway.sealing.sources import KeyCommand, KeyDirectory, KeySource


class SealingSettings(Section):
    """``[sealing]``: master keys and retention. There is no way to switch sealing off."""

    keys: Path | None = None
    """Directory of key files; without it and without a command, «data/keys»."""
    command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Program and arguments that print the key ring, instead of a directory: a secrets manager, an HSM."""
    refresh_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """How often the keys are read again."""
    retention_days: Annotated[int, Field(ge=1, le=36500)] = 1096
    """How long the payload of an ended operation is kept, in days; three years, as X-Road's message log in Tunduk."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.keys is not None and self.command is not None:
            raise PydanticCustomError("key_source", "Only one of `keys` and `command` can be the source of keys.")
        return self

    @property
    def directory(self) -> Path | None:
        """The directory of key files; ``None`` when a command prints the ring."""
        return None if self.command is not None else self.keys or Path("data/keys")

    @property
    def retention(self) -> timedelta:
        """How long the payload of an ended operation is kept."""
        return timedelta(days=self.retention_days)

    def source(self) -> KeySource:
        """Where keys are read from."""
        if self.command is not None:
            return KeyCommand(self.command)
        assert self.directory is not None
        return KeyDirectory(self.directory)
