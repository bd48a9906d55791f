"""Which open tasks are not offered to this person, because segregation of duties keeps them from it?

A projection of segregation of duties (`separation_of_duties`): each open task with whom it bars, by what they did or
somebody did for them (`#` and their number), opened (`person:` and their user name) or are named by (`=` and that
name). Written in the statement of the step that opens the task, finishes one that bars from it, or changes the data
that names people; what is written to a task asks the rows themselves once more. What somebody did in another case is
read each time (`barred_from_elsewhere`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from django.contrib.auth.models import User
from psycopg.sql import SQL

from audit.db.columns import Integers, Texts
from audit.db.sql import Part
from audit.sealed_values import opened_text_or_words
from casework.access.permissions import origin_of
from casework.access.separation_of_duties import names_in, names_of
from casework.lists.reading import rows
from casework.tasks.snooze import ASLEEP, Asleep
from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.separation import Bars
from orchestration.models import HumanTask
from orchestration.shell.selectors import visible
from orchestration.shell.services import Done
from orchestration.view.state import Item, State

OPEN: Final = frozenset(("active", "suspended"))

_WHO: Final[LiteralString] = """
    select distinct t.id, w.who
    from (select id, item from orchestration_humantask where instance_id = %(instance)s
          and state in ('open', 'suspended'){new}) t
    join (select s.item, '#' || d.assignee_id as who from unnest(%(bar_items)s, %(bar_steps)s) s(item, step)
          join orchestration_humantask d on d.instance_id = %(instance)s and d.definition_item = s.step
          and d.assignee_id is not null and (d.state = 'completed' or d.item = any(%(bar_done)s))
          union all
          select s.item, '#' || a.person_id from unnest(%(bar_items)s, %(bar_steps)s) s(item, step)
          join orchestration_humantask d on d.instance_id = %(instance)s and d.definition_item = s.step
          join casework_actedfor a on a.task_id = d.id
          union all
          select n.item, n.name from unnest(%(bar_named)s, %(bar_names)s) n(item, name)
          union all
          select o.item, p.who from unnest(%(bar_opened)s) o(item) cross join (
              select unnest(array[e.actor, e.on_behalf_of]) from audit_auditevent e
              where e.chain = %(instance)s and e.action = 'case.opened'{first}) p(who)
          where p.who like 'person:%%') w on w.item = t.item"""
_BARRED: Final[LiteralString] = f"""
    insert into casework_barredtask (task_id, who){_WHO}
    on conflict do nothing"""
DIFFERS: Final[LiteralString] = f"""
with wanted as ({_WHO.format(new="", first="")}),
kept as (select b.task_id, b.who from casework_barredtask b join orchestration_humantask t on t.id = b.task_id
         where t.instance_id = %(instance)s)
select exists (select * from wanted except select * from kept)
    or exists (select * from kept except select * from wanted)
"""  # noqa: S608 - of a text that stands in the code
"""Whether the rows of a case are others than they would be made anew; it wants what `wanted_by` gives."""
_NEW: Final[LiteralString] = " union all select id, item from task where state = 'open'"
_FIRST: Final[LiteralString] = " union all select unnest(array[%(actor)s, %(on_behalf_of)s])"
_NAMED_NO_MORE: Final[LiteralString] = """
barred_no_more as (
    delete from casework_barredtask b using orchestration_humantask t
    where t.id = b.task_id and t.instance_id = %(instance)s and left(b.who, 1) = '=' and not exists (
        select from unnest(%(bar_named)s, %(bar_names)s) n(item, name) where n.item = t.item and n.name = b.who))"""
_OVER: Final[LiteralString] = """
barred_over as (
    delete from casework_barredtask b using orchestration_humantask t
    where t.id = b.task_id and t.instance_id = %(instance)s and t.item = any(%(bar_over)s))"""
_FORGOTTEN: Final[LiteralString] = """
barred_forgotten as (
    delete from casework_barredtask b using orchestration_humantask t
    where t.id = b.task_id and t.instance_id = %(instance)s)"""
_LEFT_OUT: Final[LiteralString] = """
select b.task_id, null, '', true from {BARRED} b join orchestration_humantask t on t.id = b.task_id
where b.who = any(%(who)s::text[]) and t.state in ('open', 'suspended') and t.assignee_id is distinct from %(person)s
union all
select a.task_id, a.until, a.reason, false from ({ASLEEP}) a
union all
select g.id, max(d.until), coalesce(nullif(trim(g.first_name || ' ' || g.last_name), ''), g.username), null
from casework_delegation d join auth_user g on g.id = d.giver_id and g.is_active
where d.to_id = %(person)s and d.ended is null and d.begins <= %(now)s and d.until > %(now)s group by g.id"""

barred_from_elsewhere: list[LiteralString] = []
"""Selects of (task_id, who): open tasks from which what somebody did in another case keeps them."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`barred`: the open tasks that somebody may not do, but for those that they have and can give back. `sleeping`:
    those that they have snoozed. `acts_for`: whom they act for just now (`delegating`), by name."""

    barred: tuple[int, ...]
    sleeping: Mapping[int, Asleep]
    acts_for: tuple[str, ...] = ()


def barred_relation() -> LiteralString:
    """Of all that is barred, for the FROM of a statement: (task_id, who)."""
    return "(" + " union ".join(["select task_id, who from casework_barredtask", *barred_from_elsewhere]) + ")"  # noqa: S608


def left_out(user: User, now: datetime) -> LeftOut:
    """What a person's lists leave out; one statement."""
    statement = _LEFT_OUT.format(BARRED=barred_relation(), ASLEEP=ASLEEP)
    found = rows(SQL(statement), {"who": signs_of(user), "person": user.pk, "now": now})
    barred = {task for task, *_, is_barred in found if is_barred}
    sleeping = {
        task: Asleep(until, opened_text_or_words(reason))
        for task, until, reason, is_barred in found if is_barred is False and task not in barred
    }  # fmt: skip
    acts_for = tuple(sorted(name for _, _, name, is_barred in found if is_barred is None))
    return LeftOut(tuple(barred), sleeping, acts_for)


