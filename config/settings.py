"""The settings of the gateway, read from a TOML file and the environment; every problem is found in one pass.

Precedence: environment (``GATEWAY_SECTION__FIELD``), then the file, then the defaults written here.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from adapters.drug_programme.settings import DrugProgrammeSettings
from adapters.esi.settings import EsiSettings
from adapters.foms.settings import FomsSettings
from adapters.insurance.settings import InsuranceSettings
from adapters.knmdb.settings import KnmdbSettings
from adapters.sanarip.settings import SanaripSettings
from adapters.xroad.settings import XRoadSettings
from config.access import AccessSettings, ProxySettings, TlsSettings
from config.audit import AuditSettings
from config.explain import ENVIRONMENT_PREFIX, explain, unknown_variables, unreadable_tables
from config.problems import ConfigInvalid, ConfigProblem
from config.programme import ProgrammeSettings
from config.sealing import SealingSettings
from config.sections import (
    CaseSettings,
    DeliverySettings,
    KsfSettings,
    SenderSettings,
    ServerSettings,
    StoreSettings,
    TelemetrySettings,
    default_senders,
)
from gateway.limits.policy import LimitsPolicy

CONFIG_VARIABLE = "GATEWAY_CONFIG"
"""Environment variable that names the configuration file when ``--config`` does not."""

COMMAND_VARIABLES = ("GATEWAY_URL", "GATEWAY_CLIENT", "GATEWAY_KEY_FILE")
"""Environment variables that tell commands where the running gateway is and who asks it; no settings of the service."""


class Settings(BaseSettings):
    """Everything that can be set. Unknown keys are refused."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    sealing: SealingSettings = SealingSettings()
    audit: AuditSettings = AuditSettings()
    access: AccessSettings = AccessSettings()
    esi: EsiSettings | None = None
    """How people sign in; without it only machines get in."""
    tls: TlsSettings = TlsSettings()
    proxies: ProxySettings = ProxySettings()
    limits: LimitsPolicy = LimitsPolicy()
    ksf: KsfSettings = KsfSettings()
    case: CaseSettings = CaseSettings()
    senders: dict[str, SenderSettings] = Field(default_factory=default_senders)
    delivery: DeliverySettings = DeliverySettings()
    xroad: XRoadSettings | None = None
    """The way through the security server; ``serve`` needs it, and there is no sensible default for who we are."""
    foms: FomsSettings | None = None
    """The fund; ``serve`` needs it."""
    programme: ProgrammeSettings = ProgrammeSettings()
    drug_programme: DrugProgrammeSettings | None = None
    """The fund's information system of the drug programme; with ``insurance`` it opens prescribing and dispensing."""
    insurance: InsuranceSettings | None = None
    """Who tells whether a patient is insured, and where registered."""
    knmdb: KnmdbSettings | None = None
    """The national medicines database; without it boxes are neither asked about nor declared."""
    sanarip: SanaripSettings = SanaripSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings' own
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content arrives as initial values; nothing else is read."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _the_programme_is_whole(self) -> Settings:
        if (self.drug_programme is None) != (self.insurance is None):
            raise PydanticCustomError("programme", "`drug_programme` and `insurance` go together.")
        if self.knmdb is not None and self.drug_programme is None:
            raise PydanticCustomError("programme", "`knmdb` needs `drug_programme` and `insurance`.")
        return self

    @model_validator(mode="after")
    def _loopback_sender_is_known(self) -> Settings:
        if self.server.loopback_sender not in self.senders:
            raise PydanticCustomError("loopback_sender", "`server.loopback_sender` names no entry of `senders`.")
        return self


class _FileOnly(Settings):
    """The same without the environment: names the file's own problems when the environment cannot even be read."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings' own
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The file alone."""
        return (init_settings,)


def config_path(chosen: Path | None) -> Path | None:
    """The file to read: the one chosen, else that of ``GATEWAY_CONFIG``, else none (built-in defaults)."""
    if chosen is not None:
        return chosen
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else None


def load_settings(chosen: Path | None = None) -> Settings:
    """Read the file and the environment. Raises :class:`config.problems.ConfigInvalid` with every problem found."""
    path = config_path(chosen)
    content = _read(path)
    problems = unknown_variables(os.environ, Settings, CONFIG_VARIABLE, *COMMAND_VARIABLES)
    settings = _validate(content, path, problems)
    if settings is None or problems:
        raise ConfigInvalid(problems)
    return settings


def _validate(content: Mapping[str, Any], path: Path | None, problems: list[ConfigProblem]) -> Settings | None:
    try:
        return Settings(**content)
    except ValidationError as error:
        problems += explain(error, path, os.environ, Settings)
    except SettingsError:
        problems += unreadable_tables(os.environ, Settings)
        try:
            _FileOnly(**content)
        except ValidationError as error:
            problems += explain(error, path, {}, Settings)
    return None


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror})."
        advice = "Name an existing file with --config or GATEWAY_CONFIG."
    except UnicodeDecodeError:
        problem, advice = "The file is not UTF-8 text.", "Save it as UTF-8."
    except tomllib.TOMLDecodeError as error:
        problem, advice = f"The file is not TOML: {error}.", "Correct that place; see config/gateway.toml for the form."
    raise ConfigInvalid([ConfigProblem(str(path), "(whole file)", problem, advice)]) from None
