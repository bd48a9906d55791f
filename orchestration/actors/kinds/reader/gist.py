"""What does a document say in its own words, and what is the gist of it?

Capability `read-gist`, kind `gist`: the first words of a document of the case, and those of its sentences that are
nearest to the meaning of the whole, in their order. Nothing is written anew, so that nothing is made up. Addresses,
numbers and accounts of people are masked in them: a mail names some in its head, and they are read in the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from jsonschema import Draft202012Validator

from orchestration.actors.call import current
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.files import FileRefused, file_faults, read_file
from orchestration.documents.asked import AskedOf, words_of_case
from orchestration.privacy.texts import FORMS, NO_SECRETS, mask_text

Json = Any
CAPABILITY: Final = "read-gist"
_SHAPE: Final[Mapping[str, Json]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["capability"],
    "properties": {
        "capability": {"const": CAPABILITY},
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "most": {"type": "integer", "minimum": 200, "maximum": 5000},
        "sentences": {"type": "integer", "minimum": 1, "maximum": 10},
    },
}
VALIDATOR: Final = Draft202012Validator(_SHAPE)
MOST, SENTENCES, LOOKED_AT, LONGEST = 5000, 3, 60, 1000
"""Characters of the words, sentences of the gist, sentences among which they are chosen, characters of the gist."""
_SHORT: Final = 25
"""Characters of what says too little to be a sentence: greetings, numbers, names."""
_DETAILS: Final = NO_SECRETS.watching(FORMS)
_APART: Final = re.compile(r"(?<=[.!?])\s+|\n+(?![a-zß-öø-ÿ])")
"""Where one sentence ends: at its mark, or at the end of a line, unless the next line goes on with a small letter."""


def gist_faults(content: bytes) -> list[str]:
    """All that is wrong with the file, a sentence each."""
    return file_faults(content, VALIDATOR, lambda _: ())


class GistActor:
    """Gives `{document, pages, text, summary}`."""

    capability = CAPABILITY

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        try:
            given = read_file(artefact or b"")
        except FileRefused as refused:
            raise ActorError(str(refused), temporary=False) from None
        if wrong := gist_faults(artefact or b""):
            raise ActorError(" ".join(wrong), temporary=False)
        self.key, self.version = key, version
        self.most, self.sentences = given.get("most", MOST), given.get("sentences", SENTENCES)
        number = {"type": ["integer", "null"], "minimum": 1}
        self.input_schema: dict[str, Json] = {"type": "object", "properties": {"document": number}}
        self.output_schema: dict[str, Json] = {"type": "object", "required": ["document", "pages", "text", "summary"]}

    def run(self, input: dict[str, Json], *, idempotency_key: str) -> Answer:
        """Read a document of the case whose work this is. Raises ActorError where it has no words."""
        told = words_of_case(AskedOf(current().case, input.get("document")))
        text = mask_text(told.text, _DETAILS)[: self.most].strip()
        if not text:
            raise ActorError("There are no words in it that could be read.", temporary=False, code="no-words")
        output = {"document": told.document, "pages": told.pages, "text": text, "summary": gist(text, self.sentences)}
        return Answer(output, None, {"reader": told.reader}, {"pages": told.pages})


def gist(text: str, most: int = SENTENCES) -> str:
    """Those of its sentences that are nearest to the meaning of all together, in their order."""
    said = [" ".join(one.split()) for one in _APART.split(text)]
    candidates = [one for one in dict.fromkeys(said) if len(one) >= _SHORT][:LOOKED_AT]
    if len(candidates) <= most:
        return " ".join(candidates or said)[:LONGEST]
    from orchestration.actors.kinds.text_model.embedding import embed

    vectors = embed(candidates)
    nearest = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:most]
    return " ".join(candidates[at] for at in sorted(nearest.tolist()))[:LONGEST]
