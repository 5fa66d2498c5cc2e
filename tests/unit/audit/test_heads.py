"""Signed heads and the file they are exported to."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.audit.chain import Link
from gateway.audit.head_file import HeadFile, read_export
from gateway.audit.heads import HEAD_TYPE, Head, HeadKeys, sign_head
from tests.support.doubles import NOON
from tests.unit.audit.signers import OwnKey

SIGNER = OwnKey()
KEYS = SIGNER.jwks()["keys"]


def head(position: int, signer: OwnKey = SIGNER) -> Head:
    return sign_head(signer, Link(position, bytes([position]) * 32), NOON + timedelta(microseconds=position))


def test_a_head_is_confirmed_by_its_key_alone():
    assert head(3).kid == SIGNER.kid
    assert HeadKeys(KEYS).confirm(head(3))
    stranger = head(3, OwnKey())
    assert not HeadKeys(KEYS).know(stranger)
    assert not HeadKeys(KEYS).confirm(replace(stranger, kid=SIGNER.kid))


@pytest.mark.parametrize(
    "change",
    [
        {"position": 4},
        {"digest": bytes(32)},
        {"at": NOON},
        {"signature": "not a token"},
        {"signature": SIGNER.sign("at+jwt", {"position": 3, "digest": "03" * 32, "at": NOON.isoformat()})},
        {"signature": head(4).signature},
    ],
)
def test_a_head_says_what_was_signed_and_nothing_else(change):
    assert not HeadKeys(KEYS).confirm(replace(head(3), **change))


def test_only_the_type_tells_a_head_from_an_access_token():
    claims = {"position": 3, "digest": "03" * 32, "at": head(3).at.isoformat(timespec="microseconds")}
    assert HeadKeys(KEYS).confirm(replace(head(3), signature=SIGNER.sign(HEAD_TYPE, claims)))
    assert not HeadKeys(KEYS).confirm(replace(head(3), signature=SIGNER.sign("at+jwt", claims)))


def test_a_later_key_of_a_known_name_is_not_believed():
    false = OwnKey()
    jwk = {**false.jwks()["keys"][0], "kid": SIGNER.kid}
    keys = HeadKeys([*KEYS, jwk])
    assert keys.confirm(head(3))
    assert not keys.confirm(replace(head(3, false), kid=SIGNER.kid))


def test_keys_of_other_kinds_are_left_out():
    assert not HeadKeys([{"kty": "RSA", "kid": SIGNER.kid, "n": "x", "e": "AQAB"}, {}]).know(head(1))


def test_an_export_is_read_back(tmp_path: Path):
    path = tmp_path / "elsewhere" / "heads.jsonl"
    file = HeadFile(path)
    assert file.last() is None
    file.append([head(1), head(2)], KEYS)
    file.append([head(5)], KEYS)
    file.append([], KEYS)
    export = read_export([path])
    assert [one.position for one in export.heads] == [1, 2, 5]
    assert export.keys == KEYS  # written once
    assert all(HeadKeys(export.keys).confirm(one) for one in export.heads)
    assert not export.unreadable
    assert file.last() == export.heads[-1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_holds_no_private_key(tmp_path: Path):
    HeadFile(tmp_path / "h").append([head(1)], KEYS)
    assert '"d"' not in (tmp_path / "h").read_text()


def test_a_line_torn_by_a_crash_is_repeated_whole(tmp_path: Path):
    path = tmp_path / "heads.jsonl"
    torn = head(2)
    HeadFile(path).append([head(1), torn], KEYS)
    path.write_bytes(path.read_bytes()[:-20])
    again = HeadFile(path)
    last = again.last()
    assert last is not None
    assert last.position == 1
    again.append([torn], [])
    export = read_export([path])
    assert export.heads == [last, torn]
    assert not export.unreadable


def test_a_line_that_was_changed_is_told(tmp_path: Path):
    path = tmp_path / "heads.jsonl"
    HeadFile(path).append([head(1), head(2), head(3)], KEYS)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:-9] + b"\n" + lines[2] + b'{"type":"head"}\n[]\n' + lines[3])
    assert read_export([path]).unreadable == [2, 4, 5]


def test_the_last_head_is_found_behind_others(tmp_path: Path):
    path = tmp_path / "heads.jsonl"
    HeadFile(path).append([head(n % 250) for n in range(400)], KEYS)
    assert path.stat().st_size > 2 * 64 * 1024
    last = HeadFile(path).last()
    assert last is not None
    assert last.position == 399 % 250
