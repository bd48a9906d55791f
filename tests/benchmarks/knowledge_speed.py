"""How long does a search over 100,000 passages take, beside the embedding of its question, and what does it miss?

The texts are sentences of our own put together anew; what an embedding would say of each is the mean of what it says of
its sentences, and some noise. What is missed: of the ten nearest by exact comparison, those that are not found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString

import numpy as np
import yaml
from django.db import connection
from numpy.typing import NDArray

from audit.db.sql import cursor
from orchestration.actors.kinds.text_model.embedding import embed
from orchestration.ground import clock
from orchestration.knowledge import embedded, embeddings, search
from orchestration.knowledge.lexemes import telling
from orchestration.knowledge.search import Reader, find
from orchestration.models import KnowledgeDocument, KnowledgePiece

OURS = Path(__file__).with_name("knowledge.yaml")
MANY, DOCUMENTS = 100_000, 500
ASKED, NEAREST, LOOKED_AT = 100, 10, 50
SENTENCES = 3
NOISE = 0.03
READER = Reader("internal", ())
Vectors = NDArray[np.float32]


def figures() -> Iterator[str]:
    """Of the comparison alone, and of the whole search."""
    given = yaml.safe_load(OURS.read_text("utf-8"))
    draws = np.random.default_rng(7)
    sentences = [*given["passages"], *given["unseen"]["passages"], *(text for text, *_ in given["pairs"])]
    questions = [question for question, _ in given["questions"]]
    chosen = draws.integers(len(sentences), size=(MANY, SENTENCES))
    vectors = {
        embeddings.ENGLISH: mixed(embed(sentences), chosen, draws),
        embeddings.MANY: mixed(_of_many(sentences), chosen, draws),
    }
    _store(sentences, chosen, vectors)
    asked = [questions[at] for at in draws.integers(len(questions), size=ASKED)]
    find(asked[0], READER)
    for key in embeddings.names():
        yield missed(key, vectors[key], asked)
    known = {one: embedded.of_question(one) for one in set(asked)}
    embedded.of_question = known.__getitem__
    yield f"{MANY:,} passages, half of them readable, the whole search: {_timed(lambda one: find(one, READER), asked)}"
    yield from statements(asked)


def statements(asked: list[str]) -> Iterator[str]:
    """What PostgreSQL does for each statement of a search: pages that it looks at, and its own time."""
    rights = READER.asked()
    best = {one: [found.id for found in find(one, READER)] for one in set(asked)}
    for name, statement, values in (
        ("which documents may be read", search.documents(), lambda one: {}),
        ("by words", search.by_words(), lambda one: {"words": telling(one), "most": LOOKED_AT}),
        ("the passages themselves", search.read_pieces(), lambda one: {"ids": best[one]}),
    ):
        plans = [_plan(statement, {**rights, **values(one)}) for one in asked if name != "by words" or telling(one)]
        pages = [plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans]
        times = [plan["Execution Time"] for plan in plans]
        yield (
            f"{name}: {np.median(pages):.0f} pages in the middle, {np.percentile(pages, 95):.0f} for 95 of 100; "
            f"{np.median(times):.1f} ms in PostgreSQL, {np.percentile(times, 95):.1f}"
        )


def _plan(statement: LiteralString, values: dict[str, Any]) -> dict[str, Any]:
    with cursor() as plain:
        (found,) = plain.execute("explain (analyze, buffers, format json) " + statement, values).fetchone()
    plan: dict[str, Any] = found[0]
    return plan


def _of_many(texts: list[str]) -> Vectors:
    return np.stack([np.frombuffer(one.vector, np.float32) for one in embedded.of_passages(embeddings.MANY, texts)])


def mixed(vectors: Vectors, chosen: NDArray[np.int64], draws: np.random.Generator) -> Vectors:
    """The mean of some, and noise."""
    found = vectors[chosen].mean(axis=1) + NOISE * draws.standard_normal((len(chosen), vectors.shape[1]))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def missed(key: str, exact: Vectors, asked: list[str]) -> str:
    """What the comparison by signs leaves out, and how long it takes."""
    held = search._held[str(connection.settings_dict["NAME"]), key]
    allowed = list(held.known)
    readable = np.isin(held.documents, allowed)
    order = {
        int(piece): at for at, piece in enumerate(KnowledgePiece.objects.order_by("pk").values_list("pk", flat=True))
    }
    at = np.array([order[int(piece)] for piece in held.pieces])
    questions = {one: embedded.of_question(one)[key] for one in set(asked)}
    right = 0
    for one in asked:
        near = np.where(readable, exact[at] @ questions[one], -2)
        best = set(held.pieces[np.argsort(-near)[:NEAREST]].tolist())
        right += len(best & set(held.nearest(questions[one], allowed, LOOKED_AT)))
    took = _timed(lambda one: held.nearest(questions[one], allowed, LOOKED_AT), asked)
    share = right / len(asked) / NEAREST
    return f"{len(at):,} vectors ({embeddings.WORDS[key]}): of the {NEAREST} nearest {share:.1%} found, {took}"


def _timed(does: Callable[[str], object], asked: list[str]) -> str:
    """By the clock, and by this thread's own time on a core, which others on the machine do not lengthen as much."""
    times = []
    for one in asked:
        began, own = time.perf_counter(), time.thread_time()
        does(one)
        times.append((time.perf_counter() - began, time.thread_time() - own))
    middle, high = np.percentile(times, [50, 95], axis=0) * 1000
    return (
        f"half within {middle[0]:.0f} ms, 95 of 100 within {high[0]:.0f} ms "
        f"({middle[1]:.1f} and {high[1]:.1f} ms on a core of its own)"
    )


def _store(sentences: list[str], chosen: NDArray[np.int64], vectors: dict[str, Vectors]) -> None:
    """The passages in documents, every other of which is confidential."""
    now, names = clock.utc_now(), embeddings.names()
    documents = KnowledgeDocument.objects.bulk_create(
        KnowledgeDocument(
            name=f"Document {at}", digest=f"{at:064}", size=1, kind="text", level=("internal", "confidential")[at % 2],
            state=KnowledgeDocument.State.READY, since=now, added=now, by="system:bench", embedded=names,
        )
        for at in range(DOCUMENTS)
    )  # fmt: skip
    KnowledgePiece.objects.bulk_create(
        (
            KnowledgePiece(
                document=documents[at % DOCUMENTS], number=at // DOCUMENTS, heading=f"Part {at}",
                text=" ".join(sentences[one] for one in chosen[at]),
                vector=vectors[embeddings.ENGLISH][at].tobytes(), wide=vectors[embeddings.MANY][at].tobytes(),
                language="en",
            )
            for at in range(MANY)
        ),
        batch_size=2_000,
    )  # fmt: skip
    with connection.cursor() as plain:
        plain.execute("analyze orchestration_knowledgepiece")
