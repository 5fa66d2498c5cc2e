"""Keys: their text, which one seals, and what is no key ring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.sealing.errors import KeyRingUnusable
from gateway.sealing.keyring import Key, KeyPurpose, KeyRing, new_key, parse_key
from tests.support.doubles import NOON
from tests.support.sealing import make_ring, master_key

SECRET = bytes(range(32))


def test_a_key_is_one_line_of_text():
    key = new_key(KeyPurpose.MASTER, NOON)
    assert parse_key(key.as_line(), "here") == key
    written_otherwise = f" master\t2026-01-15T12:00:00+06:00  {key.secret.hex()}\n"
    assert parse_key(written_otherwise, "here") == key
    assert parse_key(f"index 2026-01-15T06:00:00Z {SECRET.hex()}", "here") == Key(KeyPurpose.INDEX, NOON, SECRET)


@pytest.mark.parametrize(
    "line",
    [
        "",
        SECRET.hex(),
        f"master {SECRET.hex()}",
        f"slave 2026-01-15T06:00:00Z {SECRET.hex()}",
        f"master yesterday {SECRET.hex()}",
        f"master 2026-01-15T06:00:00 {SECRET.hex()}",
        f"master 2026-01-15T06:00:00Z {SECRET.hex()[2:]}",
        f"master 2026-01-15T06:00:00Z {SECRET.hex()}00",
        f"master 2026-01-15T06:00:00Z {'zz' * 32}",
        f"master 2026-01-15T06:00:00Z {'00' * 32}",
        f"master 2026-01-15T06:00:00Z {'0123456789abcdef' * 4}",
        f"master 2026-01-15T06:00:00Z {SECRET.hex()} comment",
    ],
)
def test_what_is_no_key_is_refused_without_showing_it(line: str):
    with pytest.raises(KeyRingUnusable) as caught:
        parse_key(line, "the file k.key")
    said = f"{caught.value} {caught.value.advice}"
    assert "the file k.key" in said
    assert not [part for part in line.split() if len(part) > 20 and part in said]


def test_a_key_shows_itself_nowhere():
    key = new_key(KeyPurpose.MASTER, NOON)
    ring = make_ring(key)
    for shown in (repr(key), repr(ring), str(ring)):
        assert key.secret.hex() not in shown
        assert repr(key.secret) not in shown
        assert repr(ring.index) not in shown


def test_an_id_follows_from_the_key():
    assert Key(KeyPurpose.MASTER, NOON, SECRET).id == Key(KeyPurpose.MASTER, NOON + timedelta(1), SECRET).id
    assert new_key(KeyPurpose.MASTER, NOON).id != new_key(KeyPurpose.MASTER, NOON).id


def test_the_newest_key_that_has_begun_seals():
    oldest, newer, coming = master_key(days=9), master_key(days=1), master_key(days=-1)
    ring = make_ring(newer, coming, oldest)
    assert ring.sealing(NOON) == newer
    assert ring.sealing(coming.since - timedelta(microseconds=1)) == newer
    assert ring.sealing(coming.since) == coming
    assert ring.sealing(oldest.since) == oldest
    assert ring.sealing(datetime(2000, 1, 1, tzinfo=UTC)) is None


def test_all_nodes_agree_on_keys_of_the_same_instant():
    since = NOON.astimezone(timezone(timedelta(hours=6)))
    keys = [new_key(KeyPurpose.MASTER, NOON), new_key(KeyPurpose.MASTER, since)]
    assert make_ring(*keys).sealing(NOON) == make_ring(*reversed(keys)).sealing(NOON)


def test_a_ring_has_master_keys_once_each_and_one_index_key():
    master, index = master_key(days=1), new_key(KeyPurpose.INDEX, NOON)
    assert KeyRing.of([index, master]).index == index.secret
    for keys in ([], [master], [index], [master, index, index], [master, master, index]):
        with pytest.raises(KeyRingUnusable):
            KeyRing.of(keys)
