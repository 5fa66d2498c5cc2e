"""Contracts once they are concluded: prolonged, terminated, claimed on (clauses 29 and 53)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Connection, insert, select, update

from gateway.access.authors import Author
from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, Clock, Ids, Sealer
from gateway.programme.contracts.records import (
    StoredClaim,
    StoredContract,
    list_contracts,
    load_contract,
    one_at_a_time,
    overlapping,
)
from gateway.rules.contracts import check_prolongation, check_termination
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding, Refused
from gateway.store.contract_tables import contract_claims, pharmacy_contracts
from gateway.store.grouping import Store
from schemas.contracts import FileClaimCommand, SettleClaimCommand, TerminateContractCommand
from schemas.errors import ErrorCode

_SEALED_AS: Final = b"contract_claims.payload"


@dataclass(frozen=True, slots=True)
class ClaimText:
    """What is claimed, and how it ended; ``None`` while it is open."""

    substance: str
    settlement: str | None


class ContractOffice:
    """Keeps contracts. ``audit`` writes each change down in its own transaction.

    ``within`` are the organisations that the one who asks answers for, ``None`` for everything.
    """

    def __init__(self, store: Store, sealer: Sealer, clock: Clock, ids: Ids, audit: AppendAudit) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._ids = ids
        self._audit = audit

    async def contracts(
        self,
        *,
        within: frozenset[str] | None,
        pharmacy: str | None = None,
        after: UUID | None = None,
        limit: int = 100,
    ) -> Sequence[StoredContract]:
        """Up to ``limit`` contracts after the one given, in the order they were concluded."""
        return await self._store.read(
            partial(list_contracts, within=within, pharmacy=pharmacy, after=after, limit=limit)
        )

    async def prolong(self, contract_id: UUID, *, by: Author, request_id: str | None = None) -> StoredContract:
        """Prolong a contract to the next year.

        Raises ``Refused``: CONTRACT_NOT_FOUND, CONTRACT_STATE unless it is in its last year, CONTRACT_CLAIMS_OPEN,
        CONTRACT_OVERLAP when the pharmacy has another one by then.
        """

        def prolong(connection: Connection, contract: StoredContract) -> None:
            found = list(check_prolongation(contract.days, contract.open_claims, self.today()))
            longer = contract.days.prolonged()
            found += (
                Finding(ErrorCode.CONTRACT_OVERLAP, "$", {"number": number})
                for number in overlapping(connection, contract.pharmacy, longer, but=contract.id)
            )
            if found:
                raise Refused(found)
            _set(connection, contract, {"ends_on": longer.ends_on, "prolongations": longer.prolongations})

        return await self._change(contract_id, prolong, by, request_id)

    async def terminate(
        self, contract_id: UUID, command: TerminateContractCommand, *, by: Author, request_id: str | None = None
    ) -> StoredContract:
        """End a contract before its time, from a day on.

        Raises ``Refused``: CONTRACT_NOT_FOUND, CONTRACT_STATE when it has ended or is terminated, CONTRACT_DATES.
        """

        def terminate(connection: Connection, contract: StoredContract) -> None:
            if found := check_termination(contract.days, command.from_day, self.today()):
                raise Refused(found)
            _set(
                connection,
                contract,
                {"terminated_from": command.from_day, "termination_reason": command.reason},
            )

        return await self._change(contract_id, terminate, by, request_id)

    async def file_claim(
        self, contract_id: UUID, command: FileClaimCommand, *, by: Author, request_id: str | None = None
    ) -> StoredContract:
        """Write down what one party claims of the other. Raises ``Refused`` with CONTRACT_NOT_FOUND."""
        claim_id = self._ids.new()

        def file(connection: Connection, contract: StoredContract) -> None:
            row = {
                "id": claim_id,
                "contract": contract.id,
                "party": command.party.value,
                "filed_at": self._clock.now(),
                "filed_by": by.id,
                "payload": self._sealed(claim_id, ClaimText(command.substance, None)),
            }
            connection.execute(insert(contract_claims).values(row))

        return await self._change(contract_id, file, by, request_id)

    async def settle_claim(
        self, claim_id: UUID, command: SettleClaimCommand, *, by: Author, request_id: str | None = None
    ) -> StoredContract:
        """Write down how a claim ended. Raises ``Refused``: CLAIM_NOT_FOUND when it is unknown or settled."""
        found = select(contract_claims).where(contract_claims.c.id == claim_id, contract_claims.c.settled_at.is_(None))

        def change(connection: Connection) -> StoredContract:
            one_at_a_time(connection)
            row = connection.execute(found).one_or_none()
            if row is None:
                raise Refused.because(ErrorCode.CLAIM_NOT_FOUND, "path:claim_id")
            claimed = self._opened(claim_id, row.payload)
            connection.execute(
                update(contract_claims)
                .where(contract_claims.c.id == claim_id)
                .values(
                    settled_at=self._clock.now(),
                    settled_by=by.id,
                    payload=self._sealed(claim_id, ClaimText(claimed.substance, command.settlement)),
                )
            )
            contract = load_contract(connection, row.contract)
            self._tell(connection, contract, by, request_id)
            return contract

        return await self._store.write(change)

    def claim_text(self, claim: StoredClaim) -> ClaimText:
        """What a claim says. Raises :class:`gateway.sealing.errors.CannotOpen` when its key is gone."""
        return self._opened(claim.id, claim.payload)

    def today(self) -> date:
        """The Bishkek day."""
        return bishkek_day(self._clock.now())

    async def _change(
        self,
        contract_id: UUID,
        step: Callable[[Connection, StoredContract], None],
        by: Author,
        request_id: str | None,
    ) -> StoredContract:
        def change(connection: Connection) -> StoredContract:
            one_at_a_time(connection)
            contract = load_contract(connection, contract_id)
            step(connection, contract)
            self._tell(connection, contract, by, request_id)
            return load_contract(connection, contract_id)

        return await self._store.write(change)

    def _sealed(self, claim_id: UUID, claim: ClaimText) -> bytes:
        plain = orjson.dumps({"substance": claim.substance, "settlement": claim.settlement})
        return self._sealer.seal(plain, _SEALED_AS + claim_id.bytes)

    def _opened(self, claim_id: UUID, payload: bytes) -> ClaimText:
        return ClaimText(**orjson.loads(self._sealer.open(payload, _SEALED_AS + claim_id.bytes)))

    def _tell(self, connection: Connection, contract: StoredContract, by: Author, request_id: str | None) -> None:
        event = AuditEvent(
            action=Action.CONTRACT_CHANGED,
            actor=by.id,
            actor_kind=by.kind,
            organisation=contract.pharmacy,
            target=str(contract.id),
            purpose=Purpose.PAYMENT,
            request_id=request_id,
        )
        self._audit(connection, (event,))


def _set(connection: Connection, contract: StoredContract, values: Mapping[str, Any]) -> None:
    connection.execute(update(pharmacy_contracts).where(pharmacy_contracts.c.id == contract.id).values(**values))
