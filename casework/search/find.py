"""Which cases hold what somebody remembers, as far as they may read it?

Candidates come from a projection; each is then read as the reader would see it, masked by what is and what was hidden
from them, and only one that shows all the words is a hit. So nothing is found, counted or marked that is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from django.contrib.auth.models import User

from audit.sealed_values import is_sealed
from casework.access import permissions
from casework.access.within import within
from casework.cases.past_rows import Former, former_of
from casework.cases.read.case_view import list_mask
from casework.cases.read.decisions import titles
from casework.cases.read.listed_statements import TOP, Place
from casework.cases.read.values import InWords, values_in_words
from casework.cases.references import key_of
from casework.cases.search_words import face_of, words_of
from casework.models import Case
from casework.search.candidates import candidates
from casework.search.known import known
from casework.search.marks import Marked, fitting, marked
from casework.search.query import Term, nearly, slips, terms
from orchestration.casetypes.case_type import CaseType, Faulty, by_definition
from orchestration.casetypes.effective import ANY_DAY, Days, effective_at
from orchestration.casetypes.form_answers import at_path
from orchestration.privacy.classification import rank
from orchestration.privacy.masking import Field, fields
from orchestration.privacy.masks import PSEUDONYM
from orchestration.privacy.principal import Principal
from orchestration.privacy.stand_ins import WORDS

Json = Any

PAGE: Final = 20
NO_CASE: Final = 0
"""A number that none has."""
TRIED: Final = 3
"""Candidates that are read for each hit that is wanted, at most."""
PLACES: Final = 3
"""Places in one case that are shown."""
GROUPS: Final = {"reference": "Reference and title", "people": "People", "words": "Messages and data"}
_PEOPLE: Final = frozenset({*WORDS, PSEUDONYM})
"""Masks of fields that say who somebody is."""


@dataclass(frozen=True, slots=True)
class Match:
    """A field in which words that are asked for stand. `label`: what the schema calls it. `holds`: from when on it
    holds, where the case type says which field tells that and the reader sees it; else empty."""

    label: str
    text: Marked
    holds: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found. `group`: one of GROUPS, by where."""

    id: int
    title: Marked
    reference: str
    state: str
    closed: bool
    created: datetime
    group: str
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, the newest first; on the first page before them what was asked for by its reference.

    `following`: `after` of the next page, empty on the last. `all`: whether every case was looked at; `nearly`: nothing
    had the words as they were typed.
    """

    hits: tuple[Hit, ...]
    following: str = ""
    all: bool = True
    nearly: bool = False


def search(
    *, user: User, now: datetime, asked: str, after: str = "", limit: int = PAGE, holds: Days = ANY_DAY
) -> Found:  # fmt: skip
    """A page of the cases that show all these words to this person; with `holds`, in fields that hold from these days
    on, where the case type says from when and they may read that."""
    sought = terms(asked)
    if not sought:
        return Found(())
    person = permissions.principal(user, None, now)
    key = key_of(asked)
    found = _page(user, person, sought, key, after, limit, holds)
    if found.hits or found.following or after:
        return found
    meant = nearly(sought, known(slips(sought), rank(person.clearance)))
    if meant == sought:
        return found
    near = _page(user, person, meant, key, after, limit, holds)
    return near if near.hits else found


def _page(
    user: User, person: Principal, sought: Sequence[Term], key: str, after: str, limit: int, holds: Days
) -> Found:  # fmt: skip
    readers = permissions.readers(user)
    found = candidates(readers, sought, key, rank(person.clearance), after, enough=limit + 1, limit=limit * TRIED)
    read = _hits(user, [*found.called, *found.cases], person, sought, limit, holds)
    hits: list[Hit] = []
    following, last = found.following, ""
    for there, hit in _placed(read, key, found.called, after):
        if hit and len(hits) == limit:
            following = last
            break
        hits += [hit] if hit else []
        last = there
    return Found(tuple(hits), following, found.all, any(term.near for term in sought))


def _placed(
    read: Iterable[tuple[Case, Hit | None]], key: str, called: Sequence[int], after: str
) -> Iterator[tuple[str, Hit | None]]:
    """Each behind its place. What is called as was asked, and shows it, is at the top of the first page, and nowhere
    else."""
    waiting, ahead = set(called), set[int]()
    for case, hit in read:
        if case.pk in waiting:
            waiting.remove(case.pk)
            if hit and key_of(hit.reference) == key:
                ahead.add(case.pk)
                yield from [] if after else [(str(TOP), hit)]
        elif case.pk not in ahead:
            yield str(Place(case.created, case.pk)), hit


def _hits(
    user: User, numbers: Sequence[int], person: Principal, sought: Sequence[Term], at_once: int, holds: Days
) -> Iterator[tuple[Case, Hit | None]]:
    """Each case with what it shows, some at a time: they, and what stood in them before, are read for a page at
    once. As much is asked where there is none, or the number of statements would tell who guesses a number of several
    words, as a telephone's, that it stands in a case whose text is masked for them."""
    read = Case.objects.filter(within(user)).select_related("instance").defer("instance__items")
    for begin in range(0, max(len(numbers), 1), at_once + 1):
        cases = read.in_bulk(numbers[begin : begin + at_once + 1] or [NO_CASE])
        former = former_of(case.instance_id for case in cases.values())
        for number in filter(cases.__contains__, numbers[begin : begin + at_once + 1]):
            case = cases[number]
            yield case, _hit(case, person, former.get(case.instance_id, {}), sought, holds)


