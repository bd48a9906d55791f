"""Does the row of a case say what its history says, and may exactly those people see it to whom the history gave it?

Hung into orchestration's verification, so that each event is read once for all: the case's row (one statement for a
batch of cases), the rights of groups and people on it, what was revealed of it to whom, and what pages keep of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import psycopg

from audit.reading import Row
from audit.sealed_values import opened_text_or_words
from casework.cases import listed_verification
from casework.cases.case_row import named_state
from casework.cases.kept_verification import kept_apart
from casework.cases.listed_verification import listed_apart
from casework.cases.references import key_of
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.models import Definition, Instance
from orchestration.shell import verification
from orchestration.shell.verification import Verdict
from orchestration.shell.verification.cases import BROKEN, Case, with_every_verification
from orchestration.shell.verification.told import Told, on_event, on_fact
from orchestration.view import events as e

CASES: Final = """
select instance_id, case_type, source, reference, title, state, closed, created, updated, id, reference_key
from casework_case where instance_id = any(%s)
"""
UNITS: Final = """
select c.instance_id, coalesce(b.key, 'no unit ' || c.unit_id, ''), c.units is distinct from coalesce(b.path, '{}'),
       exists (select from orchestration_humantask t join orchestration_taskcandidate o on o.task_id = t.id
               where t.instance_id = c.instance_id and o.unit <> coalesce(c.unit_id, 0))
from casework_case c left join casework_businessunit b on b.id = c.unit_id where c.instance_id = any(%s)
"""
GROUPS: Final = """
select c.instance_id, g.name, p.codename from casework_casegroupobjectpermission r
join casework_case c on c.id = r.content_object_id join auth_group g on g.id = r.group_id
join auth_permission p on p.id = r.permission_id where c.instance_id = any(%s)
"""
PEOPLE: Final = """
select c.instance_id, u.username, p.codename from casework_caseuserobjectpermission r
join casework_case c on c.id = r.content_object_id join auth_user u on u.id = r.user_id
join auth_permission p on p.id = r.permission_id where c.instance_id = any(%s)
"""
REVEALS: Final = """
select c.instance_id, u.username, r.path, r.reason, r.until from casework_reveal r
join casework_case c on c.id = r.case_id join auth_user u on u.id = r.person_id
where c.instance_id = any(%s) order by r.id
"""
LISTED: Final = """
with face as (select * from casework_case where instance_id = any(%s)),
base as (
    select 0::bigint as reader, id from face
    union
    select r.group_id, r.content_object_id from casework_casegroupobjectpermission r
    join face f on f.id = r.content_object_id join auth_permission p on p.id = r.permission_id
    where p.codename = 'view_case'
    union
    select -r.user_id, r.content_object_id from casework_caseuserobjectpermission r
    join face f on f.id = r.content_object_id join auth_permission p on p.id = r.permission_id
    where p.codename = 'view_case'),
due as (
    select case when b.reader < 0 then b.reader - (u << 32) else b.reader + (u << 32) end as reader, b.id
    from base b join face f on f.id = b.id cross join unnest(0::bigint || f.units) u)
select distinct f.instance_id
from (select l.* from casework_listedcase l join face f on f.id = l.case_id) l
full join due d on d.reader = l.reader and d.id = l.case_id join face f on f.id = coalesce(d.id, l.case_id)
where d.id is null or (l.case_type, l.state, l.closed, l.created)
                      is distinct from (f.case_type, f.state, f.closed, f.created)
