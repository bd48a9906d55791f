"""Is a passage found in another language than the question's, and is what was embedded by less embedded anew?

Where the model of many languages is not installed, what needs it is not tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Never

import pytest

from audit.services import Origin
from orchestration.actors.kinds.text_model import multilingual
from orchestration.knowledge import embeddings, register
from orchestration.knowledge.register import index, knowledge_add, knowledge_withdraw
from orchestration.knowledge.search import Reader, by_meaning, find
from orchestration.models import KnowledgeDocument, KnowledgePiece

pytestmark = pytest.mark.django_db

READER = Reader("internal")
ENGLISH_ALONE = {embeddings.ENGLISH: embeddings.names()[embeddings.ENGLISH]}
needs_many = pytest.mark.skipif(not multilingual.here(), reason="`make languages` was not run")


def added(name: str, text: str) -> KnowledgeDocument:
    row = knowledge_add(name=name, content=text.encode(), level="public", groups=(), by=Origin("person:ada"))
    assert isinstance(row, KnowledgeDocument), row
    index(row.pk)
    row.refresh_from_db()
    return row


def without_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "names", lambda: ENGLISH_ALONE)


@needs_many
def test_each_language_finds_what_the_other_says_also_where_much_is_in_its_own() -> None:
    added("Refunds", "A refund of a card payment is credited within ten working days to the account that paid.")
    added("Hunde", "Hunde sind ab dem dritten Lebensmonat steuerpflichtig; der erste kostet 120 Euro im Jahr.")
    for number, text in enumerate(("Das Schwimmbad ist montags geschlossen.", "Laub gehört in die Biotonne.")):
        added(f"Anderes {number}", text)
    added("Hours", "Branches are open from nine to four on working days.")
    assert find("Wann bekomme ich mein Geld zurück?", READER)[0].name == "Refunds"
    assert find("What tax do I pay for my dachshund?", READER)[0].name == "Hunde"


@needs_many
def test_a_document_of_before_is_embedded_anew_and_its_passages_stay_what_answers_rest_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as before:
        without_many(before)
        row = added("Refunds", "A refund of a card payment is credited within ten working days.")
    (piece,) = row.chunks.all()
    assert row.embedded == ENGLISH_ALONE and piece.wide is None
    told: list[int] = []
    monkeypatch.setattr(register, "nudge_knowledge", told.append)
    register.look_after()
    assert told == [row.pk]
    index(row.pk)
    row.refresh_from_db()
    again = row.chunks.get()
    assert row.embedded == embeddings.names()
    assert (again.pk, again.vector, again.language) == (piece.pk, piece.vector, "en")
    assert again.wide is not None
    told.clear()
    register.look_after()
    assert told == []


def test_without_it_everything_is_found_as_before_and_what_it_said_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    row = added("Karte", "Eine verlorene Karte wird sofort gesperrt.")
    KnowledgeDocument.objects.filter(pk=row.pk).update(embedded=row.embedded | {"many": "another, 1.0"})
    KnowledgePiece.objects.filter(document=row).update(wide=[0.0] * 384, language="de")
    without_many(monkeypatch)
    register.look_after()
    assert [one.name for one in find("Karte", READER)] == ["Karte"]
    row.refresh_from_db()
    assert row.embedded["many"] == "another, 1.0"


def test_what_another_version_embedded_is_found_by_its_words_until_it_is_embedded_anew() -> None:
    row = added("Refunds", "We credit the amount within ten working days.")
    KnowledgeDocument.objects.filter(pk=row.pk).update(embedded={"english": "an older one"})
    assert find("When do I get my money back?", READER) == ()
    assert [one.near for one in find("amount", READER)] == [0.0]
    index(row.pk)
    assert find("When do I get my money back?", READER)


def test_a_question_that_the_english_one_does_not_understand_is_left_to_the_other() -> None:
    english, many = {1: 0.1, 2: 0.05}, {2: 0.4, 1: 0.3}
    found = {embeddings.ENGLISH: english, embeddings.MANY: many}
    assert by_meaning(found, frozenset()) == [{2: 0, 1: 1}] * 2
    understood = {embeddings.ENGLISH: {1: 0.5}, embeddings.MANY: many}
    assert by_meaning(understood, frozenset({2})) == [{2: 0, 1: 1}, {1: 0, 2: 0}]


def in_parts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Each run has time for one part of two pieces; whom it says that there is more to read."""
    told: list[int] = []
    monkeypatch.setattr(register, "AT_A_TIME", 2)
    monkeypatch.setattr(register, "A_RUN", timedelta(0))
    monkeypatch.setattr(register, "nudge_knowledge", told.append)
    return told


