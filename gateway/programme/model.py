"""The words of prescriptions and dispenses in the store."""

from __future__ import annotations

from enum import IntEnum


class PrescriptionState(IntEnum):
    """Where a prescription stands (domain rules, 1.7). Values are kept in the store."""

    ISSUED = 1
    PARTIALLY_DISPENSED = 2
    DISPENSED = 3
    EXPIRED = 4
    CANCELLED = 5

    @property
    def is_open(self) -> bool:
        """Whether something may still be dispensed on it, its days permitting."""
        return self <= PrescriptionState.PARTIALLY_DISPENSED
