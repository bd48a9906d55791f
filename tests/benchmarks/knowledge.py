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
from orchestration.knowledge.register import index, knowledge_add
from orchestration.knowledge.search import Held, Reader, find
from orchestration.knowledge.support import supported
from orchestration.models import KnowledgeDocument

OURS = Path(__file__).with_suffix(".yaml")
READER = Reader("restricted")
MANY = 100_000
ASKED = 60


def figures() -> Iterator[str]:
    """Recall, the check's precision and recall, and the time of a search over many passages."""
    given = yaml.safe_load(OURS.read_text("utf-8"))
    names = [_added(number, text) for number, text in enumerate(given["passages"])]
    english = [one for one in given["questions"] if one[0].isascii() and "Ich" not in one[0] and "Wie " not in one[0]]
    for words, asked in (("all", given["questions"]), ("in English", english)):
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
    found = [(not supported(text, [given["passages"][at]]).missing, says) for text, at, says in given["pairs"]]
    made_up = sum(not says for _, says in found)
    named = sum(not passed for passed, _ in found)
    right = sum(not passed and not says for passed, says in found)
    yield f"{len(found)} pairs: {right} of {made_up} made-up sentences are named, {named - right} others wrongly"


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