def long_one() -> KnowledgeDocument:
    text = "\n\n".join(f"# Part {number}\n\nRule {number} holds." for number in range(1, 6))
    row = knowledge_add(name="Long", content=text.encode(), level="public", groups=(), by=Origin("person:ada"))
    assert isinstance(row, KnowledgeDocument), row
    return row


def read_so_far(row: KnowledgeDocument) -> list[int]:
    row.refresh_from_db()
    return list(row.chunks.order_by("number").values_list("number", flat=True))


def test_a_long_document_is_read_in_parts_and_each_run_goes_on_where_the_last_was_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, row = in_parts(monkeypatch), long_one()
    told.clear()
    index(row.pk)
    assert (read_so_far(row), row.state, told) == ([1, 2], "waiting", [row.pk])
    assert find("Which rule holds?", READER) == ()
    with monkeypatch.context() as killed:
        killed.setattr(register, "_read_by", stopped)
        with pytest.raises(MemoryError):
            index(row.pk)
    assert (read_so_far(row), row.begun) == ([1, 2], 1)
    index(row.pk)
    assert (read_so_far(row), row.begun) == ([1, 2, 3, 4], 0)
    index(row.pk)
    assert (read_so_far(row), row.state, row.pieces) == ([1, 2, 3, 4, 5], "ready", 5)
    assert row.embedded == embeddings.names() and told == [row.pk] * 2
    assert find("Which rule holds?", READER)


def test_what_is_embedded_anew_is_so_in_parts_and_found_by_it_when_all_of_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = long_one()
    index(row.pk)
    in_parts(monkeypatch)
    KnowledgePiece.objects.filter(document=row).update(vector=[0.0] * 384)
    KnowledgeDocument.objects.filter(pk=row.pk).update(embedded=embeddings.names() | {"english": "an older one"})
    nothing = row.chunks.values_list("vector", flat=True)[0]
    index(row.pk)
    row.refresh_from_db()
    assert row.embedded["english"] == "an older one"
    assert [one.number for one in row.chunks.order_by("number") if one.vector == nothing] == [3, 4, 5]
    index(row.pk)
    index(row.pk)
    row.refresh_from_db()
    assert row.embedded == embeddings.names()
    assert nothing not in row.chunks.values_list("vector", flat=True)


@pytest.mark.parametrize("state", ["waiting", "ready"])
def test_whose_reader_is_stopped_each_time_is_given_up_and_its_page_says_so(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    row = long_one()
    if state == "ready":
        index(row.pk)
        KnowledgeDocument.objects.filter(pk=row.pk).update(embedded={"english": "an older one"})
    monkeypatch.setattr(register, "_read_by", stopped)
    for _ in range(register.MOST_BEGUN):
        with pytest.raises(MemoryError):
            index(row.pk)
    index(row.pk)
    row.refresh_from_db()
    assert row.state == ("failed" if state == "waiting" else "ready")
    assert f"{register.MOST_BEGUN} times" in row.said and "stopped each time" in row.said
    told: list[int] = []
    monkeypatch.setattr(register, "nudge_knowledge", told.append)
    KnowledgeDocument.objects.update(since=row.since - 2 * register.PATIENCE)
    register.look_after()
    assert told == []


def test_what_is_withdrawn_is_read_no_further_and_looked_after_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    row = long_one()
    told = in_parts(monkeypatch)
    monkeypatch.setattr(register, "A_RUN", timedelta(minutes=1))
    read_by = register._read_by

    def withdrawn_meanwhile(keys: Iterable[str], texts: Sequence[str]) -> dict[str, list[embeddings.Read]]:
        knowledge_withdraw(pk=row.pk, reason="It is wrong.", by=Origin("person:ada"))
        return read_by(keys, texts)

    monkeypatch.setattr(register, "_read_by", withdrawn_meanwhile)
    index(row.pk)
    assert read_so_far(row) == []
    monkeypatch.setattr(register, "_read_by", stopped)
    index(row.pk)
    told.clear()
    KnowledgeDocument.objects.update(since=row.since - 2 * register.PATIENCE)
    register.look_after()
    assert told == []


def stopped(keys: object, texts: object) -> Never:
    raise MemoryError
