"""What stood on a person's screen, in so few words that the history can rebuild it and hold it against itself?

What is shown of a case is marked value by value: as this person sees it, masks included, with what is behind the mask;
the documents that they see; the version of the rules. Marks are keyed and tell nothing. Beside the mark of all of them
the history keeps with which eyes it was seen (`eyes`): by these, and by the events before, it is marked anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson
from django.utils.crypto import salted_hmac

from casework.access.permissions import OwnWords
from casework.cases.answers import Seen
from casework.cases.document_words import levels_seen
from casework.models import Document
from orchestration.casetypes.case_type import CaseType
from orchestration.privacy.principal import Principal
from orchestration.privacy.pseudonyms import name_in_case

Json = Any
Marks = Mapping[str, str]
Papers = Callable[[tuple[str, ...]], Iterable[tuple[int, str]]]
"""Number and digest of each document of these levels, the first added first."""

VERSION: Final = "version"
DOCUMENTS: Final = "documents"
WAY: Final = 1
"""Raised with whatever changes the mark of one and the same: masks, places, how values are written (a test tells)."""
LETTERS: Final = 24
"""Hexadecimal digits of a mark."""


def marks_of(
    key: str, look: Seen, papers: Papers | None, more: Mapping[str, Json] | None = None, without: Collection[str] = ()
) -> dict[str, str]:
    """The mark of each thing that this person sees of a case, by its place.

    `more`: what else stands on the page; `without`: fields that are not marked; `papers`: None where documents are not.
    """
    seen = {f"/{name}": value for name, value in look.view.data.items() if name not in without}
    leaves = {pointer: value for name, whole in seen.items() for pointer, value in _leaves(name, whole)}
    clear = {f"/{name}": value for name, value in look.data.items() if f"/{name}" in seen}
    behind = {
        pointer: value for name, whole in clear.items() for pointer, value in _leaves(name, whole)
        if not look.view.is_absent(pointer)
    }  # fmt: skip
    leaves |= {place: [leaves[place], value] for place, value in behind.items() if leaves.get(place, value) != value}
    said = {**leaves, VERSION: look.case_type.label, **(more or {})}
    if papers is not None:
        said[DOCUMENTS] = list(papers(levels_seen(look.case_type, look.view.principal)))
    return {place: mark(key, place, value) for place, value in sorted(said.items())}


def _leaves(pointer: str, value: Json) -> Iterator[tuple[str, Json]]:
    """Values of mappings each by itself; a list is one."""
    if isinstance(value, Mapping) and value:
        for name, below in value.items():
            yield from _leaves(f"{pointer}/{name}", below)
    else:
        yield pointer, value


def papers_in(instance: int) -> Papers:
    """Those that the case has now."""
    rows = Document.objects.filter(case__instance=instance).order_by("pk")
    return lambda levels: rows.filter(level__in=levels).values_list("pk", "digest")


def mark(key: str, place: str, value: Json) -> str:
    said = orjson.dumps([key, place, value], option=orjson.OPT_SORT_KEYS)
    return salted_hmac("casework.signing", said, algorithm="sha256").hexdigest()[:LETTERS]


def carried(found: Marks) -> str:
    """As a page carries them."""
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode()


def whole(found: Marks) -> str:
    """The mark of all of them."""
    return hashlib.sha256(carried(found).encode()).hexdigest()[:LETTERS]


def way() -> str:
    """Names how marks are made now: the way, and the secret key, of which it tells nothing."""
    return f"{WAY} {mark('', 'key', '')[:8]}"


def eyes(
    key: str, case: int, look: Seen, item: int | None, without: Collection[str] = (), more: Marks | None = None
) -> dict[str, Json]:
    """With which eyes it was seen: what the events before do not tell, so that it can be marked anew.

    `more`: the marks of what else stood on the page, which is not made anew.
    """
    reader = look.view.principal
    first = look.case_type.asked_first
    own = reader.wrote.digests if isinstance(reader.wrote, OwnWords) else ()
    return {
        "way": way(), "key": key, "case": case, "item": item, "without": sorted(without),
        "clearance": reader.clearance, "purposes": sorted(reader.purposes), "revealed": sorted(reader.revealed),
        "own": sorted(own), "more": dict(more or {}),
        "withheld": first is not None and look.case_type.classification is first.readers,
    }  # fmt: skip


def kept(found: Marks, eyes: Mapping[str, Json]) -> dict[str, Json]:
    """What the history keeps of what was shown."""
    return {"seen": whole(found), "things": len(found), "eyes": eyes}


def reader_of(kept: Mapping[str, Json]) -> Principal:
    """Who looked with these eyes."""
    return Principal(
        kept["clearance"], frozenset(), frozenset(kept["purposes"]), frozenset(kept["revealed"]),
        OwnWords(frozenset(kept["own"])), partial(name_in_case, kept["case"]),
    )  # fmt: skip


def read_by(case_type: CaseType, kept: Mapping[str, Json]) -> CaseType:
    """The case type as it said what readers might see then (`asked_first.as_read`)."""
    first = case_type.asked_first
    if not kept["withheld"] or first is None or first.readers is None:
        return case_type
    return replace(case_type, classification=first.readers)
