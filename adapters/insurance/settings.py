"""Settings of the insurer's services."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from adapters.xroad.identifiers import IdentifierPart, Subsystem

_Requester = Annotated[str, Field(min_length=1, max_length=128)]
_Words = Annotated[tuple[str, ...], Field(min_length=1)]


class InsuranceSettings(BaseModel):
    """``[insurance]``: where the two services are within X-Road, and as whom they are asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    social_fund: Subsystem
    """The Social Fund's subsystem, of member 70000003, that tells periods of insurance."""
    fund: Subsystem
    """The fund's subsystem that tells where people are registered."""
    service_version: IdentifierPart | None = "v1"
    """Version of the X-Road services."""
    request_organisation: _Requester
    """``RequestOrg``: the organisation in whose name the Social Fund is asked."""
    request_person: _Requester
    """``RequestPerson``: who asks there."""
    ok_states: _Words = ("OK",)
    """The states that go with an answer. Those of ``GetLastPeriodFOMS`` are not public."""
    unknown_person_states: _Words = ("PIN_NOTFOUND",)
    """The states that say for certain that the person is not known, so not insured."""
    codec: Literal["zeep", "compiled"] = "compiled"
    """How requests are written: by zeep, or by a codec compiled from zeep's types."""
    tries: Annotated[int, Field(ge=1, le=3)] = 2
    """How often a service is asked before there is no answer; asking changes nothing."""
    check_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long a whole check may take, all tries included, in seconds: somebody waits for it."""
