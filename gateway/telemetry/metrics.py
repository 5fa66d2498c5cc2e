"""Metrics for Prometheus, on a registry of their own. Labels are closed sets; no number, name or free text is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from gateway.operations.model import Channel, Outcome, State, Step, UpstreamStatus
from schemas.errors import ErrorCode

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})
_REQUEST_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)
_UPSTREAM_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60)
_BREAKER_STATES: Final[Mapping[str, int]] = {"closed": 0, "half-open": 1, "open": 2}


class Metrics:
    """All metrics of one gateway process, and the methods by which the rest of the gateway feeds them.

    Fits what the dispatcher reports to (``LaneObserver``).
    """

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "gateway_requests", "Requests answered", ("method", "route", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "gateway_request_seconds",
            "Seconds from the request's headers to its answer",
            ("method", "route"),
            buckets=_REQUEST_BUCKETS,
            registry=registry,
        )
        self._refused = Counter("gateway_refused", "Error findings answered", ("code",), registry=registry)
        self._accepted = Counter("gateway_accepted", "Operations durably accepted", ("channel",), registry=registry)
        self._repeated = Counter("gateway_repeated", "Repeats answered with the original answer", registry=registry)
        self._delivered = Counter(
            "gateway_delivered", "Operations acknowledged by the upstream", ("upstream",), registry=registry
        )
        self._rejected = Counter(
            "gateway_rejected", "Operations refused by the upstream", ("upstream",), registry=registry
        )
        self._upstream_seconds = Histogram(
            "gateway_upstream_seconds",
            "Seconds of one attempt at an upstream",
            ("upstream", "op", "class"),
            buckets=_UPSTREAM_BUCKETS,
            registry=registry,
        )
        self._queue_depth = Gauge("gateway_queue_depth", "Operations not ended", ("upstream",), registry=registry)
        self._queue_oldest = Gauge(
            "gateway_queue_oldest_seconds",
            "How overdue the longest waiting operation is",
            ("upstream",),
            registry=registry,
        )
        self._in_doubt = Gauge("gateway_in_doubt", "Operations in doubt", ("upstream",), registry=registry)
        self._parked = Gauge("gateway_parked", "Operations waiting for a person", ("upstream",), registry=registry)
        self._breaker = Gauge(
            "gateway_breaker_state", "Circuit breaker: 0 closed, 1 half-open, 2 open", ("upstream",), registry=registry
        )
        self._paused = Gauge(
            "gateway_paused", "1 while an operator has paused the upstream", ("upstream",), registry=registry
        )
        self._loop_lag = Gauge("gateway_eventloop_lag_seconds", "Event loop lag", registry=registry)
        self._throttled = Counter(
            "gateway_throttled", "Requests refused by a limit", ("operations",), registry=registry
        )
        self._shed = Gauge("gateway_shed", "Requests refused because too many were worked on", registry=registry)
        self._loops = Gauge("gateway_looping", "Clients repeating a refused request now", ("route",), registry=registry)
        self._connections_refused = Counter(
            "gateway_connections_refused", "Connections over a cap", ("cap",), registry=registry
        )
        self._connections_timed_out = Counter(
            "gateway_connections_timed_out", "Connections closed for being slow", ("part",), registry=registry
        )
        self._insurance_unanswered = Counter(
            "gateway_insurance_unanswered", "Insurance checks without a confirmed answer", registry=registry
        )
        self._audit_head_age = Gauge(
            "gateway_audit_head_age_seconds", "How long entries are without a signed, exported head", registry=registry
        )
        self._request_children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._accepted_children = {channel: self._accepted.labels(channel.value) for channel in Channel}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered; ``route`` is the template of its path."""
        key = (method, route, status)
        children = self._request_children.get(key)
        if children is None:
            known = method if method in _METHODS else "OTHER"
            children = (
                self._requests.labels(known, route, str(status)),
                self._request_seconds.labels(known, route),
            )
            if known == method:
                # Foreign methods are not kept: their names are the sender's, so there could be any number of them.
                self._request_children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def refused(self, codes: Iterable[ErrorCode]) -> None:
        """A request was refused for these reasons."""
        for code in codes:
            self._refused.labels(code.value).inc()

    def accepted(self, channel: Channel) -> None:
        """An operation was durably accepted."""
        self._accepted_children[channel].inc()

    def repeated(self) -> None:
        """A repeat was answered with the original answer."""
        self._repeated.inc()

    def attempt_ended(self, upstream: str, step: Step, outcome: Outcome, seconds: float) -> None:
        """One attempt at an upstream has ended."""
        self._upstream_seconds.labels(upstream, step.value, outcome.value).observe(seconds)

    def operation_ended(self, upstream: str, state: State) -> None:
        """An operation has reached a final state or was parked."""
        if state is State.DELIVERED:
            self._delivered.labels(upstream).inc()
        elif state is State.REJECTED:
            self._rejected.labels(upstream).inc()

    def throttled(self, operations: str) -> None:
        """A request was refused by the limit of a class of operations."""
        self._throttled.labels(operations).inc()

    def insurance_unanswered(self, _reason: str) -> None:
        """An insurance check had no confirmed answer; the reason is in the log."""
        self._insurance_unanswered.inc()

    def storm_began(self, route: str) -> None:
        """A client has begun to repeat a refused request."""
        self._loops.labels(route).inc()

    def storm_ended(self, route: str) -> None:
        """It has stopped."""
        self._loops.labels(route).dec()

    def connection_refused(self, why: str) -> None:
        """A connection was one too many."""
        self._connections_refused.labels(why).inc()

    def connection_timed_out(self, why: str) -> None:
        """A connection was closed because something took too long."""
        self._connections_timed_out.labels(why).inc()

    def protection(self, *, audit_head_age: float, shed: int) -> None:
        """Take over how audit and gate stand, before they are shown."""
        self._audit_head_age.set(audit_head_age)
        self._shed.set(shed)

    def breaker_changed(self, upstream: str, state: str) -> None:
        """The upstream's breaker is now closed, open or half-open."""
        self._breaker.labels(upstream).set(_BREAKER_STATES[state])

    def loop_lag(self, seconds: float) -> None:
        """The event loop's lag was measured."""
        self._loop_lag.set(seconds)

    def standing(self, upstreams: Sequence[UpstreamStatus], now: datetime) -> None:
        """Take over how the upstreams and their queues stand, before it is shown."""
        for status in upstreams:
            name = status.name
            overdue = (now - status.oldest_due_at).total_seconds() if status.oldest_due_at is not None else 0.0
            self._queue_depth.labels(name).set(status.open_operations)
            self._queue_oldest.labels(name).set(max(overdue, 0.0))
            self._in_doubt.labels(name).set(status.in_doubt)
            self._parked.labels(name).set(status.parked)
            self.breaker_changed(name, status.breaker)
            self._paused.labels(name).set(status.paused)

    def render(self) -> bytes:
        """The exposition, to be served as :data:`CONTENT_TYPE`."""
        return generate_latest(self.registry)
