"""Why was this decided, would it be decided so again, and what would have made it otherwise?

One decision of rules in full: who or what led to it, on which values from where, which rules of which version of the
case type, put in force by whom; evaluated again from that version and those values; and for each other outcome the
smallest change of the values that gives it, evaluated too. Where a value that it read is masked for the reader, no
other is tried for them: what comes of it would tell what the value is. Whoever audits the case is told all the same
whether the same comes out: what came out and by which rule is shown to them already, so that tells no more of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.http import Http404

from audit.reading import links_upto
from audit.selectors import Entry
from casework.access import permissions
from casework.cases.read.case_view import Look
from casework.cases.read.changes import label_of
from casework.cases.read.decisions import Decision, decision_names, decision_told, outcome_told, titles
from casework.cases.read.sources import sources
from casework.cases.read.timeline import actor_name
from casework.cases.read.values import values_in_words
from casework.models import Case
from casework.proof.moments import look_then
from casework.proof.parts import Part, parts
from orchestration.casetypes.case_type import CaseType, Faulty, by_definition
from orchestration.models import Definition
from orchestration.view.decided import Alternative, again, alternatives

Json = Any
MADE: Final = "engine.DecisionEvaluated"
MOST: Final = 8
"""Other outcomes that are told."""
SAME, APART, NOT_ASKED, GONE = "same", "apart", "not asked", "gone"


@dataclass(frozen=True, slots=True)
class Switch:
    """A value that would have had to be another, in words. `is_given`: it was empty, and would have had to be there."""

    label: str
    was: Json
    becomes: Json
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Another outcome, with the smallest change that was found to give it."""

    switches: tuple[Switch, ...]
    output: tuple[tuple[str, Json], ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """The version whose rules decided. `by`: who put it in force."""

    id: int
    label: str
    digest: str
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Why:
    """`again`: evaluated anew it comes out the same, apart, or it was not asked since something is masked, or cannot be
    asked since the version is gone. `hides`: something that it read is masked for the reader."""

    title: str
    decision: Decision
    who: str
    cause: str
    part: str
    again: str
    hides: bool
    version: InForce | None
    otherwise: tuple[Otherwise, ...]
    parts: tuple[Part, ...]

    @property
    def one(self) -> tuple[Decision, ...]:
        return (self.decision,)


def why(*, user: User, case: Case, now: datetime, sequence: int) -> Why:
    """The decision of this event. Raises Http404 where the event is none, or the case before it cannot be rebuilt."""
    rows = links_upto(case.instance_id, sequence)
    found = look_then(user=user, case=case, now=now, rows=rows)
    if found is None or found[1].last.sequence != sequence or found[1].last.action != MADE:
        raise Http404("There is no such decision in this case.")
    then, entry = found[0], found[1].last
    if not then.told([entry]):
        raise Http404("What was decided there would tell what people have yet to answer by themselves.")
    if entry.detail.get("erased"):
        raise Http404("What was decided there was erased by an order.")
    names = decision_names(case.instance.definition_id)
    version, case_type = _in_force(found[1].version)
    hides = then.view.payload(entry.detail).get("inputs") != entry.detail["inputs"]
    asks = not hides or permissions.may(user, "audit", case)
    made = decision_told(then, entry, names, sources(then, names))
    others = () if hides or case_type is None else _alternatives(case_type, entry)
    return Why(
        title=then.view.text(case.title), decision=made,
        who=actor_name(entry.actor, then.names), cause=then.view.text(entry.cause),
        part=then.view.text(then.running.around(entry.detail.get("item"))),
        again=_again(case_type, entry) if asks else NOT_ASKED, hides=hides, version=version,
        otherwise=() if case_type is None else tuple(_otherwise(then, case_type, entry, others)),
        parts=parts(then, made, others),
    )  # fmt: skip


def _in_force(label: str) -> tuple[InForce | None, CaseType | None]:
    key, _, number = label.rpartition(" v")
    rows = Definition.objects.filter(key=key, version=int(number)) if number.isdecimal() else Definition.objects.none()
    row = rows.select_related("deployed_by").defer("files").first()
    if row is None:
        return None, None
    by = "Casewright" if row.deployed_by is None else row.deployed_by.get_full_name() or row.deployed_by.get_username()
    told = InForce(row.pk, label, row.content_hash, row.deployed_at, by, row.note)
    try:
        return told, by_definition(row.pk)
    except Faulty:
        return told, None


def _again(case_type: CaseType | None, entry: Entry) -> str:
    detail = entry.detail
    made = None if case_type is None else again(case_type.library, detail["decision"], detail["inputs"], entry.at)
    if made is None:
        return GONE
    anew = (made.output, list(made.hits), list(made.problems))
    return SAME if anew == (detail["output"], list(detail["hits"]), list(detail.get("problems", ()))) else APART


def _otherwise(then: Look, case_type: CaseType, entry: Entry, others: Sequence[Alternative]) -> Iterator[Otherwise]:
    for one in others[:MOST]:
        output = then.view.payload({"output": one.output})["output"]
        told = outcome_told(case_type, entry.detail["decision"], output)
        yield Otherwise(tuple(_switches(then, case_type, one)), told)


def _alternatives(case_type: CaseType, entry: Entry) -> tuple[Alternative, ...]:
    detail = entry.detail
    return alternatives(case_type.library, detail["decision"], detail["inputs"], entry.at, case_type.schema)


def _switches(then: Look, case_type: CaseType, one: Alternative) -> Iterator[Switch]:
    named, said = titles(case_type), values_in_words(case_type)
    for change in one.changes:
        pointer = "/" + change.name.replace(".", "/")
        told = said(pointer, change.was), said(pointer, change.becomes)
        yield Switch(label_of(pointer, named), *told, is_given=change.is_example)
