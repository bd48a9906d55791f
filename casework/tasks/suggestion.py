"""What is suggested to the person who does a task, and which rule sent it to them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casework.cases.read.decisions import Decision
from orchestration.casetypes.case_type import Form
from orchestration.casetypes.form_answers import at_path

Json = Any


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the product proposes: a label in words, how sure it is, and a text."""

    label: str
    confidence: float | None
    text: str


def suggestion(form: Form, data: Json) -> Suggestion | None:
    """What the form names as the suggestion, in the words of its choices; None where there is none (yet)."""
    found = {name: at_path(data, path) for name, path in form.suggestion.items()}
    if not any(found.values()):
        return None
    words = {value: label for each in form.fields for value, label in each.choices.items()}
    label = str(found.get("label") or "")
    return Suggestion(words.get(label, label), found.get("confidence"), str(found.get("text") or ""))


def is_in_editor(form: Form) -> bool:
    """Whether the suggested text stands in a field of the form, to be sent or changed there."""
    text = form.suggestion.get("text")
    return text is not None and any(each.initial == text for each in form.fields)


def why_here(made: Iterable[Decision], groups: tuple[str, ...]) -> str:
    """Which rule gave the task to one of these groups, and what it says of why; empty where none did.

    `made`: the decisions of the case, the newest first, as this reader may see them.
    """
    return next((said for decision in made if (said := _said(decision, groups))), "")


def _said(decision: Decision, groups: tuple[str, ...]) -> str:
    given = [value for _, value in decision.output if isinstance(value, str)]
    group = next((one for one in given if one in groups), "")
    if not group or not decision.fired:
        return ""
    why = max((one for one in given if one != group and " " in one.strip()), key=len, default="")
    fired = decision.fired[0]
    return f"Rule {fired.number} of {fired.decision} sent it to {group}{f': {why}' if why else '.'}"
