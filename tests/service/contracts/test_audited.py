"""No change of a contract, a budget or the limit without its entry in the audit: both or neither."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlalchemy import Connection, select

from gateway.ports import AuditEvent
from gateway.store.contract_tables import (
    budget_transfers,
    budgets,
    contract_applications,
    contract_claims,
    patient_limits,
    pharmacy_contracts,
)
from gateway.store.grouping import Store
from schemas.budget import BudgetTransfer, PatientLimitCommand, RegionName
from schemas.contracts import FileClaimCommand, Party, SettleClaimCommand, TerminateContractCommand
from tests.service.contracts.desk import ADMINISTRATOR, OTHER_PHARMACY, REFUSAL, FundDesk

_TABLES = (contract_applications, pharmacy_contracts, contract_claims, budgets, budget_transfers, patient_limits)


class AuditLost(Exception):
    """What the audit below says of every event."""


def no_audit(_connection: Connection, _events: Sequence[AuditEvent]) -> None:
    raise AuditLost


def everything(connection: Connection) -> list[object]:
    return [connection.execute(select(table)).all() for table in _TABLES]


async def test_a_change_that_cannot_be_audited_is_not_made(store: Store):
    desk = FundDesk(store)
    contract = await desk.contracted()
    claim = FileClaimCommand(party=Party.FUND, substance="x")
    (claimed,) = (await desk.contracts.file_claim(contract.id, claim, by=ADMINISTRATOR)).claims
    filed = await desk.file()
    await desk.approve(2025, (RegionName.OSH, 5))
    await desk.approve(2026, (RegionName.OSH, 5), (RegionName.CHUI, 5))
    before = await store.read(everything)

    deaf = FundDesk(store, no_audit)
    limit = PatientLimitCommand(norm=Decimal("12.50"), effective_on=desk.today, reason="x")
    transfer = BudgetTransfer(
        year=2026, source=RegionName.OSH, target=RegionName.CHUI, amount=Decimal("1.00"), analysis="А"
    )
    ending = TerminateContractCommand(from_day=desk.today, reason="x")
    for doing in (
        deaf.file(OTHER_PHARMACY),
        deaf.decide(filed.stored.id, REFUSAL),
        deaf.decide(filed.stored.id, deaf.contract("ДА-2", starts_on=contract.days.ends_on.replace(year=2029))),
        deaf.contracts.file_claim(contract.id, claim, by=ADMINISTRATOR),
        deaf.contracts.settle_claim(claimed.id, SettleClaimCommand(settlement="x"), by=ADMINISTRATOR),
        deaf.contracts.terminate(contract.id, ending, by=ADMINISTRATOR),
        deaf.approve(2027, (RegionName.OSH, 5)),
        deaf.budgets.transfer(transfer, by=ADMINISTRATOR),
        deaf.budgets.close(2025, by=ADMINISTRATOR),
        deaf.limit.set(limit, by=ADMINISTRATOR),
    ):
        with pytest.raises(AuditLost):
            await doing
    await desk.contracts.settle_claim(claimed.id, SettleClaimCommand(settlement="x"), by=ADMINISTRATOR)
    with pytest.raises(AuditLost):
        await deaf.contracts.prolong(contract.id, by=ADMINISTRATOR)
    after = await store.read(everything)
    settled = 2
    assert [rows for n, rows in enumerate(after) if n != settled] == [
        rows for n, rows in enumerate(before) if n != settled
    ]
