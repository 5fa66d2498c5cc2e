"""What the simulated ESI is made of, shared by its addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.esi.simulator.accounts import Accounts
from adapters.esi.simulator.faults import FaultPlan
from adapters.esi.simulator.registry import Registry
from adapters.esi.simulator.signing import SigningKeys
from gateway.ports import Clock


class Refused(Exception):
    """An error of OAuth 2.0 that is told to the client (RFC 6749, sections 4.1.2.1 and 5.2)."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


@dataclass(slots=True, kw_only=True)
class Esi:
    """One simulated ESI. ``issuer`` tells its own address, known once it listens."""

    issuer: Callable[[], str]
    registry: Registry
    accounts: Accounts
    clock: Clock
    keys: SigningKeys
    plan: FaultPlan = field(default_factory=FaultPlan)
    requests: dict[str, int] = field(default_factory=dict)
    """Requests by address, and sign-ins."""
    notices: dict[str, int] = field(default_factory=dict)
    """How clients answered notices of sign-out, by HTTP status; ``0`` is no answer."""

    def count(self, what: str) -> None:
        """Count a request."""
        self.requests[what] = self.requests.get(what, 0) + 1
