"""Settings of the Sanarip Clinic adapter."""

from __future__ import annotations

from typing import Annotated

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field

from config.secret import SecretReference


class SanaripSettings(BaseModel):
    """``[sanarip]``: where status events are pushed to. Without a callback URL senders read ``GET /v1/events``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    callback_url: AnyHttpUrl | None = None
    """Where status events are POSTed; leave out to switch the callback off."""
    callback_token: SecretReference | None = None
    """Bearer token the callback is sent with."""
    connect_seconds: Annotated[float, Field(gt=0, le=60)] = 3.0
    """How long establishing a connection may take, in seconds."""
    total_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    """How long one callback may take altogether, in seconds."""
    batch: Annotated[int, Field(ge=1, le=1000)] = 100
    """Most events in one callback."""
