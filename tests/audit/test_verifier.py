"""Somebody who has one file and a public key finds every forgery that a signature, a digest or a number can show."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit import verifier
from audit.chain import GENESIS, Head
from audit.checkpoints import Statement, public, sealed
from audit.evidence import written
from audit.reading import Row
from audit.services import Fact, Origin
from audit.services import sealed as continued
from audit.verifier import leaf, merkle_root, signed_plainly

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WORDS = 'Grüße, "quoted" \\ back\u2028slash'


def chain_of(chain: int, count: int, at: datetime = AT, word: str = WORDS) -> list[Row]:
    facts = [Fact("case.viewed", {"n": n, "word": word}) for n in range(count)]
    c = continued(chain, Head(), facts, Origin("person:anna", cause=word), "complaint v1", at).columns
    return [
        (chain, c["sequences"][i], c["actions"][i], "person:anna", "", word, at, "complaint v1", c["hits"][i],
         c["payload_digests"][i], c["previous"][i], c["digests"][i], c["salts"][i], c["bodies"][i])
        for i in range(count)
    ]  # fmt: skip


ROWS = [row for chain in (-1, 0, 3, 4, 5) for row in chain_of(chain, 6)]
"""Each case has six events; the first checkpoint had four of each, the second has all."""


def head(rows: list[Row], chain: int, sequence: int) -> tuple[int, int, str]:
    return next((chain, sequence, row[11].hex()) for row in rows if row[:2] == (chain, sequence))


def statements(rows: list[Row]) -> list[Statement]:
    found: list[Statement] = []
    for number, sequence in ((1, 4), (2, 6)):
        changed = tuple(head(rows, chain, sequence) for chain in (-1, 0, 3, 4, 5))
        root = merkle_root(leaf(*one) for one in changed).hex()
        before = sha256(found[-1].body()).hexdigest() if found else GENESIS.hex()
        found.append(Statement(number, AT + timedelta(hours=number), before, 5, root, changed))
    return found


def proof(
    folder: Path, rows: list[Row], files: dict[str, bytes] | None = None, chains: list[int] | None = None,
    *others: str,
) -> tuple[int, str]:  # fmt: skip
    """What the file says that is run by itself, without the product, beside these checkpoints."""
    kept = folder / "checkpoints"
    kept.mkdir()
    for name, content in (FILES if files is None else files).items():
        (kept / name).write_bytes(content)
    evidence = folder / "evidence"
    evidence.write_bytes(b"".join(written(rows, chains, AT)))
    return run(str(evidence), "--checkpoints", str(kept), "--key", public(KEY).hex(), *others)


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-I", "-S", verifier.__file__, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


FILES = {f"{one.number:010}.checkpoint": sealed(one, KEY) for one in statements(ROWS)}


def test_what_nobody_touched_is_proven_with_the_standard_library_alone(tmp_path: Path) -> None:
    status, said = proof(tmp_path, ROWS)
    assert (status, "All of it holds" in said, "5 chains, 30 events" in said) == (0, True, True), said


def without(rows: list[Row], *places: tuple[int, int]) -> list[Row]:
    return [row for row in rows if row[:2] not in places]


def renamed(rows: list[Row], old: int, new: int) -> list[Row]:
    return [(new, *row[1:]) if row[0] == old else row for row in rows]  # type: ignore[misc]


def changed(rows: list[Row], place: tuple[int, int], column: int, value: object) -> list[Row]:
    return [(*row[:column], value, *row[column + 1 :]) if row[:2] == place else row for row in rows]  # type: ignore[misc]


SWAPPED = sorted(renamed(renamed(renamed(ROWS, 3, 99), 4, 3), 99, 4), key=lambda row: row[:2])
FORGERIES: dict[str, tuple[Callable[[], list[Row]], str]] = {
    "the end is cut off": (lambda: without(ROWS, (4, 5), (4, 6)), "case 4, events 5 to 6 are missing from the end"),
    "a case has vanished": (lambda: [row for row in ROWS if row[0] != 4], "case 4 stands in checkpoint 2 and not here"),
    "a chain is forged whole": (
        lambda: sorted([row for row in ROWS if row[0] != 4] + chain_of(4, 6, word="other"), key=lambda row: row[:2]),
        "case 4, event 4 is not the one that checkpoint 1 signed",
    ),
    "two cases are swapped": (lambda: SWAPPED, "case 3, event 1 was changed after it was written"),
    "a change of rules is erased": (lambda: without(ROWS, (0, 3)), "rules, roles and actors, event 3 is missing"),
    "who came in is changed": (lambda: changed(ROWS, (-1, 2), 3, "person:ben"), "access, chain 1, event 2 was changed"),
    "a content is changed": (lambda: changed(ROWS, (5, 2), 13, b"{}"), "case 5, the content of event 2 was changed"),
    "an old event is added": (
        lambda: sorted([*ROWS, *chain_of(6, 1)], key=lambda row: row[:2]), "case 6, event 1 is older than checkpoint 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_each_forgery_of_the_database_is_named(name: str, tmp_path: Path) -> None:
    forged, sentence = FORGERIES[name]
    status, said = proof(tmp_path, forged())
    assert (status, sentence in said) == (1, True), said


FIRST, SECOND = FILES
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
BODY, SEAL = FILES[SECOND].split(b"\n", 1)
OF_FILES: dict[str, tuple[dict[str, bytes], str]] = {
    "one is missing": ({SECOND: FILES[SECOND]}, "checkpoint 1 is missing"),
    "one is signed by another key": (
        {**FILES, SECOND: sealed(statements(ROWS)[1], OTHER)}, "is signed by another key",
    ),
    "what one says is changed": (
        {**FILES, SECOND: BODY.replace(b'"heads":5', b'"heads":4') + b"\n" + SEAL}, "is not of what stands in it",
    ),
    "one follows on another one": (
        {**FILES, SECOND: sealed(replace(statements(ROWS)[1], previous="00" * 32), KEY)},
        "checkpoint 2 does not continue checkpoint 1",
    ),
    "one is no checkpoint": ({**FILES, SECOND: b"[]\n{}"}, "cannot be read as a checkpoint"),
    "one leaves a chain out": (
        {**FILES, SECOND: sealed(replace(statements(ROWS)[1], heads=6), KEY)},
        "are not those that checkpoint 2 adds up",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_FILES)
def test_each_forgery_of_a_checkpoint_is_named(name: str, tmp_path: Path) -> None:
    files, sentence = OF_FILES[name]
    status, said = proof(tmp_path, ROWS, files)
    assert (status, sentence in said) == (1, True), said


def test_a_chain_that_was_shortened_between_two_checkpoints_is_named(tmp_path: Path) -> None:
    first, second = statements(ROWS)
    shorter = tuple(head(ROWS, 4, 2) if one[0] == 4 else one for one in second.changed)
    root = merkle_root(leaf(*one) for one in shorter).hex()
    later = replace(second, changed=shorter, root=root, previous=sha256(first.body()).hexdigest())
    status, said = proof(tmp_path, without(ROWS, *((4, n) for n in range(3, 7))), {**FILES, SECOND: sealed(later, KEY)})
    assert (status, "case 4 had 4 events, and 2 at checkpoint 2" in said) == (1, True), said


def test_of_nothing_nothing_is_proven(tmp_path: Path) -> None:
    status, said = proof(tmp_path, [], {})
    assert status == 2
    assert "there is no checkpoint in" in said
    assert "of nothing nothing is proven" in said


def test_without_checkpoints_nothing_is_proven(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.write_bytes(b"".join(written(ROWS, None, AT)))
    status, said = run(str(evidence))
    assert (status, "no checkpoints, or no key" in said) == (2, True), said


def test_a_part_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    part = [row for row in ROWS if row[0] == 4]
    status, said = proof(tmp_path, part, None, [4])
    assert (status, "this is a part" in said) == (1, True), said


def test_a_case_that_is_named_is_proven_by_itself(tmp_path: Path) -> None:
    status, said = proof(tmp_path, [row for row in ROWS if row[0] == 4], None, [4], "--case", "4")
    assert (status, "1 chains, 6 events" in said) == (0, True), said


def test_a_file_that_was_cut_off_says_so(tmp_path: Path) -> None:
    whole = b"".join(written(ROWS, None, AT)).splitlines(keepends=True)
    (tmp_path / "evidence").write_bytes(b"".join(whole[:-1]))
    assert "the evidence has no end" in run(str(tmp_path / "evidence"))[1]
    (tmp_path / "evidence").write_bytes(b"".join([*whole[:5], *whole[6:]]))
    assert "the evidence is not what it was when it was written" in run(str(tmp_path / "evidence"))[1]


def test_a_content_that_an_order_erased_is_counted_and_its_chain_still_holds(tmp_path: Path) -> None:
    later = AT + timedelta(days=1)
    rows, order = chain_of(6, 2, later), {"upto": 2, "order": 9, "why": "Article 17"}
    facts = continued(6, Head(2, rows[1][11]), [Fact("content.erased", order)], Origin("person:ada"), "", later).columns
    last = tuple(facts[name][0] for name in ("payload_digests", "previous", "digests", "salts", "bodies"))
    rows = changed(changed(rows, (6, 1), 13, None), (6, 2), 13, None)
    erased: Row = (6, 3, "content.erased", "person:ada", "", "", later, "", "", *last)
    status, said = proof(tmp_path, [*ROWS, *rows, erased])
    assert (status, "2 contents are not here" in said, "by order 9" in said) == (0, True, True), said


def test_a_content_that_is_gone_without_an_order_is_named(tmp_path: Path) -> None:
    status, said = proof(tmp_path, changed(changed(ROWS, (5, 2), 13, None), (0, 3), 12, None))
    assert status == 1, said
    assert "case 5, the content of event 2 is gone, and no order says so" in said
    assert "rules, roles and actors, the content of event 3 is gone" in said


def test_a_checkpoint_that_was_noted_before_is_asked_for(tmp_path: Path) -> None:
    noted = [sha256(one.body()).hexdigest() for one in statements(ROWS)]
    one, two = tmp_path / "whole", tmp_path / "rolled back"
    one.mkdir()
    two.mkdir()
    assert proof(one, ROWS, None, None, "--known", noted[0], "--known", noted[1])[0] == 0
    older = [row for row in ROWS if row[1] <= 4]
    assert proof(two, older, {FIRST: FILES[FIRST]})[0] == 0  # as it stood then, and nothing here says more
    again = tmp_path / "asked"
    again.mkdir()
    status, said = proof(again, older, {FIRST: FILES[FIRST]}, None, "--known", noted[1])
    assert (status, f"noted as {noted[1]} is not here" in said) == (1, True), said


@given(st.binary(max_size=100), st.binary(min_size=32, max_size=32), st.integers(0, 511))
def test_signatures_are_checked_by_python_alone_as_by_the_library(message: bytes, seed: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature = key.sign(message)
    assert signed_plainly(public(key), signature, message)
    flipped = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not signed_plainly(public(key), flipped, message)
    assert not signed_plainly(public(key), signature, message + b"!")


def test_the_tree_is_that_of_the_standard() -> None:
    """The roots of the examples of Certificate Transparency are those of a tree that is split at a power of two."""

    def root(leaves: list[bytes]) -> bytes:
        if len(leaves) < 2:
            return leaves[0] if leaves else sha256(b"").digest()
        at = 1 << (len(leaves) - 1).bit_length() - 1
        return sha256(b"\1" + root(leaves[:at]) + root(leaves[at:])).digest()

    for count in range(40):
        leaves = [leaf(n, n, "00") for n in range(count)]
        assert merkle_root(leaves) == root(leaves)
