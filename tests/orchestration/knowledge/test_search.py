"""Is that found which says it, by meaning and by words, and never what the reader may not read at that moment?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest
from django.db import connection

from audit.services import Origin
from orchestration.ground.refusals import Refused
from orchestration.knowledge.register import READING, index, knowledge_add, knowledge_withdraw
from orchestration.knowledge.search import Reader, find, fused, placed
from orchestration.models import KnowledgeDocument
from orchestration.privacy.classification import LEVELS
from orchestration.shell.verification.control import verify_control
from tests.orchestration.documents.papers import picture

pytestmark = pytest.mark.django_db

TEST = Origin("person:ada")
ALL = Reader("restricted", ("Analysts", "Cards team"))
Add = Callable[..., KnowledgeDocument]


@pytest.fixture
def add() -> Add:
    """A document of this text, read and ready."""

    def added(text: str, name: str = "Policy", level: str = "public", groups: Sequence[str] = ()) -> KnowledgeDocument:
        row = knowledge_add(name=name, content=text.encode(), level=level, groups=groups, by=TEST)
        assert isinstance(row, KnowledgeDocument), row
        index(row.pk)
        row.refresh_from_db()
        return row

    return added


def names(question: str, reader: Reader = ALL) -> list[str]:
    return [one.name for one in find(question, reader)]


def test_what_means_the_same_is_found_without_a_word_in_common(add: Add) -> None:
    add("# Refunds\n\nWe credit the amount within ten working days.", "Refunds")
    add("# Opening hours\n\nBranches open at nine.", "Hours")
    assert names("When do I get my money back?")[0] == "Refunds"


def test_a_name_that_no_embedding_knows_is_found_by_its_word(add: Add) -> None:
    add("Form ZX-4471 is for heirs.", "Heirs")
    for number in range(12):
        add(f"Form number {number} is for customers who want something else.", f"Other {number}")
    assert "Heirs" in names("ZX-4471")


def test_a_passage_knows_its_document_and_headings(add: Add) -> None:
    row = add("# Cards\n\n## Lost\n\nA lost card is blocked at once.")
    (found,) = find("I lost my card", ALL)
    assert (found.document, found.name, found.heading) == (row.pk, "Policy", "Cards › Lost")
    assert found.text == "A lost card is blocked at once." and 0.3 < found.near <= 1


def test_nobody_finds_what_their_clearance_or_groups_do_not_let_them_read(add: Add) -> None:
    groups = ((), ("Analysts",), ("Cards team",))
    for level, allowed in itertools.product(LEVELS, groups):
        add(f"The limit for goodwill is {level} {allowed}.", f"{level} {allowed}", level, allowed)
    for clearance, theirs in itertools.product(LEVELS, groups):
        found = find("What is the limit for goodwill?", Reader(clearance, theirs), most=50)
        wanted = {
            f"{level} {allowed}"
            for level, allowed in itertools.product(LEVELS, groups)
            if LEVELS.index(level) <= LEVELS.index(clearance) and (not allowed or set(allowed) & set(theirs))
        }
        assert {one.name for one in found} == wanted


def test_a_right_that_changes_works_at_the_next_question(add: Add) -> None:
    row = add("The limit for goodwill is 50.", level="internal")
    assert names("limit for goodwill", Reader("internal")) == ["Policy"]
    KnowledgeDocument.objects.filter(pk=row.pk).update(level="confidential")
    assert names("limit for goodwill", Reader("internal")) == []


def test_what_is_withdrawn_is_found_by_nobody_from_then_on(add: Add) -> None:
    row = add("The limit for goodwill is 50.")
    assert names("limit") == ["Policy"]
    assert isinstance(knowledge_withdraw(pk=row.pk, reason="It is 40 now.", by=TEST), KnowledgeDocument)
    assert names("limit") == []
    assert isinstance(knowledge_withdraw(pk=row.pk, reason="Again.", by=TEST), Refused)


def test_in_a_base_is_found_what_belongs_to_it_and_what_belongs_to_none() -> None:
    for base in ("cards", "payments", ""):
        row = knowledge_add(
            name=base or "all", content=b"The limit is 50.", level="public", groups=(), by=TEST, base=base
        )
        assert isinstance(row, KnowledgeDocument), row
        index(row.pk)
    for base, wanted in {"cards": {"cards", "all"}, "nowhere": {"all"}, "": {"cards", "payments", "all"}}.items():
        assert {one.name for one in find("limit", Reader("public", base=base))} == wanted
    assert verify_control().ok
    KnowledgeDocument.objects.filter(base="cards").update(base="payments")
    assert "is not what was added" in str(verify_control().faults)
    wrong = knowledge_add(name="x", content=b"y", level="public", groups=(), by=TEST, base="Not A Name")
    assert isinstance(wrong, Refused) and wrong.errors.keys() == {"base"}


def test_a_document_is_read_by_a_worker_once_however_often_it_is_told(add: Add) -> None:
    row = add("One.\n\nTwo.")
    index(row.pk)
    assert row.state == KnowledgeDocument.State.READY and row.chunks.count() == row.pieces == 1


def test_a_picture_says_that_it_cannot_be_read() -> None:
    row = knowledge_add(name="Scan", content=picture(), level="public", groups=(), by=TEST)
    assert isinstance(row, KnowledgeDocument)
    index(row.pk)
    row.refresh_from_db()
    assert row.state == KnowledgeDocument.State.FAILED and "holds no text" in row.said


def test_what_may_not_come_in_is_refused_and_twice_the_same_is_one(add: Add) -> None:
    add("The same.")
    again = knowledge_add(name="Other", content=b"The same.", level="public", groups=(), by=TEST)
    assert isinstance(again, Refused) and again.code == "there"
    wrong = knowledge_add(name="", content=b"", level="secret", groups=(), by=TEST)
    assert isinstance(wrong, Refused) and wrong.errors.keys() == {"level", "file"}


def test_a_document_that_was_changed_or_brought_in_past_the_chain_is_told(add: Add) -> None:
    row = add("The limit is 50.")
    assert verify_control().ok
    KnowledgeDocument.objects.filter(pk=row.pk).update(level="restricted")
    assert "is not what was added" in str(verify_control().faults)
    KnowledgeDocument.objects.filter(pk=row.pk).update(level="public", withdrawn=row.added)
    assert "withdrawn otherwise" in str(verify_control().faults)


def test_who_stands_high_in_any_order_stands_high_in_the_one_of_all() -> None:
    assert fused([placed([1, 2, 3]), placed([3, 4])])[0] == 3
    assert fused([{}, placed([7])]) == [7] and fused([]) == []


def test_a_document_that_somebody_reads_is_read_by_nobody_else() -> None:
    row = knowledge_add(name="Long", content=b"A long story.", level="public", groups=(), by=TEST)
    assert isinstance(row, KnowledgeDocument)
    reader = connection.copy()
    try:
        reader.cursor().execute("select pg_advisory_lock(%s)", [READING + row.pk])
        index(row.pk)
        row.refresh_from_db()
        assert row.state == KnowledgeDocument.State.WAITING and not names("story")
        reader.cursor().execute("select pg_advisory_unlock(%s)", [READING + row.pk])  # a session ends after its close
    finally:
        reader.close()
    index(row.pk)
    assert names("story") == ["Long"]
