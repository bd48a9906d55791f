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
LABEL: Final = ": "
LONGEST_LABEL: Final = 60


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
            sources = [reading for source in known for reading in _readings(given[source])]
            yield Statement(text, known, stands and not supported(text, sources, fewest=1).missing)


def _readings(text: str) -> Iterator[str]:
    """A piece; a value of the data also without the group that it stands in (“Route: Group: Cards team”), of which no
    sentence speaks."""
    yield text
    first, found, rest = text.partition(LABEL)
    if found and LABEL in rest and len(first) < LONGEST_LABEL:
        yield rest
