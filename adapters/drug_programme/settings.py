"""Settings of the fund's information system of the drug programme."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.xroad.record_keeper import RecordKeeperSettings


class DrugProgrammeSettings(RecordKeeperSettings):
    """Where the fund's information system is within X-Road and what it can do. Its member code is not public."""

    deferred_seconds: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    """When to come again with what the fund defers without saying how long, in seconds."""
    page_size: Annotated[int, Field(ge=1, le=1000)] = 1000
    """Dispenses asked for at a time when the fund's list is read."""
    most_pages: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Most pages of one list; a longer one is no usable answer."""