"""
THERE: Final = "select name from auth_group union all select username from auth_user where username = any(%s)"
MADE: Final = """
select e.at, p.body from audit_auditevent e join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where e.chain = 0 and e.action = 'role.changed' order by e.sequence
"""
ACTED: Final = """
select t.instance_id, t.item, u.username::text from casework_actedfor a
join orchestration_humantask t on t.id = a.task_id join auth_user u on u.id = a.person_id where t.instance_id = any(%s)
"""
REVEALED_AT_MOST: Final = timedelta(minutes=16)
"""How long after the fact a reveal may end that does not say until when."""


def verify(instance: Instance) -> Verdict:
    """Check one case whole, while nobody can add to it."""
    return verification.verify(instance)


# --- what the history tells, kept in `Told.notes`: opened, groups, people, reveals


def _opened(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes.setdefault("opened", dict(detail))


def _handed_over(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes["unit"] = detail["to"]


def _offered(told: Told, event: e.TaskOpened, at: object) -> None:
    told.notes.setdefault("groups", {}).update(dict.fromkeys(event.candidate_groups, True))
    people = (*event.candidate_users, *([event.assignee] if event.assignee else ()))
    named = {name: True for name in people if "\0" not in name}  # nobody has such a name
    told.notes.setdefault("people", {}).update(named)


def _given(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    """Whoever is given a task may see and work its case; `granted`: that they could not before. Undone, they may no
    more."""
    taken = detail.get("withdrawn") or {}
    if taken.get("right"):
        told.notes.setdefault("people", {}).pop(taken["from"], None)
    if detail.get("granted"):
        told.notes.setdefault("people", {})[detail["to"]] = True


def _revealed(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    person = link[3].removeprefix("person:")
    found = [person, detail["path"], detail["reason"], link[6], detail.get("until")]
    told.notes.setdefault("reveals", []).append(found)


def _acted_for(told: Told, detail: Mapping[str, Any], link: Row) -> None:
    told.notes.setdefault("acted", {})[str(detail["item"])] = detail["for"]


def hang_in() -> None:
    """Have every verification look at casework's rows as well."""
    if rows_apart not in with_every_verification:
        on_fact(_opened, "case.opened")
        on_fact(_handed_over, "case.handed_over")
        on_event(_offered, e.TaskOpened)
        on_fact(_given, "task.assigned")
        on_fact(_acted_for, "task.delegated")
        on_fact(_revealed, "field.revealed")
        on_fact(_revealed, "case.glass")
        listed_verification.hang_in()
        with_every_verification.append(rows_apart)


# --- what is held against it


def rows_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """(case, sentence) for what casework's rows of these cases say otherwise than their histories."""
    opened = {number: case for number, case in cases.items() if "opened" in case.told.notes}
    found = {row[0]: row[1:] for row in cursor.execute(CASES, [list(cases)], binary=True).fetchall()}
    types: dict[int, CaseType] = {}
    for number, case in cases.items():
        row, case_type = found.get(number), _type(case)
        if case_type is not None:
            types[number] = case_type
        if row is None and number in opened:
            yield number, "the case has no row in the list of cases"
        elif row is not None and number not in opened:
            yield number, "the case stands in the list of cases, but its history does not say how it came in"
        elif row is not None and case_type is not None:
            for sentence in _row_apart(case, case_type, row):
                yield number, sentence
    known = {number: case for number, case in opened.items() if number in types and number in found}
    yield from _rights_apart(cursor, known, types)
    yield from _reveals_apart(cursor, known)
    for (number,) in cursor.execute(LISTED, [list(cases)], binary=True).fetchall():
        yield number, "the list of cases is shown to others, or says otherwise, than the case's own row and rights"
    yield from _units_apart(cursor, known)
    yield from _acts_apart(cursor, cases)
    yield from kept_apart(cursor, cases, types)
    yield from listed_apart(cursor, known, types)


def _type(case: Case) -> CaseType | None:
    try:
        return by_definition(case.stored.definition)
    except (Definition.DoesNotExist, *BROKEN):
        return None  # said already, where the fallback group was looked for


def _row_apart(case: Case, case_type: CaseType, row: tuple[Any, ...]) -> Iterator[str]:
    """What the list of cases says of this one otherwise."""
    told, opened = case.told, case.told.notes["opened"]
    reference = opened.get("reference") or f"{opened['source'][0].upper()}-{told.instance}"
    name, closed = named_state(case_type, told.state)
    title = case_type.title.format(reference=reference)[:200]
    wanted = (opened["case_type"], opened["source"], reference, title, name, closed, told.begun)
    for what, expected, said in zip(COLUMNS, wanted, row, strict=False):
        if expected != said:
            yield f"the list of cases says another {what} than the history"
    updated, number, key = row[-3:]
    if key not in (key_of(reference), f"{key_of(reference)}\x01{number}"):  # numbered where two of before were alike
        yield "the case is found by another reference than that of the history"
    if told.stepped is None or told.last is None or updated == told.stepped:
        return
    if not told.stepped <= updated <= told.last:  # a step without an event of the engine
        yield "the list of cases says another time of the last change than the history"


def _units_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """To which business unit it belongs, and what stands by that."""
    for number, unit, elsewhere, offered in cursor.execute(UNITS, [list(cases)], binary=True).fetchall():
        notes = cases[number].told.notes
        if unit != notes.get("unit", notes["opened"].get("unit", "")):
            yield number, "the case belongs to another business unit than the history says"
        if elsewhere or offered:
            yield number, "the case, or a task of it, is shown to another business unit than it belongs to"


