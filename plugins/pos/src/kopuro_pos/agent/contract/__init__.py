"""What the agent says and understands on 127.0.0.1: plain HTTP and flat JSON, so that any till can call it.

Sums are som as strings with two digits, doses and tablets as the gateway gives them, days are Bishkek calendar days,
instants are UTC. What the gateway does not know of is refused. The descriptions in ``docs/pos-agent.md`` and the page's
types are checked against these models.
"""

from kopuro_pos.agent.contract.day import Day, DayColumn, DayDifference
from kopuro_pos.agent.contract.findings import Finding, Problem, Retry, Severity
from kopuro_pos.agent.contract.flat import Flat, Key, SignedSom, Som, Text
from kopuro_pos.agent.contract.prescriptions import (
    Found,
    HoldState,
    LookUp,
    Medicine,
    Offer,
    Quote,
    QuoteOrder,
    Release,
    Scan,
    ScanKind,
    Scanned,
)
from kopuro_pos.agent.contract.sales import (
    FundState,
    QueueEntry,
    QueueView,
    ReversalOrder,
    ReversalReason,
    Sale,
    SaleOrder,
    SalePage,
    SaleState,
    Seen,
)
from kopuro_pos.agent.contract.state import AgentState, ClockState, Enter, GatewayState, QueueState, TerminalState
from kopuro_pos.agent.contract.stock import StockPush, StockRow, StockTaken

__all__ = [
    "AgentState",
    "ClockState",
    "Day",
    "DayColumn",
    "DayDifference",
    "Enter",
    "Finding",
    "Flat",
    "Found",
    "FundState",
    "GatewayState",
    "HoldState",
    "Key",
    "LookUp",
    "Medicine",
    "Offer",
    "Problem",
    "QueueEntry",
    "QueueState",
    "QueueView",
    "Quote",
    "QuoteOrder",
    "Release",
    "Retry",
    "ReversalOrder",
    "ReversalReason",
    "Sale",
    "SaleOrder",
    "SalePage",
    "SaleState",
    "Scan",
    "ScanKind",
    "Scanned",
    "Seen",
    "Severity",
    "SignedSom",
    "Som",
    "StockPush",
    "StockRow",
    "StockTaken",
    "TerminalState",
    "Text",
]
