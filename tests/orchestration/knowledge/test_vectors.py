"""Does the database compare what texts mean, for whoever may read them; and what holds where it can not?"""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from django.core.management import call_command
from django.db import transaction
from psycopg.errors import InsufficientPrivilege

from audit.db.sql import cursor
from audit.services import Origin
from orchestration.ground import clock
from orchestration.knowledge import embedded, embeddings, search, vectors
from orchestration.knowledge.register import index, knowledge_add
from orchestration.knowledge.search import Reader, find
from orchestration.models import KnowledgeDocument, KnowledgePiece

pytestmark = pytest.mark.django_db

READER = Reader("internal")
SHARE = 0.95
"""Of the ten nearest, how many at least are found along the index; `python -m tests.benchmarks passages` prints it."""
numbers = importlib.import_module("orchestration.migrations.0030_knowledge_vectors")


def added(name: str, text: str) -> KnowledgeDocument:
    row = knowledge_add(name=name, content=text.encode(), level="public", groups=(), by=Origin("person:ada"))
    assert isinstance(row, KnowledgeDocument), row
    index(row.pk)
    with cursor() as plain:
        plain.execute("set constraints all immediate")  # as a commit does: else the table cannot be changed
    return row


def some(count: int, seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((count, 384)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def stored(exact: np.ndarray, levels: tuple[str, ...]) -> list[int]:
    """A piece each, in documents of these levels in turn; the numbers of the pieces."""
    now, english = clock.utc_now(), {embeddings.ENGLISH: embeddings.names()[embeddings.ENGLISH]}
    documents = KnowledgeDocument.objects.bulk_create(
        KnowledgeDocument(
            name=level, digest=f"{at:064}", size=1, kind="text", level=level, state=KnowledgeDocument.State.READY,
            since=now, added=now, by="system:test", embedded=english, pieces=len(exact) // len(levels),
        )
        for at, level in enumerate(levels)
    )  # fmt: skip
    made = KnowledgePiece.objects.bulk_create(
        KnowledgePiece(document=documents[at % len(levels)], number=at, heading="", text="x", vector=one.tolist())
        for at, one in enumerate(exact)
    )
    return [one.pk for one in made]


@pytest.mark.parametrize(("few", "least"), [(4_000, 1.0), (0, SHARE)])
def test_the_nearest_that_may_be_read_are_found_and_no_others(
    monkeypatch: pytest.MonkeyPatch, few: int, least: float
) -> None:
    """Exactly where few may be read; and nearly so along the index, which goes on past what may not be."""
    monkeypatch.setattr(search, "FEW", few)
    exact = some(20, 1)[np.arange(600) % 20] + 0.5 * some(600, 2)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    pieces = np.array(stored(exact, ("public", "confidential", "restricted")))
    with cursor() as plain:
        plain.execute("set local enable_seqscan = off; set local enable_sort = off")
    right = []
    for question in some(20, 3):
        hits = search._hits("", {embeddings.ENGLISH: question.tolist()}, READER)
        assert {hit.passage.level for hit in hits} == {"public"} and len(hits) == search.LOOKED_AT
        readable = np.where(np.arange(600) % 3 == 0, exact @ question, -2)
        best = pieces[np.argsort(-readable)[:10]].tolist()
        near = search._nearest(embeddings.ENGLISH, hits)
        right.append(len(set(list(near)[:10]) & set(best)) / 10)
        assert near[best[0]] == pytest.approx(readable.max(), abs=0.002)
    assert np.mean(right) >= least - 0.02  # numbers of 16 bits: two that are as near may change places


def test_without_the_extension_words_find_it_the_check_says_so_and_migrate_brings_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = added("Refunds", "We credit the amount within ten working days.")
    (before,) = numbers_of(row)
    vectors.take_back()
    monkeypatch.setattr(vectors, "_extension", lambda: False)
    call_command("migrate", verbosity=0, skip_checks=False)
    assert "does not compare meanings" in capsys.readouterr().err
    assert find("When do I get my money back?", READER) == ()
    assert [(one.name, one.near) for one in find("amount", READER)] == [("Refunds", 0.0)]
    added("Fees", "A fee is charged once a year.")
    assert [one.name for one in find("fee", READER)] == ["Fees"]
    monkeypatch.undo()
    call_command("migrate", verbosity=0)
    assert numbers_of(row) == [before]
    assert find("When do I get my money back?", READER)[0].name == "Refunds"
    assert find("What does it cost yearly?", READER)[0].name == "Fees"
    call_command("check", "--database", "default")
    assert "does not compare" not in capsys.readouterr().err


def test_who_may_not_make_the_extension_is_left_without_it() -> None:
    with cursor() as plain:
        vectors.take_back()
        plain.execute("drop extension vector; create role of_tests; set local role of_tests")
        with pytest.raises(InsufficientPrivilege), transaction.atomic():
            plain.execute("create extension vector")
        assert vectors.bring() is False
        plain.execute("reset role")
    assert vectors.bring() is True


def test_what_an_older_release_kept_as_bytes_is_taken_over_and_can_go_back() -> None:
    row = added("Refunds", "We credit the amount within ten working days.")
    (exact,) = embedded.of_passages(embeddings.ENGLISH, ["We credit the amount within ten working days."])
    numbers.to_bytes(None, None)
    with cursor() as plain:
        kept = plain.execute("select vector from orchestration_knowledgepiece").fetchall()
        assert np.frombuffer(kept[0][0], np.float32) == pytest.approx(exact.numbers(), abs=0.001)
        plain.execute("update orchestration_knowledgepiece set vector = %s", [exact.vector])
    numbers.to_numbers(None, None)
    assert not vectors.compares() and numbers_of(row) == [exact.numbers()]
    assert vectors.bring() and find("When do I get my money back?", READER)[0].name == "Refunds"


def numbers_of(row: KnowledgeDocument) -> list[list[float]]:
    with cursor() as plain:
        asked = "select vector::real[]::float8[] from orchestration_knowledgepiece where document_id = %s order by id"
        return [found[0] for found in plain.execute(asked, [row.pk]).fetchall()]
