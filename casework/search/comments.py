"""In which comments do these words stand, for this reader?

The words of a comment that find it are those that the least cleared reader sees; each that is found is then read as
this reader sees it, masked by what is and was hidden in its case: what is masked for somebody finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, LiteralString

from django.contrib.auth.models import User
from django.db import connection

from audit.sealed_values import read_or_none
from casework.access import permissions
from casework.access.within import within
from casework.cases.past_rows import former_of
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import row_mask
from casework.cases.read.timeline import actor_name
from casework.cases.search_words import words_of
from casework.models import Case
from casework.search.marks import Marked, fitting, marked
from casework.search.query import Term, is_narrow

SHOWN: Final = 8
READ: Final = 40
"""Comments that are read for those that are shown, at most."""
MATCHED: Final = 1000
"""Comments with these words, on whatever case, that are held against the reader's list: the newest."""
_FOUND: LiteralString = """
with matched as materialized (
    select case_id, number, by, at, tellings[cardinality(tellings)] as telling from casework_comment
    where words @@ %(query)s::tsquery order by at desc limit %(matched)s)
select m.case_id, m.number, m.by, m.at, p.body from matched m join casework_case f on f.id = m.case_id
join audit_auditpayload p on p.chain = f.instance_id and p.sequence = m.telling
where exists (select from casework_listedcase l where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
order by m.at desc limit %(read)s"""


@dataclass(frozen=True, slots=True)
class FoundComment:
    """`title`: what its case is called."""

    case: int
    number: int
    title: str
    who: str
    at: datetime
    text: Marked


def comments_found(user: User, now: datetime, sought: Sequence[Term]) -> tuple[FoundComment, ...]:
    """The newest that show all these words to this person; four statements where any may."""
    if not is_narrow(sought):
        return ()
    rows = _rows(user, sought)
    if not rows:
        return ()
    cases = Case.objects.filter(within(user)).select_related("instance").in_bulk({row[0] for row in rows})
    former = former_of(case.instance_id for case in cases.values())
    person = permissions.principal(user, None, now)
    names = actor_names({row[2] for row in rows})

    def found() -> Iterator[FoundComment]:
        for number, comment, by, at, body in rows:
            case = cases.get(number)
            detail = read_or_none(body) if case is not None else None
            if case is None or not isinstance(detail, dict):
                continue
            instance, reader = case.instance, permissions.of_case(person, number)
            masked = row_mask(
                instance.definition_id,
                bytes(instance.data),
                reader,
                former.get(instance.pk, {}),
            )
            text = masked(detail.get("text", ""))
            if len(fitting(words_of(text), sought)) == len(sought):
                yield FoundComment(number, comment, masked(case.title), actor_name(by, names), at, marked(text, sought))

    return tuple(islice(found(), SHOWN))


def _rows(user: User, sought: Sequence[Term]) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {
        "query": " & ".join(map(_lexemes, sought)), "readers": list(permissions.readers(user)), "read": READ,
        "matched": MATCHED,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, asked)
        return list(cursor.fetchall())


def _lexemes(term: Term) -> str:
    """Words hold letters and digits only, so nothing is quoted in them."""
    return f"('{term.text}'{'' if term.whole else ':*'})"
