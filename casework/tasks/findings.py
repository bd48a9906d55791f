"""What did agents find out about the case, what would each of them decide, and what did a rule make of that?

From the case's data as this reader may see it; each finding with the values that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casework.cases.read.agent_work import cited_values
from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.cases.read.values import values_in_words
from orchestration.casetypes.case_type import Form
from orchestration.casetypes.form_answers import at_path

Json = Any


@dataclass(frozen=True, slots=True)
class Found:
    """One finding. `evidence`: what it rests on, each with its value as the reader sees it."""

    says: str
    evidence: tuple[tuple[str, Json], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What one agent laid out. `answer`: what it would decide, in the words of the form; empty: nothing."""

    title: str
    answer: str
    why: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """`advice`: what a rule proposes in the words of the form, and `why`; both empty where there is no rule."""

    views: tuple[View, ...]
    advice: str
    why: str


def findings(form: Form, seen: Look) -> Findings | None:
    """What agents laid out for this form; None where they did not, or where this reader may not see it."""
    if form.findings is None:
        return None
    views = tuple(_views(form.findings.of, seen, _words(form, seen)))
    advice = at_path(seen.view.data, form.findings.advice) if form.findings.advice else None
    told: Mapping[str, Json] = advice if isinstance(advice, Mapping) else {}
    if not views:
        return None
    return Findings(views, _words(form, seen).get(told.get("answer"), ""), str(told.get("why") or ""))


def _words(form: Form, seen: Look) -> dict[Json, str]:
    """The answers as the form's first choice says them."""
    return {value: words for field in form.fields[:1] for value, words in field.choices.items()}


def _views(places: tuple[str, ...], seen: Look, words: Mapping[Json, str]) -> Iterator[View]:
    known = titles(seen.case_type)
    for place in places:
        laid = at_path(seen.view.data, place)
        if isinstance(laid, Mapping) and isinstance(laid.get("findings") or [], list):
            found = tuple(_found(seen, one) for one in laid.get("findings") or ())
            title = known.get("/" + place.replace(".", "/"), place)
            yield View(title, words.get(laid.get("answer"), ""), str(laid.get("why") or ""), found)


def _found(seen: Look, one: Mapping[str, Json]) -> Found:
    said = values_in_words(seen.case_type)
    named = [str(place) for place in one.get("evidence") or ()]
    values = zip(named, cited_values(seen, named), strict=True)
    return Found(str(one.get("says", "")), tuple((title, said(place, value)) for place, (title, value) in values))
