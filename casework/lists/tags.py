"""Which words have people put on a case, and by which are cases found?

A tag is a row of `ListedValue` under a field of its own (`#word`), so that each list filters by it as by any field.
Everybody who sees the case reads its tags: one that would tell what is masked for some of them is refused to whoever
may read that; to others a guess stays a guess. A change stands in the case's history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import connection, transaction

from audit.db.columns import Texts
from audit.db.sql import Part
from audit.services import Fact
from casework.access.granted import least_clearance
from casework.access.permissions import origin_of, principal, readers
from casework.cases.locking import keep_refusal, locked
from casework.cases.past_rows import former_of
from casework.cases.read.case_view import list_mask
from casework.lists.models import ListedValue
from casework.lists.tag_words import MARK, NOT_A_WORD, tag_of
from casework.models import Case, Follow
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.privacy.principal import Principal
from orchestration.shell import services
from orchestration.shell.services import Locked

GONE: Final = Refused("gone", "Somebody has taken this tag off meanwhile.")
MOST: Final = 20
"""Tags of one case."""
SUGGESTED: Final = 40
LOOKED_AT: Final = 300
"""Of the newest cases that somebody sees, whose tags are suggested to them."""

_CHANGED: Final = """
tags_gone as (
    delete from casework_listedvalue where instance_id = %(instance)s and field = any(%(tags_gone)s)),
tags_new as (
    insert into casework_listedvalue (instance_id, field, level, words)
    select %(instance)s, '#' || word, 0, word from unnest(%(tags_new)s) as t(word) on conflict do nothing)"""
_MARKS: Final = """
select array(select v.words::text from casework_listedvalue v
             where v.instance_id = f.instance_id and left(v.field, 1) = '#' order by v.words),
       exists (select from casework_follow w where w.case_id = f.id and w.person_id = %(person)s),
       array(select distinct v.words::text from (
                 select l.case_id from unnest(%(readers)s::bigint[]) as r(id) cross join lateral (
                     select l.case_id, l.created from casework_listedcase l where l.reader = r.id and not l.closed
                     order by l.created desc limit %(newest)s) l
                 order by l.created desc limit %(newest)s) n
             join casework_case c on c.id = n.case_id
             join casework_listedvalue v on v.instance_id = c.instance_id and left(v.field, 1) = '#'
             order by 1 limit %(most)s),
       (select count(*) from casework_comment m where m.case_id = f.id and m.withdrawn is null)
from casework_case f where f.id = %(case)s"""

_SEEN: Final = """
select w.word, (
    select count(*) from (
        select from (select v.instance_id from casework_listedvalue v
                     where v.field = '#' || w.word and v.words = w.word order by v.instance_id desc limit %(most)s) v
        join casework_case f on f.instance_id = v.instance_id
        where exists (
            select from casework_listedcase l where l.case_id = f.id and l.reader = any(%(readers)s::bigint[]))
    ) n)
from unnest(%(words)s::text[]) as w(word)"""
FOUND: Final = 1000
"""Cases with a tag, of whoever, that are held against the reader's list: the newest."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The tags of a case, whether a person follows it, tags that they may have seen in other cases, and how many
    comments stand on it."""

    tags: tuple[str, ...]
    following: bool
    suggested: tuple[str, ...]
    comments: int = 0


def marks_of(case: Case, user: User) -> Marks:
    """What stands at the head of a case beside its state; one statement."""
    values: dict[str, Any] = {
        "case": case.pk, "person": user.pk, "readers": list(readers(user)), "newest": LOOKED_AT, "most": SUGGESTED,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, values)
        tags, following, suggested, comments = cursor.fetchone()
    return Marks(tuple(tags), following, tuple(word for word in suggested if word not in tags), comments)


def tags_seen(words: Iterable[str], user: User) -> dict[str, int]:
    """Of these tags those that cases have which this person sees, and how many: of the newest with the tag."""
    sought = [word for word in dict.fromkeys(words) if word]
    if not sought:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"words": sought, "readers": list(readers(user)), "most": FOUND})
        return {word: count for word, count in cursor.fetchall() if count}


@transaction.atomic
def case_tag(
    *, by: User, case: Case, add: Iterable[str] = (), remove: Iterable[str] = (), instead: bool = False
) -> tuple[str, ...] | Refused:
    """Put tags on a case and take others off. What is there already, or is not, changes nothing. `instead`: put them
    there only where what is taken off still stands."""
    wanted, unwanted = [tag_of(text) for text in add], {tag_of(text) for text in remove}
    if not all(wanted):
        return Refused("invalid", NOT_A_WORD)
    held = locked(case.instance_id)
    there = _there(case.instance_id)
    if instead and not unwanted & set(there):
        return GONE
    new = [word for word in dict.fromkeys(wanted) if word not in there]
    gone = [word for word in there if word in unwanted and word not in wanted]
    if not new and not gone:
        return tuple(there)
    if len(there) + len(new) - len(gone) > MOST:
        return keep_refusal(held, by, {"command": "tag"}, Refused("too-many", f"A case has at most {MOST} tags."))
    if _tells(held, case, by, new):
        secret = Refused("masked", "This is masked for others who see the case, and they would read it in the tag.")
        return keep_refusal(held, by, {"command": "tag"}, secret)
    fact = Fact("case.tags", {name: words for name, words in (("added", new), ("removed", gone)) if words})
    services.record(held, [fact], origin_of(by), [_changed(held.instance, new, gone)])
    return tuple(sorted({*there, *new} - set(gone)))


def _there(instance: int) -> list[str]:
    found = ListedValue.objects.filter(instance=instance, field__startswith=MARK).order_by("words")
    return [words for words in found.values_list("words", flat=True) if words]


def _changed(instance: int, new: list[str], gone: list[str]) -> Part:
    return _CHANGED, {"instance": instance, "tags_new": Texts(new), "tags_gone": Texts(MARK + word for word in gone)}


def _tells(held: Locked, case: Case, by: User, words: list[str]) -> bool:
    """Whether one of these says what somebody who sees the case may not read, and whoever says it may."""
    former = former_of([held.instance]).get(held.instance, {})
    data, rules = held.state.root.variables, held.case_type.classification
    least = list_mask(rules, data, Principal(least_clearance(case)), former)
    own = list_mask(rules, data, principal(by, case, clock.utc_now()), former)
    return any(least(word) != word and own(word) == word for word in words)


def case_follow(*, by: User, case: Case, following: bool) -> None:
    """Keep a case among those that a person follows, or no more. It concerns nobody else, so no history has it."""
    if following:
        Follow.objects.get_or_create(case=case, person=by, defaults={"at": clock.utc_now()})
    else:
        Follow.objects.filter(case=case, person=by).delete()
