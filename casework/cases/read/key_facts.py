"""What must everybody know who works on this case, whatever the task?

The case type's manifest names the places in the data (`key-facts`); they stand over every form, masked for the reader.
What is not there yet is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.cases.read.values import schema_at, values_in_words
from casework.forms.answer_validation import at_path
from orchestration.privacy.masking import View, mask

Json = Any


@dataclass(frozen=True, slots=True)
class Fact:
    """One value in words, under the titles of the schema. `masked`: it, or a part of it."""

    label: str
    value: Json
    masked: bool
    is_money: bool = False


def key_facts(seen: Look) -> tuple[Fact, ...]:
    """The facts that are known, in the manifest's order."""
    return tuple(_facts(seen))


def _facts(seen: Look) -> Iterator[Fact]:
    named, said, root = titles(seen.case_type), values_in_words(seen.case_type), _root(seen)
    for path in seen.case_type.key_facts:
        view = root if at_path(seen.view.data, path) is None else seen.view
        value = at_path(view.data, path)
        if value not in (None, "", [], {}):
            parts = path.split(".")
            pointers = ["/" + "/".join(parts[: depth + 1]) for depth in range(len(parts))]
            masked = any(one == pointers[-1] or one.startswith(pointers[-1] + "/") for one in view.masked)
            label = ": ".join(named.get(one, part) for one, part in zip(pointers, parts, strict=True))
            told = seen.view.text(value) if isinstance(value, str) else value
            money = "x-currency" in schema_at(seen.case_type.schema, pointers[-1])
            yield Fact(label, said(pointers[-1], told), masked, money)


def _root(seen: Look) -> View:
    """The data of the whole case: a part that was called sees only what it was given."""
    return mask(dict(seen.state.root.variables), seen.case_type.classification, seen.view.principal)
