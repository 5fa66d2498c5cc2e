"""``docs/access.md``: the authorisation table for people to read. That the copy is fresh: ``test_openapi.py``."""

from __future__ import annotations

import re

from gateway.access.principal import Role, Scope
from gateway.access.table import TABLE
from gateway.api.access_page import render
from gateway.api.routes import ROUTES

ROWS = {cells[0]: cells[1:] for line in render().splitlines() if (cells := re.findall(r"[^|]+(?=\|)", line))}
"""Rows of all tables, by their first cell."""


def row_of(name: str) -> list[str]:
    (found,) = [cells for first, cells in ROWS.items() if first.startswith(f" `{name}`: ")]
    return [cell.strip() for cell in found]


def test_every_operation_stands_there_with_its_row():
    for route in ROUTES:
        request, *rest = row_of(route.name)
        row = TABLE[route.name]
        assert request == f"`{route.method} {route.path}`"
        assert rest[-1] == (row.rate.value if row.rate else "–")
        if not row.public:
            machines, people = rest[:2]
            anybody = "a key of their own" if row.registered else "–"
            assert machines == (f"`{row.scope}`" if row.scope else anybody)
            assert set(re.findall("`([^`]+)`", people)) == row.roles


def test_what_is_open_to_everybody_stands_by_itself():
    _, _, rest = render().partition("### Open to everybody")
    told = set(re.findall("^\\| `([A-Za-z]+)`: ", rest, re.MULTILINE))
    assert told == {name for name, row in TABLE.items() if row.public}


def test_every_scope_and_role_is_explained():
    assert {f" `{one}` " for one in (*Scope, *Role)} <= ROWS.keys()


def test_roles_name_their_operations():
    for role in Role:
        assert set(re.findall("`([A-Za-z]+)`", ROWS[f" `{role}` "][-1])) == {
            name for name, row in TABLE.items() if role in row.roles
        }