def _hit(case: Case, person: Principal, former: Former, sought: Sequence[Term], holds: Days) -> Hit | None:
    """The case as it is found; None where it does not show all the words."""
    try:
        case_type = by_definition(case.instance.definition_id)
    except Faulty:  # nobody knows what is secret in it
        return None
    if is_sealed(bytes(case.instance.data)):  # its key is gone: nobody can say what of it shows the words
        return None
    data = orjson.loads(bytes(case.instance.data))
    person = permissions.of_case(person, case.pk)
    masked = list_mask(case_type.classification, data, person, former)
    title, reference = masked(case.title), masked(case.reference)
    there = set() if holds else fitting(words_of(face_of(title, reference)), sought)
    told = case_type.in_lists(case.instance_id, data, case.closed)
    reader = _Reader(case.instance.definition_id, case_type, told, person, masked, sought, holds)
    places = list(reader.places(fields(told, case_type.classification)))
    if len(there.union(*(place.terms for place in places))) < len(sought):
        return None
    return Hit(
        case.pk, marked(title, sought), reference, case.state, case.closed, case.created,
        _group(len(there) == len(sought), places), tuple(place.match for place in places[:PLACES]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    match: Match
    is_person: bool
    terms: set[Term]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the fields of one case for somebody who asked for these words."""

    definition: int
    case_type: CaseType
    data: Json
    person: Principal
    masked: Callable[[str], str]
    sought: Sequence[Term]
    asked: Days

    def places(self, found: Iterable[Field]) -> Iterator[_Found]:
        """The fields that they may read in which words stand, as they are shown."""
        for field in found:
            if self.asked and not self.asked.have(self._from(field.pointer)[1]):
                continue
            if field.is_text or self.person.sees(field.rule, field.pointer):
                yield from filter(None, (self._place(field, value) for value in field.values))

    def _place(self, field: Field, value: str | int | float) -> _Found | None:
        named, said, _ = _words(self.definition)
        written = str(said(field.pointer, value))
        words = fitting(words_of(f"{written} {value}"), self.sought)
        shown = self.masked(written) if words else written
        if shown != written:
            words = fitting(words_of(shown), self.sought)
        if not words:
            return None
        match = Match(_label(named, field.pointer), marked(shown, self.sought), self._holds(field.pointer))
        return _Found(match, field.rule.mask in _PEOPLE, words)

    def _holds(self, pointer: str) -> str:
        """From when on, in words, as far as they may read that."""
        there, value = self._from(pointer)
        return "" if value is None else str(_words(self.definition)[1](there, value))

    def _from(self, pointer: str) -> tuple[str, Json]:
        """Where the date stands from which a field holds, and the date; None where there is none, or none for them."""
        place = _words(self.definition)[2](pointer)
        there = "/" + place.replace(".", "/")
        if not place or not self.person.sees(self.case_type.classification.rule(there), there):
            return there, None
        return there, at_path(self.data, place)


def _group(by_face: bool, places: Sequence[_Found]) -> str:
    if by_face:
        return "reference"
    return "people" if any(place.is_person for place in places) else "words"


def _label(named: dict[str, str], pointer: str) -> str:
    """What the schema calls a field: the names on the way to it, without the places in a list."""
    parts = pointer.split("/")
    ways = ["/".join(parts[:end]) for end in range(2, len(parts) + 1)]
    return ": ".join(dict.fromkeys(named[way] for way in ways if way in named)) or parts[-1]


@lru_cache(maxsize=64)
def _words(definition: int) -> tuple[dict[str, str], InWords, Callable[[str], str]]:
    """What a version calls its fields, how it says their values, and which field tells from when each holds."""
    case_type = by_definition(definition)
    return titles(case_type), values_in_words(case_type), effective_at(case_type.schema)
