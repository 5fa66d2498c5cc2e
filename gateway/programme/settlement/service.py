"""Everything settlement does, in one object for the interfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gateway.programme.ports import FundLedger, MedicineRegister
from gateway.programme.settlement.acts import Acts
from gateway.programme.settlement.disputes import Disputes
from gateway.programme.settlement.forming import ReportForming
from gateway.programme.settlement.judging import Judging
from gateway.programme.settlement.ports import ReceiptKey, Surroundings
from gateway.programme.settlement.reading import Reading
from gateway.programme.settlement.reconciling import Reconciling
from gateway.store.grouping import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Reports, acts, decisions, disputes and reconciliation. ``medicines`` gives the names that documents show."""

    store: Store
    medicines: MedicineRegister
    reading: Reading
    forming: ReportForming
    acts: Acts
    judging: Judging
    disputes: Disputes
    reconciling: Reconciling

    @classmethod
    def over(
        cls, surroundings: Surroundings, *, medicines: MedicineRegister, fund: FundLedger, receipt_key: ReceiptKey
    ) -> Self:
        """All of it over the same surroundings."""
        return cls(
            store=surroundings.store,
            medicines=medicines,
            reading=Reading(surroundings.store),
            forming=ReportForming(surroundings),
            acts=Acts(surroundings),
            judging=Judging(surroundings),
            disputes=Disputes(surroundings),
            reconciling=Reconciling(surroundings.store, fund, receipt_key),
        )
