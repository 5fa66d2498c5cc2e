"""X-Road's error codes: both spellings, and what each says about execution.

Up to X-Road 7.7 a code reads ``Server.ClientProxy.NetworkError``, from 7.8 ``server.clientproxy.network_error``. The
classes follow the order of steps inside the security servers: signing happens after the provider has answered, message
logging both before and after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Execution(StrEnum):
    """What a code says about whether the provider executed the request."""

    NEVER = "never"
    """Certainly not, and the same request will fail again."""
    NOT_YET = "not-yet"
    """Certainly not; it may work later."""
    UNKNOWN = "unknown"
    """It may have been executed."""
    DONE = "done"
    """It was executed and the answer is lost."""


_RENAMED_PARTS: Final = {"globalconfoutdated": "outdatedglobalconf"}
_XROAD_CODE: Final = re.compile(
    r"(?!.*[0-9]{6})(client|server\.(client|server)proxy|maintenancemode)(\.[a-z][a-z0-9-]*)*", re.ASCII
)
_CODE_AT_START: Final = re.compile(r"\s*([A-Za-z]+(?:[._][A-Za-z0-9]+)+|MaintenanceMode|maintenance_mode)\b")


def normalised(code: str) -> str:
    """One spelling for all versions: lower case, no underscores, old names for renamed parts."""
    parts = code.strip().lower().replace("_", "").split(".")
    return ".".join(_RENAMED_PARTS.get(part, part) for part in parts)


def is_xroad_code(code: str) -> bool:
    """Whether X-Road itself made the fault. A provider's own code has a namespace prefix or other words.

    The code is kept as it came, so nothing passes that could be a text or somebody's number.
    """
    return _XROAD_CODE.fullmatch(normalised(code)) is not None


def code_in_plain_text(text: str) -> str | None:
    """The X-Road code a plain text error begins with, if it does."""
    found = _CODE_AT_START.match(text)
    return found[1] if found and is_xroad_code(found[1]) else None


def execution(code: str) -> Execution:
    """What ``code`` says. The longest known beginning decides; an unknown X-Road code is :attr:`Execution.UNKNOWN`."""
    parts = normalised(code).split(".")
    for length in range(len(parts), 0, -1):
        known = EXECUTION_BY_CODE.get(".".join(parts[:length]))
        if known is not None:
            return known
    return Execution.UNKNOWN


def _table() -> dict[str, Execution]:
    never = (
        "Client",
        "Server.ServerProxy.AccessDenied",
        "Server.ServerProxy.UnknownService",
        "Server.ServerProxy.UnknownMember",
        "Server.ServerProxy.InvalidSecurityServer",
        "Server.ServerProxy.ServiceType",
        "Server.ServerProxy.MissingSignature",
        "Server.ServerProxy.SignatureVerification",
        "Server.ClientProxy.UnknownMember",
        "Server.ClientProxy.SslAuthenticationFailed",
    )
    not_yet = (
        "Server.ClientProxy.OutdatedGlobalConf",
        "Server.ClientProxy.CannotCreateSignature",
        "Server.ClientProxy.TokenNotActive",
        "Server.ServerProxy.ServiceDisabled",
        "Server.ClientProxy.MaintenanceMode",
        "Server.ServerProxy.MaintenanceMode",
        "MaintenanceMode",
    )
    # LoggingFailed is published as a refusal of every message while time-stamping is down, yet the client's security
    # server logs the response too, after the provider has executed the request. One word for both moments: in doubt.
    unknown = (
        "Server.ClientProxy.NetworkError",
        "Server.ClientProxy.IOError",
        "Server.ClientProxy.HttpError",
        "Server.ClientProxy.ServiceFailed",
        "Server.ClientProxy.LoggingFailed",
        "Server.ClientProxy.InternalError",
        "Server.ServerProxy.ServiceFailed",
        "Server.ServerProxy.IOError",
        "Server.ServerProxy.InternalError",
        "Server.ServerProxy.LoggingFailed",
        "Server.ServerProxy.TimestampingFailed",
    )
    done = (
        "Server.ServerProxy.CannotCreateSignature",
        "Server.ServerProxy.CannotSign",
        "Server.ClientProxy.InconsistentResponse",
        "Server.ClientProxy.MissingSignature",
    )
    rows = (
        (Execution.NEVER, never),
        (Execution.NOT_YET, not_yet),
        (Execution.UNKNOWN, unknown),
        (Execution.DONE, done),
    )
    return {normalised(code): meaning for meaning, codes in rows for code in codes}


EXECUTION_BY_CODE: Final[Mapping[str, Execution]] = MappingProxyType(_table())
"""Normalised code, or its beginning, to what it says."""
