"""Does each sentence of an answer stand in the pieces that it names? (citation check)

Pure, but for the embedding. A sentence that names nothing, or something that was not given, counts as not found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from orchestration.knowledge.support import supported

Json = Any
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """`sources`: of the pieces that were given, those that it names. `found`: whether it stands in them."""

    text: str
    sources: tuple[str, ...]
    found: bool

    def kept(self) -> dict[str, Json]:
        return asdict(self)


def statements(output: Mapping[str, Json], given: Mapping[str, str]) -> tuple[Statement, ...]:
    """What an answer says, checked. `given`: the text of each piece, by its id."""
    return tuple(_statements(output.get("statements") or (), given))


def _statements(said: Sequence[Mapping[str, Json]], given: Mapping[str, str]) -> Iterator[Statement]:
    for one in said[:MOST]:
        text = str(one["text"]).strip()
        named = list(dict.fromkeys(map(str, one.get("sources") or ())))
        known = tuple(source for source in named if source in given)
        stands = bool(known) and len(known) == len(named)
        if text:
            yield Statement(
                text, known, stands and not supported(text, [given[source] for source in known], fewest=1).missing
            )
