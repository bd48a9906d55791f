"""What does this reader see of the comments on a case?

Masked as every text about it, each as its words stand now; who may audit the case is shown the words of before, too.
What was withdrawn is a line that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from audit.selectors import Entry, entries_of
from audit.services import Origin
from casework.cases.read.actor_names import Names, actor_names
from casework.cases.read.case_view import Look
from casework.cases.read.timeline import actor_name
from casework.comments.words import as_html
from casework.models import Comment
from orchestration.models import HumanTask

PAGE: Final = 50
"""Threads on a page, the newest."""
NEVER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Words:
    """What stood there from then on, masked; `whole`: where nothing of it is."""

    at: datetime
    text: str
    html: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A comment. `words`: None where it was withdrawn, or what it said was erased. `former`: what it said before, for
    who may see that; `telling`: the event that holds its words; `task`: number and name of the one that it is about."""

    number: int
    thread: int
    who: str
    mine: bool
    at: datetime
    words: Words | None
    edited: datetime | None
    withdrawn: datetime | None
    telling: int
    former: tuple[Words, ...] = ()
    task: tuple[int, str] | None = None
    replies: tuple[Said, ...] = ()
    later: bool = False
    """In the time machine: edited or withdrawn since, so that only who may audit reads what it said then."""


@dataclass(frozen=True, slots=True)
class Comments:
    """Threads, the oldest first. `older`: the number before which there are more; 0: none."""

    threads: tuple[Said, ...]
    older: int = 0


def comments_of(look: Look, reader: Origin, *, before: int = 0, former: bool = False) -> Comments:
    """A page of threads: the newest, or those before a comment. Five statements, however many there are."""
    every = Comment.objects.filter(case=look.case).defer("words")
    tops = every.filter(thread=0, number__lt=before or NEVER).order_by("-number")
    page = list(tops[: PAGE + 1])
    shown = page[:PAGE]
    replies = list(every.filter(thread__in=[one.number for one in shown]).order_by("number")) if shown else []
    threads = _threads(look, reader.actor, [*reversed(shown), *replies], former)
    return Comments(threads, shown[-1].number if len(page) > PAGE else 0)


def comment_of(look: Look, reader: Origin, number: int) -> Said | None:
    """One of them, without its answers."""
    row = Comment.objects.filter(case=look.case, number=number).defer("words").first()
    return None if row is None else _each(look, reader.actor, [row], former=False)[0]


def comments_then(look: Look, rows: Iterable[Comment], *, former: bool) -> tuple[Said, ...]:
    """Those that these rows tell of, the comments of another moment; `former`: also words that stand no more."""
    today = {row.number: row for row in Comment.objects.filter(case=look.case).defer("words")}
    threads = _threads(look, "", sorted(rows, key=_by_number), former=False)
    return threads if former else tuple(_without_later(one, today) for one in threads)


def _by_number(row: Comment) -> int:
    return row.number


def _without_later(one: Said, today: Mapping[int, Comment]) -> Said:
    replies = tuple(_without_later(answer, today) for answer in one.replies)
    now = today.get(one.number)
    stands = now is not None and not now.withdrawn and now.tellings[-1] == one.telling
    return replace(one, replies=replies) if stands else replace(one, replies=replies, words=None, later=True)


def _threads(look: Look, reader: str, rows: Sequence[Comment], former: bool) -> tuple[Said, ...]:
    said = _each(look, reader, rows, former)
    answers: dict[int, list[Said]] = {}
    for one in said:
        answers.setdefault(one.thread, []).append(one)
    return tuple(_with_replies(one, answers.get(one.number, ())) for one in answers.get(0, ()))


def _each(look: Look, reader: str, rows: Sequence[Comment], former: bool) -> list[Said]:
    if not rows:
        return []
    kept = _kept(look, rows, former)
    names, tasks = actor_names({row.by for row in rows}), _tasks(look, rows)
    return [_said(look, row, kept, (names, tasks, reader), former) for row in rows]


def _with_replies(one: Said, replies: Iterable[Said]) -> Said:
    return replace(one, replies=tuple(replies))


def _kept(look: Look, rows: Iterable[Comment], former: bool) -> Mapping[int, Entry]:
    """The events that hold their words, by number."""
    wanted = [number for row in rows if former or not row.withdrawn for number in row.tellings[0 if former else -1 :]]
    found = entries_of(look.case.instance_id, after=NEVER, also=wanted, limit=len(wanted)) if wanted else []
    return {entry.sequence: entry for entry in found}


def _said(
    look: Look, row: Comment, kept: Mapping[int, Entry], known: tuple[Names, Mapping[int, tuple[int, str]], str],
    former: bool,
) -> Said:  # fmt: skip
    names, tasks, reader = known
    told = [_words(look, kept[number]) for number in row.tellings if number in kept]
    found = [one for one in told if one is not None]
    stands = None if row.withdrawn or not found else found[-1]
    before = (found if row.withdrawn else found[:-1]) if former else []
    return Said(
        row.number, row.thread, actor_name(row.by, names), row.by == reader, row.at, stands, row.edited, row.withdrawn,
        row.tellings[-1], tuple(before), tasks.get(row.item or 0),
    )  # fmt: skip


def _words(look: Look, entry: Entry) -> Words | None:
    detail: Mapping[str, Any] = entry.detail
    if "text" not in detail:
        return None
    text = look.view.text(detail["text"])
    return Words(entry.at, text, as_html(text, detail.get("mentions", ())), text == detail["text"])


def _tasks(look: Look, rows: Iterable[Comment]) -> dict[int, tuple[int, str]]:
    """The tasks that these are about, by item: number and name."""
    items = {row.item for row in rows if row.item is not None}
    if not items:
        return {}
    found = HumanTask.objects.filter(instance=look.case.instance_id, item__in=items)
    return {item: (pk, look.view.text(name)) for item, pk, name in found.values_list("item", "pk", "name")}
