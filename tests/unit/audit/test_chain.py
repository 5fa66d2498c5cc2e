"""The chain: what is whole is found whole, and every tampering is found where it is."""

from __future__ import annotations

import hashlib
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit.chain import GENESIS, Break, BreakKind, ChainCheck, Link, Row, digest_of, extend
from tests.unit.audit.tampering import HEAD_EVERY, WAYS, Head, chain, dice, head_from, heads_of

contents = st.lists(
    st.tuples(st.integers(-(2**62), 2**62), st.none() | st.binary(max_size=40), st.binary(max_size=60)), max_size=40
)


def first_break(rows: list[Row], heads: list[Head]) -> Break | None:
    check = ChainCheck(heads)
    return check.feed(rows) or check.finish()


def test_a_digest_is_what_its_definition_says():
    at, subject, entry = 1_768_456_800_000_000, b"\x07" * 32, b'{"action":"sign-in"}'
    preimage = b"kopuro audit 1\0" + struct.pack(">q", 1) + GENESIS + struct.pack(">qh", at, 32) + subject + entry
    assert digest_of(Link(), at, subject, entry) == hashlib.sha256(preimage).digest()


@given(contents, st.integers(1, 9))
def test_an_untouched_chain_is_whole_however_it_is_fed(given_contents, piece):
    rows = extend(Link(), given_contents)
    check = ChainCheck(Head(row.position, row.digest) for row in rows)
    for start in range(0, len(rows), piece):
        assert check.feed(rows[start : start + piece]) is None
    assert check.finish() is None
    assert check.end == (Link(rows[-1].position, rows[-1].digest) if rows else Link())


@given(contents, contents)
def test_a_chain_goes_on_where_it_ended(before, after):
    begun = extend(Link(), before)
    end = Link(begun[-1].position, begun[-1].digest) if begun else Link()
    assert begun + extend(end, after) == extend(Link(), before + after)


@given(
    st.none() | st.binary(max_size=8),
    st.binary(max_size=8),
    st.none() | st.binary(max_size=8),
    st.binary(max_size=8),
)
@settings(max_examples=300)
def test_no_two_contents_run_together(subject, entry, other_subject, other_entry):
    same = (subject, entry) == (other_subject, other_entry)
    assert (digest_of(Link(), 0, subject, entry) == digest_of(Link(), 0, other_subject, other_entry)) is same


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_thousand_random_tamperings_are_found_and_located(way):
    """One hundred of each way."""
    for seed in range(1000 // len(WAYS)):
        random = dice(f"{way.__name__}/{seed}")
        rows = chain(random.randrange(HEAD_EVERY + 2, 60))
        heads = heads_of(rows)
        assert first_break(rows, heads) is None
        tampered = way(rows, random)
        found = first_break(tampered.rows, heads)
        assert found is not None, seed
        assert found.kind is tampered.kind, seed
        first, last = tampered.within
        if tampered.kind is BreakKind.REWRITTEN:
            assert found.first <= first <= found.last == head_from(first, len(rows)), seed
            assert found.last - found.first < HEAD_EVERY, seed
        else:
            assert (found.first, found.last) == (first, last), seed


def test_without_heads_a_chain_made_anew_looks_whole():
    """Why heads are signed and exported."""
    rows = chain(20)
    anew = extend(Link(), [(row.at, row.subject, b"{}") for row in rows])
    assert first_break(anew, []) is None
    assert first_break(anew, heads_of(rows)) == Break(BreakKind.REWRITTEN, 1, HEAD_EVERY)


def test_a_repeated_entry_is_out_of_order():
    rows = chain(9)
    assert first_break(rows[:5] + rows[4:], []) == Break(BreakKind.OUT_OF_ORDER, 6, 6)


def test_contradicting_heads_of_one_position_are_both_looked_at():
    rows = chain(9)
    heads = [Head(7, rows[6].digest), Head(7, bytes(32))]
    assert first_break(rows, heads) == Break(BreakKind.REWRITTEN, 1, 7)
    assert first_break(rows, heads[::-1]) == Break(BreakKind.REWRITTEN, 1, 7)


def test_the_part_that_holds_is_told():
    rows = chain(30)
    check = ChainCheck()
    check.feed([*rows[:17], rows[17]._replace(entry=b"{}"), *rows[18:]])
    assert check.end == Link(17, rows[16].digest)


def test_a_million_entries_are_checked_within_a_minute():
    rows = chain(100_000)
    begun = time.perf_counter()
    assert ChainCheck().feed(rows) is None
    assert time.perf_counter() - begun < 6
