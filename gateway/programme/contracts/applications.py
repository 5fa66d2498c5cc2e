"""Applications of pharmacies for a contract, and the fund's decisions on them (clauses 27 to 30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import Connection, insert, update

from gateway.access.authors import Author
from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, Clock, Ids, Sealer
from gateway.programme.contracts.records import (
    StoredApplication,
    StoredContract,
    contracted_application,
    is_number_taken,
    list_applications,
    load_application,
    load_contract,
    one_at_a_time,
    open_application_of,
    overlapping,
)
from gateway.rules.contracts import (
    ApplicationState,
    check_application,
    check_conclusion,
    check_decision,
    check_refusal,
    one_year_from,
    refusal_due,
)
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding, Refused, errors
from gateway.sealing.errors import CannotOpen
from gateway.store.contract_tables import contract_applications, pharmacy_contracts
from gateway.store.grouping import Store
from schemas.contracts import ApplicationDecision, ContractApplication, ContractTerms, RefusalTerms, TaxCheck
from schemas.errors import ErrorCode

_SEALED_AS: Final = b"contract_applications.payload"


@dataclass(frozen=True, slots=True)
class FiledApplication:
    """An application with its form opened."""

    stored: StoredApplication
    form: ContractApplication


@dataclass(frozen=True, slots=True)
class Decided:
    """An application after the decision: the contract, unless it was refused, and warnings."""

    application: FiledApplication
    contract: StoredContract | None
    findings: tuple[Finding, ...]


class ApplicationDesk:
    """Takes applications and decides on them. ``audit`` writes each change down in its own transaction.

    ``within`` are the organisations that the one who asks answers for, ``None`` for everything.
    """

    def __init__(self, store: Store, sealer: Sealer, clock: Clock, ids: Ids, audit: AppendAudit) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._ids = ids
        self._audit = audit

    async def file(
        self, form: ContractApplication, *, by: Author, within: frozenset[str] | None, request_id: str | None = None
    ) -> FiledApplication:
        """Take an application, to be decided on within three days.

        Raises ``Refused``: ACCESS_DENIED for another's pharmacy, what :func:`check_application` finds, and
        APPLICATION_STATE while one of the pharmacy is under consideration.
        """
        if within is not None and form.pharmacy not in within:
            raise Refused.because(ErrorCode.ACCESS_DENIED, "$.pharmacy")
        now = self._clock.now()
        today = bishkek_day(now)
        if findings := check_application(form, today):
            raise Refused(findings)
        application_id = self._ids.new()
        row = {
            "id": application_id,
            "pharmacy": form.pharmacy,
            "state": ApplicationState.FILED.value,
            "filed_at": now,
            "filed_on": today,
            "filed_by": by.id,
            "due_on": refusal_due(today),
            "payload": self._sealer.seal(form.model_dump_json().encode(), _SEALED_AS + application_id.bytes),
        }

        def change(connection: Connection) -> StoredApplication:
            one_at_a_time(connection)
            if open_application_of(connection, form.pharmacy):
                raise Refused.because(ErrorCode.APPLICATION_STATE, "$.pharmacy", state=ApplicationState.FILED.name)
            connection.execute(insert(contract_applications).values(row))
            self._tell(connection, form.pharmacy, application_id, by, request_id)
            return load_application(connection, application_id)

        return FiledApplication(await self._store.write(change), form)

    async def decide(
        self, application_id: UUID, decision: ApplicationDecision, *, by: Author, request_id: str | None = None
    ) -> Decided:
        """Conclude a contract for one year, or refuse with reasons.

        Raises ``Refused``: APPLICATION_NOT_FOUND, APPLICATION_STATE when it is decided already, what the rules find
        (:func:`check_conclusion`, :func:`check_refusal`), CONTRACT_NUMBER and CONTRACT_OVERLAP. A late refusal is
        recorded all the same, with the warning REFUSAL_LATE.
        """
        if findings := check_decision(decision):
            raise Refused(findings)

        def change(connection: Connection) -> Decided:
            one_at_a_time(connection)
            filed = self._opened(load_application(connection, application_id))
            if filed.stored.state is not ApplicationState.FILED:
                raise Refused.because(ErrorCode.APPLICATION_STATE, "$", state=filed.stored.state.name)
            if decision.refusal is not None:
                found = self._refuse(connection, filed, decision.refusal, by)
                contract = None
            else:
                assert decision.contract is not None
                found = ()
                contract = self._conclude(connection, filed, decision.contract, decision.tax_check, by)
            self._tell(connection, filed.stored.pharmacy, application_id, by, request_id)
            decided = FiledApplication(load_application(connection, application_id), filed.form)
            return Decided(decided, contract, found)

        return await self._store.write(change)

    async def applications(
        self,
        *,
        within: frozenset[str] | None,
        state: ApplicationState | None = None,
        overdue: bool = False,
        after: UUID | None = None,
        limit: int = 100,
    ) -> Sequence[FiledApplication]:
        """Up to ``limit`` applications after the one given; with ``overdue`` those that should be decided by now."""
        today = self.today()
        query = partial(
            list_applications,
            within=within,
            state=state,
            overdue_on=today if overdue else None,
            after=after,
            limit=limit,
        )
        return [self._opened(stored) for stored in await self._store.read(query)]

    async def legal_name(self, pharmacy: str) -> str | None:
        """What a pharmacy was called in the application for its latest contract, if that can be read."""
        stored = await self._store.read(partial(contracted_application, pharmacy=pharmacy))
        try:
            return None if stored is None else self._opened(stored).form.legal_name
        except CannotOpen:
            return None

    def today(self) -> date:
        """The Bishkek day."""
        return bishkek_day(self._clock.now())

    def _opened(self, stored: StoredApplication) -> FiledApplication:
        plain = self._sealer.open(stored.payload, _SEALED_AS + stored.id.bytes)
        return FiledApplication(stored, ContractApplication.model_validate_json(plain))

    def _refuse(
        self, connection: Connection, filed: FiledApplication, refusal: RefusalTerms, by: Author
    ) -> tuple[Finding, ...]:
        found = check_refusal(refusal, filed.stored.due_on, self.today())
        if wrong := errors(found):
            raise Refused(wrong)
        self._end(connection, filed, ApplicationState.REFUSED, by, reasons=orjson.dumps(refusal.reasons).decode())
        return found

    def _conclude(
        self, connection: Connection, filed: FiledApplication, terms: ContractTerms, tax: TaxCheck | None, by: Author
    ) -> StoredContract:
        pharmacy, days = filed.stored.pharmacy, one_year_from(terms.starts_on)
        found = list(check_conclusion(terms, tax, filed.form, self.today()))
        if is_number_taken(connection, terms.number):
            found.append(Finding(ErrorCode.CONTRACT_NUMBER, "$.contract.number"))
        found += (
            Finding(ErrorCode.CONTRACT_OVERLAP, "$.contract.starts_on", {"number": number})
            for number in overlapping(connection, pharmacy, days)
        )
        if found or tax is None:
            raise Refused(found)
        contract_id = self._ids.new()
        row = {
            "id": contract_id,
            "number": terms.number,
            "application": filed.stored.id,
            "pharmacy": pharmacy,
            "concluded_on": tax.checked_on,
            "concluded_by": by.id,
            "starts_on": days.starts_on,
            "ends_on": days.ends_on,
            "report_deadline_days": terms.report_deadline_days,
            "tax_source": tax.source,
            "tax_reference": tax.reference,
        }
        connection.execute(insert(pharmacy_contracts).values(row))
        self._end(connection, filed, ApplicationState.CONTRACTED, by, reasons=None)
        return load_contract(connection, contract_id)

    def _end(
        self,
        connection: Connection,
        filed: FiledApplication,
        state: ApplicationState,
        by: Author,
        *,
        reasons: str | None,
    ) -> None:
        connection.execute(
            update(contract_applications)
            .where(contract_applications.c.id == filed.stored.id)
            .values(
                state=state.value,
                decided_at=self._clock.now(),
                decided_on=self.today(),
                decided_by=by.id,
                reasons=reasons,
            )
        )

    def _tell(self, connection: Connection, pharmacy: str, target: UUID, by: Author, request_id: str | None) -> None:
        event = AuditEvent(
            action=Action.CONTRACT_CHANGED,
            actor=by.id,
            actor_kind=by.kind,
            organisation=pharmacy,
            target=str(target),
            purpose=Purpose.PAYMENT,
            request_id=request_id,
        )
        self._audit(connection, (event,))
