"""What depends on a field: which steps and rules read it, and what would happen at once if it were written?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from audit.selectors import Entry
from casework.cases.narration import CHANGED, names_of, tell
from casework.cases.read.case_view import Look
from casework.cases.read.decisions import decision_names, tables_of
from orchestration.ground import clock
from orchestration.shell.services import encode_event
from orchestration.view.readers import Reader, readers


@dataclass(frozen=True, slots=True)
class Dependents:
    """`steps` and `decisions` read the field; `happens`: sentences of what the engine would do at once."""

    steps: tuple[str, ...]
    decisions: tuple[str, ...]
    happens: tuple[str, ...] = ()


def dependents(seen: Look, path: str, events: Iterable[Any] = ()) -> Dependents:
    """For this reader. `events`: what a change would lead to (`editing.Would`)."""
    found = readers(seen.case_type.library, tables_of(seen.case.instance.definition_id), path)
    return Dependents(_named(found, "step"), _named(found, "decision"), tuple(dict.fromkeys(_told(seen, events))))


def _named(found: Iterable[Reader], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in found if one.kind == kind))


def _told(seen: Look, events: Iterable[Any]) -> Iterator[str]:
    """In the words of the history; what is written is told by the change itself."""
    names = replace(names_of(seen.case_type, seen.past), decisions=decision_names(seen.case.instance.definition_id))
    for event in events:
        kind, detail = encode_event(event)
        entry = Entry(0, f"engine.{kind}", "", "", "", clock.utc_now(), "", [], seen.view.payload(detail))
        said = None if entry.action == CHANGED else tell(entry, names)
        if said is not None:
            yield seen.view.text(said.text[:1].upper() + said.text[1:])
