"""The sections of the configuration that belong to the gateway itself."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from config.secret import SecretReference
from gateway.operations.model import Channel
from gateway.operations.numbering import CounterScope
from gateway.operations.policy import DeliveryPolicy
from gateway.rules.ksf import KsfLayout


class Section(BaseModel):
    """What all sections share: unknown keys are refused, values do not change, values stay out of messages."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ServerSettings(Section):
    """``[server]``: where the service listens and what it puts up with."""

    host: str = "127.0.0.1"
    """Address or name to listen on; only loopback until clients are authenticated."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8066
    """TCP port; 0 lets the system choose a free one."""
    loopback_sender: str = "sanarip"
    """Name of the sender that unnamed requests from this machine count as; one of ``senders``."""
    body_bytes: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = 1024 * 1024
    """Largest request body in bytes, after decompression."""
    body_seconds: Annotated[float, Field(gt=0, le=300)] = 10.0
    """How long a request body may take to arrive, in seconds."""
    checkers: Annotated[int, Field(ge=0, le=64)] | None = None
    """Processes that check cases beside the main one; by default one for each further core, at most three."""
    drain_seconds: Annotated[float, Field(ge=0, le=300)] = 20.0
    """How long requests and deliveries under way may take to end after SIGTERM, in seconds."""


_STORE_SCHEMES = frozenset({"sqlite", "postgresql"})


def _store_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in _STORE_SCHEMES:
        raise PydanticCustomError("store_url", "It is neither sqlite:///… nor postgresql://….")
    if parts.password is not None:
        raise PydanticCustomError("store_url_secret", "The URL holds a password in clear text.")
    if parts.scheme == "sqlite" and (parts.netloc or not parts.path.strip("/")):
        raise PydanticCustomError("store_url", "A SQLite URL needs a file: the journal must survive a restart.")
    return url


class StoreSettings(Section):
    """``[store]``: where the journal is kept."""

    url: Annotated[str, AfterValidator(_store_url)] = "sqlite:///data/kopuro.db"
    """``sqlite:///relative/path``, ``sqlite:////absolute/path`` or ``postgresql://user@host:5432/database``."""
    password: SecretReference | None = None
    """Password of the PostgreSQL user."""
    idempotency_days: Annotated[int, Field(ge=1, le=3650)] = 45
    """How long a repeated ``Idempotency-Key`` gets its original answer, in days."""

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file; ``None`` when the store is PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.url.removeprefix(prefix)) if self.url.startswith(prefix) else None

    def postgresql_url(self) -> str:
        """The PostgreSQL URL with its password. Raises :class:`config.secret.SecretUnavailable`. Never to be logged."""
        if self.password is None:
            return self.url
        parts = urlsplit(self.url)
        user, _, place = parts.netloc.rpartition("@")
        secret = quote(self.password.read().get_secret_value(), safe="")
        return urlunsplit(parts._replace(netloc=f"{user}:{secret}@{place}"))


def _layout(text: str) -> str:
    layout = KsfLayout.parse(text)
    if (layout.length, layout.department, layout.organisation) != (17, 2, 6):
        raise PydanticCustomError(
            "ksf_layout", "A КСФ number has 17 digits, two of them the department's and six the organisation's."
        )
    return text


class KsfSettings(Section):
    """``[ksf]``: how КСФ numbers are laid out and counted."""

    layout: Annotated[str, AfterValidator(_layout)] = "7-2-6-2"
    """Digits of the ordinal number, department, organisation and year (Annex 3, clauses 1-5 and its example)."""
    counter_scope: CounterScope = CounterScope.ORGANISATION_YEAR
    """What has its own counter; a change only affects numbers formed later."""


class CaseSettings(Section):
    """``[case]``: what the case rules are told."""

    pilot_until: date = date(2026, 1, 1)
    """First Bishkek day of regular work; cases discharged before are pilot ones (order on Sanarip Clinic, clause 1)."""
    clock_tolerance_seconds: Annotated[int, Field(ge=0, le=86_400)] = 300
    """How far a sender's clock may be ahead before an instant counts as in the future, in seconds."""

    @property
    def clock_tolerance(self) -> timedelta:
        """``clock_tolerance_seconds`` as a span of time."""
        return timedelta(seconds=self.clock_tolerance_seconds)


class DeliverySettings(Section):
    """``[delivery.<upstream>]``: how operations reach each upstream."""

    foms: DeliveryPolicy = DeliveryPolicy()
    """The fund's «Пролеченный случай» database."""
    drug_programme: DeliveryPolicy = DeliveryPolicy(strikes=50)
    """The fund's information system of the drug programme; what it puts off until a prescription is there counts."""
    knmdb: DeliveryPolicy = DeliveryPolicy()
    """The national medicines database."""


_OrganisationOrAll = Annotated[str, StringConstraints(pattern=r"^(\*|[0-9]{6})$")]


def _some(organisations: tuple[str, ...]) -> tuple[str, ...]:
    if not organisations:
        raise PydanticCustomError("tuple_empty", "At least one organisation is needed.")
    return organisations


class SenderSettings(Section):
    """``[senders.<name>]``: who may send, for which organisations, over which channel."""

    organisations: Annotated[tuple[_OrganisationOrAll, ...], AfterValidator(_some)] = ("*",)
    """Six-digit codes of the organisations it may send for, or ``*`` for all."""
    channel: Channel = Channel.SYSTEM
    """``system`` for Sanarip Clinic, ``direct-entry`` for organisations of clause 10."""

    @property
    def allowed(self) -> frozenset[str] | None:
        """The organisations as a set; ``None`` means all."""
        return None if "*" in self.organisations else frozenset(self.organisations)


def default_senders() -> dict[str, SenderSettings]:
    """Sanarip Clinic, and direct entry under clause 10."""
    return {"sanarip": SenderSettings(), "direct-entry": SenderSettings(channel=Channel.DIRECT_ENTRY)}


class LogLevel(StrEnum):
    """From which level lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    """One JSON object a line."""
    CONSOLE = "console"
    """For a person at a terminal."""


class TelemetrySettings(Section):
    """``[telemetry]``: what the service says of itself."""

    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.JSON
