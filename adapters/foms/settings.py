"""Settings of the fund's service."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.xroad.record_keeper import RecordKeeperSettings


class FomsSettings(RecordKeeperSettings):
    """Where the fund's service is within X-Road and what it can do. Its member code is not public."""

    review_seconds: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    """How often expert control's decisions are asked for, in seconds."""
