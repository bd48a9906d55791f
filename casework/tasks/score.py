"""What does a score say to the person who decides: how probable, why, and what would have changed it?

From the case's data as this reader may see it: what is masked for them is neither drawn nor named with its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from casework.cases.read.case_view import Look
from casework.cases.read.values import schema_at, values_in_words
from orchestration.casetypes.case_type import Form, Scored
from orchestration.casetypes.form_answers import at_path
from orchestration.privacy.classification import pointer_of

Json = Any

MIDDLE: Final = 50.0
"""Of the hundred that a bar is drawn on: to the left of it is what lowers, to the right what raises."""
FIRST: Final = 6
STRONG, CLEAR = 0.8, 0.3
"""Log-odds from which on an effect is called strong, or clear."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An input, its value in words (empty: not known, or not for this reader), what it did, and its bar."""

    title: str
    value: str
    words: str
    raises: bool
    effect: float
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Change:
    """With `to` in place of what it is, the score would be in `band`."""

    title: str
    to: str
    band: str


@dataclass(frozen=True, slots=True)
class Score:
    """`title`: what is probable. `here`: the probability of a hundred. `unusual`: inputs unlike any it saw."""

    title: str
    probability: float
    here: float
    band: str
    first: tuple[Reason, ...]
    more: tuple[Reason, ...]
    changes: tuple[Change, ...]
    unusual: tuple[str, ...]


def score(form: Form, seen: Look) -> Score | None:
    """What the form names as the score; None where there is none (yet), or where this reader may not see it."""
    found = _whole(at_path(seen.view.data, form.score.path)) if form.score else None
    if form.score is None or found is None:
        return None
    place, said = pointer_of(form.score.path), values_in_words(seen.case_type)
    reasons = tuple(_reasons(form.score, seen, found["reasons"]))
    named = {one["input"]: one["title"] for one in found["reasons"]}
    return Score(
        title=str(schema_at(seen.case_type.schema, f"{place}/probability").get("title", "Probability")),
        probability=found["probability"], here=round(found["probability"] * 100, 1),
        band=str(said(f"{place}/band", found["band"])), first=reasons[:FIRST], more=reasons[FIRST:],
        changes=tuple(Change(one["title"], _value(form.score, seen, one["input"], one["to"]), one["band"])
                      for one in found.get("changes", ())),
        unusual=tuple(named.get(name, name.replace("_", " ")) for name in found.get("unusual", ())),
    )  # fmt: skip


def _whole(found: Json) -> Mapping[str, Json] | None:
    """The score where all is there that is drawn: what is masked is a text, or gone."""
    if not isinstance(found, Mapping) or not isinstance(found.get("probability"), int | float):
        return None
    parts = [found.get("reasons"), found.get("changes", []), found.get("unusual", [])]
    return found if all(isinstance(part, Sequence) and not isinstance(part, str) for part in parts) else None


def _reasons(scored: Scored, seen: Look, reasons: Sequence[Mapping[str, Json]]) -> Iterator[Reason]:
    most = max((abs(one["effect"]) for one in reasons), default=1.0) or 1.0
    for one in reasons:
        effect, width = one["effect"], round(abs(one["effect"]) / most * MIDDLE, 1)
        value = _known(scored, seen, one["input"])
        told = "" if value is None else _value(scored, seen, one["input"], value)
        yield Reason(
            one["title"], told, _words(effect), effect > 0, effect, MIDDLE if effect > 0 else MIDDLE - width, width
        )


def _words(effect: float) -> str:
    size = abs(effect)
    strength = "strongly" if size >= STRONG else "clearly" if size >= CLEAR else "slightly"
    return f"{'raises' if effect > 0 else 'lowers'} it {strength}"


def _known(scored: Scored, seen: Look, name: str) -> Json:
    """The value that an input has now, as this reader may see it."""
    found = (at_path(seen.view.data, f"{place}.{name}") for place in scored.inputs)
    return next((value for value in found if value is not None), None)


def _value(scored: Scored, seen: Look, name: str, value: Json) -> str:
    """A value of an input as people say it, by the place in the data that has this name."""
    pointers = [pointer_of(f"{place}.{name}") for place in scored.inputs]
    known = [pointer for pointer in pointers if schema_at(seen.case_type.schema, pointer)]
    told = values_in_words(seen.case_type)(known[0], value) if known else value
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    return str(told).replace("-", " ") if told == value and isinstance(value, str) else str(told)
