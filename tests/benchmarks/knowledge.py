"""How often is the right passage among the first five, and how surely does the check of sources name the made up?

How long a search over very many passages takes is `knowledge_speed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from audit.services import Origin
from orchestration.jobs.statements import statements
from orchestration.knowledge.embeddings import names
from orchestration.knowledge.register import index, knowledge_add
from orchestration.knowledge.search import Reader, find
from orchestration.knowledge.support import supported
from orchestration.models import KnowledgeDocument

OURS = Path(__file__).with_suffix(".yaml")
READER = Reader("restricted")
ENGLISH = 81
"""Questions at the head of the file that are in English; the others are in German, of English passages."""
SEEN = 40
"""Pairs at the head of the file by which the rule was made; the others were written after it."""
PLANTED = 100


def figures() -> Iterator[str]:
    """Recall, and the check's precision and recall."""
    given = yaml.safe_load(OURS.read_text("utf-8"))
    yield f"Embeddings: {', '.join(names().values())}"
    ours = [_added(f"passage {number}", text) for number, text in enumerate(given["passages"])]
    yield _recall("in English", given["questions"][:ENGLISH], ours)
    yield _recall("in German, of English passages", given["questions"][ENGLISH:], ours)
    others = [_added(f"unseen {number}", text) for number, text in enumerate(given["unseen"]["passages"])]
    for words, first in (("in German", 0), ("in English", 1)):
        yield _recall(f"unseen, {words}, of German passages", given["unseen"]["questions"][first::2], others)
    yield from _check(given)


def _recall(words: str, asked: list[list[Any]], ours: list[str]) -> str:
    places = [_place(question, ours[right]) for question, right in asked]
    first, five = (sum(place < most for place in places) for most in (1, 5))
    return f"{len(asked)} questions ({words}): right passage first {first}, among the first five {five}"


def _added(name: str, text: str) -> str:
    row = knowledge_add(name=name, content=text.encode(), level="public", groups=(), by=Origin("system:bench"))
    assert isinstance(row, KnowledgeDocument), row
    index(row.pk)
    return name


def _place(question: str, right: str) -> int:
    found = [one.name for one in find(question, READER, 5)]
    return found.index(right) if right in found else len(found) + 5


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
