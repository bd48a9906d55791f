"""Is every open or suspended task offered to those whom its model names, and to nobody else?

A group that was not there, and a person who was not active, when the task came up is stood in for by the fallback
group. Who was there then is not in a case's history, so either is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from orchestration.shell.verification.expected import Either, Offer
from orchestration.shell.verification.told import TASK_ASSIGNEE, TASK_DUE, TASK_STATE, Told

CANDIDATES: Final = """
select t.instance_id, t.item, g.name, u.username, c.due, c.assigned, c.suspended, c.instance_id = t.instance_id
from orchestration_taskcandidate c join orchestration_humantask t on t.id = c.task_id
left join auth_group g on g.id = c.group_id left join auth_user u on u.id = c.user_id
where t.instance_id = any(%s) order by t.instance_id, t.item
"""
GROUPS: Final = "select name from auth_group"
PEOPLE: Final = "select username from auth_user where username = any(%s)"


@dataclass(slots=True)
class Offered:
    """The rows of one task: how often each group and person; when due, whether held, suspended and of its case."""

    groups: Counter[str]
    people: Counter[str]
    said: set[tuple[Any, bool, bool, bool]]


def apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, tuple[Told, str]]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for each candidate too many or too few. The second of a case's pair is its fallback group."""
    found = _rows(cursor, list(cases))
    named = {name for told, _ in cases.values() for offer in told.offers.values() for name in offer.people}
    there = {name for (name,) in cursor.execute(GROUPS).fetchall()}
    people = {name for (name,) in cursor.execute(PEOPLE, [list(named)]).fetchall()} if named else set()
    for case, (told, fallback) in cases.items():
        for item, offer in told.offers.items():
            offered = found.pop((case, item), None)
            row = told.rows["task"].open.get(item)
            if offered is None and row is not None and row[TASK_STATE] == "suspended":
                continue  # suspended long ago, when such tasks were in nobody's list
            offered = offered or Offered(Counter(), Counter(), set())
            for sentence in _task_apart(offer, offered, fallback, there, people):
                yield case, f"task {item} {sentence}"
            if row is not None and not all(_fits(row, said) for said in offered.said):
                yield case, f"the list of who may take task {item} says another due time, holder, state or case"
    for case, item in found:
        yield case, f"task {item} is offered to somebody, but is not open"


def _rows(cursor: psycopg.Cursor[Any], cases: list[int]) -> dict[tuple[int, int], Offered]:
    found: dict[tuple[int, int], Offered] = {}
    for case, item, group, person, due, assigned, suspended, is_of_case in cursor.execute(
        CANDIDATES, [cases], binary=True
    ).fetchall():
        offered = found.setdefault((case, item), Offered(Counter(), Counter(), set()))
        if group is not None:
            offered.groups[group] += 1
        if person is not None:
            offered.people[person] += 1
        offered.said.add((due, assigned, suspended, is_of_case))
    return found


def _fits(row: list[Any], said: tuple[Any, bool, bool, bool]) -> bool:
    holder, (due, held, suspended, is_of_case) = row[TASK_ASSIGNEE], said
    same = is_of_case and due == row[TASK_DUE] and suspended == (row[TASK_STATE] == "suspended")
    return bool(same) and (isinstance(holder, Either) or held == (holder is not None))


def _task_apart(offer: Offer, offered: Offered, fallback: str, there: set[str], people: set[str]) -> Iterator[str]:
    groups, persons = offered.groups.copy(), offered.people.copy()
    for name in offer.groups or (() if offer.by_name_alone else (fallback,)):
        if taken := next((each for each in (name, fallback) if groups[each]), None):
            groups[taken] -= 1
        elif {name, fallback} & there:
            yield f"is not offered to {name}, though the history says so"
    stood_in = False
    for name in offer.people:
        if persons[name]:
            persons[name] -= 1
        elif groups[fallback] or stood_in:
            groups[fallback] -= 0 if stood_in else 1
            stood_in = True
        elif name in people or fallback in there:
            yield f"is not offered to {name}, though the history says so"
    for name in (+groups).keys() | (+persons).keys():
        yield f"is offered to {name}, though the history does not say so"
