"""Settings of sign-in through ESI."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from adapters.xroad.settings import Deadlines
from config.secret import SecretReference
from gateway.access.roles import SignInMethod

_ESI_DEADLINES: Final = Deadlines(connect=3.0, read=5.0, total=8.0)


def is_https_or_loopback(url: str) -> bool:
    """Whether a URL is ``https``, or ``http`` to this machine, without user, password and fragment."""
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    if not host or not port_is_valid or "@" in parts.netloc or parts.fragment or "\\" in url or not url.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _safe_url(url: str) -> str:
    if not is_https_or_loopback(url):
        raise PydanticCustomError("https_url", "It is no https:// address (http:// only to this machine).")
    return url


def _issuer(url: str) -> str:
    if urlsplit(_safe_url(url)).query:
        raise PydanticCustomError("issuer_query", "An issuer has no query (OpenID Connect Discovery 1.0, section 3).")
    return url


SafeUrl = Annotated[str, AfterValidator(_safe_url)]
Issuer = Annotated[str, AfterValidator(_issuer)]
ClaimName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/\-]{1,100}$")]
Word = Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]
"""A value that a list separated by blanks can hold (RFC 6749, appendix A)."""


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ClaimNames(_Settings):
    """How ESI names what it tells of a person. Only ``pin`` and ``birthdate`` are public."""

    pin: ClaimName = "pin"
    """The ПИН, 14 digits."""
    birth_date: ClaimName = "birthdate"
    """Date of birth, ``YYYY-MM-DD`` or ``DD.MM.YYYY``."""
    organisation_inn: ClaimName = "organization_tin"
    """The ИНН of the organisation chosen in ESI."""
    methods: ClaimName = "amr"
    """How the person proved who they are: a list (RFC 8176) or one value."""


class MethodValues(_Settings):
    """The values of ``amr`` that stand for each method. ESI's own are not public; some are those of RFC 8176."""

    electronic_signature: tuple[Word, ...] = ("eds", "swk")
    """«Электронная подпись»."""
    id_card: tuple[Word, ...] = ("id_card", "sc")
    """«ID-карта»."""
    qr: tuple[Word, ...] = ("qr",)
    """«QR»."""
    password: tuple[Word, ...] = ("pwd",)
    """«Персональный номер» and «Пароль»."""

    def meanings(self) -> Mapping[str, SignInMethod]:
        """The method by its value."""
        known = (
            (SignInMethod.ELECTRONIC_SIGNATURE, self.electronic_signature),
            (SignInMethod.ID_CARD, self.id_card),
            (SignInMethod.QR, self.qr),
            (SignInMethod.PASSWORD, self.password),
        )
        return {value: method for method, values in known for value in values}

    @model_validator(mode="after")
    def _a_value_means_one_method(self) -> Self:
        if len(self.meanings()) != len(self.electronic_signature + self.id_card + self.qr + self.password):
            raise PydanticCustomError("ambiguous_method", "The same value stands for two methods.")
        return self


class EsiSettings(_Settings):
    """``[esi]``: the provider and who we are to it (ESI order, clause 3(1))."""

    issuer: Issuer = "https://esia.tunduk.kg"
    """The issuer, letter by letter as ESI's metadata give it (without a slash at the end)."""
    client_id: Word
    """The gateway's id at ESI."""
    client_secret: SecretReference
    """Where the gateway's secret at ESI is kept."""
    redirect_uri: SafeUrl
    """Where ESI sends people back to; registered at ESI letter by letter and used for ESI alone."""
    post_logout_redirect_uri: SafeUrl | None = None
    """Where ESI sends people after signing out; registered at ESI."""
    scopes: tuple[Word, ...] = ("openid", "profile", "organizations")
    """What is asked for; ``openid`` must be among it."""
    claims: ClaimNames = ClaimNames()
    methods: MethodValues = MethodValues()
    accepted_methods: frozenset[SignInMethod] | None = None
    """The methods people may sign in by; left out, whatever ESI takes is good enough."""
    step_up_acr_values: tuple[Word, ...] = ()
    """``acr_values`` asked for when a person must prove again who they are."""
    step_up_seconds: Annotated[int, Field(ge=30, le=3600)] = 300
    """How long such a proof is good for, in seconds."""
    metadata_seconds: Annotated[int, Field(ge=60, le=86_400)] = 3600
    """How long ESI's metadata are used before they are read again, in seconds."""
    keys_seconds: Annotated[int, Field(ge=60, le=86_400)] = 1200
    """How long ESI's keys are used before they are read again, in seconds."""
    keys_interval_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """Least time between two readings of the keys, whatever tokens arrive, in seconds."""
    logout_token_seconds: Annotated[int, Field(ge=30, le=600)] = 120
    """How old a notice of sign-out may be, in seconds."""
    authorities: Path | None = None
    """PEM file with the certificates to trust; the system's own when absent."""
    deadlines: Deadlines = _ESI_DEADLINES
    """How long an exchange with ESI may take."""
    connections: Annotated[int, Field(ge=1, le=256)] = 16
    """Most connections to ESI open at the same time."""

    @model_validator(mode="after")
    def _openid_is_asked_for(self) -> Self:
        if "openid" not in self.scopes:
            raise PydanticCustomError("openid_scope", "Without the scope `openid` ESI gives no ID token.")
        return self

    def tls_context(self) -> ssl.SSLContext | None:
        """The TLS context, or ``None`` for plain HTTP to this machine; raises ``OSError`` for an unusable file."""
        if not self.issuer.startswith("https:"):
            return None
        context = ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
