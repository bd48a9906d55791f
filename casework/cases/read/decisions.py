"""What was decided in a case, by which rule of which version, and on which inputs?

A decision of the history is told in the words of the decision table that was in force: its columns, the rule that
fired, what the rule asked for and what the inputs were. Inputs name the system they came from, so that a page shows
what AI said beside what the rule made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from audit.selectors import Entry
from casework.cases.read.case_view import Look
from casework.cases.read.cells_in_words import cells_in_words
from casework.cases.read.past import OPEN
from casework.cases.read.sources import Source, sources
from casework.cases.read.values import (
    InWords,
    codes_in_words,
    said_by,
    schema_at,
    values_in_words,
    version_in_words,
)
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.casetypes.usage import results_of_decisions
from orchestration.view.decisions import Row, Table, parse, tables

Json = Any


@dataclass(frozen=True, slots=True)
class Input:
    """One value that a decision read, as it is and as it is `said` in words.

    `source`: where it came from; empty where it was written anew since. `pointer`: its place among what was read.
    """

    label: str
    value: Json
    said: Json
    source: str
    confidence: float | None = None
    pointer: str = ""


CONTESTED: Final[Mapping[str, str]] = {
    OPEN: "contested: it waits for somebody who had no part in it",
    "stands": "was contested, and stands",
    "changes": "was contested, and has to be changed",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a rule says in one column, as it is written, and `said` in words; `any`: it asks for nothing there."""

    label: str
    text: str
    said: str
    any: bool = False


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired: number `number` of `of` in the table of `decision`."""

    decision: str
    number: int
    of: int
    id: str
    policy: str
    asked: tuple[Cell, ...]
    gave: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it was made. `version` names the case type's version whose rules were in force. `contested`: how
    an objection to it stands, in words; empty: there is none."""

    sequence: int
    name: str
    at: datetime
    version: str
    version_in_words: str
    fired: tuple[Fired, ...]
    inputs: tuple[Input, ...]
    output: tuple[tuple[str, Json], ...]
    problems: tuple[str, ...]
    contested: str = ""


@lru_cache(maxsize=64)
def tables_of(definition: int) -> Mapping[str, Table]:
    """The decision tables of a version by the name of their decision: read once a process, versions never change."""
    return tables_in(by_definition(definition).files)


def table_of(look: Look, decision: str) -> Table | None:
    """The table of a decision in the version of the case."""
    return tables_of(look.case.instance.definition_id).get(decision)


def tables_in(files: Mapping[str, str]) -> dict[str, Table]:
    """The decision tables in these files, by the name of their decision."""
    models = [parse(text.encode()) for name, text in sorted(files.items()) if name.endswith(".dmn")]
    return {table.decision: table for model in models for table in tables(model)}


def decisions_made(look: Look, source: Source | None = None) -> tuple[Decision, ...]:
    """The newest decisions, the newest first; all of them stand in the history."""
    names = decision_names(look.case.instance.definition_id)
    source = source or sources(look, names)
    return tuple(decision_told(look, entry, names, source) for entry in reversed(look.decided()))


def fired_in(look: Look, entries: Iterable[Entry]) -> dict[int, tuple[Fired, ...]]:
    """The rules that decided, by the event that says so."""
    made = (entry for entry in entries if entry.action == "engine.DecisionEvaluated")
    return {entry.sequence: tuple(_fired(look, entry)) for entry in made}


@lru_cache(maxsize=64)
def decision_names(definition: int) -> Mapping[str, str]:
    """What a deployed version calls each decision and decision service, by its id."""
    found: dict[str, str] = {}
    for name, text in by_definition(definition).files.items():
        if name.endswith(".dmn"):
            model = parse(text.encode())
            found |= {element.id: element.name for element in (*model.decisions, *model.services) if element.id}
    return found


def decision_told(look: Look, entry: Entry, names: Mapping[str, str], source: Source) -> Decision:
    """The decision that an event says was made, as the reader may see it."""
    detail = look.view.payload(entry.detail)
    said = values_in_words(look.case_type)
    return Decision(
        sequence=entry.sequence, name=names.get(detail["decision"], detail["decision"]), at=entry.at,
        version=entry.definition, version_in_words=version_in_words(look.case_type, entry.definition),
        fired=tuple(_fired(look, entry)),
        inputs=tuple(_inputs(detail.get("inputs", {}), source, entry.at, titles(look.case_type), said)),
        output=outcome_told(look.case_type, detail["decision"], detail.get("output")),
        problems=tuple(detail.get("problems", ())),
        contested=contested(look, entry.sequence),
    )  # fmt: skip


