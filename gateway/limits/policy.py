"""What limits are set to: the shape of the ``[limits]`` section, with defaults that fit one node of two cores."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gateway.limits.buckets import Quota

_Seconds = Annotated[float, Field(gt=0, le=3600)]


class _Policy(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WhenUncounted(StrEnum):
    """What happens to a request while the count shared by all nodes cannot be had."""

    REFUSE = "refuse"
    """Fail closed. For whatever can be guessed at: every node counting for itself would multiply the guesses."""
    COUNT_HERE = "count-here"
    """Fail open: this node counts for itself. For what must not stop, and harms nobody by being a little too much."""


class RatePolicy(_Policy):
    """A quota, and what holds while it cannot be counted over all nodes."""

    requests: Annotated[int, Field(ge=1, le=1_000_000)]
    """Requests a client may send at once."""
    seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    """Within how many seconds they are made good, evenly."""
    when_uncounted: WhenUncounted = WhenUncounted.REFUSE

    def quota(self, name: str) -> Quota:
        """The quota under the name that ``RateLimit`` fields give it."""
        return Quota(name, self.requests, self.seconds)


class RatesPolicy(_Policy):
    """How often a client may ask, in all and for each class of operations."""

    client: RatePolicy = RatePolicy(requests=6000, seconds=60, when_uncounted=WhenUncounted.COUNT_HERE)
    """Everything one client sends. Fails open: the class of the operation decides whether anything is at stake."""
    submissions: RatePolicy = RatePolicy(requests=3000, seconds=60, when_uncounted=WhenUncounted.COUNT_HERE)
    """Cases handed in and checked. Fails open: reporting is a duty, and what comes twice is found by the journal."""
    lookups: RatePolicy = RatePolicy(requests=600, seconds=60)
    """Reading by the number of a case, patient or prescription. Fails closed: numbers can be guessed one by one."""
    reads: RatePolicy = RatePolicy(requests=1200, seconds=60, when_uncounted=WhenUncounted.COUNT_HERE)
    """Reading one's own lists and events."""
    commands: RatePolicy = RatePolicy(requests=120, seconds=60)
    """What operators and managers change. Fails closed: it is rare, and nothing is lost by waiting."""
    sign_in: RatePolicy = RatePolicy(requests=60, seconds=60)
    """Asking for tokens and signing in, counted by address as long as nobody is known. Fails closed: keys are tried."""
    pages: RatePolicy = RatePolicy(requests=600, seconds=60, when_uncounted=WhenUncounted.COUNT_HERE)
    """Pages and descriptions for everybody, counted by address."""


class ConnectionPolicy(_Policy):
    """What a connection may cost before anybody is known. Times in seconds."""

    total: Annotated[int, Field(ge=1, le=100_000)] = 2000
    """Connections open at once."""
    per_address: Annotated[int, Field(ge=1, le=100_000)] = 20
    """Connections of one IPv4 address or one IPv6 network of 64 bits; those of trusted proxies are not counted."""
    handshake_seconds: _Seconds = 10.0
    """How long a TLS handshake may take."""
    header_seconds: _Seconds = 10.0
    """How long the headers of a request may take from their first byte; of the first request, from the connection."""
    body_seconds: _Seconds = 15.0
    """A body that is not complete must go forward by ``body_bytes_per_second`` in every stretch of this length."""
    body_bytes_per_second: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    write_seconds: _Seconds = 30.0
    """How long a client may leave a full send buffer standing."""


class ConcurrencyPolicy(_Policy):
    """How much is worked on at once."""

    in_flight: Annotated[int, Field(ge=1, le=100_000)] = 256
    """Requests worked on at once."""
    queue: Annotated[int, Field(ge=0, le=100_000)] = 256
    """Requests that may wait for a place."""
    wait_seconds: _Seconds = 1.0
    """How long they may wait; who waits longer is told to come again."""
    retry_after: Annotated[int, Field(ge=1, le=3600)] = 2
    """Seconds of ``Retry-After`` for those who found no place."""


class StormPolicy(_Policy):
    """When a client counts as looping."""

    refusals: Annotated[int, Field(ge=2, le=10_000)] = 20
    """The same refusal of the same request, so many times …"""
    window_seconds: _Seconds = 60.0
    """… within so many seconds, is a storm."""
    block_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """How long such a request is then refused unseen; doubled each time it comes back unchanged."""
    longest_block_seconds: Annotated[int, Field(ge=1, le=86_400)] = 900


class LimitsPolicy(_Policy):
    """``[limits]``: what clients may ask for."""

    rates: RatesPolicy = RatesPolicy()
    connections: ConnectionPolicy = ConnectionPolicy()
    concurrency: ConcurrencyPolicy = ConcurrencyPolicy()
    storm: StormPolicy = StormPolicy()
