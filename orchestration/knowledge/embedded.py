"""What do the embeddings that are here say of a passage, or of a question?

What the one of many languages says of a text has the text's language in it, so that a question in German would find
whatever is in German first. What it says of the same sentences in each language (`languages.yaml`) tells the language
of a text, and is taken off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
import yaml
from numpy.typing import NDArray

from orchestration.actors.kinds.text_model import embedding, multilingual
from orchestration.knowledge import embeddings
from orchestration.knowledge.embeddings import ENGLISH, MANY, SENTENCES, Read

Vectors = NDArray[np.float32]

AT_A_TIME: Final = 64
"""Pieces that are embedded at once."""


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
    if MANY not in embeddings.names():
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
