"""How long does a search over 100,000 passages take, beside the embedding of its question, and what does it miss?

The texts are sentences of our own put together anew; what an embedding would say of each is the mean of what it says of
its sentences, and some noise. What is missed: of the ten nearest by exact comparison, those that are not found.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from audit.db.sql import cursor
from orchestration.actors.kinds.text_model.embedding import embed
from orchestration.ground import clock
from orchestration.knowledge import embedded, embeddings, search, vectors
from orchestration.knowledge.search import Reader, find
from orchestration.models import KnowledgeDocument, KnowledgePiece
from tests.benchmarks.statement_time import statement_time

OURS = Path(__file__).with_name("knowledge.yaml")
MANY, DOCUMENTS = 100_000, 500
ASKED, NEAREST = 100, 10
SENTENCES = 3
NOISE = 0.03
READER = Reader("internal", ())
"""May read every other document."""
NARROW = Reader("internal", (), base="small")
"""May read `FEW_DOCUMENTS` of them: so few passages that they are all compared."""
FEW_DOCUMENTS = 10
COPIED = "copy orchestration_knowledgepiece (document_id, number, heading, text, vector, wide, language) from stdin"
Vectors = NDArray[np.float32]


def figures() -> Iterator[str]:
    """Of the comparison alone, and of the whole search."""
    given = yaml.safe_load(OURS.read_text("utf-8"))
    draws = np.random.default_rng(7)
    sentences = [*given["passages"], *given["unseen"]["passages"], *(text for text, *_ in given["pairs"])]
    questions = [question for question, _ in given["questions"]]
    chosen = draws.integers(len(sentences), size=(MANY, SENTENCES))
    exact = {
        embeddings.ENGLISH: mixed(embed(sentences), chosen, draws),
        embeddings.MANY: mixed(_of_many(sentences), chosen, draws),
    }
    yield _store(sentences, chosen, exact)
    asked = [questions[at] for at in draws.integers(len(questions), size=ASKED)]
    known = {one: embedded.of_question(one) for one in set(asked)}
    embedded.of_question = known.__getitem__
    before = _resident()
    find(asked[0], READER)
    for key in embeddings.names():
        yield missed(key, exact[key], asked, known)
    for words, reader in (("half of them readable", READER), ("few of them readable", NARROW)):
        yield f"{MANY:,} passages, {words}, the whole search: {_timed(asked, reader)}"
    yield f"The process that searches holds {max(0, _resident() - before) / 1024:.0f} MB more than before"


def _of_many(texts: list[str]) -> Vectors:
    return np.stack([np.frombuffer(one.vector, np.float32) for one in embedded.of_passages(embeddings.MANY, texts)])


def mixed(vectors: Vectors, chosen: NDArray[np.int64], draws: np.random.Generator) -> Vectors:
    """The mean of some, and noise."""
    found = vectors[chosen].mean(axis=1) + NOISE * draws.standard_normal((len(chosen), vectors.shape[1]))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def missed(key: str, exact: Vectors, asked: list[str], known: dict[str, dict[str, Vectors]]) -> str:
    """What the way along the index leaves out, of the passages that may be read."""
    pieces = np.array(KnowledgePiece.objects.order_by("pk").values_list("pk", flat=True))
    readable = np.arange(MANY) % DOCUMENTS % 2 == 0
    right = 0
    for one in asked:
        near = np.where(readable, exact @ known[one][key], -2)
        best = set(pieces[np.argsort(-near)[:NEAREST]].tolist())
        hits = search._hits("", {key: known[one][key].tolist()}, READER)
        right += len(best & {hit.passage.id for hit in hits})
    share = right / len(asked) / NEAREST
    return f"{MANY:,} vectors ({embeddings.WORDS[key]}): of the {NEAREST} nearest that may be read {share:.1%} found"


def _timed(asked: list[str], reader: Reader) -> str:
    """By the clock, and by what it takes of a core here and in PostgreSQL, which others on the machine do not lengthen
    as much."""
    times = []
    for one in asked:
        with statement_time() as sent:
            began, own = time.perf_counter(), time.thread_time()
            find(one, reader)
            ours = time.thread_time() - own
            times.append((time.perf_counter() - began, ours + sent.cpu, sent.cpu))
    middle, high = np.percentile(times, [50, 95], axis=0) * 1000
    return (
        f"half within {middle[0]:.0f} ms, 95 of 100 within {high[0]:.0f} ms; of a core {middle[1]:.1f} and "
        f"{high[1]:.1f} ms, {middle[2]:.1f} and {high[2]:.1f} of it PostgreSQL's"
    )


def _resident() -> int:
    """Kilobytes of memory of this process."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1])


def _store(sentences: list[str], chosen: NDArray[np.int64], exact: dict[str, Vectors]) -> str:
    """The passages in documents, every other of which is confidential; as those of an existing database are brought
    in, their index is made when they are there."""
    now, names = clock.utc_now(), embeddings.names()
    documents = KnowledgeDocument.objects.bulk_create(
        KnowledgeDocument(
            name=f"Document {at}", digest=f"{at:064}", size=1, kind="text", level=("internal", "confidential")[at % 2],
            state=KnowledgeDocument.State.READY, since=now, added=now, by="system:bench", embedded=names,
            pieces=MANY // DOCUMENTS, base="small" if at < FEW_DOCUMENTS else "large",
        )
        for at in range(DOCUMENTS)
    )  # fmt: skip
    vectors.take_back()
    with cursor() as plain, plain.copy(COPIED) as copied:
        for at in range(MANY):
            text = " ".join(sentences[one] for one in chosen[at])
            read = [_written(exact[key][at]) for key in (embeddings.ENGLISH, embeddings.MANY)]
            copied.write_row((documents[at % DOCUMENTS].pk, at // DOCUMENTS, f"Part {at}", text, *read, "en"))
    began = time.perf_counter()
    vectors.bring()
    compared = time.perf_counter() - began
    vectors.make_indexes()
    with cursor() as plain:
        plain.execute("analyze orchestration_knowledgepiece")
    return (
        f"{MANY:,} passages that were kept before are made comparable in {compared:.0f} s, and a worker has made their "
        f"indexes after {time.perf_counter() - began:.0f} s"
    )


def _written(vector: Vectors) -> str:
    return "{" + ",".join(f"{one:.6g}" for one in vector) + "}"
