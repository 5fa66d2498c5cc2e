"""The register of organisations in the store."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from gateway.ports import Organisation
from gateway.store.tables import departments, organisations


def replace_organisations(connection: Connection, rows: Sequence[Organisation]) -> None:
    """Put the rows into the register: those with a known code take its place, with their departments; others stay."""
    codes = [row.code for row in rows]
    if not codes:
        return
    connection.execute(delete(departments).where(departments.c.organisation.in_(codes)))
    connection.execute(delete(organisations).where(organisations.c.code.in_(codes)))
    connection.execute(
        insert(organisations),
        [
            {
                "code": row.code,
                "name": row.name,
                "region": row.region,
                "inn": row.inn,
                "okpo": row.okpo,
                "equipped": row.equipped,
                "equipped_since": row.equipped_since,
            }
            for row in rows
        ],
    )
    listed = [
        {"organisation": row.code, "code": code, "name": name} for row in rows for code, name in row.departments.items()
    ]
    if listed:
        connection.execute(insert(departments), listed)


def load_organisations(connection: Connection) -> list[Organisation]:
    """The whole register, in order of codes."""
    by_organisation: dict[str, dict[str, str]] = {}
    for row in connection.execute(select(departments).order_by(departments.c.organisation, departments.c.code)):
        by_organisation.setdefault(row.organisation, {})[row.code] = row.name
    return [
        Organisation(
            code=row.code,
            name=row.name,
            region=row.region,
            inn=row.inn,
            okpo=row.okpo,
            equipped=row.equipped,
            equipped_since=row.equipped_since,
            departments=by_organisation.get(row.code, {}),
        )
        for row in connection.execute(select(organisations).order_by(organisations.c.code))
    ]
