"""Verifying the audit as it is stored: tampering with tables, with heads, and with exported heads."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from gateway.audit.chain import Break, BreakKind, Link, Row
from gateway.audit.head_file import HeadExport, HeadFile, read_export
from gateway.audit.heads import Head, sign_head, store_head
from gateway.audit.verification import count_entries, verify
from gateway.store.access_tables import audit_entries, audit_heads, signing_keys
from gateway.store.grouping import Store
from gateway.store.sqlite import SqliteStore
from gateway.store.types import from_microseconds
from tests.support.doubles import NOON
from tests.unit.audit import tampering
from tests.unit.audit.signers import OwnKey

SIGNER = OwnKey()
KEYS = SIGNER.jwks()["keys"]


def put_rows(connection: Connection, rows: Sequence[Row]) -> None:
    connection.execute(delete(audit_entries))
    values = [
        {"position": row.position, "at": from_microseconds(row.at), "subject": row.subject, "entry": row.entry,
         "digest": row.digest}
        for row in rows
    ]  # fmt: skip
    if values:
        connection.execute(insert(audit_entries), values)


def signed(heads: Sequence[tampering.Head], signer: OwnKey = SIGNER) -> list[Head]:
    return [sign_head(signer, Link(one.position, one.digest), NOON) for one in heads]


def put_heads(connection: Connection, heads: Sequence[Head]) -> None:
    connection.execute(delete(audit_heads))
    for head in heads:
        store_head(connection, head)


def put_key(connection: Connection, signer: OwnKey = SIGNER) -> None:
    values = {"kid": signer.kid, "algorithm": "ES256", "public": json.dumps(signer.jwks()["keys"][0])}
    connection.execute(insert(signing_keys).values(**values, sealed=b"", made_at=NOON, signs_from=NOON))


async def filled(store: Store, length: int = 30) -> tuple[list[Row], list[Head]]:
    rows = tampering.chain(length)
    heads = signed(tampering.heads_of(rows))
    await store.write(lambda c: (put_rows(c, rows), put_heads(c, heads), put_key(c)))
    return rows, heads


async def test_what_is_whole_is_whole(store: Store):
    rows, heads = await filled(store)
    reached: list[int] = []
    verdict = await verify(store, HeadExport(heads, KEYS), reached.append)
    assert verdict.sound
    assert (verdict.entries, verdict.digest) == (30, rows[-1].digest)
    assert (verdict.heads, verdict.unchecked) == (2 * len(heads), 0)
    assert reached == [30]
    assert await count_entries(store) == 30


@pytest.mark.parametrize("way", tampering.WAYS, ids=lambda way: way.__name__)
async def test_tampering_with_the_entries_is_found_and_located(store: Store, way):
    rows, heads = await filled(store)
    for seed in range(4):
        tampered = way(rows, tampering.dice(f"stored/{seed}"))
        await store.write(lambda c, tampered=tampered: put_rows(c, tampered.rows))
        found = (await verify(store, HeadExport(heads, KEYS))).broken
        assert found is not None
        assert found.kind is tampered.kind
        assert found.first <= tampered.within[0] <= tampered.within[1] <= found.last


async def test_heads_that_were_removed_with_the_entries_are_in_the_export(store: Store):
    rows, heads = await filled(store)
    await store.write(lambda c: (put_rows(c, rows[:10]), put_heads(c, heads[:1])))
    assert (await verify(store)).sound
    verdict = await verify(store, HeadExport(heads, KEYS))
    assert verdict.broken == Break(BreakKind.CUT, 11, 30)
    await store.write(lambda c: put_rows(c, rows))
    assert (await verify(store, HeadExport(heads, KEYS))).broken == Break(BreakKind.HEAD_MISSING, 14, 14)


async def test_an_audit_made_anew_with_its_heads_is_found_by_the_export(store: Store):
    """Whoever can write to the store brings a key, too; the export knows neither that key nor those digests."""
    rows, heads = await filled(store)
    anew = tampering.rewrite_from(rows, tampering.dice("anew")).rows
    false = OwnKey()
    await store.write(
        lambda c: (put_rows(c, anew), put_heads(c, signed(tampering.heads_of(anew), false)), put_key(c, false))
    )
    assert (await verify(store)).sound
    found = (await verify(store, HeadExport(heads, KEYS))).broken
    assert found is not None
    assert found.kind is BreakKind.REWRITTEN


def resigned(head: Head) -> Head:
    return sign_head(SIGNER, Link(head.position, bytes(32)), NOON)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda _head: {"digest": bytes(32)}, BreakKind.HEAD_INVALID),
        (lambda head: {"at": head.at.replace(year=2025)}, BreakKind.HEAD_INVALID),
        (lambda head: {"signature": head.signature[:-4] + "AAAA"}, BreakKind.HEAD_INVALID),
        (lambda head: {"digest": bytes(32), "signature": resigned(head).signature}, BreakKind.REWRITTEN),
    ],
)
async def test_tampering_with_a_head_is_found(store: Store, change: Callable[[Head], dict], kind: BreakKind):
    _, heads = await filled(store)
    third = heads[2]
    await store.write(
        lambda c: c.execute(update(audit_heads).where(audit_heads.c.position == third.position).values(**change(third)))
    )
    found = (await verify(store)).broken
    assert found is not None
    assert (found.kind, found.last) == (kind, third.position)


async def test_a_head_by_a_key_that_is_gone_is_compared_all_the_same(store: Store):
    rows, _ = await filled(store)
    await store.write(lambda c: c.execute(delete(signing_keys)))
    verdict = await verify(store)
    assert verdict.sound
    assert (verdict.heads, verdict.unchecked) == (0, 5)
    await store.write(lambda c: put_rows(c, tampering.rewrite_from(rows, tampering.dice("gone")).rows))
    found = (await verify(store)).broken
    assert found is not None
    assert found.kind is BreakKind.REWRITTEN


async def test_the_first_of_several_breaks_is_told(store: Store):
    rows, heads = await filled(store)
    wrong = [heads[0], *signed([tampering.Head(14, bytes(32))]), *heads[2:]]
    spoilt = [*rows[:3], rows[3]._replace(entry=b"{}"), *rows[4:]]
    await store.write(lambda c: (put_rows(c, spoilt), put_heads(c, wrong)))
    assert (await verify(store)).broken == Break(BreakKind.CHANGED, 4, 4)


async def test_an_unreadable_line_of_the_export_is_no_clean_verdict(store: Store, tmp_path: Path):
    _, heads = await filled(store)
    path = tmp_path / "heads.jsonl"
    HeadFile(path).append(heads, KEYS)
    assert (await verify(store, read_export([path]))).sound
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"{" + lines[2], *lines[3:]]))
    verdict = await verify(store, read_export([path]))
    assert not verdict.sound
    assert verdict.as_json()["unreadable_lines"] == [3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET entry = 'text' WHERE position = 9",
        "UPDATE audit_entries SET at = 'yesterday' WHERE position = 9",
        "UPDATE audit_entries SET at = 9e99 WHERE position = 9",
        "UPDATE audit_entries SET subject = 7 WHERE position = 9",
        "UPDATE audit_entries SET digest = 'x' WHERE position = 9",
        "UPDATE audit_entries SET digest = substr(digest, 1, 31) WHERE position = 9",
    ],
)
async def test_values_of_a_wrong_type_are_located_too(tmp_path: Path, statement: str):
    """SQLite lets any value into any column."""
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    await filled(store)
    await store.write(lambda c: c.execute(text(statement)))
    assert (await verify(store)).broken == Break(BreakKind.CHANGED, 9, 9)
    await store.close()


async def test_an_audit_longer_than_a_page_is_read_whole(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.audit.verification._PAGE", 7)
    await filled(store)
    assert (await verify(store)).entries == 30
    await store.write(lambda c: c.execute(delete(audit_entries).where(audit_entries.c.position == 15)))
    assert (await verify(store)).broken == Break(BreakKind.MISSING, 15, 15)


async def test_verifying_changes_nothing(store: Store):
    await filled(store)

    async def everything(read: Callable[..., Awaitable[object]]) -> object:
        return await read(lambda c: (c.execute(select(audit_entries)).all(), c.execute(select(audit_heads)).all()))

    before = await everything(store.read)
    await verify(store)
    assert await everything(store.read) == before
