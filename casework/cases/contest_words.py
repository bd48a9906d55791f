"""How does the history tell of letters that explain decisions, and of decisions that are contested? Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from casework.cases.handoff_words import Told

Detail = Mapping[str, Any]
OUTCOMES: Final = {"stands": "it stands", "changes": "it has to be changed"}


def _drafted(detail: Detail) -> Told:
    return Told("people", "file-text", f"drafted a letter that explains the decision of event {detail['decision']}")


def _sent(detail: Detail) -> Told:
    return Told("people", "mail", f"said that the letter of event {detail['letter']} was sent")


def _contested(detail: Detail) -> Told:
    text = f"recorded that the decision of event {detail['decision']} is contested: “{detail['objection']}”"
    return Told("people", "gavel", text, tone="bad")


def _decided(detail: Detail) -> Told:
    found = OUTCOMES.get(detail["outcome"], "")
    text = f"looked again at the contested decision of event {detail['decision']}: {found}. “{detail['finding']}”"
    return Told("people", "gavel", text)


CONTESTS: Final[Mapping[str, Callable[[Detail], Told]]] = {
    "letter.drafted": _drafted,
    "letter.sent": _sent,
    "decision.contested": _contested,
    "contest.decided": _decided,
}
