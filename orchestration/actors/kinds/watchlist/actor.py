"""Whom on the list may this person or company be, how surely, and why?"""

from __future__ import annotations

from typing import Any, Final

from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.watchlist.file import entry_of, list_fault, read_list
from orchestration.diligence.names import LEAST, Match, Watchlist

Json = Any

TEXT: Final = {"type": "string"}
MOST: Final = 10
"""Matches that are told; the surest first."""
HIT: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["id", "name", "by", "score", "why"],
    "properties": {
        "id": TEXT, "name": TEXT, "kind": TEXT, "programme": TEXT, "asked": TEXT, "by": TEXT,
        "score": {"type": "number"}, "why": TEXT,
    },
}  # fmt: skip
INPUT: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": TEXT, "others": {"type": ["array", "null"], "items": TEXT}},
}
OUTPUT: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["hits", "best", "list", "names"],
    "properties": {
        "hits": {"type": "array", "items": HIT}, "best": {"type": "number"}, "list": TEXT, "names": {"type": "integer"},
    },
}  # fmt: skip


class WatchlistActor:
    """Holds a name, and others that are given with it, against its list. It says no confidence: each hit has a
    score."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        """Raises ActorError (not temporary) for a file that is not sound."""
        if wrong := list_fault("watchlist", artefact or b""):
            raise ActorError(f"The list cannot be read. {wrong}", temporary=False)
        given = read_list(artefact or b"")
        self.key, self.version, self.capability = key, version, given["capability"]
        self.input_schema, self.output_schema = INPUT, OUTPUT
        self._source, self._least = given["source"], float(given.get("least", LEAST))
        self._list = Watchlist(map(entry_of, given["entries"]))

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """The hits of all names, the surest first, each entry once."""
        asked = [name for name in (input["name"], *(input.get("others") or ())) if name and name.strip()]
        found = [(name, match) for name in asked for match in self._list.matches(name, self._least)]
        best: dict[str, tuple[str, Match]] = {}
        for name, match in sorted(found, key=lambda one: -one[1].score):
            best.setdefault(match.entry.id, (name, match))
        hits = [_told(name, match) for name, match in list(best.values())[:MOST]]
        top = max((hit["score"] for hit in hits), default=0.0)
        output = {"hits": hits, "best": top, "list": self._source, "names": len(self._list)}
        return Answer(output, None, {"hits": len(best)}, {"names": len(asked)})


def _told(asked: str, match: Match) -> dict[str, Json]:
    entry = match.entry
    return {
        "id": entry.id, "name": entry.name, "kind": entry.kind, "programme": entry.programme, "asked": asked,
        "by": match.by, "score": match.score, "why": " ".join(match.why),
    }  # fmt: skip
