"""How does the history tell of copies and their owners? Pure. Part of what `narration` tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from casework.cases.handoff_words import Told
from orchestration.ground.counts import counted

Detail = Mapping[str, Any]
Field = Callable[[str], str]
"""A dotted place of the data in the words of its titles."""


def _fields(detail: Detail) -> str:
    return counted(len(detail.get("paths", ())), "field")


def _why(detail: Detail, name: str = "reason") -> str:
    return f": {detail[name]}" if detail.get(name) else ""


def _healed(detail: Detail, field: Field) -> Told:
    text = f"took over {_fields(detail)} as {detail.get('owner', '')} has them{_why(detail)}"
    return Told("data", "refresh", text)


def _kept(detail: Detail, field: Field) -> Told:
    stays = "stays" if len(detail.get("paths", ())) == 1 else "stay"
    text = f"noted that {_fields(detail)} {stays} as history, though {detail.get('owner', '')} has others{_why(detail)}"
    return Told("people", "history", text)


def _differ(detail: Detail, field: Field) -> Told:
    text = f"{_fields(detail).capitalize()} differ from what {detail.get('owner', '')} has"
    return Told("data", "alert-triangle", text, by_actor=False, tone="bad")


def _asked(detail: Detail, field: Field) -> Told:
    what = field(detail.get("path", ""))
    return Told("people", "send", f"asked {detail.get('owner', '')} to change “{what}”{_why(detail)}")


def _changed(detail: Detail, field: Field) -> Told:
    text = f"{detail.get('owner', '')} has changed “{field(detail.get('path', ''))}”"
    return Told("data", "check", text, by_actor=False, tone="good")


def _refused(detail: Detail, field: Field) -> Told:
    what = field(detail.get("path", ""))
    text = f"{detail.get('owner', 'The owner')} did not change “{what}”{_why(detail, 'why')}"
    return Told("data", "x", text, by_actor=False, tone="bad")


OWNERS: Final[Mapping[str, Callable[[Detail, Field], Told]]] = {
    "copies.healed": _healed,
    "copies.kept": _kept,
    "copies.differ": _differ,
    "copy.asked": _asked,
    "copy.changed": _changed,
    "copy.refused": _refused,
}
