"""What may this reader see of this case?

Every page about one case begins here: state, data and history are read once, and the view that masks all of it is made
from the data as it is and as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from django.contrib.auth.models import User

from audit.sealed_values import is_sealed
from audit.selectors import Entry, entries_of
from casework.access import permissions
from casework.cases.asked_first import as_read, tells_withheld
from casework.cases.past_rows import AT_ONCE, TAIL, Former, catch_up, keep, kept_past, top_of, written
from casework.cases.read.actor_names import Names, actor_names, machines_in
from casework.cases.read.execution_tree import Running, running
from casework.cases.read.past import Past, fold
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, Faulty, by_definition
from orchestration.privacy.classification import Classification, escaped, rank
from orchestration.privacy.masking import Rows, View, mask, text_mask
from orchestration.privacy.masks import DOTS
from orchestration.privacy.principal import Principal
from orchestration.shell import selectors
from orchestration.view.state import ROOT, State

Json = Any

READ: Final = 3 * AT_ONCE
"""More events than one look can ask for: the window, what came after what was kept, and some decisions before."""

SHOWN: Final = 50
"""Events that a page tells of; the history has all of them, page by page."""
AT_MOST: Final = 2000
"""Events through which a search goes back."""
SHUT: Final = "Cannot be opened: its key is not there"
"""What lists call a case whose key is gone."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Look:
    """A case under one reader's eyes. `state`, `past` and `history` are in clear: only what went through `view` is
    shown.

    `history` holds the newest events, `past` what the page needs of all of them, `decisions` the newest decisions.
    `running` is what both say of the parts of the case.
    """

    case: Case
    case_type: CaseType
    state: State
    past: Past
    history: tuple[Entry, ...]
    decisions: tuple[Entry, ...]
    view: View
    running: Running
    names: Names

    def decided(self) -> tuple[Entry, ...]:
        """The newest decisions, the oldest first."""
        return self.decisions

    def told(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Of these events those that tell nothing of what is withheld for now (`asked_first`)."""
        return tuple(entry for entry in entries if not tells_withheld(self.case_type, entry))

    def waits(self, kind: str) -> bool:
        """Whether anything is open that waits for this: a job, an incident."""
        return any(wait.kind == kind for wait in self.state.waits.values())


def look(
    *, user: User, case: Case, now: datetime, before: int | None = None, item: int | None = None, most: int = SHOWN,
    then: int | None = None, stood: State | None = None, reader: Principal | None = None,
) -> Look:  # fmt: skip
    """The case as it is now, with its newest events (at most `most`), or (with `before`) those before that event.

    The view is of the root's data, or of what the open `item` sees of the part that it stands in.

    `then`: the state and the data are those just before this event, masked for the reader as they are today; `stood`:
    they are these, which the caller has replayed. `reader`: as who sees no more than this, in place of the person.

    Three statements for the past, one for names and two for who is looking, however long the case is.
    """
    deployed = by_definition(case.instance.definition_id)
    state = selectors.state_of(case.instance)
    case_type = as_read(deployed, case.instance_id, state)
    principal = reader or permissions.principal(user, case, now)
    past, values, found = _past(case, deployed.classification, principal, before, most)
    last = past["upto"] if before is None else before - 1
    tail = written(entry for entry in found if entry.sequence > past["kept"])
    root = [dict(state.root.variables)]
    stood = stood or (state if then is None else _stood(case, then, state))
    view = mask(selectors.visible(stood, item), case_type.classification, principal, [*root, *tail], values)
    decided, told = set(past["decisions"]), [entry for entry in found if not tells_withheld(case_type, entry)]
    named = actor_names([*past["actors"], *machines_in(entry.detail for entry in found)])
    return Look(
        case, case_type, stood, past,
        tuple(entry for entry in told if last - most < entry.sequence <= last),
        tuple(entry for entry in told if entry.sequence in decided),
        view, running(case_type.library, state, case_type.case, past), named,
    )  # fmt: skip


def _stood(case: Case, then: int, now: State) -> State:
    """The state before an event; as it is now where the beginning of the case was erased."""
    state = selectors.state_before(case.instance_id, then)
    return state if ROOT in state.instances else now


def _past(
    case: Case, classification: Classification, principal: Principal, before: int | None, most: int
) -> tuple[Past, Mapping[str, Rows], tuple[Entry, ...]]:
    """The past up to now, the former values that are kept and hidden from this principal, and the events of which the
    page tells: those since it was kept, the window, decisions.

    `kept`: up to which event its former values are kept.
    """
    seen = tuple(_seen(classification, principal))
    read, head = kept_past(case.instance_id, seen), case.instance.head_sequence
    if head - read.past["upto"] > AT_ONCE:
        catch_up(case.instance_id, classification)
        read = kept_past(case.instance_id, seen)
    past, kept = read.past, read.past["upto"]
    last = head if before is None else before - 1
    found = tuple(_events(case.instance_id, kept, last - most, last, past["decisions"]))
    tail = [entry for entry in found if entry.sequence > kept]
    fold(past, tail)
    if len(tail) > TAIL:
        keep(case.instance_id, past, tail, classification, read.version)
    past["kept"] = kept
    return past, read.values, found


def _seen(classification: Classification, principal: Principal) -> Iterator[str]:
    """The places of the case's own data that this principal sees; those within lists are left out."""
    for names in classification.paths:
        pointer = "".join("/" + escaped(name) for name in names)
        if principal.sees(classification.rule(pointer), pointer):
            yield pointer


def _events(chain: int, kept: int, first: int, last: int, decisions: Iterable[int]) -> list[Entry]:
    """The window and what comes after what was kept: in one statement where they meet."""
    if last >= kept:
        return entries_of(chain, after=min(kept, first), also=decisions, limit=READ)
    window = entries_of(chain, after=first, until=last, also=decisions, limit=READ)
    return [
        *window,
        *(entry for entry in entries_of(chain, after=kept, limit=READ) if entry.sequence not in set(decisions)),
    ]


def row_mask(definition: int, data: bytes, principal: Principal, former: Former) -> Callable[[str], str]:
    """`list_mask` by the version that a case follows.

    Of a version that cannot be read any more nobody knows what is secret: its rows stay in the list, without their
    texts, and hide nothing of the others. So does a case whose key is gone. `former`: what stood in the case before
    (`past_rows.former_of`).
    """
    try:
        classification = by_definition(definition).classification
    except Faulty as wrong:
        log.error("case type not read", definition=definition, faults=wrong.faults)
        return lambda text: DOTS
    if is_sealed(data):
        log.error("case not opened: its key is gone", definition=definition)
        return shut
    return list_mask(classification, orjson.loads(data), principal, former)


def in_lists(definition: int, instance: int, data: bytes, *, is_over: bool = False) -> bytes:
    """The data of a case as far as a row tells of it: nothing that is withheld until people have answered."""
    try:
        case_type = by_definition(definition)
    except Faulty:
        return data
    if case_type.asked_first is None:
        return data
    return orjson.dumps(case_type.in_lists(instance, orjson.loads(data), is_over))


def shut(text: str) -> str:
    """What is shown of any text of a case whose key is gone."""
    return DOTS


def title_in(masked: Callable[[str], str], title: str) -> str:
    """How a list calls a case: by its title, or by why that cannot be shown."""
    return SHUT if masked is shut else masked(title)


def list_mask(
    classification: Classification, data: Mapping[str, Any], principal: Principal, former: Former
) -> Callable[[str], str]:
    """Masks short texts in lists by what stands, or stood before, in those fields only that this principal may not
    read.

    Pages keep more of the past than a step does: what the parts of the case wrote for themselves. That hides nothing
    here, else what lists know of a case would depend on whether somebody has looked at it.
    """
    hidden = _hidden(classification, principal)
    document = {name: data[name] for name in data if name in hidden}
    stood = {where: rows for where, rows in former.items() if top_of(where) in hidden}
    return text_mask(document, classification, principal, stood)


def _hidden(classification: Classification, principal: Principal) -> frozenset[str]:
    """The top-level fields with a value in them that this principal does not read, or reads for a purpose only."""
    if not principal.revealed:
        return classification.tops[rank(principal.clearance)]
    inner = {names[:-1] for names in classification.paths}
    leaves = ((names, rule) for names, rule in classification.paths.items() if names not in inner)
    return frozenset(
        names[0] for names, rule in leaves if not principal.sees(rule, "/" + "/".join(names)) and rule.mask != "text"
    )