def who_is_barred(task: HumanTask, case_type: CaseType) -> set[str]:
    """The signs (`signs_of`) of those who may not do this open task."""
    if task.definition_item not in case_type.bars:
        return set()
    statement = f"select who from {barred_relation()} b where task_id = %(task)s"  # noqa: S608 - of texts in the code
    return {who for (who,) in rows(SQL(statement), {"task": task.pk})}


def signs_of(user: User) -> list[str]:
    """By what a row means this person."""
    return [f"#{user.pk}", origin_of(user).actor, *(f"={name}" for name in names_of(user))]


def barred_kept(done: Done) -> Part | None:
    """What a step writes of it; None where the case type bars nobody, or this step nobody else."""
    parts = list(_parts(done)) if done.case_type.bars else []
    values = {name: value for _, given in parts for name, value in given.items()}
    return (",".join(text for text, _ in parts), values) if parts else None


def _parts(done: Done) -> Iterator[Part]:
    found = done.effects
    finished = [item for item, state in found.tasks_closed.items() if state == "completed"]
    named_anew = done.state.data_changed and any(one.places for one in done.case_type.bars.values())
    if found.tasks or finished or named_anew:
        wanted = _wanted(done.case_type, done.state)
        if wanted.items:
            new, first = _NEW if found.tasks else "", _FIRST if done.created else ""
            yield f" barred as ({_BARRED.format(new=new, first=first)})", wanted.columns(finished)
            if named_anew and not done.created:
                yield _NAMED_NO_MORE, {}
    if over := [item for item, state in found.tasks_closed.items() if state != "suspended"]:
        yield _OVER, {"bar_over": Integers(over)}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Of the open items that a rule is about: after which steps, from whom opened the case, and from whom they name."""

    items: tuple[int, ...]
    steps: tuple[tuple[int, str], ...]
    opened: tuple[int, ...]
    names: tuple[tuple[int, str], ...]

    def columns(self, finished: list[int]) -> dict[str, Any]:
        """As parameters. `finished`: the items whose tasks this very step completes."""
        return {
            "bar_items": Integers(item for item, _ in self.steps), "bar_steps": Texts(step for _, step in self.steps),
            "bar_opened": Integers(self.opened), "bar_done": Integers(finished),
            "bar_named": Integers(item for item, _ in self.names), "bar_names": Texts(name for _, name in self.names),
        }  # fmt: skip


def _wanted(case_type: CaseType, state: State) -> _Wanted:
    bars = case_type.bars
    here = [(number, bars[item.node]) for number, item in state.items.items() if _is_open(item, bars)]
    return _Wanted(
        tuple(number for number, _ in here),
        tuple((number, step) for number, one in here for step in one.steps),
        tuple(number for number, one in here if one.opener),
        tuple((number, f"={name}") for number, one in here for name in names_in(visible(state, number), one.places)),
    )


def _is_open(item: Item, bars: Mapping[str, Bars]) -> bool:
    return item.node in bars and item.state in OPEN


def wanted_by(case_type: CaseType, state: State) -> Mapping[str, Any] | None:
    """Of whom it is asked whether they are kept from an open task of a case, as parameters; None: of nobody."""
    wanted = _wanted(case_type, state)
    return wanted.columns([]) if wanted.items else None


def rebuilt(case_type: CaseType, state: State) -> Iterator[Part]:
    """What makes it anew for one case, as two statements, one after the other; they want `instance`."""
    yield _FORGOTTEN, {}
    yield f" barred as ({_BARRED.format(new='', first='')})", _wanted(case_type, state).columns([])
