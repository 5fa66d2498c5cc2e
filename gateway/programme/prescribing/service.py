"""Prescribing: orders are judged, issued, cancelled (regulation on the additional drug programme, clauses 15 to 26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select, update

from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.operations.signals import Signals, work
from gateway.ports import BlindIndex, Clock, Ids, OrganisationRegister, Sealer
from gateway.programme.common import FUND, Caller, Opened, UnderWay, opened
from gateway.programme.outbound import answered_before
from gateway.programme.ports import InsuranceAnswer, LimitBook, MedicineRegister
from gateway.programme.prescribing.cancelling import PATH, STATE_NAMES, CancelArrival, PrescriptionCancel, not_found
from gateway.programme.prescribing.facts import Standing, read_standing
from gateway.programme.prescribing.insurance import RETRY_SECONDS, InsuranceDesk, is_confirmed_on
from gateway.programme.prescribing.issuing import IssueArrival, PrescriptionIssue
from gateway.programme.prescribing.model import IssuedAnswer, JudgedOrder, Requester, SoundOrder, audit_event
from gateway.programme.prescribing.numbers import PrescriptionNumbers
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, prescription_row, seal_prescription
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused, errors
from gateway.rules.identifiers import check_pin
from gateway.rules.prescribing import InsuranceFacts, PrescribingFacts, check_order, form
from gateway.rules.validity import DEFAULT_POLICY, ValidityPolicy
from gateway.sealing.index import keyed_digest
from gateway.store.grouping import Store
from gateway.store.programme_tables import prescriptions
from schemas.errors import ErrorCode
from schemas.prescriptions import PrescriptionOrder
from schemas.programme.messages import IssuedPrescription

_MIDNIGHT_TRIES: Final = 2
"""An insurer asked before midnight in Bishkek may answer after it; then it is asked once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribingSurroundings:
    """The store, the books kept in it, and everything injected."""

    store: Store
    signals: Signals
    medicines: MedicineRegister
    organisations: OrganisationRegister
    insurance: InsuranceDesk
    limits: LimitBook
    sealer: Sealer
    index: BlindIndex
    append_audit: AppendAudit
    clock: Clock
    ids: Ids
    numbers: PrescriptionNumbers
    policy: ValidityPolicy = DEFAULT_POLICY


class CancelledAnswer(NamedTuple):
    """A cancelled prescription as it stands; ``repeated`` when it was cancelled before."""

    found: Opened
    repeated: bool


class Printed(NamedTuple):
    """What goes on paper; a copy when it was printed before."""

    message: IssuedPrescription
    is_copy: bool


