"""By which embeddings are passages found here, and by which was a document embedded?

Two that read differently: an English one that comes with the product, and one of many languages that is an extra
(`make languages`). A document keeps the name of each that it was embedded by; where one of those that are here is not
among them, it is embedded again.

What they say of a text is `orchestration.knowledge.embedded`, which needs the numbers' library; a process that only
knows of them does without.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from orchestration.actors.kinds.text_model import multilingual

ENGLISH: Final = "english"
MANY: Final = "many"
FIELDS: Final[Mapping[str, str]] = {ENGLISH: "vector", MANY: "wide"}
"""Where a piece keeps what each says of it."""
WORDS: Final[Mapping[str, str]] = {ENGLISH: "English", MANY: "many languages"}
SENTENCES: Final = Path(__file__).with_name("languages.yaml")
ENGLISH_NAME: Final = "all-MiniLM-L6-v2 int8 1.0.0"
"""What says by which weights a text was embedded; another version of them is another name."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an embedding says of a piece, as 32-bit floats, and in which language the piece is, where it is told."""

    vector: bytes
    language: str = ""

    def numbers(self) -> list[float]:
        return array("f", self.vector).tolist()


@cache
def names() -> dict[str, str]:
    """The embeddings that are here: what each is called, with its version."""
    many = multilingual.here()
    of_sentences = sha256(SENTENCES.read_bytes()).hexdigest()[:8]
    return {ENGLISH: ENGLISH_NAME} | ({MANY: f"{many}, languages {of_sentences}"} if many else {})


def stale(made_with: Mapping[str, str]) -> list[str]:
    """Those of the embeddings here by which it was not embedded, or by another version."""
    return [key for key, name in names().items() if made_with.get(key) != name]
