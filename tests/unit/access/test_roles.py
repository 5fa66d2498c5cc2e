"""Roles as data: complete, told in three languages, and strict about how their holders signed in."""

from __future__ import annotations

import pytest

from gateway.access.principal import Role, Scope
from gateway.access.roles import ANY_METHOD, ROLES, SCOPES, SIGNING_METHODS, Body, Reach, SignInMethod, usable


def test_every_role_and_scope_is_described():
    assert set(ROLES) == set(Role)
    assert set(SCOPES) == set(Scope)


@pytest.mark.parametrize("role", Role)
def test_titles_and_clauses_are_there_in_three_languages(role: Role):
    description = ROLES[role]
    assert all(text.strip() == text != "" for text in (*description.title, *description.clause))
    assert len(set(description.title)) == 3
    assert not set("өүңӨҮҢ") & set(description.title.ru + description.clause.ru)


def test_titles_tell_roles_apart():
    for language in range(3):
        assert len({ROLES[role].title[language] for role in Role}) == len(Role)


@pytest.mark.parametrize("body", Body)
def test_every_kind_of_body_has_a_role_and_a_reach(body: Body):
    assert {description.reach for description in ROLES.values() if description.body is body} <= set(Reach)
    assert any(description.body is body for description in ROLES.values())


def test_who_signs_acts_of_settlement_signs_in_with_signature_or_card():
    strict = {role for role in Role if ROLES[role].methods != ANY_METHOD}
    assert strict == {Role.PHARMACY_HEAD, Role.CHIEF_ACCOUNTANT}
    assert {SignInMethod.ELECTRONIC_SIGNATURE, SignInMethod.ID_CARD} == SIGNING_METHODS


@pytest.mark.parametrize("method", [*SignInMethod, None, "", "eds", "Id-Card"])
def test_a_role_is_usable_only_by_the_methods_it_takes(method: str | None):
    found = usable(Role, method)
    assert Role.PHARMACIST in found
    assert (Role.PHARMACY_HEAD in found) == (Role.CHIEF_ACCOUNTANT in found) == (method in SIGNING_METHODS)
