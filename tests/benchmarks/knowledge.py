"""How often is the right passage among the first five, and how surely does the check of sources name the made up?

How long a search over very many passages takes is `knowledge_speed`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from audit.services import Origin
from orchestration.jobs.statements import statements
from orchestration.knowledge.embeddings import names
from orchestration.knowledge.register import index, knowledge_add
from orchestration.knowledge.search import Passage, Reader, find
from orchestration.knowledge.support import supported
from orchestration.models import KnowledgeDocument

OURS = Path(__file__).with_suffix(".yaml")
READER = Reader("restricted")
ENGLISH = 81
"""Questions at the head of the file that are in English; the others are in German, of English passages."""
SEEN = 40
"""Pairs at the head of the file by which the rule was made; the others were written after it."""
PLANTED = 100
FIVE = 5
RERANKED = 20
"""Passages that are found, of which another order is made."""
ABSENT = -1
Points = Callable[[str, int, Passage], float]


def figures() -> Iterator[str]:
    """Recall, and the check's precision and recall."""
    given = yaml.safe_load(OURS.read_text("utf-8"))
    yield f"Embeddings: {', '.join(names().values())}"
    for words, asked in _sets(given):
        yield _recall(words, [_place(find(question, READER, FIVE), right) for question, right in asked])
    yield from _check(given)


def reranked() -> Iterator[str]:
    """The same questions, what was found put into another order by what needs no model of its own."""
    found = [
        (question, find(question, READER, RERANKED), right)
        for _, asked in _sets(yaml.safe_load(OURS.read_text("utf-8")))
        for question, right in asked
    ]
    for words, points in ORDERS.items():
        yield _recall(words, [_place(_ordered(points, question, one), right) for question, one, right in found])


def _ordered(points: Points, question: str, found: Sequence[Passage]) -> list[Passage]:
    placed = sorted(enumerate(found), key=lambda one: -points(question, *one))
    return [passage for _, passage in placed]


def _sets(given: dict[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(in which languages, (question, name of the right passage) each), asked while only their passages, and those of
    the sets before, are there."""
    ours = [_added(f"passage {number}", text) for number, text in enumerate(given["passages"])]
    yield "in English", _named(given["questions"][:ENGLISH], ours)
    yield "in German, of English passages", _named(given["questions"][ENGLISH:], ours)
    others = [_added(f"unseen {number}", text) for number, text in enumerate(given["unseen"]["passages"])]
    for words, first in (("in German", 0), ("in English", 1)):
        yield f"unseen, {words}, of German passages", _named(given["unseen"]["questions"][first::2], others)


def _named(asked: list[list[Any]], names: list[str]) -> list[tuple[str, str]]:
    return [(question, names[right]) for question, right in asked]


def _recall(words: str, places: Sequence[int]) -> str:
    """With the mean of 1 by the place, counted from 1 (MRR); 0 where it is not found."""
    first, five = (sum(0 <= place < most for place in places) for most in (1, FIVE))
    mean = sum(1 / (place + 1) for place in places if place != ABSENT) / len(places)
    return (
        f"{len(places)} questions ({words}): right passage first {first}, among the first five {five}, MRR {mean:.3f}"
    )


def _shared(question: str, passage: Passage) -> float:
    """Which share of a question's words, by their beginnings, a passage and its heading have."""
    asked, said = _beginnings(question), _beginnings(f"{passage.heading} {passage.text}")
    return len(asked & said) / max(1, len(asked))


def _beginnings(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{3,}", text.lower())}


def _added(name: str, text: str) -> str:
    row = knowledge_add(name=name, content=text.encode(), level="public", groups=(), by=Origin("system:bench"))
    assert isinstance(row, KnowledgeDocument), row
    index(row.pk)
    return name


def _place(found: Sequence[Passage], right: str) -> int:
    names = [one.name for one in found]
    return names.index(right) if right in names else ABSENT


ORDERS: Final[dict[str, Points]] = {
    "as they are found": lambda _, place, __: -place,
    "by words and headings, a tenth": lambda question, place, one: 60 / (60 + place) + 0.1 * _shared(question, one),
    "by words and headings, two tenths": lambda question, place, one: 60 / (60 + place) + 0.2 * _shared(question, one),
    "by the nearest meaning alone": lambda _, __, one: one.near,
}
"""How many points a passage has that stood at this place: what has most comes first."""


def _check(given: dict[str, Any]) -> Iterator[str]:
    """“Found” is a sentence that the check says is not in its source."""
    pairs = [(text, given["passages"][at] if isinstance(at, int) else at, says) for text, at, says in given["pairs"]]
    for words, asked in (("all", pairs), ("seen when the rule was made", pairs[:SEEN]), ("unseen", pairs[SEEN:])):
        found = [(not supported(text, [source], fewest=1).missing, says) for text, source, says in asked]
        made_up = sum(not says for _, says in found)
        named = sum(not passed for passed, _ in found)
        right = sum(not passed and not says for passed, says in found)
        yield (
            f"{len(found)} pairs ({words}): {right} of {made_up} made-up sentences are named, {named - right} others "
            f"wrongly; precision {right / named:.2f}, recall {right / made_up:.2f}"
        )
    yield _planted(pairs)


def _planted(pairs: list[tuple[str, str, bool]]) -> str:
    """Answers that are wrong and name nothing, or what was not given: none may come to a person unmarked."""
    wrong = [text for text, _, says in pairs if not says][:PLANTED]
    given = {str(number): source for number, (_, source, _) in enumerate(pairs)}
    answers = [{"text": text, "sources": [] if at % 2 else [f"made up {at}"]} for at, text in enumerate(wrong)]
    unmarked = sum(statements({"statements": [one]}, given)[0].found for one in answers)
    return f"{len(answers)} planted answers that are wrong and name no source that was given: {unmarked} unmarked"
