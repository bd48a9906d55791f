"""A chain tells the first place where somebody changed, removed, added or reordered something."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from audit.chain import GENESIS, Head, Link, Payload, first_break, recomputed
from audit.services import Fact, Origin, sealed

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ORIGIN = Origin("person:anna", cause="test")


def chain_of(*details: dict[str, object]) -> tuple[list[tuple[Link, Payload | None]], Head]:
    """A chain with one event for each detail, and where it stands."""
    rows = sealed(7, Head(), [Fact("case.viewed", detail) for detail in details], ORIGIN, "complaint v1", AT)
    links: list[tuple[Link, Payload | None]] = []
    for i in range(len(details)):
        c = {name: column[i] for name, column in rows.columns.items()}
        link = Link(7, c["sequences"], c["actions"], "person:anna", "", "test", AT, "complaint v1", c["hits"],
                    c["payload_digests"], c["previous"], c["digests"])  # fmt: skip
        links.append((link, Payload(c["salts"], c["bodies"])))
    return links, rows.head


FIVE, HEAD = chain_of(*({"n": n} for n in range(5)))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 2**40), st.binary(min_size=32, max_size=32))
def test_a_digest_is_that_of_plain_compact_json(said: str, chain: int, digest: bytes) -> None:
    """Anybody can check a chain with a JSON library and SHA-256; what was written once must verify for ever."""
    facts = [chain, 3, said, said, said, said, "2026-03-01T12:00:00.123456Z", said, said, digest.hex(), digest.hex()]
    written = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    link = Link(chain, 3, said, said, said, said, AT, said, said, digest, digest, b"")
    assert recomputed(link) == sha256(written.encode()).digest()


def test_an_untouched_chain_holds() -> None:
    assert first_break(FIVE, HEAD) is None


def test_an_empty_chain_holds_at_its_beginning() -> None:
    assert first_break([], Head()) is None


def test_a_chain_still_holds_when_a_payload_was_erased() -> None:
    erased = [(link, None if link.sequence == 3 else payload) for link, payload in FIVE]
    assert first_break(erased, HEAD) is None


def test_a_changed_payload_is_found() -> None:
    link, payload = FIVE[2]
    assert payload is not None
    forged = [*FIVE[:2], (link, replace(payload, body=b'{"n":99}')), *FIVE[3:]]
    found = first_break(forged, HEAD)
    assert found is not None and found.sequence == 3 and "content" in found.reason


def test_a_removed_event_is_found() -> None:
    found = first_break([*FIVE[:1], *FIVE[2:]], HEAD)
    assert found is not None and found.sequence == 2 and "missing" in found.reason


def test_a_tail_that_was_cut_off_is_found() -> None:
    found = first_break(FIVE[:3], HEAD)
    assert found is not None and found.sequence == 4 and "from the end" in found.reason


def test_a_chain_forged_as_a_whole_is_found_by_the_head_kept_elsewhere() -> None:
    forged, _ = chain_of(*({"n": n} for n in range(10, 15)))
    found = first_break(forged, HEAD)
    assert found is not None and "not the one" in found.reason


@given(
    st.integers(0, 4),
    st.sampled_from(["action", "actor", "on_behalf_of", "cause", "definition", "rule_hits", "at", "payload_digest"]),
)
def test_any_changed_fact_of_any_event_is_found_at_its_place(place: int, fact: str) -> None:
    link, payload = FIVE[place]
    changed = {"at": AT.replace(microsecond=1), "payload_digest": GENESIS}.get(fact, "somebody else")
    forged = [*FIVE[:place], (replace(link, **{fact: changed}), payload), *FIVE[place + 1 :]]
    found = first_break(forged, HEAD)
    assert found is not None and found.sequence == place + 1


@given(st.permutations(range(5)))
def test_any_other_order_is_found(order: list[int]) -> None:
    found = first_break([FIVE[i] for i in order], HEAD)
    assert (found is None) == (list(order) == sorted(order))


def test_the_digest_is_the_same_in_every_time_zone() -> None:
    from datetime import timedelta, timezone

    link, payload = FIVE[0]
    elsewhere = replace(link, at=link.at.astimezone(timezone(timedelta(hours=9))))
    assert first_break([(elsewhere, payload), *FIVE[1:]], HEAD) is None