def outcome_told(case_type: CaseType, decision: str, output: Json) -> tuple[tuple[str, Json], ...]:
    """What a decision gave, named and said as the data say it in which it is kept."""
    said, named = values_in_words(case_type), titles(case_type)
    place = results_of_decisions(case_type).get(decision, "")
    if not isinstance(output, Mapping):
        return ((named.get(f"/{place}", ""), said(f"/{place}", output)),)
    pointers = {name: f"/{place}/{name}" for name in output}
    return tuple((named.get(at, _plain(name)), said(at, output[name])) for name, at in pointers.items())


def answer_told(case_type: CaseType, capability: str, output: Json) -> tuple[tuple[str, Json], ...]:
    """What a machine answered, named and said as the contract of the capability says it."""
    if not isinstance(output, Mapping):
        return (("", output),)
    contract = case_type.capability(capability).output or {}
    named = dict(_titles(contract, ""))
    return tuple(
        (named.get(f"/{name}", _plain(name)), said_by(schema_at(contract, f"/{name}"), value))
        for name, value in output.items()
    )


def contested(look: Look, sequence: int) -> str:
    """How an objection to a decision stands, in words; empty: there is none."""
    return CONTESTED.get(look.past.get("contested", {}).get(str(sequence), ""), "")


def _fired(look: Look, entry: Entry) -> Iterator[Fired]:
    """The rules that the event says fired, in the words of their tables."""
    known = tables_of(look.case.instance.definition_id)
    for hit in entry.detail.get("hits", ()):
        table = known.get(hit["decision"])
        if table is not None and 0 < hit["rule"] <= len(table.rows):
            yield _told(look, table, hit["rule"], _given(look, entry, table))


def _given(look: Look, entry: Entry, table: Table) -> Mapping[str, Json]:
    """What the event says came out, by the names of the columns, where one rule of this table alone gave it."""
    detail = look.view.payload(entry.detail)
    names, output = decision_names(look.case.instance.definition_id), detail.get("output")
    alone = len(detail.get("hits", ())) == 1 and names.get(detail["decision"]) == table.decision
    return output if alone and isinstance(output, Mapping) else {}


def _told(look: Look, table: Table, number: int, given: Mapping[str, Json]) -> Fired:
    row = table.rows[number - 1]
    outputs = zip(table.outputs, row.outputs, strict=True)
    return Fired(
        decision=table.decision, number=number, of=len(table.rows), id=row.id, policy=table.hit_policy,
        asked=tuple(asked(look, table, row)),
        gave=tuple(_gave(look, column.name, text, given.get(column.expression)) for column, text in outputs),
    )  # fmt: skip


def _gave(look: Look, name: str, text: str, computed: Json) -> Cell:
    """What a rule gives in one column, as it is written, and in words what it came to."""
    plain, codes = _unquoted(text), codes_in_words(look.case_type)
    came = computed if plain == text and isinstance(computed, str) else plain
    return Cell(name, look.view.text(plain), look.view.text(codes.get(came, came)))


def asked(look: Look, table: Table, row: Row) -> Iterator[Cell]:
    """What a rule asks for, column by column."""
    said = cells_in_words(look.case.instance.definition_id)
    for number, (column, text) in enumerate(zip(table.inputs, row.inputs, strict=True)):
        yield Cell(column.name, text, said(table, number, text), any=text.strip() in ("", "-"))


def _unquoted(text: str) -> str:
    """A plain FEEL text as people write it, and nothing as a dash."""
    if text.strip() == "null":
        return "–"
    plain = len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1].replace('\\"', "")
    return text[1:-1].replace('\\"', '"') if plain else text


def _inputs(
    inputs: Json, source: Source, at: datetime, named: Mapping[str, str], said: InWords, path: str = ""
) -> Iterator[Input]:
    """The leaves of what a decision read; lists and what is empty are left out."""
    confidence = inputs.get("confidence") if isinstance(inputs.get("confidence"), float | int) else None
    for name, value in inputs.items():
        pointer = f"{path}/{name}"
        if isinstance(value, Mapping):
            yield from _inputs(value, source, at, named, said, pointer)
        elif value not in (None, "") and not isinstance(value, list):
            sure = confidence if name == "label" else None
            yield Input(
                named.get(pointer, _plain(name)), value, said(pointer, value), source(pointer, at), sure, pointer
            )


def titles(case_type: CaseType) -> dict[str, str]:
    """What the schema calls each field, by JSON Pointer."""
    return dict(_titles(case_type.schema, ""))


def _titles(schema: Mapping[str, Json], pointer: str) -> Iterator[tuple[str, str]]:
    for name, below in schema.get("properties", {}).items():
        yield f"{pointer}/{name}", str(below.get("title", _plain(name)))
        yield from _titles(below, f"{pointer}/{name}")


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize() if name else ""
