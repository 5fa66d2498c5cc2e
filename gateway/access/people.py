"""People who have signed in: ESI's subject and our own id of the person, paired once."""

from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.rules.findings import Refused
from gateway.store.access_tables import people
from schemas.errors import ErrorCode


def pair_person(
    connection: Connection, *, issuer: str, subject: str, pin_index: bytes, new_id: UUID, at: datetime
) -> UUID:
    """The id under which we know the person whom ``issuer`` knows as ``subject``: the one first given, or ``new_id``.

    A subject belongs to one person for ever. Raises ``Refused`` with SIGN_IN_FAILED when it comes with another ПИН
    than the first time: either ESI gave the subject to somebody else, or somebody's ПИН was exchanged, and in both
    cases a person must look before anybody works in that name.
    """
    query = select(people.c.id, people.c.pin_index).where(people.c.issuer == issuer, people.c.subject == subject)
    known = connection.execute(query).one_or_none()
    if known is None:
        row = {
            "id": new_id,
            "issuer": issuer,
            "subject": subject,
            "pin_index": pin_index,
            "first_seen_at": at,
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(people).values(row))
        except IntegrityError:  # another node was quicker
            known = connection.execute(query).one()
        else:
            return new_id
    if not hmac.compare_digest(known.pin_index, pin_index):
        raise Refused.because(ErrorCode.SIGN_IN_FAILED)
    found: UUID = known.id
    return found
