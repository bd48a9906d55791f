"""Which tags are in use in the cases that somebody sees, and how is one changed in all of them?

As on each case by itself (`tags`): in those that this person may work, a change in the history of each. What they may
not work, or is refused, stays and is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import connection

from audit.data_keys import KeyFault
from casework.access.permissions import may, readers
from casework.lists.tag_words import MARK, NOT_A_WORD, tag_of
from casework.lists.tags import case_tag
from casework.models import Case
from orchestration.ground.refusals import Refused

MOST: Final = 200
"""Tags that are shown."""
LOOKED_AT: Final = 20_000
"""Tags on cases, the newest first, of whoever."""
AT_ONCE: Final = 200
"""Cases that one change goes through."""

_IN_USE: Final = """
select n.word, count(*) from (
    select v.instance_id, v.words::text as word from casework_listedvalue v
    where v.field >= '#' and v.field < '$' order by v.instance_id desc limit %(newest)s) n
join casework_case f on f.instance_id = n.instance_id
where exists (select from casework_listedcase l where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
group by n.word order by count(*) desc, n.word limit %(most)s"""
_WITH: Final = """
select f.id from casework_listedvalue v join casework_case f on f.instance_id = v.instance_id
where v.field = %(field)s and v.words = %(word)s and f.id > %(after)s
and exists (select from casework_listedcase l where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
order by f.id limit %(most)s"""


@dataclass(frozen=True, slots=True)
class Replaced:
    """In how many cases it was done, in how many not; `upto`: the last that was gone through, where there are more."""

    done: int
    left: int
    upto: int | None = None


def tags_in_use(user: User) -> list[tuple[str, int]]:
    """Each with how many of the cases that they see have it, the most used first; one statement."""
    given = {"newest": LOOKED_AT, "readers": list(readers(user)), "most": MOST}
    return [(word, count) for word, count in _rows(_IN_USE, given)]


def tag_replace(*, by: User, tag: str, new: str, after: int = 0) -> Replaced | Refused:
    """Have the cases with a tag have another instead; `new` empty: none. `after`: those behind this case alone."""
    word, wanted = tag_of(tag), tag_of(new)
    if new.strip() and not wanted:
        return Refused("invalid", "Please correct what is marked.", {"new": NOT_A_WORD})
    if not word or word == wanted:
        return Replaced(0, 0)
    given = {"field": MARK + word, "word": word, "readers": list(readers(by)), "most": AT_ONCE + 1, "after": after}
    found = [number for (number,) in _rows(_WITH, given)]
    cases = Case.objects.select_related("unit").in_bulk(found[:AT_ONCE])
    done = sum(_replaced(by, case, word, wanted) for _, case in sorted(cases.items()))
    return Replaced(done, len(cases) - done, found[AT_ONCE - 1] if len(found) > AT_ONCE else None)


def _replaced(by: User, case: Case, word: str, wanted: str) -> bool:
    if not may(by, "work", case):
        return False
    try:
        outcome = case_tag(by=by, case=case, add=[wanted] if wanted else [], remove=[word], instead=True)
    except KeyFault:  # it stays as it is, and those behind it have their turn
        return False
    return not isinstance(outcome, Refused)


def _rows(statement: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())
