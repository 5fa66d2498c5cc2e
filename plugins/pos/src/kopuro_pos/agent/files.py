"""The names of what lies in the state folder."""

from __future__ import annotations

from typing import Final

ADDRESS_FILE: Final = "agent.json"
"""Where the running agent says how it is reached."""
QUEUE_FILE: Final = "agent.db"
STOCK_FILE: Final = "stock.db"
REFERENCE_FILE: Final = "reference.json"
SEALING_FILE: Final = "sealing.key"
"""The key that seals personal data in the queue."""
