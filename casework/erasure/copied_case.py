"""What of one of a person's own cases goes into the copy of their data?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson
from django.contrib.auth.models import User

from audit.reading import links_upto
from audit.selectors import entry_of
from casework.access import permissions
from casework.cases.read.actor_names import actor_names, staff_as
from casework.cases.read.case_view import Look, look
from casework.cases.read.changes import Changes
from casework.cases.read.fields import fields
from casework.cases.read.timeline import ALL, Line, Wanted, timeline
from casework.cases.read.touched import Places
from casework.comments.services import EDITED, SAID
from casework.documents.read import documents_of
from casework.erasure.own_data import Own, own_data
from casework.models import Case
from orchestration.casetypes.case_type import CaseType, by_definition
from orchestration.privacy.classification import LEVELS, Rule
from orchestration.privacy.principal import Principal

STAFF: Final = "a person of the house"


@dataclass(frozen=True, slots=True)
class ForThem(Principal):
    """The person whose data it is, as far as who makes the copy lets them see: what is public, and what is `revealed`,
    also where an event tells of it (whose places begin otherwise)."""

    @property
    def ends(self) -> frozenset[str]:
        return frozenset(_of_any(pointer) for pointer in self.revealed)

    def sees(self, rule: Rule, pointer: str) -> bool:
        return rule.level == LEVELS[0] or self.has_revealed(pointer) or _of_any(pointer).endswith(tuple(self.ends))


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the case, by what it is called. `source`: who or what wrote it."""

    name: str
    value: Any
    masked: bool
    source: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in words."""

    number: int
    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. Without name and digest: who made the copy may not see it."""

    number: int
    name: str
    digest: str
    size: int
    added: datetime


@dataclass(frozen=True, slots=True)
class CopiedCase:
    """`hidden`: places of values that are masked; `others`, of these, since they are about others; the rest since who
    made the copy may not see them. `opened`: places that were revealed for it."""

    number: int
    case_type: str
    state: str
    opened_at: datetime
    ended_at: datetime | None
    data: Any
    values: tuple[Value, ...]
    events: tuple[Event, ...]
    documents: tuple[Paper, ...]
    comments: tuple[Event, ...]
    hidden: tuple[str, ...]
    others: tuple[str, ...]
    opened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theirs:
    """A case as the person themselves gets it. `papers`: the same for its documents; `own`: which values are theirs."""

    seen: Look
    papers: Look
    own: Own


def as_theirs(*, by: User, case: Case, marks: tuple[str, ...], now: datetime) -> Theirs:
    """The case for the person themselves, as far as who makes the copy may see or reveal it."""
    who, may_reveal = permissions.principal(by, case, now), permissions.may(by, "reveal", case)
    case_type = by_definition(case.instance.definition_id)
    data = orjson.loads(bytes(case.instance.data))
    own = own_data(data, case_type.classification, marks, who.sees, may_reveal)
    reader = ForThem(clearance=LEVELS[0], revealed=own.clear)
    found = look(user=by, case=case, now=now, most=1, reader=reader)
    looking = replace(reader, clearance=who.clearance, purposes=who.purposes)
    papers = replace(looking, revealed=own.clear.union(_read_for(case_type, own, who)))
    return Theirs(_seen_as(found, looking), _seen_as(found, papers), own)


def _seen_as(seen: Look, reader: ForThem) -> Look:
    return replace(seen, view=replace(seen.view, principal=reader))


def _read_for(case_type: CaseType, own: Own, who: Principal) -> Iterator[str]:
    """The places that documents are read for and that nothing stands in, as far as who makes the copy sees them:
    nothing is revealed for a place that is not in the data, as no history would tell of it."""
    for pointer in ("/" + path.replace(".", "/") for path in case_type.document_fields.values()):
        if pointer not in own.others and who.sees(case_type.classification.rule(pointer), pointer):
            yield pointer


def copied_case(theirs: Theirs) -> CopiedCase:
    """What the copy says of it."""
    seen, own, case = theirs.seen, theirs.own, theirs.seen.case
    rows = links_upto(case.instance_id, case.instance.head_sequence)
    whole = replace(seen, history=tuple(entry_of(row) for row in rows), names=staff_as(STAFF, seen.names))
    return CopiedCase(
        number=case.pk, case_type=seen.case_type.name, state=case.state, opened_at=case.created,
        ended_at=case.instance.ended, data=seen.view.data, values=tuple(_values(whole)),
        events=tuple(reversed(tuple(_events(whole)))), documents=tuple(_papers(seen)),
        comments=tuple(_comments(whole)),
        hidden=tuple(sorted(own.others | own.beyond)), others=tuple(sorted(own.others)),
        opened=tuple(sorted(own.opened)),
    )  # fmt: skip


def _values(whole: Look) -> Iterator[Value]:
    for one in fields(whole):
        name = f"{one.group}: {one.name}" if one.group else one.name
        yield Value(name, one.value, one.masked, one.source)


def _events(whole: Look) -> Iterator[Event]:
    found = list(timeline(whole, Wanted(ALL), Changes(whole), Places(whole, {})))
    hide = _staff_hidden(whole.past["actors"])
    for line in found:
        yield Event(line.sequence, line.at, STAFF if line.actor.startswith("person:") and line.who else line.who,
                    hide(_words(line)))  # fmt: skip


def _comments(whole: Look) -> Iterator[Event]:
    """What people of the house said about it, also what they edited or withdrew afterwards: that is held, too."""
    hide = _staff_hidden(whole.past["actors"])
    for entry in whole.history:
        if entry.action in (SAID, EDITED) and "text" in entry.detail:
            yield Event(entry.sequence, entry.at, STAFF, hide(whole.view.text(entry.detail["text"])))


def _words(line: Line) -> str:
    changes = "; ".join(f"{one.label}: {_plain(one.before)} → {_plain(one.after)}" for one in line.changes)
    return f"{line.told.in_full} ({changes})" if changes else line.told.in_full


def _plain(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)


def _staff_hidden(actors: Iterable[str]) -> Callable[[str], str]:
    """Makes a text that calls those who worked the case by name call them people of the house."""
    names = actor_names(actor for actor in actors if actor.startswith("person:"))
    words = {*names.values(), *(actor.partition(":")[2] for actor in names)}
    if not words:
        return str
    found = re.compile(r"\b(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + r")\b")
    return lambda text: found.sub(STAFF, text)


def _papers(seen: Look) -> Iterator[Paper]:
    for one in documents_of(seen):
        yield Paper(one.id, one.name, "" if one.hidden else one.digest, one.size, one.added)


def _of_any(pointer: str) -> str:
    """A place, whichever item of a list it is in."""
    return "/".join("*" if part.isdecimal() else part for part in pointer.split("/"))