class Prescriptions:
    """The service of prescribing.

    Every method may raise :class:`gateway.store.grouping.StoreUnavailable`, a ``Refused`` that changed nothing.
    """

    def __init__(self, surroundings: PrescribingSurroundings) -> None:
        around = self._around = surroundings
        self._issue = PrescriptionIssue(
            limits=around.limits, numbers=around.numbers, sealer=around.sealer, audit=around.append_audit
        )
        self._cancel = PrescriptionCancel(sealer=around.sealer, audit=around.append_audit)
        self._under_way = UnderWay()

    async def judge(self, order: PrescriptionOrder, requester: Requester) -> JudgedOrder:
        """Everything that is to be said of an order now. Of the prescription nothing is written.

        Asking the insurer about a person is audited, and what it confirms is kept for the day. Raises ``Refused``
        (PRESCRIBER_ORGANISATION) before anything is asked on behalf of an organisation that is not the requester's.
        """
        around = self._around
        if not requester.may_see(order.organisation):
            raise Refused.because(ErrorCode.PRESCRIBER_ORGANISATION, "$.organisation", organisation=order.organisation)
        insurance, now = await self._confirmed(order, requester.caller)
        today = bishkek_day(now)
        reference = around.medicines.on(today)
        standing: Standing = await around.store.read(
            partial(
                read_standing,
                limits=around.limits,
                patient=around.index.of("pin", order.patient.pin),
                medicine=None if reference is None else reference.find(order.item.medicine),
                today=today,
            )
        )
        region = None if insurance is None else self._region(insurance.organisation)
        facts = PrescribingFacts(
            now=now,
            sender_organisations=requester.organisations,
            organisation_known=around.organisations.find(order.organisation) is not None,
            reference=reference,
            insurance=None if insurance is None else _insurance_facts(insurance, region),
            history=standing.history,
            limit=standing.limit,
            policy=around.policy,
        )
        return JudgedOrder(
            order=order,
            at=now,
            findings=check_order(order, facts),
            formed=form(order, facts),
            insurance=insurance,
            region=region,
            limit=standing.limit,
        )

    async def sound(self, order: PrescriptionOrder, requester: Requester) -> SoundOrder:
        """An order that may be issued; raises ``Refused`` with everything that is wrong with it at once."""
        judged = await self.judge(order, requester)
        refusing = errors(judged.findings)
        if refusing:
            waits = refusing[0].code is ErrorCode.INSURANCE_CHECK_REQUIRED
            remarks = (finding for finding in judged.findings if finding not in refusing)
            raise Refused((*refusing, *remarks), retry_after=RETRY_SECONDS if waits else None)
        formed, insurance = judged.formed, judged.insurance
        assert formed is not None, "what cannot be formed has a finding"
        assert insurance is not None, "what is not confirmed has a finding"
        assert insurance.organisation is not None, "who is not registered has a finding"
        assert judged.region is not None, "an organisation that the register does not have is a finding"
        return SoundOrder(
            order=order,
            at=judged.at,
            remarks=judged.findings,
            formed=formed,
            insurance=insurance,
            attached_organisation=insurance.organisation,
            region=judged.region,
        )

    async def prepare(self, order: PrescriptionOrder, requester: Requester, key: str) -> SoundOrder | IssuedAnswer:
        """An order that may be issued, or the original answer to the same request under this idempotency key.

        A repeat is not judged by what has changed since. Raises ``Refused`` with everything that is wrong with the
        order at once, IDEMPOTENCY_KEY_REUSED when the key belongs to another request.
        """
        before = await self._issued_before(order, requester, key)
        if before is not None:
            return before
        try:
            return await self.sound(order, requester)
        except Refused:
            # Its twin may have been issued meanwhile, and then it is itself what stands in its way.
            before = await self._issued_before(order, requester, key)
            if before is None:
                raise
            return before

    async def _issued_before(self, order: PrescriptionOrder, requester: Requester, key: str) -> IssuedAnswer | None:
        client = requester.caller.client
        keyed, fingerprint = self._keyed(client, key), self._fingerprint(order)

        def find(connection: Connection) -> IssuedAnswer | Refused | None:
            earlier = answered_before(connection, [(client, keyed)]).get((client, keyed))
            return None if earlier is None else self._issue.answer_again(connection, earlier, fingerprint)

        answer = await self._around.store.read(find)
        if isinstance(answer, Refused):
            raise answer
        return answer

    async def issue(self, sound: SoundOrder, requester: Requester, key: str) -> IssuedAnswer:
        """Issue a sound order durably: on return it is committed and synced.

        Raises ``Refused``: RX_DUPLICATE_OPEN, PATIENT_LIMIT_EXCEEDED and PATIENT_LIMIT_NOT_SET for what came between,
        IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_PROGRESS.
        """
        around, caller = self._around, requester.caller
        with self._under_way.alone(caller.client, key):
            arrival = IssueArrival(
                id=around.ids.new(),
                operation_id=around.ids.new(),
                sound=sound,
                patient=around.index.of("pin", sound.order.patient.pin),
                prescriber=around.index.of("pin", sound.order.prescriber.pin),
                caller=caller,
                key=self._keyed(caller.client, key),
                fingerprint=self._fingerprint(sound.order),
            )
            answer: IssuedAnswer | Refused = await around.store.submit(self._issue.issue, arrival)
        if isinstance(answer, Refused):
            raise answer
        if not answer.repeated:
            around.signals.fire(work(FUND))
        return answer

    async def cancel(self, prescription: UUID, reason: str, requester: Requester) -> CancelledAnswer:
        """Take a prescription back while nothing of it is dispensed; one that is cancelled already stays so.

        Raises ``Refused``: RX_NOT_FOUND (another organisation's too), RX_STATE, RX_HELD.
        """
        around = self._around
        arrival = CancelArrival(
            prescription=prescription,
            operation_id=around.ids.new(),
            reason=reason,
            requester=requester,
            fingerprint=keyed_digest(around.index, "cancellation", sha256(reason.encode()).digest()),
            at=around.clock.now(),
        )
        answer = await around.store.submit(self._cancel.cancel, arrival)
        if isinstance(answer, Refused):
            raise answer
        if not answer.repeated:
            around.signals.fire(work(FUND))
        return CancelledAnswer(opened(around.sealer, answer.row), answer.repeated)

    async def find(self, prescription: UUID, requester: Requester) -> Opened:
        """A prescription as it stands.

        Raises ``Refused``: RX_NOT_FOUND (another organisation's too), CONTENT_UNREADABLE.
        """
        around = self._around

        def read(connection: Connection) -> Opened | None:
            return _own(connection, around.sealer, prescription, requester)

        found = await around.store.read(read)
        if found is None:
            raise not_found()
        return found

    async def print_sheet(self, prescription: UUID, requester: Requester, *, requested: bool) -> Printed:
        """Note that a prescription is printed at the patient's demand (clause 15), which the audit is told.

        The demand is in the order, or ``requested`` now. Raises ``Refused``: RX_NOT_FOUND, RX_STATE when nothing can be
        dispensed on it any more, PAPER_NOT_REQUESTED.
        """
        at = self._around.clock.now()
        printing = partial(self._print, prescription=prescription, requester=requester, requested=requested, at=at)
        printed = await self._around.store.write(printing)
        if isinstance(printed, Refused):
            raise printed
        return printed

    def _print(
        self, connection: Connection, *, prescription: UUID, requester: Requester, requested: bool, at: datetime
    ) -> Printed | Refused:
        around = self._around
        found = _own(connection, around.sealer, prescription, requester, locked=True)
        if found is None:
            return not_found()
        row, kept = found.row, found.kept
        state = row.state_on(bishkek_day(at))
        if not state.is_open:
            return Refused.because(ErrorCode.RX_STATE, PATH, state=STATE_NAMES[state].value)
        if not (requested or kept.message.order.paper_copy_requested):
            return Refused.because(ErrorCode.PAPER_NOT_REQUESTED, "query:requested_by_patient")
        if kept.printed_at is None:
            first = kept.model_copy(update={"printed_at": at})
            sealed = seal_prescription(around.sealer, row.id, first)
            connection.execute(update(prescriptions).where(prescriptions.c.id == row.id).values(payload=sealed))
        event = audit_event(
            requester.caller,
            Action.PRESCRIPTION_PRINTED,
            organisation=row.organisation,
            subject=row.patient,
            target=row.id,
            purpose=Purpose.PATIENT_REQUEST,
        )
        around.append_audit(connection, [event])
        return Printed(kept.message, is_copy=kept.printed_at is not None)

    async def _confirmed(self, order: PrescriptionOrder, caller: Caller) -> tuple[InsuranceAnswer | None, datetime]:
        """What is confirmed of the patient, and the instant at which it is of the same Bishkek day."""
        around = self._around
        if not check_pin(order.patient.pin, "$.patient.pin"):
            for _ in range(_MIDNIGHT_TRIES):
                answer = await around.insurance.ask(order.patient.pin, caller, order.organisation)
                now = around.clock.now()
                if answer is None or is_confirmed_on(answer, now):
                    return answer, now
        return None, around.clock.now()

    def _region(self, organisation: str | None) -> str | None:
        known = None if organisation is None else self._around.organisations.find(organisation)
        return None if known is None else known.region

    def _keyed(self, client: str, key: str) -> str:
        # Whoever chose the key may have put anything in.
        return self._around.index.of("idempotency-key", f"{client}\0{key}").hex()

    def _fingerprint(self, order: PrescriptionOrder) -> bytes:
        canonical = order.model_dump_json(exclude_none=True).encode()
        return keyed_digest(self._around.index, "prescription", sha256(canonical).digest())


def _insurance_facts(answer: InsuranceAnswer, region: str | None) -> InsuranceFacts:
    return InsuranceFacts(
        insured=answer.insured, organisation=answer.organisation, organisation_known=region is not None
    )


def _own(
    connection: Connection, sealer: Sealer, prescription: UUID, requester: Requester, *, locked: bool = False
) -> Opened | None:
    query = select(*PRESCRIPTION_FIELDS).where(prescriptions.c.id == prescription)
    found = connection.execute(query.with_for_update() if locked else query).one_or_none()
    if found is None or not requester.may_see(found.organisation):
        return None
    return opened(sealer, prescription_row(found))
