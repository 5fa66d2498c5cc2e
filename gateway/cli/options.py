"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors.model import Language

DEFAULT_URL = "http://127.0.0.1:8066"

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="GATEWAY_CONFIG",
        help="Configuration file (TOML). Without it the built-in defaults apply.",
        dir_okay=False,
    ),
]

UrlOption = Annotated[
    str, typer.Option("--url", envvar="GATEWAY_URL", help="Address of the running gateway.", metavar="URL")
]

ClientOption = Annotated[
    str | None,
    typer.Option(
        "--client",
        envvar="GATEWAY_CLIENT",
        help="Which client asks, where the gateway demands proof; goes with --key-file.",
        metavar="ID",
    ),
]

KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        envvar="GATEWAY_KEY_FILE",
        help="The client's private key, as «gateway client add --key-file» wrote it.",
        dir_okay=False,
    ),
]

LanguageOption = Annotated[Language, typer.Option("--language", help="Language of messages.", case_sensitive=False)]

ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why; it is kept with the operation. No personal data.", show_default=False)
]


@dataclass(frozen=True, slots=True)
class Caller:
    """How a command reaches the running gateway, and as whom; ``client`` and ``key_file`` go together."""

    url: str
    language: Language
    client: str | None = None
    key_file: Path | None = None
