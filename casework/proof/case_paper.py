"""What does a case say on paper? All places of its page for one reader, nothing folded, each time written out.

What is masked for the reader is masked on paper, and what they may not see is not there. It is a copy of that moment:
whoever has to prove a case takes its evidence (`proof.capsule`), whose events can be verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.services import Fact
from casework.access.permissions import origin_of
from casework.cases.read.case_page import CasePage, case_page
from casework.cases.read.case_people import CasePeople, case_people
from casework.cases.read.case_view import SHOWN, look
from casework.cases.read.changes import Change
from casework.cases.read.decisions import Decision
from casework.cases.read.timeline import ALL, Line
from casework.comments.read import Comments, Said, comments_of
from casework.documents.read import Listed, documents_of
from casework.models import Case
from casework.proof.typesetting import typeset
from casework.templatetags.casewright import percent, shown, words
from casework.templatetags.signs import came_from, rules_named, whose
from orchestration.shell import services

Row = tuple[str, ...]

STAGES: Final = {"active": "at work", "ahead": "still to come", "left out": "was not needed"}


@dataclass(frozen=True, slots=True)
class Section:
    """`head`: of the columns; empty where the rows are paragraphs, or a name and a value each."""

    title: str
    rows: tuple[Row, ...]
    head: Row = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """`mark` stands on each page: who made it, when."""

    title: str
    mark: str
    sections: tuple[Section, ...]


@transaction.atomic
def case_printed(*, by: User, case: Case, now: datetime) -> bytes:
    """The case as a PDF; that somebody took it away stands in its history."""
    made = case_paper(user=by, case=case, now=now)
    services.record(case.instance_id, [Fact("case.exported", {"what": "the case on paper"})], origin_of(by))
    return typeset(made.title, made.mark, [(one.title, one.head, one.rows) for one in made.sections], now)


def case_paper(*, user: User, case: Case, now: datetime) -> Paper:
    page = case_page(user=user, case=case, now=now, kind=ALL)
    seen = look(user=user, case=case, now=now, most=1)
    who = user.get_full_name() or user.get_username()
    mark = f"As {who} may see it, {_at(now)}; what is masked for them is masked here."
    said = comments_of(seen, origin_of(user), former=False)
    found = (
        *_sections(page),
        *_comments(said),
        *_documents(documents_of(seen)),
        *_people(case_people(seen)),
        *_happened(page),
    )
    return Paper(page.title, mark, tuple(one for one in found if one.rows))


def _sections(page: CasePage) -> Iterator[Section]:
    yield Section("Where it stands", tuple(_standing(page)))
    yield Section("Key facts", tuple((one.label, shown(one.value)) for one in page.key_facts))
    yield Section("What is outstanding", tuple(_outstanding(page)))
    yield Section("Data collected", tuple(_data(page)), ("Field", "Value", "Source"))
    yield Section("Decisions to be made", tuple((name,) for name in page.to_make))
    for decision in page.made:
        yield Section(f"Decision: {decision.name}", tuple(_decision(decision)))
    yield Section("What machines found", tuple(_found(page)), ("Asked for", "Answer", "How sure", "By whom and when"))
    for one in page.sent:
        drafted = "".join(piece.text for piece in one.pieces if piece.how != "new")
        sent = "".join(piece.text for piece in one.pieces if piece.how != "gone")
        how = ("Sent as it was drafted",) if one.is_as_drafted else ("Changed by a person",)
        rows = (
            (("How", *how), ("Sent", sent))
            if one.is_as_drafted
            else (("How", *how), ("Drafted", drafted), ("Sent", sent))
        )
        yield Section(f"{one.label}: drafted and sent", rows)


def _standing(page: CasePage) -> Iterator[Row]:
    head = page.head
    yield "State", f"{page.state}{', suspended' if page.suspended else ''}{', closed' if page.closed else ''}"
    yield "Goal", page.goal
    yield "Reference", page.reference
    yield "From", page.source
    yield "Kind and version", f"{page.kind}, {page.version}"
    yield "Came in", _at(page.created)
    yield "Last change", _at(page.updated)
    told = (
        ("With", head.owner),
        ("Due first", _at(head.due)),
        ("Risk", head.risk),
        ("Waits for", "; ".join(head.waits)),
    )
    yield from ((name, value) for name, value in told if value)
    if page.stages:
        yield "Stages", "; ".join(f"{stage.name}: {STAGES.get(stage.status, stage.status)}" for stage in page.stages)
    for milestone in page.milestones:
        reached = f"reached {_at(milestone.reached)}" if milestone.reached else "not reached"
        yield "Milestone", f"{milestone.name}: {reached}"
    for deadline in head.deadlines:
        yield (
            deadline.title,
            ", ".join(filter(None, (f"by {_at(deadline.due)}" if deadline.due else "", deadline.left))),
        )


def _outstanding(page: CasePage) -> Iterator[Row]:
    for task in page.tasks:
        yield (
            task.name,
            ", ".join(
                filter(None, (whose(task), f"due {_at(task.due)}" if task.due else "", _inside(task.part).strip()))
            ),
        )
    for one in page.awaited:
        yield one.label, f"is waited for{_inside(one.part)}"
    for coming in page.coming:
        yield coming.name, ", ".join(filter(None, ("comes" + _inside(coming.part), _at(coming.due), coming.then)))
    for work in page.machine_work:
        yield work.name, ", ".join(filter(None, (f"{work.state}, by a machine{_inside(work.part)}", work.note)))
    for trouble in page.troubles:
        yield trouble.step, f"needs a person since {_at(trouble.opened)}: {trouble.message}"


def _inside(part: str) -> str:
    return f" in {part}" if part else ""


def _data(page: CasePage) -> Iterator[Row]:
    for one in page.data:
        name = f"{one.group}: {one.name}" if one.group else one.name
        note = " (masked)" if one.masked else " (revealed)" if one.revealed else ""
        holds = f"holds from {one.effective}" if one.effective else ""
        source = ", ".join(filter(None, (one.source or "not said", _at(one.since), holds)))
        yield name, shown(one.value) + note, source


def _decision(decision: Decision) -> Iterator[Row]:
    yield "When", f"{_at(decision.at)}, {decision.version}"
    for known in decision.inputs:
        yield known.label, f"{words(shown(known.said))} {came_from(known)}".strip()
    for fired in decision.fired:
        asked = "; ".join(f"{cell.label} {cell.said}" for cell in fired.asked if not cell.any) or "whatever is known"
        gave = "; ".join(f"{cell.label} {cell.said}" for cell in fired.gave)
        yield f"Rule {fired.number} of {fired.of}, {fired.decision}", f"if {asked}: {gave}"
    for name, value in decision.output:
        yield f"Decided: {name}", words(shown(value))
    yield from (("Problem", problem) for problem in decision.problems)
    if decision.contested:
        yield "Objection", decision.contested


def _found(page: CasePage) -> Iterator[Row]:
    for one in page.results:
        others = ", ".join(f"{words(label)} {percent(sure)}" for label, sure in one.alternatives)
        answer = f"{words(one.answer)}{f'; other readings: {others}' if others else ''}"
        sure = "" if one.confidence is None else percent(one.confidence)
        yield one.capability, answer, sure, f"{one.who}, version {one.version}, {_at(one.at)}"


def _comments(found: Comments) -> Iterator[Section]:
    rows: list[Row] = [("before", "Older comments stand on the pages of the case.")] if found.older else []
    for thread in found.threads:
        rows += [_commented(one) for one in (thread, *thread.replies)]
    yield Section("Comments", tuple(rows))


def _commented(one: Said) -> Row:
    how = f"{one.who}, in answer" if one.thread else one.who
    if one.withdrawn:
        return _at(one.at), f"{how}: withdrawn {_at(one.withdrawn)}"
    words = one.words.text if one.words else "erased"
    return _at(one.at), f"{how}{f', edited {_at(one.edited)}' if one.edited else ''}: {words}"


def _documents(documents: Iterable[Listed]) -> Iterator[Section]:
    yield Section("Documents", tuple((one.name, ", ".join(filter(None, _about(one)))) for one in documents))


def _about(one: Listed) -> Iterator[str]:
    yield one.kind
    yield one.level
    yield from (f"for {purpose}" for purpose in one.purposes)
    yield f"added {_at(one.added)} by {one.who}"


def _people(people: CasePeople) -> Iterator[Section]:
    yield Section("Who worked on it", tuple((one.name, f"last {_at(one.last)}") for one in people.workers))
    yield Section("Who follows it", tuple((name,) for name in people.followers))
    grants = ((one.name, f"{', '.join(one.rights)}; {one.through}") for one in people.grants)
    yield Section("Who may see it", tuple(grants))


def _happened(page: CasePage) -> Iterator[Section]:
    rows = [(_at(line.at), _told(line)) for line in page.happened]
    if page.events > SHOWN:
        rows.append(("before", "Older events stand in the history of the case, which has them all."))
    yield Section("What happened, the newest first", tuple(rows))


def _told(line: Line) -> str:
    rules = f": {rules_named(line.fired)}" if line.fired else ""
    said = f"{line.who} {line.told.in_full}{rules}{_inside(line.part)}".strip()
    return "\n".join((said, *map(_changed, line.changes)))


def _changed(change: Change) -> str:
    before, after = _value(change.before), _value(change.after)
    return f"{change.label}: {f'{before} became ' if change.known else ''}{after}"


def _value(value: Any) -> str:
    return "nothing" if value is None else shown(value)


def _at(moment: datetime | None) -> str:
    """To the second, with the zone."""
    return "" if moment is None else timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")
