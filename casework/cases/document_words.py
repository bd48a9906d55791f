"""How does the history tell of documents, to who may know of them?

Pure. Part of what `narration` tells. Everybody who may view a case reads that there is a document; its name, and the
digest by which one could try whether it is a certain file, only who has the clearance for it and looks for what the
case type keeps its documents for (`purposes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from audit.selectors import Entry
from casework.cases.handoff_words import Told
from orchestration.casetypes.case_type import CaseType
from orchestration.ground.counts import counted
from orchestration.privacy.classification import LEVELS, Rule
from orchestration.privacy.masks import DOTS
from orchestration.privacy.principal import Principal

Detail = Mapping[str, Any]
HIDDEN: Final = ("name", "digest")


def levels_seen(case_type: CaseType, reader: Principal) -> tuple[str, ...]:
    """The levels of documents of such a case that this reader sees: none, where they look for none of its purposes."""
    return tuple(
        level for level in LEVELS if reader.is_cleared(Rule(level, "all", purposes=case_type.document_purposes))
    )


def as_seen(entry: Entry, case_type: CaseType, reader: Principal) -> Detail:
    """The detail of an event without what it says of a document that this reader does not see."""
    level = entry.detail.get("level", "")
    hidden = entry.action.startswith("document.") and level in LEVELS and level not in levels_seen(case_type, reader)
    if not hidden:
        return entry.detail
    return entry.detail | {name: DOTS for name in HIDDEN if name in entry.detail}


def _added(detail: Detail) -> Told:
    return Told("data", "file-text", f"added the document “{detail.get('name', '')}”")


def _downloaded(detail: Detail) -> Told:
    return Told("access", "download", f"downloaded the document “{detail.get('name', '')}”", notable=False)


def _read(detail: Detail) -> Told:
    pages, words = detail.get("pages", 0), detail.get("words", 0)
    text = f"The document “{detail.get('name', '')}” was read: {counted(pages, 'page')}, {counted(words, 'word')}"
    return Told("ai", "eye", text, by_actor=False, notable=False)


def _unread(detail: Detail) -> Told:
    text = f"The document “{detail.get('name', '')}” could not be read: {detail.get('reason', '')}"
    return Told("ai", "alert-triangle", text, by_actor=False, tone="bad")


def _checked(detail: Detail) -> Told:
    done = "corrected" if detail.get("corrected") else "accepted"
    return Told(
        "people", "check", f"{done} “{detail.get('field', '')}” as read in “{detail.get('name', '')}”", notable=False
    )


DOCUMENTS: Final[Mapping[str, Callable[[Detail], Told]]] = {
    "document.added": _added,
    "document.downloaded": _downloaded,
    "document.read": _read,
    "document.unread": _unread,
    "document.checked": _checked,
}
