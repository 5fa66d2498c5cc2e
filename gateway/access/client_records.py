"""Machine clients in the store: functions that run in a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_keys import ClientKey
from gateway.access.client_kinds import ALL, Binding, ClientKind
from gateway.access.clients import Client, ClientDefinition
from gateway.access.principal import Scope
from gateway.access.public_keys import read_public_key
from gateway.operations.model import Channel
from gateway.rules.findings import Refused
from gateway.store.access_tables import client_keys, clients
from schemas.errors import ErrorCode

Jwk = Mapping[str, str]
"""A public key as :func:`gateway.access.client_keys.public_part` gives it."""


def add_client(connection: Connection, *, definition: ClientDefinition, jwk: Jwk | None, at: datetime, by: str) -> None:
    """Write a client down with its first key. ``definition`` has been checked.

    Raises ``Refused`` with CLIENT_EXISTS when its id was ever given, or another live client has its X-Road member.
    """
    row = {
        "id": definition.id,
        "title": definition.title,
        "kind": definition.kind.value,
        "channel": definition.channel.value,
        "organisations": _listed(definition.organisations),
        "scopes": _listed(definition.scopes),
        "binding": definition.binding.value,
        "certificate": None if definition.certificate is None else str(definition.certificate),
        "xroad_member": definition.xroad_member,
        "added_at": at,
        "added_by": by,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(clients).values(row))
    except IntegrityError as error:
        raise Refused.because(ErrorCode.CLIENT_EXISTS, "$.id", client=definition.id) from error
    if jwk is not None:
        _add_key(connection, definition.id, jwk, at)


def rotate_key(connection: Connection, *, client_id: str, jwk: Jwk, at: datetime, not_after: datetime) -> None:
    """Give a client a new key, valid at once; those it has cease at ``not_after`` or when they would have anyway.

    Where they cease at once, tokens issued so far are void too. Raises ``Refused``: CLIENT_NOT_FOUND for an unknown or
    revoked client; CLIENT_KEY_INVALID for a key it has or once had, and for a client of X-Road, which has none.
    """
    found = lock_client(connection, client_id)
    if found.binding == Binding.XROAD.value:
        raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.key")
    ending = or_(client_keys.c.not_after.is_(None), client_keys.c.not_after > not_after)
    connection.execute(update(client_keys).where(client_keys.c.client == client_id, ending).values(not_after=not_after))
    if not_after <= at:
        connection.execute(update(clients).where(clients.c.id == client_id).values(tokens_from=at))
    _add_key(connection, client_id, jwk, at)


def revoke_client(connection: Connection, *, client_id: str, at: datetime, by: str, reason: str) -> None:
    """End a client and all its keys for good. Raises ``Refused`` with CLIENT_NOT_FOUND, also when it has ended."""
    lock_client(connection, client_id)
    ended = {"revoked_at": at, "revoked_by": by, "reason": reason}
    connection.execute(update(clients).where(clients.c.id == client_id).values(ended))
    keys = update(client_keys).where(client_keys.c.client == client_id, client_keys.c.revoked_at.is_(None))
    connection.execute(keys.values(revoked_at=at))


def lock_client(connection: Connection, client_id: str) -> Row[Any]:
    """The row of a client that has not ended, locked for this transaction. Raises ``Refused`` with CLIENT_NOT_FOUND."""
    query = select(clients).where(clients.c.id == client_id, clients.c.revoked_at.is_(None)).with_for_update()
    found = connection.execute(query).one_or_none()
    if found is None:
        raise Refused.because(ErrorCode.CLIENT_NOT_FOUND)
    return found


def load_clients(connection: Connection) -> list[Client]:
    """All clients that ever were, in order of their ids."""
    keys: dict[str, list[ClientKey]] = {}
    for row in connection.execute(select(client_keys).order_by(client_keys.c.added_at, client_keys.c.kid)):
        key = ClientKey(read_public_key(orjson.loads(row.jwk)), row.added_at, row.not_after, row.revoked_at)
        keys.setdefault(row.client, []).append(key)
    return [_client(row, keys.get(row.id, [])) for row in connection.execute(select(clients).order_by(clients.c.id))]


def count_changes(connection: Connection) -> tuple[int, ...]:
    """Figures that only grow, one of them with every change: as long as they stand, a loaded register is up to date.

    They do not look at anyone's clock: those of two nodes may differ by more than lies between two changes.
    """
    known = connection.execute(select(func.count(), func.count(clients.c.revoked_at)).select_from(clients)).one()
    keys = connection.execute(select(func.count()).select_from(client_keys)).scalar_one()
    return (known[0], known[1], keys)


def _add_key(connection: Connection, client_id: str, jwk: Jwk, at: datetime) -> None:
    row = {"client": client_id, "kid": jwk["kid"], "jwk": orjson.dumps(dict(jwk)).decode(), "added_at": at}
    try:
        with connection.begin_nested():
            connection.execute(insert(client_keys).values(row))
    except IntegrityError as error:
        raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.key") from error


def _client(row: Row[Any], keys: list[ClientKey]) -> Client:
    organisations = frozenset(orjson.loads(row.organisations))
    return Client(
        id=row.id,
        title=row.title,
        kind=ClientKind(row.kind),
        channel=Channel(row.channel),
        organisations=None if ALL in organisations else organisations,
        scopes=frozenset(Scope(scope) for scope in orjson.loads(row.scopes)),
        binding=Binding(row.binding),
        certificate=None if row.certificate is None else ExpectedCertificate.parse(row.certificate),
        xroad_member=row.xroad_member,
        keys=tuple(keys),
        added_at=row.added_at,
        added_by=row.added_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        reason=row.reason,
        tokens_from=row.tokens_from,
    )


def _listed(values: frozenset[str] | frozenset[Scope] | None) -> str:
    return orjson.dumps([ALL] if values is None else sorted(values)).decode()
