"""How does the row of a case, which lists and rights go by, keep up with what the engine did?

Called inside the transaction of every step: the named state, whether it is closed, the rights of groups and people
that a rule has just routed a task to, and what lists filter and order by. It is part of the one statement that a step
makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from audit.db.columns import Texts
from audit.db.sql import Part, together
from casework.access.permissions import GRANT, GRANT_TO_PEOPLE
from casework.cases import search_row
from casework.cases.past_rows import former_with, kept_replaced, replaced
from casework.cases.references import key_of
from casework.lists.projection import kept_values
from orchestration.casetypes.case_type import CaseType
from orchestration.privacy.masking import FormerValue
from orchestration.shell.sealing import subject_of
from orchestration.shell.services import Done
from orchestration.shell.step_sql import people_named
from orchestration.view.state import INSTANCE_ENDED, State

BY_HAND = {"suspended": "Suspended", "terminated": "Ended early", "failed": "Failed", "closed": "Closed"}
"""The named states of a case that left its model's way: whatever its type calls the others, it is not completed."""
NEEDS_ATTENTION = "Needs attention"
"""The named state of a case in which something failed that waits for a person, wherever else it stands."""

INSERT = """
insert into casework_case (instance_id, case_type, source, reference, reference_key, data_digest, title, state, closed,
                           created, updated, unit_id)
values (%(instance)s, %(case_type)s, %(source)s, %(reference)s, %(reference_key)s, %(data_digest)s, %(title)s,
        %(state)s, %(closed)s, %(at)s, %(at)s, %(unit)s)
returning id
"""
UPDATE = """
update casework_case set state = %(state)s, closed = %(closed)s, updated = %(at)s where instance_id = %(instance)s
returning id
"""


def open_face(done: Done, source: str, reference: str, digest: str = "", unit: int | None = None) -> Part:
    """Inserts the row of a case that was just started, with the standing rights of its type's roles.

    `digest`: of the data that was sent in (`references.digest_of`), empty where nobody sent any. `unit`: the business
    unit to which it belongs; None: the whole organisation.
    """
    title = done.case_type.title.format(reference=reference)[:200]
    row = _statement(
        INSERT, done, [*_standing(done.case_type), *_routed(done)],
        source=source, reference=reference, reference_key=key_of(reference), data_digest=digest, title=title,
        unit=unit,
    )  # fmt: skip
    over = replaced(done)
    listed = kept_values(done, former_with(done, over))
    return together(row, search_row.opened(done, title, reference), *_replaced(done, over), *listed)


def open_face_of_start(done: Done, kind: str) -> Part:
    """Inserts the row of a case that a message, signal or timer began: nobody gave it a reference, so it has its
    number."""
    return open_face(done, kind, f"{kind[0].upper()}-{done.instance}")


def keep_face(done: Done) -> Part:
    """Brings the row of a running case up to date, and what finds it; keeps what the step has written over."""
    over = replaced(done)
    standing = set(_standing(done.case_type))  # given when the case began, and taken back by nobody
    row = _statement(UPDATE, done, [right for right in _routed(done) if right not in standing])
    listed = kept_values(done, former_with(done, over))
    return together(row, search_row.written(done), *_replaced(done, over), *listed)


def _replaced(done: Done, over: Iterable[FormerValue]) -> Iterator[Part]:
    return kept_replaced(over, subject_of(done.instance))


def named_state(case_type: CaseType, state: State) -> tuple[str, bool]:
    """The named state that people speak of, and whether the case is closed."""
    closed = state.root.state in INSTANCE_ENDED
    if state.root.state in BY_HAND:
        return BY_HAND[state.root.state], closed
    if any(wait.kind == "incident" for wait in state.waits.values()):
        return NEEDS_ATTENTION, closed
    return case_type.state_name({item.node for item in state.items.values() if item.state == "active"}, closed), closed


def _statement(face: str, done: Done, rights: Iterable[tuple[str, str]], **given: str | int | None) -> Part:
    pairs = list(dict.fromkeys(rights))
    name, closed = named_state(done.case_type, done.state)
    values = given | {
        "instance": done.instance, "case_type": done.case_type.key, "state": name, "closed": closed, "at": done.at,
    }  # fmt: skip
    text = f" face as ({face})"
    if pairs:
        text += f", granted as ({GRANT})"
        values |= {
            "groups": Texts(group for group, _ in pairs),
            "codenames": Texts(f"{action}_case" for _, action in pairs),
        }
    if people := Texts(_named(done)):
        text += f", granted_by_name as ({GRANT_TO_PEOPLE})"
        values["people"] = people
    return text, values


def _named(done: Done) -> list[str]:
    """The people whom the model names for a task that has just come up, by their user names."""
    names = {name for task in done.effects.tasks.values() for name in people_named(task.event)}
    return sorted(name for name in names if "\0" not in name)  # nobody has such a name, and PostgreSQL cannot ask


def _standing(case_type: CaseType) -> list[tuple[str, str]]:
    """What the roles of a case type may on each of its cases."""
    return [(role.group, action) for role in case_type.roles for action in sorted(role.may)]


def _routed(done: Done) -> list[tuple[str, str]]:
    """Groups that a task was offered to, and the one that stands in for them, may view and work the case."""
    groups = {group for task in done.effects.tasks.values() for group in task.event.candidate_groups}
    if done.effects.tasks and done.case_type.fallback_group:
        groups.add(done.case_type.fallback_group)
    return [(group, action) for group in sorted(groups) for action in ("view", "work")]
