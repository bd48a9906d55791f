"""Which items does a recommender name to a customer, and why each?

It is given what a customer bought only where they agreed to that; without it, it names what most people buy.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.recommender.file import learnt_of, read, recommender_fault
from orchestration.advice.advising import Advice, advised, popular

Json = Any
MOST: Final = 10
PERSONAL, POPULAR = "personal", "popular"
INPUT: Final[dict[str, Json]] = {"type": "object", "properties": {"bought": {"type": ["array", "null"]}}}
OUTPUT: Final[dict[str, Json]] = {"type": "object", "required": ["items", "how"]}


class RecommenderActor:
    """Gives `{items, how}`; `how` is "personal", or "popular" where nothing is known that may be used."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        if wrong := recommender_fault("recommender", artefact or b""):
            raise ActorError(f"What was learnt cannot be read. {wrong}", temporary=False)
        given = read(artefact or b"")
        self.key, self.version, self.capability = key, version, given["capability"]
        self.input_schema, self.output_schema = INPUT, OUTPUT
        self._learnt = learnt_of(given)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Pure, so that a repeated key needs no care."""
        bought = [str(one) for one in input.get("bought") or ()]
        found = advised(self._learnt, bought, MOST)
        how = PERSONAL if found else POPULAR
        items = found or popular(self._learnt, MOST, bought)
        return Answer({"items": [_told(one) for one in items], "how": how}, None, {"how": how}, {"calls": 1})


def _told(one: Advice) -> dict[str, Json]:
    return {"item": one.item, "name": one.name, "score": one.score, "why": one.why}
