"""By which embeddings are passages found here, and by which was a document embedded?

Two that read differently: an English one that comes with the product, and one of many languages that is an extra
(`make languages`). A document keeps the name of each that it was embedded by; where one of those that are here is not
among them, it is embedded again.

What the one of many languages says of a text has the text's language in it, so that a question in German would find
whatever is in German first. What it says of the same sentences in each language (`languages.yaml`) tells the language
of a text, and is taken off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from numpy.typing import NDArray

from orchestration.actors.kinds.text_model import embedding, multilingual

Vectors = NDArray[np.float32]

ENGLISH: Final = "english"
MANY: Final = "many"
FIELDS: Final[Mapping[str, str]] = {ENGLISH: "vector", MANY: "wide"}
"""Where a piece keeps what each says of it."""
WORDS: Final[Mapping[str, str]] = {ENGLISH: "English", MANY: "many languages"}
SENTENCES: Final = Path(__file__).with_name("languages.yaml")
AT_A_TIME: Final = 64
"""Pieces that are embedded at once."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an embedding says of a piece, as it is kept, and in which language the piece is, where it is told."""

    vector: bytes
    language: str = ""


@cache
def names() -> dict[str, str]:
    """The embeddings that are here: what each is called, with its version."""
    many = multilingual.here()
    of_sentences = sha256(SENTENCES.read_bytes()).hexdigest()[:8]
    return {ENGLISH: embedding.NAME} | ({MANY: f"{many}, languages {of_sentences}"} if many else {})


def stale(made_with: Mapping[str, str]) -> list[str]:
    """Those of the embeddings here by which it was not embedded, or by another version."""
    return [key for key, name in names().items() if made_with.get(key) != name]


def of_passages(key: str, texts: Sequence[str]) -> list[Read]:
    """What an embedding says of each passage."""
    parts = [texts[start : start + AT_A_TIME] for start in range(0, len(texts), AT_A_TIME)]
    if key == ENGLISH:
        return [Read(vector.tobytes()) for part in parts for vector in embedding.embed(part)]
    middles = _middles(multilingual.embed_passages)
    return [one for part in parts for one in _without_language(multilingual.embed_passages(part), middles)]


def of_question(question: str) -> dict[str, NDArray[np.float32]]:
    """What each of the embeddings that are here says of a question."""
    found = {ENGLISH: embedding.embed([question])[0]}
    if MANY not in names():
        return found
    (read,) = _without_language(multilingual.embed_questions([question]), _middles(multilingual.embed_questions))
    return found | {MANY: np.frombuffer(read.vector, np.float32)}


@cache
def _middles(embed: Callable[[Sequence[str]], Vectors]) -> dict[str, NDArray[np.float32]]:
    """What is said of all sentences of a language, in the mean."""
    sentences = yaml.safe_load(SENTENCES.read_text("utf-8"))
    return {language: embed(said).mean(axis=0) for language, said in sentences.items()}


def _without_language(vectors: Vectors, middles: Mapping[str, NDArray[np.float32]]) -> list[Read]:
    """Each without its language, of length one: it is in that language whose middle lies in its direction most."""
    known, languages = np.stack(list(middles.values())), list(middles)
    centre = known.mean(axis=0)
    which = (_unit(vectors - centre) @ _unit(known - centre).T).argmax(axis=1)
    left = _unit(vectors - known[which]).astype(np.float32)
    return [Read(vector.tobytes(), languages[at]) for vector, at in zip(left, which, strict=True)]


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)
