"""How do the copies of a case stand beside what their owners have, as far as this reader may see both?

What is masked for them is neither shown nor compared for them: the line says so, and it counts nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from casework.access import permissions
from casework.cases.editing import standing
from casework.cases.past_rows import former_of
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import Look, look, row_mask, title_in
from casework.cases.read.decisions import titles
from casework.cases.read.fields import Field, fields
from casework.cases.read.values import values_in_words
from casework.deadlines.read import span_words
from casework.forms.answer_validation import placed
from casework.models import Case
from casework.systems.changing import changeable
from casework.systems.copies import Copy, copies_of, told_digest
from casework.systems.models import Comparison, OwnerChange
from orchestration.casetypes.case_type import by_definition
from orchestration.casetypes.form_answers import at_path
from orchestration.casetypes.owners import Owner
from orchestration.privacy.classification import pointer_of
from orchestration.privacy.masking import View, mask

Json = Any
MOST: Final = 100
OPEN: Final = (Comparison.State.WAITING, Comparison.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Line:
    """A copy and what its owner has, in words. `verdict`: same, differs, unknown or hidden."""

    path: str
    name: str
    ours: Json
    theirs: Json
    verdict: str
    source: str
    since: datetime | None
    changes: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The copies of one owner. `told`: stands for what it answered last; `by_itself`: how often, in words."""

    key: str
    system: str
    state: str
    since: datetime | None
    at: datetime | None
    error: str
    asked: str
    by_itself: str
    heals: bool
    mapping: str
    told: str
    lines: tuple[Line, ...]

    @property
    def differs(self) -> int:
        return sum(line.verdict == "differs" for line in self.lines)

    @property
    def all_seen(self) -> bool:
        """Whether this reader sees all copies of this owner, so that they can speak of them all."""
        return all(line.verdict != "hidden" for line in self.lines)

    @property
    def is_kept(self) -> bool:
        return self.state == Comparison.State.KEPT

    @property
    def under_way(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Sent:
    """A change that was sent to an owner, in words."""

    number: int
    name: str
    system: str
    before: Json
    after: Json
    reason: str
    by: str
    asked: datetime
    since: datetime
    state: str
    error: str
    mapping: str


@dataclass(frozen=True, slots=True)
class CopiesPage:
    """The page of one case. `ended`: it keeps what it was decided upon."""

    case: Case
    title: str
    parts: tuple[Part, ...]
    changes: tuple[Sent, ...]
    ended: bool
    may_work: bool

    @property
    def under_way(self) -> bool:
        return any(part.under_way for part in self.parts) or any(one.state in OPEN for one in self.changes)


def copies_page(*, user: User, case: Case, now: datetime) -> CopiesPage:
    seen = look(user=user, case=case, now=now)
    may_work = "work" in permissions.rights(user, case)
    rows = {row.owner: row for row in Comparison.objects.filter(instance=case.instance_id)}
    known = {field.pointer: field for field in fields(seen)}
    goes_on = seen.state.root.state == "active"
    asks = user if may_work else None
    parts = tuple(
        _part(seen, owner, rows.get(owner.key), known, asks)
        for owner in seen.case_type.owners
        if owner.holds(seen.state.root.variables)
    )
    return CopiesPage(case, seen.view.text(case.title), parts, tuple(_sent(seen)), not goes_on, may_work)


def _part(seen: Look, owner: Owner, row: Comparison | None, known: Mapping[str, Field], asks: User | None) -> Part:
    theirs = row.theirs if row is not None and row.at is not None else {}
    lines = tuple(_lines(seen, owner, theirs, known, asks))
    state, since, at = ("", None, None) if row is None else (row.state, row.since, row.at)
    by_itself = "" if owner.every is None else span_words(owner.every)
    return Part(
        owner.key, owner.system, state, since, at, seen.view.text(row.error) if row else "",
        row.actor if row else "", by_itself, owner.heals, owner.version, told_digest(theirs), lines,
    )  # fmt: skip


def _lines(
    seen: Look, owner: Owner, theirs: Mapping[str, Json], known: Mapping[str, Field], asks: User | None
) -> Iterator[Line]:
    data, said, named = seen.state.root.variables, values_in_words(seen.case_type), titles(seen.case_type)
    beyond = _their_view(seen, owner, data, theirs)
    for copy in copies_of(owner, data, theirs):
        if seen.view.is_absent(copy.pointer):
            continue
        field, hidden = known.get(copy.pointer), copy.pointer in seen.view.hidden | beyond.hidden
        yield Line(
            copy.path, ": ".join(_names(copy.pointer, named)), said(copy.pointer, at_path(seen.view.data, copy.path)),
            said(copy.pointer, at_path(beyond.data, copy.path)) if theirs and not hidden else None,
            _verdict(copy, theirs, hidden), field.source if field else "", field.since if field else None,
            asks is not None and changeable(owner, copy.path, asks, seen.view) is not None,
        )  # fmt: skip


def _names(pointer: str, named: Mapping[str, str]) -> list[str]:
    parts = pointer.split("/")[1:]
    return [named.get("/" + "/".join(parts[: depth + 1]), part) for depth, part in enumerate(parts)]


def _their_view(seen: Look, owner: Owner, data: Mapping[str, Json], theirs: Mapping[str, Json]) -> View:
    """What the owner has, masked as it would be here."""
    held = {copy.path: copy.theirs for copy in copies_of(owner, data, theirs)} if theirs else {}
    document = {**data, **placed(data, held)}
    return mask(document, seen.case_type.classification, seen.view.principal, [dict(data)])


def _verdict(copy: Copy, theirs: Mapping[str, Json], hidden: bool) -> str:
    if hidden:
        return "hidden"
    if not theirs:
        return "unknown"
    return "differs" if copy.differs else "same"


def _sent(seen: Look) -> Iterator[Sent]:
    rows = list(OwnerChange.objects.filter(instance=seen.case.instance_id).order_by("-pk")[:MOST])
    names = actor_names({row.by for row in rows})
    said, named = values_in_words(seen.case_type), titles(seen.case_type)
    systems = {owner.key: owner.system for owner in seen.case_type.owners}
    for row in rows:
        pointer = pointer_of(row.path)
        before, after = (_shown(seen, row.path, value) for value in (row.before, row.after))
        yield Sent(
            row.pk, ": ".join(_names(pointer, named)), systems.get(row.owner, row.owner), said(pointer, before),
            said(pointer, after), seen.view.text(row.reason), names.get(row.by, row.by), row.asked, row.since,
            row.state, seen.view.text(row.error), row.mapping,
        )  # fmt: skip


def _shown(seen: Look, path: str, value: Json) -> Json:
    """A value that stood, or is to stand, at a place: masked as the place is."""
    document = {**seen.state.root.variables, **placed(dict(seen.state.root.variables), {path: value})}
    view = mask(document, seen.case_type.classification, seen.view.principal, [dict(seen.state.root.variables)])
    return at_path(view.data, path)


def stood(seen: Look, path: str) -> str:
    """What stands for the value that is there now."""
    return standing(dict(seen.state.root.variables), path)


@dataclass(frozen=True, slots=True)
class Apart:
    """A case that the reader sees whose copies differ, or whose owner could not be asked."""

    case: int
    title: str
    kind: str
    case_state: str
    system: str
    fields: int
    since: datetime
    failed: bool


def apart(user: User, now: datetime) -> list[Apart]:
    """Of the cases that this person sees, what last came apart first; up to MOST. Fields that they may not see count
    nowhere."""
    found = Comparison.objects.filter(permissions.listed_for(user, "instance__case"))
    found = found.filter(state__in=(Comparison.State.DIFFERS, Comparison.State.FAILED))
    rows = list(found.select_related("instance__case").defer("instance__items").order_by("-since", "pk")[:MOST])
    return list(_apart(rows, user, now))


def _apart(rows: Sequence[Comparison], user: User, now: datetime) -> Iterator[Apart]:
    former = former_of([row.instance_id for row in rows])
    who = permissions.principal(user, None, now)
    for row in rows:
        case, case_type = row.instance.case, by_definition(row.instance.definition_id)
        owner = next((one for one in case_type.owners if one.key == row.owner), None)
        places = [pointer_of(path) for path in row.differing]
        visible = sum(who.sees(case_type.classification.rule(place), place) for place in places)
        reader = permissions.of_case(who, case.pk)
        failed = row.state == Comparison.State.FAILED
        if owner is None or not (visible or failed):
            continue
        text = row_mask(
            row.instance.definition_id,
            bytes(row.instance.data),
            reader,
            former.get(row.instance_id, {}),
        )
        yield Apart(
            case.pk, title_in(text, case.title), case_type.name, case.state, owner.system, visible, row.since, failed
        )  # fmt: skip
