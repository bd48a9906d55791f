"""Where does each value of a case's data come from, in this case?

Not what a schema says of where such values mostly come from: what the history says wrote this one last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from casework.cases.read.case_view import Look
from casework.cases.read.past import MODEL, OPENED

WAYS: Mapping[str, str] = {"form": "a form", "file": "a file", "sample": "the samples"}


Source = Callable[[str, datetime | None], str]
"""The words for the source of a field (a JSON Pointer) as it was at a time (None: now); empty where nothing says."""


def sources(seen: Look, decisions: Mapping[str, str]) -> Source:
    """Where the fields of this case come from.

    `decisions`: what the decisions are called, by id.
    """
    by: Mapping[str, str] = seen.past.get("by", {})

    written = since(seen)

    def words(pointer: str, at: datetime | None) -> str:
        field = _top(pointer)
        if at is not None and at < written.get(field, at):
            return ""
        writer = by.get(field, "")
        if writer == OPENED:
            return f"came in with the case, from {seen.view.text(_way(seen.case.source))}"
        if writer == MODEL:
            return "worked out by the model of this case type"
        kind, _, name = writer.partition(":")
        if kind == "owner":
            return f"{name}, as it told on being asked"
        if kind == "rules":
            return f"rules: {decisions.get(name, name)}"
        return seen.names.get(writer, name)

    return words


def since(seen: Look) -> dict[str, datetime]:
    """When each top-level field was last written."""
    return {name: datetime.fromisoformat(at) for name, at in seen.past["changed"].items()}


def _top(pointer: str) -> str:
    return pointer.split("/")[1].replace("~1", "/").replace("~0", "~")


def _way(source: str) -> str:
    return WAYS.get(source, f"the program {source.removeprefix('api:')}" if source.startswith("api:") else source)