COLUMNS: Final = ("kind", "source", "reference", "title", "state", "end", "time of its beginning")


def _rights_apart(
    cursor: psycopg.Cursor[Any], cases: Mapping[int, Case], types: Mapping[int, CaseType]
) -> Iterator[tuple[int, str]]:
    """Rights that the history did not give, and those that it gave and that are gone."""
    numbers = list(cases)
    groups = _by_case(cursor.execute(GROUPS, [numbers], binary=True).fetchall())
    people = _by_case(cursor.execute(PEOPLE, [numbers], binary=True).fetchall())
    named = {name for case in cases.values() for name in case.told.notes.get("people", ())}
    there = {name for (name,) in cursor.execute(THERE, [list(named)]).fetchall()}
    since = _made_or_changed(cursor)
    for number, case in cases.items():
        for wanted, found in (
            (_group_rights(case.told, types[number]), groups.get(number, set())),
            (_personal_rights(case.told), people.get(number, set())),
        ):
            for name, right in sorted(found - wanted):
                yield number, f"{name} may {_word(right)} the case, though the history gave no such right"
            for name, right in sorted(wanted - found):
                if name in there and not case.told.before(since.get(name)):
                    yield number, f"{name} may not {_word(right)} the case, though the history gave the right"


def _made_or_changed(cursor: psycopg.Cursor[Any]) -> dict[str, datetime]:
    """When each group and person was last made or let in: before that, a right could not be given to them."""
    found: dict[str, datetime] = {}
    for at, body in cursor.execute(MADE, binary=True).fetchall():
        detail = orjson.loads(body)
        if "made" in detail or "active" in detail:
            found[detail.get("group") or detail["person"]] = at
    return found


def _group_rights(told: Told, case_type: CaseType) -> set[tuple[str, str]]:
    standing = {(role.group, f"{action}_case") for role in case_type.roles for action in role.may}
    routed = set(told.notes.get("groups", ()))
    if told.notes.get("people") is not None and case_type.fallback_group:
        routed.add(case_type.fallback_group)  # with the first task, whoever it is offered to
    return standing | {(group, f"{action}_case") for group in routed for action in ("view", "work")}


def _personal_rights(told: Told) -> set[tuple[str, str]]:
    return {(name, f"{action}_case") for name in told.notes.get("people", ()) for action in ("view", "work")}


def _word(codename: str) -> str:
    return codename.removesuffix("_case")


def _by_case(rows: list[tuple[int, str, str]]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for case, name, right in rows:
        found.setdefault(case, set()).add((name, right))
    return found


def _reveals_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """What somebody may see for a while, for no reason that was given."""
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for number, who, path, reason, until in cursor.execute(REVEALS, [list(cases)], binary=True).fetchall():
        rows.setdefault(number, []).append((who, path, opened_text_or_words(reason), until))
    for number, case in cases.items():
        told = [tuple(one) for one in case.told.notes.get("reveals", ())]
        for row in rows.get(number, ()):
            fits = next((one for one in told if _is_reveal(one, row)), None)
            if fits is None:
                yield number, f"{row[0]} may see a masked field, though nobody gave a reason for that then"
            else:
                told.remove(fits)
        for one in told:
            yield number, f"what was revealed to {one[0]} has no row"


def _acts_apart(cursor: psycopg.Cursor[Any], cases: Mapping[int, Case]) -> Iterator[tuple[int, str]]:
    """Whom a finished task is said to have been done for, where the history says another, or nobody."""
    rows: dict[int, dict[str, str]] = {}
    for number, item, person in cursor.execute(ACTED, [list(cases)], binary=True).fetchall():
        rows.setdefault(number, {})[str(item)] = person
    for number, case in cases.items():
        told: dict[str, str] = case.told.notes.get("acted", {})
        found = rows.get(number, {})
        if any(told.get(item) != person for item, person in found.items()):
            yield number, "a task is said to have been done for somebody, though the history does not say so"
        if told.keys() - found.keys():
            yield number, "what was done for somebody has no row"


def _is_reveal(told: tuple[Any, ...], row: tuple[Any, ...]) -> bool:
    person, path, reason, at, until = told
    ends = row[3].isoformat() == until if until is not None else at <= row[3] <= at + REVEALED_AT_MOST
    return bool((person, path, reason) == row[:3] and ends)
