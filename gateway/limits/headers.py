"""The ``RateLimit-Policy`` and ``RateLimit`` fields (draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.limits.buckets import Quota, Standing

POLICY: Final = "RateLimit-Policy"
LIMIT: Final = "RateLimit"


def policy_field(quotas: Sequence[Quota]) -> str:
    """The value of ``RateLimit-Policy``: each quota's name, requests (``q``) and seconds (``w``)."""
    return ", ".join(f'"{quota.name}";q={quota.requests};w={quota.seconds}' for quota in quotas)


def limit_field(quotas: Sequence[Quota], standings: Sequence[Standing]) -> str:
    """The value of ``RateLimit``: for each quota the requests left (``r``) and the effective window (``t``)."""
    return ", ".join(
        [
            f'"{quota.name}";r={standing.remaining};t={standing.reset_seconds}'
            for quota, standing in zip(quotas, standings, strict=True)
        ]
    )
