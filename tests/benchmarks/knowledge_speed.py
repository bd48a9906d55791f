"""How long does a search over 100,000 passages take, beside the embedding of its question, and what does it miss?

The texts are sentences of our own put together anew; what an embedding would say of each is the mean of what it says of
its sentences, and some noise. What is missed: of the ten nearest by exact comparison, those that are not found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import yaml
from django.db import connection
from numpy.typing import NDArray

from orchestration.actors.kinds.text_model.embedding import embed
from orchestration.ground import clock
from orchestration.knowledge import embeddings, search
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
    known = {one: embeddings.of_question(one) for one in set(asked)}
    embeddings.of_question = known.__getitem__
    yield f"{MANY:,} passages, half of them readable, the whole search: {_timed(lambda one: find(one, READER), asked)}"


def _of_many(texts: list[str]) -> Vectors:
    return np.stack([np.frombuffer(one.vector, np.float32) for one in embeddings.of_passages(embeddings.MANY, texts)])


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
    questions = {one: embeddings.of_question(one)[key] for one in set(asked)}
    right = 0
    for one in asked:
        near = np.where(readable, exact[at] @ questions[one], -2)
        best = set(held.pieces[np.argsort(-near)[:NEAREST]].tolist())
        right += len(best & set(held.nearest(questions[one], allowed, LOOKED_AT)))
    took = _timed(lambda one: held.nearest(questions[one], allowed, LOOKED_AT), asked)
    share = right / len(asked) / NEAREST
    return f"{len(at):,} vectors ({embeddings.WORDS[key]}): of the {NEAREST} nearest {share:.1%} found, {took}"


def _timed(does: Callable[[str], object], asked: list[str]) -> str:
    times = []
    for one in asked:
        began = time.perf_counter()
        does(one)
        times.append(time.perf_counter() - began)
    middle, high = np.percentile(times, [50, 95]) * 1000
    return f"half within {middle:.0f} ms, 95 of 100 within {high:.0f} ms"


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
