"""How often is the right passage among the first five, and how surely does the check of sources name the made up?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from audit.services import Origin
from orchestration.actors.kinds.text_model.embedding import DIMENSIONS
from orchestration.jobs.statements import statements
from orchestration.knowledge.register import index, knowledge_add
from orchestration.knowledge.search import Held, Reader, find
from orchestration.knowledge.support import supported
from orchestration.models import KnowledgeDocument

OURS = Path(__file__).with_suffix(".yaml")
READER = Reader("restricted")
MANY = 100_000
ASKED = 60
ENGLISH = 81
"""Questions at the head of the file that are in English; the others are in German, of English passages."""
SEEN = 40
"""Pairs at the head of the file by which the rule was made; the others were written after it."""
PLANTED = 100


def figures() -> Iterator[str]:
    """Recall, the check's precision and recall, and the time of a search over many passages."""
    given = yaml.safe_load(OURS.read_text("utf-8"))
    names = [_added(number, text) for number, text in enumerate(given["passages"])]
    german = given["questions"][ENGLISH:]
    for words, asked in (("in English", given["questions"][:ENGLISH]), ("in German", german)):
        places = [_place(question, names[right]) for question, right in asked]
        hits = {most: sum(place < most for place in places) for most in (1, 5)}
        yield f"{len(asked)} questions ({words}): right passage first {hits[1]}, among the first five {hits[5]}"
    yield from _check(given)
    yield _speed()


def _added(number: int, text: str) -> str:
    name = f"passage {number}"
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


def _speed() -> str:
    """Of the comparison alone, beside the embedding of the question; one thread."""
    draws = np.random.default_rng(7)
    vectors = draws.standard_normal((MANY, DIMENSIONS)).astype(np.float32)
    held = Held(np.arange(MANY) % 500, np.arange(MANY), vectors, frozenset(range(500)))
    times = []
    for _ in range(ASKED):
        question, allowed = draws.standard_normal(DIMENSIONS).astype(np.float32), draws.choice(500, 250, replace=False)
        began = time.perf_counter()
        held.nearest(question, allowed.tolist())
        times.append(time.perf_counter() - began)
    middle, high = np.percentile(times, [50, 95]) * 1000
    return f"{MANY:,} passages, half of them readable: half within {middle:.0f} ms, 95 of 100 within {high:.0f} ms"
