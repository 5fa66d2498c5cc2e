"""“Who looked”: everything that was done with one patient's data, for the patient and those entitled to ask.

The patient is found by ПИН, of which the audit only has a blind index. Whoever asks leaves an entry, too, and it is
written before anything is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from gateway.audit.actions import (
    ACTIONS,
    ACTOR_KINDS,
    OUTCOMES,
    PURPOSES,
    Action,
    ActorKind,
    Outcome,
    Purpose,
)
from gateway.audit.entries import StoredEntry, entries_of_subject
from gateway.ports import AuditEvent, AuditTrail, BlindIndex
from gateway.store.grouping import Store
from schemas.errors.model import Language

_PIN = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for a report: the fields of the entry that is left of it."""

    actor: str
    actor_kind: ActorKind
    organisation: str | None = None
    purpose: Purpose = Purpose.PATIENT_REQUEST
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One line of a report: who did what with the patient's data, when, for which organisation, why.

    ``organisation_name`` is ``None`` when the register does not know the code. ``code`` is the error code of a refusal.
    """

    position: int
    at: datetime
    action: Action
    actor: str
    actor_kind: ActorKind
    organisation: str | None
    organisation_name: str | None
    target: str | None
    purpose: Purpose | None
    outcome: Outcome
    code: str | None

    def as_json(self, language: Language) -> dict[str, Any]:
        """The wire form: every word as it is, and what it is called in a language."""
        purpose = PURPOSES[self.purpose].in_language(language) if self.purpose is not None else None
        return {
            "position": self.position,
            "at": self.at.isoformat(),
            "action": self.action.value,
            "action_title": ACTIONS[self.action].title.in_language(language),
            "actor": self.actor,
            "actor_kind": self.actor_kind.value,
            "actor_kind_title": ACTOR_KINDS[self.actor_kind].in_language(language),
            "organisation": self.organisation,
            "organisation_name": self.organisation_name,
            "target": self.target,
            "purpose": self.purpose.value if self.purpose is not None else None,
            "purpose_title": purpose,
            "outcome": self.outcome.value,
            "outcome_title": OUTCOMES[self.outcome].in_language(language),
            "code": self.code,
        }


def _nameless(_code: str) -> str | None:
    return None


class SubjectReports:
    """Makes reports. ``organisation_name`` gives the name behind a six-digit code, ``None`` if it is not known."""

    def __init__(
        self,
        store: Store,
        trail: AuditTrail,
        index: BlindIndex,
        organisation_name: Callable[[str], str | None] = _nameless,
    ) -> None:
        self._store = store
        self._trail = trail
        self._index = index
        self._organisation_name = organisation_name

    async def who_looked(
        self,
        pin: str,
        asker: Asker,
        *,
        since: datetime | None = None,
        before: datetime | None = None,
        past: int | None = None,
        limit: int = 1000,
    ) -> Sequence[Look]:
        """What was done with the data of the person with this ПИН, newest first.

        ``since`` and ``before`` bound the instant; ``past`` is the last position of the page before. Whether the asker
        is entitled is the caller's to know. Raises ``StoreUnavailable``, also when the asking cannot be written down.
        """
        subject = self._index.of(_PIN, pin)
        await self._trail.record(_asking(asker, subject))
        found = await self._store.read(
            partial(entries_of_subject, subject=subject, limit=limit, past=past, since=since, before=before)
        )
        return [self._look(entry) for entry in found]

    def _look(self, entry: StoredEntry) -> Look:
        event = entry.event
        organisation = event.organisation
        return Look(
            position=entry.position,
            at=entry.at,
            action=Action(event.action),
            actor=event.actor,
            actor_kind=ActorKind(event.actor_kind),
            organisation=organisation,
            organisation_name=self._organisation_name(organisation) if organisation is not None else None,
            target=event.target,
            purpose=Purpose(event.purpose) if event.purpose is not None else None,
            outcome=Outcome(event.outcome),
            code=event.code,
        )


def _asking(asker: Asker, subject: bytes) -> AuditEvent:
    return AuditEvent(
        action=Action.SUBJECT_REPORT,
        actor=asker.actor,
        actor_kind=asker.actor_kind,
        organisation=asker.organisation,
        subject=subject,
        purpose=asker.purpose,
        request_id=asker.request_id,
    )
