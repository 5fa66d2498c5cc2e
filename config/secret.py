"""Secrets by reference: the configuration says where a secret is, never what it is."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator
from pydantic_core import PydanticCustomError


class SecretUnavailable(Exception):
    """A referenced secret cannot be read. The message names the place, never the content."""


class SecretReference(BaseModel):
    """Where a secret is kept: ``{file = "/run/secrets/x"}`` or ``{environment = "X"}``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    file: Path | None = None
    environment: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _refuse_literal(cls, value: object) -> object:
        if isinstance(value, (str, bytes, int, float)):
            raise PydanticCustomError("secret_literal", "A secret stands here in clear text.")
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretReference:
        if (self.file is None) == (self.environment is None):
            raise PydanticCustomError("secret_reference", "Exactly one of `file` and `environment` is needed.")
        return self

    def read(self) -> SecretStr:
        """The secret, read now, so that a rotated one is seen. Raises :class:`SecretUnavailable`."""
        if self.environment is not None:
            value = os.environ.get(self.environment, "")
            place = f"environment variable {self.environment}"
        else:
            place = f"file {self.file}"
            value = self._read_file()
        if not value:
            raise SecretUnavailable(f"the {place} is empty or not set")
        return SecretStr(value)

    def _read_file(self) -> str:
        path = self.file or Path()
        try:
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SecretUnavailable(f"the file {path} cannot be read ({type(error).__name__})") from None
