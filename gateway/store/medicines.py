"""Versions of the reference of medicines in the store. A version's rows never change once they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Connection, insert, or_, select, update

from gateway.operations.records import AnyRow
from gateway.rules.findings import Refused
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.medicines.versions import VersionDates, check_start, last_day_before
from gateway.store.medicine_tables import reference_medicines, reference_versions
from schemas.medicines import Medicine


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version to be added; days are Bishkek days, ``at`` the instant of the import."""

    medicines: Sequence[Medicine]
    valid_from: date
    list_approved_on: date
    levels_set_on: date
    today: date
    at: datetime
    by: str


def add_version(connection: Connection, new: NewVersion) -> VersionDates:
    """Add a version; the one before ends on the day before it.

    Raises ``Refused``: MEDICINE_VERSION_OVERLAP, MEDICINE_VERSION_PAST.
    """
    latest = latest_version(connection)
    if found := check_start(new.valid_from, new.today, latest):
        raise Refused(found)
    number = 1 if latest is None else latest.number + 1
    if latest is not None:
        connection.execute(
            update(reference_versions)
            .where(reference_versions.c.number == latest.number)
            .values(valid_until=last_day_before(new.valid_from))
        )
    rows = [(medicine.code, medicine.model_dump_json(exclude_defaults=True)) for medicine in new.medicines]
    connection.execute(
        insert(reference_versions).values(
            number=number,
            valid_from=new.valid_from,
            valid_until=None,
            list_approved_on=new.list_approved_on,
            levels_set_on=new.levels_set_on,
            digest=sha256("\n".join(content for _, content in sorted(rows)).encode()).digest(),
            imported_at=new.at,
            imported_by=new.by,
        )
    )
    connection.execute(
        insert(reference_medicines),
        [{"version": number, "code": code, "content": content} for code, content in rows],
    )
    return VersionDates(
        number=number,
        valid_from=new.valid_from,
        valid_until=None,
        list_approved_on=new.list_approved_on,
        levels_set_on=new.levels_set_on,
    )


def latest_version(connection: Connection) -> VersionDates | None:
    """The version that began last, or will begin last."""
    query = select(reference_versions).order_by(reference_versions.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _dates(row)


def version_dates(connection: Connection, since: date) -> list[VersionDates]:
    """The versions that are or will be in force on some day since ``since``, oldest first."""
    query = (
        select(reference_versions)
        .where(or_(reference_versions.c.valid_until.is_(None), reference_versions.c.valid_until >= since))
        .order_by(reference_versions.c.number)
    )
    return [_dates(row) for row in connection.execute(query)]


def load_versions(connection: Connection, since: date) -> list[ReferenceVersion]:
    """The same with their medicines."""
    versions = version_dates(connection, since)
    medicines: dict[int, list[Medicine]] = {}
    rows = connection.execute(
        select(reference_medicines)
        .where(reference_medicines.c.version.in_([version.number for version in versions]))
        .order_by(reference_medicines.c.version, reference_medicines.c.code)
    )
    for row in rows:
        medicines.setdefault(row.version, []).append(Medicine.model_validate_json(row.content))
    return [
        ReferenceVersion(version.number, version.valid_from, version.valid_until, medicines.get(version.number, ()))
        for version in versions
    ]


def codes_of(connection: Connection, version: int) -> frozenset[str]:
    """The codes of a version's rows."""
    query = select(reference_medicines.c.code).where(reference_medicines.c.version == version)
    return frozenset(connection.execute(query).scalars())


def _dates(row: AnyRow) -> VersionDates:
    return VersionDates(
        number=row.number,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        list_approved_on=row.list_approved_on,
        levels_set_on=row.levels_set_on,
    )
