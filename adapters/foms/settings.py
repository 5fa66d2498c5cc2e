"""Settings of the fund's service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from adapters.xroad.identifiers import IdentifierPart, Subsystem


class FomsSettings(BaseModel):
    """Where the fund's service is within X-Road and what it can do."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    provider: Subsystem
    """The fund's subsystem. Its member code is not public."""
    service_version: IdentifierPart | None = "v1"
    """Version of the X-Road services."""
    can_be_asked: bool = True
    """The fund tells by КСФ number what it holds (GetTreatedCase)."""
    recognises_repeats: bool = True
    """The fund recognises a repeated operation key and stores it once."""
    codec: Literal["zeep", "compiled"] = "compiled"
    """How messages are written and read: by zeep, or by a codec compiled from zeep's types.

    Both write the same XML; the compiled one takes about a tenth of zeep's time.
    """
    connect_tries: Annotated[int, Field(ge=1, le=2)] = 2
    """Tries to connect within one attempt; anything further is for the next attempt."""
    review_seconds: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    """How often expert control's decisions are asked for, in seconds."""
