"""What an entry may hold, and its canonical form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.access.principal import PrincipalKind
from gateway.audit.actions import ACTIONS, ACTOR_KINDS, OUTCOMES, PURPOSES, Action, ActorKind, Outcome, Purpose
from gateway.audit.entries import from_bytes, to_bytes
from gateway.ports import AuditEvent

FULL = AuditEvent(
    action="case-read",
    actor="01990000-0000-7000-8000-000000000001",
    actor_kind="person",
    outcome="refused",
    organisation="950174",
    subject=b"\x07" * 32,
    target="00000011895017425",
    purpose="treatment",
    code="ACCESS_DENIED",
    request_id="01990000-0000-7000-8000-000000000000",
)


def test_the_canonical_form_never_changes():
    """Entries are kept for ever: another form would need another tag in the chain."""
    assert to_bytes(FULL) == (
        b'{"action":"case-read","actor":"01990000-0000-7000-8000-000000000001","actor_kind":"person",'
        b'"code":"ACCESS_DENIED","organisation":"950174","outcome":"refused","purpose":"treatment",'
        b'"request_id":"01990000-0000-7000-8000-000000000000","target":"00000011895017425"}'
    )
    assert to_bytes(AuditEvent(action=Action.SIGN_OUT, actor="sanarip", actor_kind=ActorKind.MACHINE)) == (
        b'{"action":"sign-out","actor":"sanarip","actor_kind":"machine","outcome":"success"}'
    )


def test_it_is_read_back():
    assert from_bytes(to_bytes(FULL), FULL.subject) == FULL


@pytest.mark.parametrize(
    "change",
    [
        {"action": "case-peeked-at"},
        {"actor_kind": "clinic"},
        {"outcome": "perhaps"},
        {"purpose": "because Асанов asked"},
        {"actor": "Асанов"},
        {"actor": ""},
        {"target": "21001199012345"},
        {"target": "A B"},
        {"target": "x" * 201},
        {"target": "a\nb"},
        {"organisation": "Ооруkана"},
        {"code": "why not"},
        {"request_id": "21001199012345"},
    ],
)
def test_what_could_be_personal_is_refused_and_not_repeated(change: dict[str, Any]):
    with pytest.raises(ValueError, match="outside the vocabulary or no identifier") as refused:
        to_bytes(replace(FULL, **change))
    (value,) = change.values()
    assert not value or value not in str(refused.value)


@pytest.mark.parametrize("actor", ["sanarip", "KG/GOV/70000001/clinic", "cli:root", "clinic@example", "*"])
def test_identifiers_of_all_kinds_fit(actor: str):
    assert from_bytes(to_bytes(replace(FULL, actor=actor)), None).actor == actor


def test_every_word_has_a_title_in_three_languages():
    for words, titles in ((ActorKind, ACTOR_KINDS), (Outcome, OUTCOMES), (Purpose, PURPOSES)):
        assert set(words) == set(titles)
        assert all(all(title) for title in titles.values())
    assert set(Action) == set(ACTIONS)
    titles = [known.title for known in ACTIONS.values()]
    for language in range(3):
        assert len({title[language] for title in titles}) == len(Action)


def test_every_kind_of_principal_can_be_an_actor():
    assert {kind.value for kind in PrincipalKind} <= {kind.value for kind in ActorKind}
