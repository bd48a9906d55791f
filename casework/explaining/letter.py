"""What does the letter say that explains a decision to the person it concerns?

Every sentence about the case is told from one recorded event, whose number stands with it: how the case began, what the
decision was made on, what machines did and what people did, which rule decided, and the smallest change of the values
that the same rules would have decided otherwise on. What a machine wrote of itself is not repeated. The letter shows no
more than its writer may see; people of the house are not named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from audit.reading import links_upto
from audit.selectors import entry_of
from casework.cases.read.actor_names import staff_as
from casework.cases.read.case_view import look
from casework.cases.read.changes import Changes
from casework.cases.read.decisions import Decision
from casework.cases.read.timeline import ALL, Line, Wanted, timeline
from casework.cases.read.touched import Places
from casework.models import Case
from casework.proof.why import SAME, Otherwise, Switch, Why, why

STAFF: Final = "our office"
"""Whoever works here, or a program of ours with an account of its own: the letter names neither."""
OF_PEOPLE, OF_MACHINES = "people", "ai"
AFTERWARDS: Final = ("letter.", "decision.contested", "contest.")
"""Events that explain and contest are no part of what led to the decision."""
MOST: Final = 40
"""Sentences of one part of the letter; the newest of longer ones."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`event`: the number of the event in the history of the case that it is told from."""

    text: str
    event: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some sentences under a heading. `none`: what is said where there are none."""

    title: str
    sentences: tuple[Sentence, ...]
    none: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """`decision`: the event that is explained; `contested`: as `Decision` has it."""

    case: int
    title: str
    decision: int
    name: str
    at: datetime
    contested: str
    parts: tuple[Part, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(one for part in self.parts for one in part.sentences)


def letter(*, user: User, case: Case, now: datetime, sequence: int) -> Letter:
    """The letter as its writer would send it now. Raises Http404 where the event is no decision."""
    found = why(user=user, case=case, now=now, sequence=sequence)
    lines = _lines(user, case, now)
    parts = (
        Part("What was decided", tuple(_decided(found))),
        Part("How your case began", tuple(_began(lines))),
        Part("What the decision was made on", tuple(_inputs(found.decision)), "The rules read no value of your case."),
        _acts("What machines did", lines, OF_MACHINES, "No machine but these rules took part."),
        _acts("What our office did", lines, OF_PEOPLE, "Our office has done nothing in your case by hand."),
        Part(
            "What would have changed it", tuple(_otherwise(found)), "No other values were found on which the same "
            "rules would have decided otherwise." if found.again == SAME else "This cannot be said here.",
        ),
    )  # fmt: skip
    return Letter(
        case.pk, found.title, sequence, found.decision.name, found.decision.at, found.decision.contested, parts
    )


def _lines(user: User, case: Case, now: datetime) -> Sequence[Line]:
    """The history in words, the oldest first, in which nobody is named who works here."""
    seen = look(user=user, case=case, now=now, most=1)
    rows = links_upto(case.instance_id, case.instance.head_sequence)
    entries = [entry_of(row) for row in rows if not row[2].startswith(AFTERWARDS)]
    whole = replace(seen, history=tuple(entries), names=staff_as(STAFF, seen.names))
    return tuple(reversed(tuple(timeline(whole, Wanted(ALL), Changes(whole), Places(whole, {})))))


def _decided(found: Why) -> Iterator[Sentence]:
    made = found.decision
    outcome = "; ".join(_named(name, value) for name, value in made.output) or "nothing"
    yield Sentence(f"“{made.name}” was decided by fixed rules ({made.version}): {outcome}.", made.sequence)
    for fired in made.fired:
        asked = [f"{cell.label} {cell.said}" for cell in fired.asked if not cell.any]
        said = f"it asks for {', and '.join(asked)}" if asked else "it is for everything that no rule above took"
        yield Sentence(f"Rule {fired.number} of {fired.of} decided: {said}.", made.sequence)


def _began(lines: Sequence[Line]) -> Iterator[Sentence]:
    yield from (
        Sentence(f"On {_day(line.at)} {_who(line)} {line.told.text}.", line.sequence)
        for line in lines
        if line.sequence == 1
    )


def _inputs(made: Decision) -> Iterator[Sentence]:
    for one in made.inputs:
        source = f" ({one.source})" if one.source else ""
        yield Sentence(f"{one.label}: {_plain(one.said)}{source}.", made.sequence)


def _acts(title: str, lines: Sequence[Line], kind: str, none: str) -> Part:
    found = [line for line in lines if _by(line) == kind and line.told.notable and line.sequence > 1]
    told = tuple(
        Sentence(f"{_day(line.at)}: {f'{_who(line)} {line.told.text}'.strip()}.", line.sequence)
        for line in found[-MOST:]
    )
    return Part(f"{title} (the last {MOST} of {len(found)})" if len(found) > MOST else title, told, none)


def _by(line: Line) -> str:
    """Whether a person or a machine did it; "" for what the model of the case did, and for who only looked."""
    if line.told.kind == "access" or not (line.who or line.told.kind == OF_MACHINES):
        return ""
    if line.actor.startswith("person:"):
        return OF_PEOPLE
    return OF_MACHINES if line.told.kind == OF_MACHINES or line.actor.startswith(("model:", "bot:")) else ""


def _who(line: Line) -> str:
    return STAFF if line.actor.startswith("person:") and line.who else line.who


def _otherwise(found: Why) -> Iterator[Sentence]:
    if found.again != SAME:
        return
    for one in found.otherwise:
        yield Sentence(_if_only(one), found.decision.sequence)


def _if_only(one: Otherwise) -> str:
    changes = [_had_been(each) for each in one.switches]
    outcome = "; ".join(_named(name, value) for name, value in one.output)
    return f"If {', and '.join(changes)}, the same rules would have decided: {outcome}."


def _had_been(one: Switch) -> str:
    if one.is_given:
        return f"{one.label} had been given"
    return f"{one.label} had been {_plain(one.becomes)} instead of {_plain(one.was)}"


def _named(name: str, value: Any) -> str:
    return f"{name}: {_plain(value)}" if name else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in (None, "", [], {}) else str(value).rstrip(".")


def _day(at: datetime) -> str:
    return f"{at:%-d %B %Y}"
