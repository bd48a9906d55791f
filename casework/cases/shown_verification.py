"""Was what somebody signed, decided or revealed the case that its history tells of?

At each event that keeps a mark of what was shown, the case is marked anew: from the events before it, with the eyes
that are kept beside the mark. Who forges a history whole cannot make these marks, for which a key outside the database
is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg

from audit.reading import Row
from casework.cases import shown
from casework.cases.answers import Seen
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.models import Definition
from orchestration.privacy.masking import mask
from orchestration.shell.selectors import visible
from orchestration.shell.verification.cases import BROKEN, Case, with_every_verification
from orchestration.shell.verification.told import Told, on_fact

Json = Any
NOTED: Final = "shown"
SAME, APART, OTHERWISE, UNKEPT = "same", "apart", "otherwise", "unkept"
"""Marked anew it is the same, or another; it was marked in another way than now; what is needed was not kept."""
TELLING: Final = ("approval.signed", "agent.decided", "agent.checked", "field.revealed")


def _shown(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    if detail.get("seen"):
        told.notes.setdefault(NOTED, {})[str(link[1])] = _outcome(told, detail, link[7])


def _outcome(told: Told, detail: Mapping[str, Any], version: str) -> str:
    eyes = detail.get("eyes")
    if not eyes:
        return UNKEPT
    if eyes.get("way") != shown.way():
        return OTHERWISE
    try:
        return SAME if marked_anew(told, eyes, version) == detail["seen"] else APART
    except (Faulty, Definition.DoesNotExist, *BROKEN):
        return APART


def marked_anew(told: Told, eyes: Mapping[str, Json], version: str) -> str:
    """The mark of the case as it was told so far, through these eyes."""
    case_type = shown.read_by(by_definition(_numbered(version)), eyes)
    data, root = visible(told.state, eyes["item"]), dict(told.state.root.variables)
    view = mask(data, case_type.classification, shown.reader_of(eyes), [root])
    look = Seen(case_type, data, view, root)

    def papers(levels: tuple[str, ...]) -> Iterator[tuple[int, str]]:
        kept = sorted(told.notes.get("documents", {}).values())
        return ((number, digest) for number, _, digest, *_, level in kept if level in levels)

    return shown.whole(shown.marks_of(eyes["key"], look, papers, without=eyes["without"]) | eyes["more"])


def _numbered(label: str) -> int:
    key, _, version = label.rpartition(" v")
    return int(Definition.objects.values_list("pk", flat=True).get(key=key, version=version))


def shown_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each mark that is not of what the history tells; where an order took words out since, it
    cannot be."""
    for number, case in cases.items():
        if "replaced" in case.told.notes:
            continue
        for event, outcome in case.told.notes.get(NOTED, {}).items():
            if outcome == APART:
                yield number, f"what was shown at event {event} is not what the history leads to"


def hang_in() -> None:
    if shown_apart not in with_every_verification:
        on_fact(_shown, *TELLING)
        with_every_verification.append(shown_apart)
