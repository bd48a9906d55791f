"""Which values does the data of a case hold, in words, as far as this reader may see them?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.cases.read.case_view import Look
from casework.cases.read.decisions import decision_names, titles
from casework.cases.read.past import ROOT
from casework.cases.read.sheets import Sheet, sheet_of
from casework.cases.read.sources import Source, since, sources
from casework.cases.read.touched import anchor
from casework.cases.read.values import InWords, values_in_words
from orchestration.casetypes.effective import effective_at
from orchestration.casetypes.form_answers import at_path
from orchestration.privacy.classification import escaped

Json = Any


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the case's data, in words. `pointer` names it; `source` wrote it last in this case, at `since`
    and with that event. `anchor`: where links to the variable lead, empty but for its first value.
    `owner`: the system that it is a copy of, where it is one. `effective`: the day or moment from which it holds, where
    the case type says which of its fields tells that. `sheet`: of a list whose items have parts, laid out.
    """

    pointer: str
    group: str
    name: str
    value: Json
    masked: bool
    revealed: bool
    source: str
    since: datetime | None
    event: int = 0
    anchor: str = ""
    owner: str = ""
    effective: Json = None
    sheet: Sheet | None = None


def fields(seen: Look, source: Source | None = None) -> tuple[Field, ...]:
    """Every value of the data, as this reader may see it."""
    changed, named = since(seen), titles(seen.case_type)
    source = source or sources(seen, decision_names(seen.case.instance.definition_id))
    found = list(_leaves(seen.view.data, "", seen.view.clear | seen.view.masked))
    said = values_in_words(seen.case_type)
    writers = seen.past["writers"].get(str(ROOT), {})
    copied, effective = seen.case_type.copied, _effective(seen, said)
    firsts = {pointer.split("/")[1]: pointer for pointer, _ in reversed(found)}
    return tuple(
        Field(
            pointer=pointer, group=_group(pointer, named), name=_name(pointer, named), value=said(pointer, value),
            masked=pointer in seen.view.masked,
            revealed=any(pointer == path or pointer.startswith(path + "/") for path in seen.view.principal.revealed),
            source=source(pointer, None), since=changed.get(top := pointer.split("/")[1]),
            event=writers.get(top, 0), anchor=anchor(top) if firsts[top] == pointer else "",
            owner=copied[pointer].system if pointer in copied else "", effective=effective(pointer),
            sheet=sheet_of(seen.case_type.schema, pointer, value),
        )
        for pointer, value in found
    )  # fmt: skip


def _effective(seen: Look, said: InWords) -> Callable[[str], Json]:
    """In words, as this reader may see it; None of what holds since it is known."""
    placed = effective_at(seen.case_type.schema)

    def found(pointer: str) -> Json:
        place = placed(pointer)
        value = at_path(seen.view.data, place) if place else None
        return None if value is None else said("/" + place.replace(".", "/"), value)

    return found


def _leaves(value: Json, pointer: str, known: frozenset[str]) -> Iterator[tuple[str, Json]]:
    if pointer in known or not isinstance(value, Mapping):
        yield pointer, value
        return
    for name, below in value.items():
        yield from _leaves(below, f"{pointer}/{escaped(name)}", known)


def _group(pointer: str, named: Mapping[str, str]) -> str:
    """What the field stands under; empty for one that stands by itself."""
    top, *below = pointer.split("/")[1:]
    return named.get(f"/{top}", top) if below else ""


def _name(pointer: str, named: Mapping[str, str]) -> str:
    """The field's own name, with those between it and its group."""
    parts = pointer.split("/")[1:]
    names = [named.get("/" + "/".join(parts[: depth + 1]), part) for depth, part in enumerate(parts)]
    return ": ".join(names[1:] or names)
