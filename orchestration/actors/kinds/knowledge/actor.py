"""How does the knowledge base take part in a case? It finds passages for a question, and checks an answer against them.

The kinds `knowledge` and `support`. What is found is what anybody of the clearance in the file may read: documents that
are for some groups only are never given to a case, and those of a business unit to cases of that unit and below alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from orchestration.actors.call import current
from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.files import read_file
from orchestration.actors.kinds.knowledge.file import PASSAGES, checker_faults, finder_faults
from orchestration.knowledge.search import Reader, find
from orchestration.knowledge.support import LEAST, supported

Json = Any

MOST: Final = 5
NEAR: Final = 0.2
"""Passages whose meaning is farther from the question than this say nothing about it."""
TEXT: Final = {"type": "string"}


class KnowledgeActor:
    """Finds the passages that a question asks for."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        given = _sound(finder_faults(artefact or b""), artefact)
        self.key, self.version, self.capability = key, version, given["capability"]
        self.reader = Reader(given["clearance"])
        self.most, self.least = given.get("most", MOST), given.get("least", NEAR)
        asked = {"question": TEXT, "base": {"type": ["string", "null"]}}
        self.input_schema = {"type": "object", "required": ["question"], "properties": asked}
        self.output_schema = {"type": "object", "required": ["passages"], "properties": {"passages": PASSAGES}}

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """The passages, the best first; none where nothing is near enough. `base`: where it looks, else everywhere."""
        reader = replace(self.reader, instance=current().case, base=input.get("base") or "")
        found = [one for one in find(str(input["question"]), reader, self.most) if one.near >= self.least]
        passages = [
            {"id": one.id, "title": _title(one.name, one.heading), "text": one.text, "near": round(one.near, 3)}
            for one in found
        ]
        nearest = max((one.near for one in found), default=0.0)
        return Answer({"passages": passages}, None, {"nearest": round(nearest, 3)}, {"calls": 1})


class SupportActor:
    """Says whether each sentence of a text stands in what it was made from."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        given = _sound(checker_faults(artefact or b""), artefact)
        self.key, self.version, self.capability = key, version, given["capability"]
        self.least = given.get("least", LEAST)
        self.input_schema = {"type": "object", "required": ["text"], "properties": {"text": TEXT}}
        self.output_schema = {
            "type": "object",
            "required": ["supported", "said"],
            "properties": {"supported": {"type": "boolean"}, "said": TEXT},
        }

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """What is not in the sources is told in the answer's own words."""
        passages = input.get("passages") or []
        known = {one["id"] for one in passages}
        sources = [one["text"] for one in passages] + [text for text in input.get("others") or [] if text]
        strange = [one for one in input.get("sources") or [] if one not in known]
        found = supported(str(input["text"]), sources, self.least)
        detail = {"sentences": found.sentences, "not_found": len(found.missing)}
        if strange:
            return Answer({"supported": False, "said": "It cites what it was not given."}, None, detail, {"calls": 1})
        return Answer({"supported": not found.missing, "said": found.said()}, None, detail, {"calls": 1})


def _title(name: str, heading: str) -> str:
    return f"{name}: {heading}" if heading else name


def _sound(faults: list[str], artefact: bytes | None) -> dict[str, Json]:
    if faults:
        raise ActorError(f"The actor's file is not sound: {' '.join(faults)}", temporary=False)
    return read_file(artefact or b"")
