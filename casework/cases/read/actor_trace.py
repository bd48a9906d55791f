"""What did each machine actor work with, and what came of it?

By reference: which fields it read and the event of the history that wrote each, which version of its model and of the
rules, the event of its answer, what that wrote and what it added to the plan. Nothing is copied: what the references
lead to is masked where it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.selectors import Entry
from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.cases.read.execution_tree import Node

Json = Any
Writers = dict[tuple[int, str], Entry]
"""Which event last wrote a variable of an instance."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What something is called, and the event to read; `sequence` 0: further back than the page looks."""

    label: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Memory:
    """One piece of machine work. `rules`: the version of the case type that was in force; `outcome` in words."""

    job: int
    name: str
    part: str
    capability: str
    actor: str
    version: str
    rules: str
    asked: Reference
    at: datetime
    given: tuple[Reference, ...]
    answers: tuple[Reference, ...]
    wrote: tuple[Reference, ...]
    planned: tuple[Reference, ...]
    refused: tuple[Reference, ...]


def memories(seen: Look) -> tuple[Memory, ...]:
    """The newest first."""
    return tuple(reversed(list(_memories(seen))))


def _memories(seen: Look) -> Iterator[Memory]:
    writers: Writers = {}
    for place, entry in enumerate(seen.history):
        _note(writers, entry)
        if entry.action == "engine.JobRequested" and "job" in entry.detail:
            yield _memory(seen, entry, dict(writers), seen.history[place + 1 :])


def _note(writers: Writers, entry: Entry) -> None:
    told = {"engine.InstanceStarted": "variables", "engine.VariablesChanged": "changes"}
    if entry.action in told and "instance" in entry.detail and entry.detail.get("item") is None:
        writers |= {(entry.detail["instance"], name): entry for name in entry.detail.get(told[entry.action], ())}


def _memory(seen: Look, asked: Entry, writers: Writers, after: tuple[Entry, ...]) -> Memory:
    detail = asked.detail
    calls = [e for e in after if e.action in ("actor.called", "actor.failed") and e.detail.get("job") == detail["job"]]
    answer = _answer(after, detail["job"], detail["item"])
    last = calls[-1].detail if calls else {}
    node, named = seen.running.node(detail["item"]), titles(seen.case_type)
    part = seen.view.text(seen.running.around(detail["item"]))
    return Memory(
        job=detail["job"], name=seen.view.text(detail.get("name", "")), part=part,
        capability=detail.get("capability", ""), actor=last.get("actor", ""), version=last.get("version", ""),
        rules=asked.definition, asked=Reference("asked", asked.sequence), at=asked.at,
        given=tuple(_given(node, detail["instance"], writers, named)),
        answers=tuple(Reference("answered" if e.action == "actor.called" else "failed", e.sequence) for e in calls),
        wrote=tuple(_wrote(answer, named)),
        planned=tuple(_planned(seen, answer, "engine.ItemPlanned")),
        refused=tuple(_planned(seen, answer, "engine.PlanRefused")),
    )  # fmt: skip


def _answer(after: tuple[Entry, ...], job: int, item: int) -> list[Entry]:
    """The events that the answer itself led to: from the end of the job to the end of its task."""
    found: list[Entry] = []
    inside = False
    for entry in after:
        if entry.action == "engine.JobClosed" and entry.detail.get("job") == job:
            inside = True
        elif inside and entry.action == "engine.ItemChanged" and entry.detail.get("item") == item:
            break
        elif inside:
            found.append(entry)
    return found


def _given(node: Node | None, instance: int, writers: Writers, named: dict[str, str]) -> Iterator[Reference]:
    """The variables that the inputs of the task read, each with the event that wrote it."""
    if node is None:
        return
    inputs = getattr(node, "inputs", ()) or node.extensions.inputs
    sources = [transfer.source for transfer in inputs] + list(node.extensions.fields.values())
    for name in dict.fromkeys(name for source in sources for name in sorted(source.names)):
        writer = writers.get((instance, name))
        yield Reference(named.get(f"/{name}", name), 0 if writer is None else writer.sequence)


def _wrote(answer: list[Entry], named: dict[str, str]) -> Iterator[Reference]:
    for entry in answer:
        if entry.action == "engine.VariablesChanged":
            written = entry.detail.get("changes", ())
            yield from (Reference(named.get(f"/{name}", name), entry.sequence) for name in written)


def _planned(seen: Look, answer: list[Entry], action: str) -> Iterator[Reference]:
    for entry in answer:
        if entry.action == action:
            name = entry.detail.get("name") or entry.detail.get("definition", "")
            yield Reference(seen.view.text(name), entry.sequence)
