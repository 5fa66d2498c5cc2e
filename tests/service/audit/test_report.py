"""“Who looked”: found by ПИН, in three languages, and the asking is written down."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select

from gateway.audit.actions import Action, ActorKind, Outcome, Purpose
from gateway.audit.entries import read_entries
from gateway.audit.export import export_fhir
from gateway.audit.report import Asker, SubjectReports
from gateway.audit.trail import ChainedTrail
from gateway.ports import AuditEvent
from gateway.sealing.index import HmacIndex
from gateway.store.access_tables import audit_entries
from gateway.store.grouping import Store, StoreUnavailable
from schemas.errors.model import Language
from tests.support.doubles import NOON, SettableClock

PIN, OTHER = "21001199012345", "11503198054321"
INDEX = HmacIndex(b"k" * 32)
ASKER = Asker(actor="01990000-0000-7000-8000-000000000009", actor_kind=ActorKind.PERSON, organisation="950174")


async def filled(store: Store) -> SubjectReports:
    clock = SettableClock()
    trail = ChainedTrail(store, clock)
    for pin, action, outcome in (
        (PIN, Action.CASE_ACCEPTED, Outcome.SUCCESS),
        (OTHER, Action.CASE_READ, Outcome.SUCCESS),
        (PIN, Action.CASE_READ, Outcome.REFUSED),
    ):
        await trail.record(
            AuditEvent(
                action=action,
                actor="sanarip",
                actor_kind=ActorKind.MACHINE,
                outcome=outcome,
                organisation="950174",
                subject=INDEX.of("pin", pin),
                purpose=Purpose.PAYMENT,
                code="ACCESS_DENIED" if outcome is Outcome.REFUSED else None,
            )
        )
        clock.move(minutes=1)
    return SubjectReports(store, trail, INDEX, {"950174": "Клиника"}.get)


async def test_only_this_patients_entries_are_shown_and_the_asking_among_them(store: Store):
    reports = await filled(store)
    looks = await reports.who_looked(PIN, ASKER)
    assert [look.action for look in looks] == [Action.SUBJECT_REPORT, Action.CASE_READ, Action.CASE_ACCEPTED]
    asked, refused, accepted = looks
    assert (asked.actor, asked.purpose) == (ASKER.actor, Purpose.PATIENT_REQUEST)
    assert (refused.outcome, refused.code, refused.organisation_name) == (Outcome.REFUSED, "ACCESS_DENIED", "Клиника")
    assert accepted.at == NOON
    assert (await store.read(read_entries))[-1].event.action == Action.SUBJECT_REPORT


async def test_pages_and_spans(store: Store):
    reports = await filled(store)
    (look,) = await reports.who_looked(PIN, ASKER, before=NOON.replace(minute=1))
    assert look.action is Action.CASE_ACCEPTED
    (look,) = await reports.who_looked(PIN, ASKER, past=3, limit=1)
    assert look.position == 1
    assert await reports.who_looked("10101200000000", ASKER, before=NOON) == []


@pytest.mark.parametrize(
    ("language", "title", "purpose"),
    [(Language.KY, "Дарыланган учур каралды", "төлөө"), (Language.RU, "Просмотр пролеченного случая", "оплата"),
     (Language.EN, "Treated case read", "payment")],
)  # fmt: skip
async def test_it_speaks_three_languages(store: Store, language: Language, title: str, purpose: str):
    look = (await (await filled(store)).who_looked(PIN, ASKER))[1].as_json(language)
    assert (look["action_title"], look["purpose_title"]) == (title, purpose)
    assert look["at"] == "2026-01-15T06:02:00+00:00"


async def test_a_report_that_cannot_be_written_down_is_not_given(store: Store):
    class Full:
        async def record(self, _event: AuditEvent) -> None:
            raise StoreUnavailable

    await filled(store)
    with pytest.raises(StoreUnavailable):
        await SubjectReports(store, Full(), INDEX).who_looked(PIN, ASKER)


async def test_no_pin_is_in_the_tables(store: Store):
    await (await filled(store)).who_looked(PIN, ASKER)
    rows = await store.read(lambda c: c.execute(select(audit_entries)).all())
    kept = b"".join(row.entry + (row.subject or b"") for row in rows)
    assert PIN.encode() not in kept
    assert OTHER.encode() not in kept


async def test_the_export_has_every_entry_in_order(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.audit.export._PAGE", 2)
    await filled(store)
    lines = [orjson.loads(line) async for line in export_fhir(store, "kopuro")]
    assert [line["id"] for line in lines] == ["audit-1", "audit-2", "audit-3"]
    later = [line async for line in export_fhir(store, "kopuro", after=1, before=NOON.replace(minute=2))]
    assert len(later) == 1
    assert all(line.endswith(b"\n") for line in later)
