"""How does a person change a field of a case outside a task?

The case type's manifest says which fields (`editable`), for whom, and whether they have to say why. Whoever changes one
says what stood there when they looked: what somebody else has written since is not lost, and both values are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from audit.services import Fact
from casework.access.permissions import groups_of, origin_of
from casework.cases.answers import Seen, accepted, seen
from casework.cases.locking import keep_refusal, locked
from casework.cases.own_words import keep_own_words, masked_words
from casework.cases.read.decisions import titles
from casework.cases.read.values import options_at
from casework.cases.services import REASON_LEAST, REASON_MOST
from casework.forms import answer_validation
from casework.forms.answer_validation import tells
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, EditableField, Form, FormField
from orchestration.casetypes.form_answers import at_path
from orchestration.engine.commands import SetVariables
from orchestration.ground.refusals import Refused
from orchestration.privacy.masking import View
from orchestration.privacy.pseudonyms import pseudonym_of_data
from orchestration.shell import services
from orchestration.shell.services import Done, Locked
from orchestration.view.state import State, execute

Json = Any

CHANGED = "changed"
"""The code of a refusal because somebody else has written the field meanwhile."""


@dataclass(frozen=True, slots=True)
class Would:
    """What a change would write and what the engine would then do at once; nothing is kept of it."""

    changes: Mapping[str, Json]
    events: tuple[Any, ...]


def editable(case_type: CaseType, by: User, view: View, state: State) -> Iterator[EditableField]:
    """The fields that this person may change now: that the case type lets their groups change, and that they see."""
    if state.root.state != "active":
        return
    mine = set(groups_of(by).values())
    for field in case_type.editable:
        pointer = "/" + field.path.replace(".", "/")
        if (not field.by or mine & set(field.by)) and pointer not in view.hidden:
            yield field


def form_of(case_type: CaseType, field: EditableField) -> Form:
    """The one question: what should stand there."""
    label = titles(case_type).get("/" + field.path.replace(".", "/"), field.path)
    asked = FormField(field.path, label, choices=options_at(case_type)(field.path), initial=field.path, required=False)
    return Form("edit", (asked,))


def standing(data: Mapping[str, Json], path: str) -> str:
    """What stands for a value, so that one can tell whether it is the same: a keyed digest."""
    return pseudonym_of_data("standing value", [path, at_path(data, path)])


@transaction.atomic
def field_edit(
    *, by: User, case: Case, path: str, value: Json, stood: str, reason: str = "", only_look: bool = False
) -> Done | Would | Refused:
    """Write one field. `stood`: what stands for the value that the person saw there (`standing`).

    `only_look`: say what that would do, and do nothing.
    """
    held = locked(case.instance_id)
    look = seen(held, case, by)
    field = next((one for one in editable(held.case_type, by, look.view, held.state) if one.path == path), None)
    if field is None:
        why = Refused("denied", "This field cannot be changed by you here and now.")
        return keep_refusal(held, by, {"command": "edit", "path": path[:200]}, why)
    if errors := _reason_errors(field, reason.strip()):
        return Refused("invalid", "Please correct what is marked.", errors)
    if standing(look.root, path) != stood:
        return Refused(CHANGED, "Somebody has changed this field since you looked at it, so it stays as it is now.")
    changes = _changes(look, field, value)
    if isinstance(changes, Refused):
        return changes
    command = SetVariables(changes)
    if only_look:
        return _would(held, command)
    fact = Fact("case.edited", {"path": path, "reason": reason.strip()})
    words = [*masked_words(look, {path: value}), *([reason.strip()] if reason.strip() else [])]
    outcome = services.send(held, command, origin_of(by), [fact])
    keep_own_words(case, by, words, outcome)
    return outcome


def _reason_errors(field: EditableField, reason: str) -> dict[str, str]:
    least = REASON_LEAST if field.reason else 0
    if not tells(reason, least, REASON_MOST) or answer_validation.text_errors({"reason": reason}):
        return {"reason": f"Say in {REASON_LEAST} to {REASON_MOST} characters why: it is kept in the history."}
    return {}


def _changes(look: Seen, field: EditableField, value: Json) -> dict[str, Json] | Refused:
    changes = accepted(look, form_of(look.case_type, field), {field.path: value})
    if isinstance(changes, Refused):
        return changes
    if all(look.root.get(name) == written for name, written in changes.items()):
        return Refused("invalid", "Please correct what is marked.", {field.path: "This is what stands there already."})
    return changes


def _would(held: Locked, command: SetVariables) -> Would | Refused:
    outcome = execute(held.case_type.library, held.state, command, held.at)
    if outcome.rejection is not None:
        return Refused(outcome.rejection.code, outcome.rejection.message)
    return Would(command.variables, outcome.events)
