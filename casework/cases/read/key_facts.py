"""What must everybody know who works on this case, whatever the task?

The case type's manifest names the places in the data (`key-facts`); they stand over every form, masked for the reader.
What is not there yet is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.cases.read.values import values_in_words
from orchestration.casetypes.form_answers import at_path
from orchestration.privacy.masking import View, mask

Json = Any

IDENTITY: Final = ("name", "label")
"""What a thing is called: such a value stands under the name of the thing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value in words. `masked`: it, or a part of it."""

    label: str
    value: Json
    masked: bool


def key_facts(seen: Look) -> tuple[Fact, ...]:
    """The facts that are known, in the manifest's order."""
    return tuple(_facts(seen))


def _facts(seen: Look) -> Iterator[Fact]:
    said, root = values_in_words(seen.case_type), _root(seen)
    labels = labels_of(seen.case_type.key_facts, titles(seen.case_type))
    for path in seen.case_type.key_facts:
        view = root if at_path(seen.view.data, path) is None else seen.view
        value = at_path(view.data, path)
        if value not in (None, "", [], {}):
            pointer = _pointer(path)
            masked = any(one == pointer or one.startswith(pointer + "/") for one in view.masked)
            told = seen.view.text(value) if isinstance(value, str) else value
            yield Fact(labels[path], said(pointer, told), masked)


def labels_of(paths: Iterable[str], titles: Mapping[str, str]) -> dict[str, str]:
    """What each of these places is called where they stand together; `titles`: of the schema, by JSON Pointer.

    The title of the field alone; what a thing is called stands under the thing's, and what would read alike with the
    thing's before it.
    """
    named = {path: _titles(path, titles) for path in paths}
    short = {path: each[-1] for path, each in named.items()}
    short |= {path: each[-2] for path, each in named.items() if path.rpartition(".")[2] in IDENTITY and len(each) > 1}
    times = Counter(short.values())
    return {path: label if times[label] == 1 else ": ".join(named[path]) for path, label in short.items()}


def _titles(path: str, titles: Mapping[str, str]) -> list[str]:
    """The titles of the things around a field, and its own."""
    parts = path.split(".")
    return [titles.get(_pointer(".".join(parts[: depth + 1])), part) for depth, part in enumerate(parts)]


def _pointer(path: str) -> str:
    return "/" + path.replace(".", "/")


def _root(seen: Look) -> View:
    """The data of the whole case: a part that was called sees only what it was given."""
    return mask(dict(seen.state.root.variables), seen.case_type.classification, seen.view.principal)
