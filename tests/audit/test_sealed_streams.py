"""A sealed stream is read whole and as it was, or not at all."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import sealed_streams
from audit.data_keys import KeyFault
from audit.sealed_streams import BEGINS, opened_stream, seal_stream, subject_of

KEY = b"k" * 32
SMALL = 8


@pytest.fixture(autouse=True, scope="module")
def small_pieces() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_streams, "PIECE", SMALL)
        yield


def sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    seal_stream("backup-1", KEY, io.BytesIO(content), out)
    return out.getvalue()


def opened(content: bytes, key: bytes = KEY) -> bytes:
    source = io.BytesIO(content)
    return b"".join(opened_stream(subject_of(source), key, source))


@given(content=st.binary(max_size=5 * SMALL), place=st.integers(0, 400), bit=st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_it_is_read_as_it_was_and_no_changed_bit_is_read(content: bytes, place: int, bit: int) -> None:
    kept = sealed(content)
    start = len(BEGINS) + 1 + len("backup-1")
    assert opened(kept) == content and (len(content) < 4 or content not in kept[start:])
    place = start + place % (len(kept) - start)
    with pytest.raises(KeyFault):
        opened(kept[:place] + bytes([kept[place] ^ (1 << bit)]) + kept[place + 1 :])


@given(pieces=st.integers(2, 5), cut=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_pieces_that_are_missing_added_or_exchanged_show(pieces: int, cut: int) -> None:
    content = os.urandom(SMALL * pieces)
    kept, size = sealed(content), 1 + SMALL + sealed_streams.TAG
    head, body = kept[: -size * pieces], kept[-size * pieces :]
    one = [body[at : at + size] for at in range(0, len(body), size)]
    for wrong in (one[:-1], one[1:], [*one, one[-1]], [one[1], one[0], *one[2:]], [body[:-cut]], []):
        with pytest.raises(KeyFault):
            opened(head + b"".join(wrong))
    with pytest.raises(KeyFault):
        opened(kept, b"x" * 32)


def test_what_is_not_sealed_says_so() -> None:
    assert subject_of(io.BytesIO(b"PGDMP and more")) == "" == subject_of(io.BytesIO(b""))
