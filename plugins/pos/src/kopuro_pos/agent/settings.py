"""What may be set: ``kopuro-pos.toml`` in the state folder. Everything has a default but the gateway's address."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from kopuro_pos.agent.failures import ExitCode, Failure
from kopuro_pos.agent.texts import Language

STATE_VARIABLE: Final = "KOPURO_POS_STATE"
SETTINGS_FILE: Final = "kopuro-pos.toml"
DEFAULT_PORT: Final = 7465
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsInvalid(Failure):
    """The settings cannot be used; every problem is told, on a line of its own. Values are not quoted."""

    code = ExitCode.USAGE

    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__("\n".join((f"{path} cannot be used:", *(f"  {problem}" for problem in problems))))


def _origin(value: str) -> str:
    """An origin (RFC 6454): scheme, host and port, as browsers write it."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be an origin like https://till.example")
    if parts.username is not None or parts.fragment or "*" in value:
        raise ValueError("must be an origin like https://till.example")
    default = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, default} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _gateway(value: str) -> str:
    origin = _origin(value)
    if origin.startswith("http:") and urlsplit(origin).hostname not in _LOOPBACK:
        raise ValueError("must begin with https:// unless the gateway is on this computer")
    return origin


Origin = Annotated[str, AfterValidator(_origin)]
GatewayOrigin = Annotated[str, AfterValidator(_gateway)]


class KeyStoreKind(StrEnum):
    """Where the private key is kept."""

    FILE = "file"
    KEYRING = "keyring"


class Settings(BaseModel):
    """All settings; names that are not here are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gateway: GatewayOrigin | None = None
    """Where the gateway is; ``kopuro-pos enrol --gateway`` remembers it with the enrolment."""
    authorities: Path | None = None
    """File with the certificates (PEM) of the authorities that the gateway's certificate is judged by; the system's
    when left out."""
    language: Language = Language.RU
    """Language of messages when a request names none."""
    port: Annotated[int, Field(ge=0, le=65535)] = DEFAULT_PORT
    """Where to listen on 127.0.0.1; 0 means any free port."""
    origins: tuple[Origin, ...] = ()
    """Pages of browser tills that may call the agent, with its token."""
    stock_folder: Path | None = None
    """Folder in which the till lays CSV files with its stock."""
    key_store: KeyStoreKind = KeyStoreKind.FILE
    key_change_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """The terminal changes its key by itself after so many days."""
    sender: str | None = None
    """For trials with a gateway that believes names instead of asking for proof; goes with ``pharmacy``."""
    pharmacy: Annotated[str, StringConstraints(pattern=r"^\d{6}$")] | None = None
    """Code of the pharmacy; of an enrolled terminal the gateway tells it."""
    pharmacy_name: str | None = None

    @model_validator(mode="after")
    def _trials(self) -> Settings:
        if self.sender is not None and (self.pharmacy is None or self.gateway is None):
            raise ValueError("sender needs pharmacy and gateway beside it")
        return self


def state_folder(given: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """``given``, else what ``KOPURO_POS_STATE`` names, else the user's folder for data of programs."""
    if given is not None:
        return given.absolute()
    if named := environment.get(STATE_VARIABLE):
        return Path(named).absolute()
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "kopuro-pos"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "kopuro-pos"
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "kopuro-pos"


def load_settings(state: Path) -> Settings:
    """The settings of this state folder; the defaults when it has no file. Raises :class:`SettingsInvalid`."""
    path = state / SETTINGS_FILE
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        given = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(path, [f"it is no TOML: {error}"]) from None
    except OSError as error:
        raise SettingsInvalid(path, [error.strerror or "it cannot be read"]) from None
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsInvalid(path, [_told(one) for one in error.errors()]) from None


def _told(problem: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "settings"
    return f"{where}: {re.sub('^Value error, ', '', problem['msg'])}"
