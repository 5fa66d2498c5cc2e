"""How the agent is, and how the counter page gets in."""

from __future__ import annotations

from datetime import datetime

from kopuro_pos.agent.contract.flat import Flat


class TerminalState(Flat):
    """Who this terminal is to the gateway."""

    enrolled: bool
    client: str | None = None
    pharmacy: str | None = None
    """Code of the pharmacy (6 digits)."""
    pharmacy_name: str | None = None
    key_changed_at: datetime | None = None
    must_enrol_again: bool = False
    """The gateway does not know the key any more: the queue is kept until the operator gives a new code."""


class GatewayState(Flat):
    """How the gateway was when last asked."""

    origin: str | None
    reachable: bool | None
    """``None`` before the first try."""
    last_answer_at: datetime | None = None
    offline_since: datetime | None = None


class ClockState(Flat):
    """This computer's clock beside the gateway's (positive: ours is ahead). Above 300 seconds nothing is sold."""

    offset_seconds: float | None
    blocked: bool


class QueueState(Flat):
    """What is written down and not answered yet."""

    waiting: int
    oldest_at: datetime | None = None
    refused: int = 0
    """Sales and reversals that the gateway refused after the goods were handed over: a person must look."""
    under_hold: int = 0
    """Sales made offline under a hold (shown in red)."""


class AgentState(Flat):
    """``GET /api/state``, and the event ``state``."""

    version: str
    terminal: TerminalState
    gateway: GatewayState
    clock: ClockState
    queue: QueueState
    stock_rows: int
    stock_at: datetime | None = None
    disk_full: bool = False


class Enter(Flat):
    """``POST /api/enter``: the counter page shows the code it was opened with, and gets a cookie."""

    code: str
