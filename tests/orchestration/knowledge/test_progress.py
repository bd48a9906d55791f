"""Are many passages found before their index is there, who makes it, and is it told truly how far all that is?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from audit.db.one_at_a_time import alone
from audit.db.sql import cursor
from audit.services import Origin
from orchestration import tasks
from orchestration.documents.printing import printed
from orchestration.documents.reading import Text
from orchestration.documents.words import plain_page
from orchestration.knowledge import register, vectors
from orchestration.knowledge.progress import ends, indexing
from orchestration.knowledge.search import Reader, find
from orchestration.models import KnowledgeDocument
from tests.orchestration.real import at_once, real_database, real_template

__all__ = ["real_database", "real_template"]
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NAMES = list(vectors.INDEXES)


def test_many_passages_are_compared_before_a_worker_has_made_their_index_which_is_begun_anew_where_it_was_stopped(
    real_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.index(added("Refunds", "We credit the amount within ten working days.").pk)
    vectors.take_back()
    assert vectors.lacking() == [] and indexing() is None  # nothing that could have one
    monkeypatch.setattr(vectors, "MANY", "select from orchestration_knowledgepiece limit 1")
    assert vectors.bring() and vectors.lacking() == NAMES
    told = indexing()
    assert told is not None and (told.done, told.total, told.left, told.ends) == (None, 1, 2, None)
    assert find("When do I get my money back?", Reader("public"))[0].name == "Refunds"

    at_once(hold_and_make)
    assert vectors.lacking() == NAMES  # another one makes them already
    tasks.make_knowledge_indexes()
    assert vectors.lacking() == [] and indexing() is None
    with cursor() as plain:
        plain.execute("update pg_index set indisvalid = false where indexrelid = %s::regclass", [NAMES[1]])
    nudged: list[bool] = []
    monkeypatch.setattr(vectors, "nudge_knowledge_indexes", lambda: nudged.append(True))
    assert vectors.lacking() == NAMES[1:]
    vectors.look_after()
    tasks.make_knowledge_indexes()
    vectors.look_after()
    assert nudged == [True] and vectors.lacking() == []
    with cursor() as plain:
        assert plain.execute("show maintenance_work_mem").fetchone() != ("256MB",)


def hold_and_make() -> None:
    """While somebody else, in another session, makes them."""
    with alone(vectors.INDEXING):
        at_once(vectors.make_indexes)


@pytest.mark.parametrize(
    ("share", "left", "minutes"), [(0.5, 1, 2), (0.5, 2, 6), (0.25, 1, 6), (1, 1, 0), (1, 2, 2), (0.04, 1, None)]
)
def test_the_end_is_told_as_the_pace_so_far_has_it_once_there_is_a_pace(
    share: float, left: int, minutes: float | None
) -> None:
    expected = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert ends(NOW, 120, share, left) == expected


@pytest.mark.django_db
def test_of_a_document_that_is_read_in_parts_it_is_known_how_many_passages_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(register, "AT_A_TIME", 2)
    monkeypatch.setattr(register, "A_RUN", timedelta(0))
    row = added("Fees", "\n\n".join(f"# Fee {at}\n\nA fee of {at} EUR." for at in range(5)))
    seen = []
    for _ in range(3):
        register.index(row.pk)
        row.refresh_from_db()
        seen.append((row.state, row.read_to, row.pieces))
    assert seen == [("waiting", 2, 5), ("waiting", 4, 5), ("ready", 0, 5)]


@pytest.mark.django_db
def test_of_a_document_with_pages_it_is_known_at_which_page_the_next_worker_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(register, "AT_A_TIME", 1)
    monkeypatch.setattr(register, "A_RUN", timedelta(0))
    paper = "\f".join(f"{at} Fee {at}\nA fee of {at} EUR.\n\n" for at in (1, 2)) + "\f\f4 Fee 4\nA fee of 4 EUR."
    row = added("Fees", printed(paper))
    seen = []
    for _ in range(3):
        register.index(row.pk)
        row.refresh_from_db()
        seen.append((row.state, row.at_page, row.pages))
    assert seen == [("waiting", 2, 4), ("waiting", 4, 4), ("ready", 0, 4)]
    assert list(row.chunks.order_by("number").values_list("page", flat=True)) == [1, 2, 4] and not row.said


@pytest.mark.django_db
def test_of_a_document_that_is_not_read_wholly_it_is_said_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text((plain_page("A fee of 5 EUR."),), (2, 3))
    monkeypatch.setattr(register, "text_of", lambda *_: text)
    row = added("Fees", printed("A page that is replaced."))
    register.index(row.pk)
    row.refresh_from_db()
    assert (row.state, row.said) == ("ready", "2 of its 3 pages are pictures, not read here.")
    KnowledgeDocument.objects.filter(pk=row.pk).update(embedded={})
    register.index(row.pk)  # by another model, so that it is said from then on, too
    row.refresh_from_db()
    assert row.embedded and row.said == "2 of its 3 pages are pictures, not read here."
    monkeypatch.setattr(register, "MOST_PIECES", 2)
    long = added("Long", "\n\n".join(f"# Fee {at}\n\nA fee of {at} EUR." for at in range(2)))
    register.index(long.pk)
    long.refresh_from_db()
    assert long.said == "Only its first 2 passages are found: add it in parts."


def added(name: str, text: str | bytes) -> KnowledgeDocument:
    content = text if isinstance(text, bytes) else text.encode()
    row = register.knowledge_add(name=name, content=content, level="public", groups=(), by=Origin("person:ada"))
    assert isinstance(row, KnowledgeDocument), row
    return row
