"""How often a pharmacy may ask in vain for a prescription (regulation on the additional drug programme, clause 34).

A ПИН is known to many, and one who knows it could try numbers one after the other. Hence failures are counted, by the
terminal, by its pharmacy and by the patient over all pharmacies. The first two are told to wait. Too many failures with
one patient's ПИН close nothing, else anybody could lock a patient out: from then on the pharmacy also tells the
patient's family name, as it stands in the identity document.

The counts are token buckets: ten at once, after that one each ninety seconds, for ten in fifteen minutes. An attempt
takes a token before it is known how it ends and gives it back when it succeeds, so that no number of attempts at the
same moment passes for fewer than it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict

from gateway.limits.buckets import SECOND, Quota, Standing
from gateway.limits.local import Buckets, Microseconds, monotonic_microseconds
from gateway.limits.policy import RatePolicy
from gateway.rules.findings import Refused
from gateway.store.grouping import StoreUnavailable
from schemas.errors import ErrorCode

log = structlog.get_logger(__name__)

_ALARM_AGAIN: Final = 60 * SECOND
"""The same attack is told of no more often."""
_MOST_ALARMS: Final = 10_000


class LookupPolicy(BaseModel):
    """How many look-ups may fail. None of these counts may be had from one node alone: they fail closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    terminal: RatePolicy = RatePolicy(requests=10, seconds=900)
    """Failures of one client."""
    pharmacy_hour: RatePolicy = RatePolicy(requests=30, seconds=3600)
    """Failures of one pharmacy in an hour."""
    pharmacy_day: RatePolicy = RatePolicy(requests=100, seconds=86_400)
    """Failures of one pharmacy in a day."""
    patient: RatePolicy = RatePolicy(requests=10, seconds=86_400)
    """Failures with one ПИН over all pharmacies; beyond them the family name is asked for."""


class Scope(StrEnum):
    """Whose failures are too many. The word is the label of metric and alarm."""

    TERMINAL = "lookups-terminal"
    PHARMACY = "lookups-pharmacy"
    PATIENT = "lookups-patient"


class Attempt:
    """One attempt at a prescription. It counts as failed unless it is said to have succeeded."""

    __slots__ = ("ended", "has_succeeded", "taken")

    def __init__(self) -> None:
        self.has_succeeded = False
        self.taken: list[tuple[Quota, str]] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def succeeded(self) -> None:
        """ПИН and number matched, or nothing was tried."""
        self.has_succeeded = True


class LookupThrottle:
    """Counts failed look-ups in ``buckets``, which all nodes share. ``throttled`` is told whose were too many."""

    def __init__(
        self,
        policy: LookupPolicy,
        buckets: Buckets,
        *,
        throttled: Callable[[str], None],
        now: Microseconds = monotonic_microseconds,
    ) -> None:
        self._buckets = buckets
        self._throttled = throttled
        self._now = now
        self._terminal = policy.terminal.quota("lookup-terminal")
        self._pharmacy = (
            policy.pharmacy_hour.quota("lookup-pharmacy-hour"),
            policy.pharmacy_day.quota("lookup-pharmacy-day"),
        )
        self._patient = policy.patient.quota("lookup-patient")
        self._under_way: dict[tuple[Quota, str], set[Attempt]] = {}
        self._told: dict[tuple[Scope, str], int] = {}

    @asynccontextmanager
    async def attempt(self, *, client: str, pharmacy: str, patient: bytes, factor: bool) -> AsyncIterator[Attempt]:
        """Stand around one attempt. ``patient`` is the blind index of the ПИН; ``factor`` says that a name is given.

        Raises ``Refused``: LOOKUP_THROTTLED (terminal or pharmacy has to wait), LOOKUP_FACTOR_REQUIRED,
        STORE_UNAVAILABLE while nobody can count.
        """
        attempt = Attempt()
        try:
            await self._admit(attempt, client, pharmacy, patient.hex(), factor=factor)
            yield attempt
        except StoreUnavailable:
            attempt.succeeded()
            raise
        finally:
            self._settle(attempt)

    async def _admit(self, attempt: Attempt, client: str, pharmacy: str, patient: str, *, factor: bool) -> None:
        for scope, quota, key in (
            (Scope.TERMINAL, self._terminal, client),
            *((Scope.PHARMACY, quota, pharmacy) for quota in self._pharmacy),
        ):
            standing = await self._take(attempt, quota, key)
            if not standing.allowed:
                self._tell(scope, key, client)
                attempt.succeeded()
                seconds = standing.retry_after
                raise Refused.because(ErrorCode.LOOKUP_THROTTLED, retry_after=seconds, seconds=seconds)
        standing = await self._take(attempt, self._patient, patient)
        if not standing.allowed:
            self._tell(Scope.PATIENT, patient, client)
            if not factor:
                attempt.succeeded()
                raise Refused.because(ErrorCode.LOOKUP_FACTOR_REQUIRED, "$.prescription.family_name")

    async def _take(self, attempt: Attempt, quota: Quota, key: str) -> Standing:
        """Take a token, waiting for attempts under way here as long as one of them may give one back.

        All take in one order, so nobody waits for one who waits for him.
        """
        name = (quota, key)
        while True:
            standing = await self._buckets.take(quota, key)
            if standing.allowed:
                attempt.taken.append(name)
                self._under_way.setdefault(name, set()).add(attempt)
                return standing
            others = self._under_way.get(name)
            if not others:
                return standing
            await asyncio.wait([other.ended for other in others], return_when=asyncio.FIRST_COMPLETED)

    def _settle(self, attempt: Attempt) -> None:
        for name in attempt.taken:
            if attempt.has_succeeded:
                self._buckets.give_back(*name)
            others = self._under_way[name]
            others.discard(attempt)
            if not others:
                del self._under_way[name]
        attempt.ended.set_result(None)

    def _tell(self, scope: Scope, key: str, client: str) -> None:
        """Count a refusal, and raise the alarm once a minute for each whose failures are too many."""
        self._throttled(scope.value)
        now = self._now()
        if now < self._told.get((scope, key), 0):
            return
        if len(self._told) >= _MOST_ALARMS:
            self._told = {name: until for name, until in self._told.items() if until > now}
        self._told[scope, key] = now + _ALARM_AGAIN
        log.warning("prescriptions_guessed", alarm=True, kind=scope.value, sender=client)
