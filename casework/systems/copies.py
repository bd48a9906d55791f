"""Which copies differ from what their owner has, and what is written where they are healed? Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casework.forms.answer_validation import placed
from orchestration.casetypes.form_answers import at_path
from orchestration.casetypes.owners import Owner
from orchestration.privacy.classification import pointer_of
from orchestration.privacy.pseudonyms import pseudonym_of_data

Json = Any


@dataclass(frozen=True, slots=True)
class Copy:
    """A field that the case has a copy of: what stands here and, as it was last told, with its owner."""

    path: str
    ours: Json
    theirs: Json

    @property
    def differs(self) -> bool:
        return bool(self.ours != self.theirs)

    @property
    def pointer(self) -> str:
        return pointer_of(self.path)


def copies_of(owner: Owner, data: Mapping[str, Json], theirs: Mapping[str, Json]) -> Iterator[Copy]:
    """Those that the case holds. A field in which nothing stands yet is no copy: the model has not come there."""
    for path in owner.copies:
        ours = at_path(data, path)
        if ours is not None:
            yield Copy(path, ours, theirs.get(path))


def differing(owner: Owner, data: Mapping[str, Json], theirs: Mapping[str, Json]) -> list[str]:
    """The places that differ."""
    return [copy.path for copy in copies_of(owner, data, theirs) if copy.differs]


def healed(data: Mapping[str, Json], theirs: Mapping[str, Json], paths: Collection[str]) -> dict[str, Json]:
    """The variables that change when these places get what their owner has."""
    return placed(data, {path: theirs.get(path) for path in paths})


def told_digest(theirs: Mapping[str, Json]) -> str:
    """Stands for what the owner told, so that one can say which answer one has seen."""
    return pseudonym_of_data("told by an owner", dict(sorted(theirs.items())))


def value_digest(path: str, value: Json) -> str:
    """Stands for a value in the history, which the rows hold in clear."""
    return pseudonym_of_data("owned value", [path, value])
