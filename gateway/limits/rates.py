"""Who may go on asking: a client's requests counted in all and by class of operation."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from gateway.limits.buckets import Quota, Standing
from gateway.limits.headers import limit_field, policy_field
from gateway.limits.local import Buckets, LocalBuckets
from gateway.limits.policy import RatePolicy, RatesPolicy, WhenUncounted
from gateway.rules.findings import Refused
from gateway.store.grouping import StoreUnavailable
from schemas.errors import ErrorCode

_CLIENT: Final = "client"


class OperationClass(StrEnum):
    """What kind of operation a request asks for. The words are those of the ``RateLimit`` fields."""

    SUBMISSIONS = "submissions"
    LOOKUPS = "lookups"
    READS = "reads"
    COMMANDS = "commands"
    SIGN_IN = "sign-in"
    PAGES = "pages"


class Admission(NamedTuple):
    """The answer to one request. Both fields belong on its response, whatever becomes of it."""

    policy: str
    """The value of ``RateLimit-Policy``."""
    limit: str
    """The value of ``RateLimit``; after a refusal it shows what refused. Empty when nothing could be counted."""
    refusal: Refused | None
    """RATE_LIMITED or STORE_UNAVAILABLE, to be raised; ``None`` lets the request through."""


class RateLimiter:
    """Counts over all nodes by ``shared``; ``here`` counts what fails open while that is not to be had.

    On SQLite one :class:`LocalBuckets` is both.
    """

    def __init__(self, policy: RatesPolicy, shared: Buckets, here: LocalBuckets) -> None:
        self._shared = shared
        self._here = here
        by_class = {
            OperationClass.SUBMISSIONS: policy.submissions,
            OperationClass.LOOKUPS: policy.lookups,
            OperationClass.READS: policy.reads,
            OperationClass.COMMANDS: policy.commands,
            OperationClass.SIGN_IN: policy.sign_in,
            OperationClass.PAGES: policy.pages,
        }
        whole = _Counted(_CLIENT, policy.client)
        self._classes = {kind: _Pair(_Counted(kind.value, rate), whole) for kind, rate in by_class.items()}

    async def admit(self, client: str, kind: OperationClass) -> Admission:
        """Count one request of a client (its id, or an address while nobody is known). Never raises."""
        pair = self._classes[kind]
        try:
            own, own_buckets = await self._take(pair.own, client)
            if not own.allowed:
                return _refused(pair.policy, pair.own.quota, own)
            whole, _ = await self._take(pair.whole, client)
        except StoreUnavailable as unavailable:
            return Admission(pair.policy, "", unavailable)
        if not whole.allowed:
            own_buckets.give_back(pair.own.quota, client)
            return _refused(pair.policy, pair.whole.quota, whole)
        return Admission(pair.policy, limit_field(pair.quotas, (own, whole)), None)

    async def _take(self, counted: _Counted, client: str) -> tuple[Standing, Buckets]:
        try:
            return await self._shared.take(counted.quota, client), self._shared
        except StoreUnavailable:
            if not counted.fails_open:
                raise
        return await self._here.take(counted.quota, client), self._here


class _Counted:
    """A quota and whether it fails open."""

    __slots__ = ("fails_open", "quota")

    def __init__(self, name: str, rate: RatePolicy) -> None:
        self.quota = rate.quota(name)
        self.fails_open = rate.when_uncounted is WhenUncounted.COUNT_HERE


class _Pair:
    """The two quotas of one request: its class's and its client's."""

    __slots__ = ("own", "policy", "quotas", "whole")

    def __init__(self, own: _Counted, whole: _Counted) -> None:
        self.own = own
        self.whole = whole
        self.quotas = (own.quota, whole.quota)
        self.policy = policy_field(self.quotas)


def _refused(policy: str, quota: Quota, standing: Standing) -> Admission:
    # The window of the other quota may end later than Retry-After, which the draft (section 6) advises against.
    seconds = standing.retry_after
    refusal = Refused.because(ErrorCode.RATE_LIMITED, retry_after=seconds, seconds=seconds)
    return Admission(policy, limit_field((quota,), (standing,)), refusal)
