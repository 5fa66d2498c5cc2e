"""What those outside remember of the day, to be compared with the journal and with the other systems at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Ledger:
    """What hospitals, the family medicine centre and the pharmacy were answered."""

    accepted: dict[str, str] = field(default_factory=dict)
    """КСФ number of each accepted case, by operation id."""
    refused: int = 0
    """Cases that were refused."""
    programme: dict[str, str] = field(default_factory=dict)
    """The upstream of each operation of the drug programme, by operation id."""
    programme_refused: int = 0
    """Orders and look-ups that were refused."""
    sales: list[dict[str, Any]] = field(default_factory=list)
    """Dispenses and reversals as they were answered."""

    def remember_sale(self, answer: dict[str, Any]) -> None:
        """A dispense or reversal that the gateway has recorded."""
        self.sales.append(answer)
        self.programme |= {operation["id"]: operation["upstream"] for operation in answer["operations"]}
