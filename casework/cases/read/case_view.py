"""What may this reader see of this case?

Every page about one case begins here: state, data and history are read once, and the view that masks all of it is made
from the data as it is and as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from django.contrib.auth.models import User

from audit.selectors import Entry, timeline
from casework.access import permissions
from casework.cases.read.execution_tree import Running, running
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.engine.state import State
from orchestration.privacy.classification import Classification
from orchestration.privacy.masking import Principal, View, mask, text_mask
from orchestration.shell import selectors

Json = Any

AT_MOST: Final = 2000
"""Events of a case that its page looks back on; the history pages through all of them."""


@dataclass(frozen=True, slots=True)
class Look:
    """A case under one reader's eyes. `state` and `history` are in clear: only what went through `view` is shown.

    `running` is what both say of the parts of the case.
    """

    case: Case
    case_type: CaseType
    state: State
    history: tuple[Entry, ...]
    view: View
    running: Running


def look(*, user: User, case: Case, now: datetime, before: int | None = None, item: int | None = None) -> Look:
    """The case as it is now, and what led to it, or (with `before`) what had happened before that event.

    The view is of the root's data, or of what the open `item` sees of the part that it stands in.

    Two statements for the history and two for who is looking, however long the case is.
    """
    case_type = by_definition(case.instance.definition_id)
    state = selectors.state_of(case.instance)
    last = case.instance.head_sequence if before is None else before - 1
    first = max(0, last - AT_MOST)
    history = tuple(timeline(case.instance_id, after=first, limit=min(AT_MOST, last - first)))
    principal = permissions.principal(user, case, now)
    data, known = selectors.visible(state, item), [dict(state.root.variables), *former(history)]
    view = mask(data, case_type.classification, principal, known)
    parts = running(case_type.library, state, case_type.case, history)
    return Look(case, case_type, state, history, view, parts)


def former(history: Iterable[Entry]) -> list[dict[str, Json]]:
    """What stood in the case's data at some time, as documents of its shape."""
    told = {"engine.InstanceStarted": "variables", "engine.VariablesChanged": "changes"}
    found = (entry.detail.get(told[entry.action]) for entry in history if entry.action in told)
    return [document for document in found if isinstance(document, dict)]


def list_mask(classification: Classification, data: bytes, principal: Principal) -> Callable[[str], str]:
    """Masks short texts in lists, by the values of those fields only that this principal may not read."""
    hidden = _hidden(classification, principal)
    document = {name: value for name, value in orjson.loads(data).items() if name in hidden} if hidden else {}
    return text_mask(document, classification, principal)


def _hidden(classification: Classification, principal: Principal) -> frozenset[str]:
    """The top-level fields with a value in them that this principal does not read."""
    inner = {names[:-1] for names in classification.paths}
    leaves = ((names, rule) for names, rule in classification.paths.items() if names not in inner)
    return frozenset(
        names[0] for names, rule in leaves if not principal.sees(rule, "/" + "/".join(names)) and rule.mask != "text"
    )
