"""What may a person write into a case with these answers, and what is wrong with them?

The answers of a form (by dotted path) become changes of the case's variables, or a refusal with a sentence for each
field. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.asked_first import as_read
from casework.forms import answer_validation
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, Form
from orchestration.casetypes.form_answers import filled, form_errors, placeholder_errors, with_least
from orchestration.ground.refusals import Refused
from orchestration.privacy.masking import View, mask
from orchestration.privacy.writes import refuse_writes_to_masked
from orchestration.shell import selectors
from orchestration.shell.services import Locked
from orchestration.view.state import State

Json = Any


@dataclass(frozen=True, slots=True)
class Seen:
    """The clear data that an item sees, what a person may see of it, and the data of the root case around it."""

    case_type: CaseType
    data: dict[str, Json]
    view: View
    root: dict[str, Json]


def seen(locked: Locked, case: Case, by: User, item: int | None = None) -> Seen:
    """The locked case through the eyes of a person, as an item of it sees it (None: the root)."""
    return seen_in(locked.case_type, locked.state, locked.at, case, by, item)


def seen_in(case_type: CaseType, state: State, at: datetime, case: Case, by: User, item: int | None = None) -> Seen:
    """The same of a case that nobody has locked."""
    data, root = selectors.visible(state, item), dict(state.root.variables)
    case_type = as_read(case_type, case.instance_id, state)
    principal = permissions.principal(by, case, at)
    return Seen(case_type, data, mask(data, case_type.classification, principal, [root]), root)


def accepted(seen: Seen, form: Form, answers: Mapping[str, Json]) -> dict[str, Json] | Refused:
    """The variables that these answers write, or what is wrong with them."""
    case_type, data, view = seen.case_type, seen.data, seen.view
    form = answer_validation.without_absent(form, view)
    answers = answer_validation.typed_answers(case_type.schema, answers)
    complete = answer_validation.with_initial(form, answers, data, view)
    ways = _ways_to_be_empty(seen, form, answers)
    emptied = {path: possible[0] for path, possible in ways.items() if possible}
    errors = {path: "This cannot be left empty." for path, possible in ways.items() if not possible}
    lettered = with_least(form, case_type.schema)
    errors |= form_errors(lettered, complete) | answer_validation.text_errors(complete)
    errors |= answer_validation.changed_although_fixed(form, complete, answers, data, view)
    errors |= placeholder_errors(form, complete, data)
    touched = {path: value for path, value in complete.items() if answers.get(path) not in (None, "")}
    untouched = {path for path in touched if touched[path] != answers.get(path)}
    asked = answer_validation.placed({}, {path: touched[path] for path in touched.keys() - untouched} | emptied)
    for refusal in refuse_writes_to_masked(asked, view):
        errors.setdefault(refusal.path.strip("/").replace("/", "."), refusal.reason)
    if errors:
        return Refused("invalid", "Please correct what is marked.", errors)
    changes = answer_validation.placed(data, filled(form, complete, data) | emptied)
    errors = answer_validation.errors_made(case_type, seen.root, changes)
    return Refused("invalid", "Please correct what is marked.", errors) if errors else changes


def _ways_to_be_empty(seen: Seen, form: Form, answers: Mapping[str, Json]) -> dict[str, list[Json]]:
    """For each path that these answers empty, how nothing may stand there; none where something has to."""
    document = seen.root | seen.data
    return {
        path: answer_validation.ways_to_be_empty(seen.case_type, document, path, sent)
        for path, sent in answer_validation.emptied(form, answers, seen.data).items()
    }
