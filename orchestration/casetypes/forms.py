"""What is a person asked, once `forms.yaml` is read?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class FormField:
    """One question to a person. `path` is its dotted place in the case's data; `choices` value -> words.

    `initial`: the path whose value stands there at first. `fills`: the paths whose `{path}` in the text becomes their
    value when it is kept. Conditions name other answers: `asked_when` one of them is given, the question is put at all;
    `unchanged_when` one of them is given, the initial value must stand. `least`: how many letters it has, where the
    part of the organisation to which a case belongs asks for more than the schema does.
    """

    path: str
    label: str
    widget: str = "text"
    help: str = ""
    initial: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    fills: tuple[str, ...] = ()
    asked_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required_unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unchanged_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: int = 0

    def is_required(self, answers: Mapping[str, Any]) -> bool:
        """Whether it must be answered, given the other answers (by path)."""
        if self.asked_when and not _holds(self.asked_when, answers):
            return False
        if self.required_when and not _holds(self.required_when, answers):
            return False
        if self.required_unless:
            return not _holds(self.required_unless, answers)
        return bool(self.required_when) or self.required

    def is_fixed(self, answers: Mapping[str, Any]) -> bool:
        """Whether the initial value must stand, given the other answers (by path)."""
        return _holds(self.unchanged_when, answers)


def _holds(conditions: Mapping[str, tuple[str, ...]], answers: Mapping[str, Any]) -> bool:
    return any(answers.get(path) in values for path, values in conditions.items())


@dataclass(frozen=True, slots=True)
class Judges:
    """That the answer in a field says whether an output of a capability was right; `unless` other answers say not.

    `means`: answer -> the output that it bears out, where a decision stands for an output in other words. Answers that
    mean none, and outputs that no answer means, are left open; empty: the answer is the output.
    """

    capability: str
    output: str
    field: str
    unless: Mapping[str, tuple[str, ...]]
    means: Mapping[str, str]

    def right(self, answers: Mapping[str, Any]) -> Any:
        """What had been right, by these answers; None where they leave it open."""
        answer = None if _holds(self.unless, answers) else answers.get(self.field)
        if answer in (None, ""):
            return None
        return self.means.get(answer) if self.means else answer


@dataclass(frozen=True, slots=True)
class Scored:
    """Where a score stands in the data, and below which places the values that it looked at."""

    path: str
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Where the answers and findings of agents stand in the data, and what a rule made of them (empty: nothing)."""

    of: tuple[str, ...]
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """`signs`: whoever finishes it signs what stands on the page."""

    key: str
    fields: tuple[FormField, ...]
    suggestion: Mapping[str, str] = field(default_factory=dict)
    judges: tuple[Judges, ...] = ()
    score: Scored | None = None
    signs: bool = False
    findings: LaidOut | None = None


def form_of(key: str, form: Mapping[str, Any]) -> Form:
    judges = (_judges(one) for one in form.get("judges", ()))
    fields = tuple(_form_field(one) for one in form.get("fields", ()))
    scored = form.get("score")
    score = None if scored is None else Scored(scored["path"], tuple(scored.get("inputs", ())))
    laid = form.get("findings")
    findings = None if laid is None else LaidOut(tuple(laid["of"]), laid.get("advice", ""))
    return Form(key, fields, form.get("suggestion", {}), tuple(judges), score, bool(form.get("signs")), findings)


def _judges(given: Mapping[str, Any]) -> Judges:
    unless = {path: tuple(values) for path, values in given.get("unless", {}).items()}
    return Judges(given["capability"], given["output"], given["field"], unless, given.get("means", {}))


def _form_field(given: Mapping[str, Any]) -> FormField:
    conditions: dict[str, Any] = {
        name: {path: tuple(values) for path, values in given.get(name, {}).items()}
        for name in ("asked_when", "required_when", "required_unless", "unchanged_when")
    }
    return FormField(**{**known(FormField, given), **conditions, "fills": tuple(given.get("fills", ()))})


def known(kind: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Without keys that this release does not know: the one that deployed them did."""
    return {name: value for name, value in given.items() if name in {field.name for field in fields(kind)}}


def choice_words(forms: Mapping[str, Form], schema: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The words of each choice by the path that is asked for, and by the path that the question suggests; where no form
    asks, those of the schema."""
    found: dict[str, dict[str, str]] = {}
    for asked in (one for form in forms.values() for one in form.fields if one.choices):
        for path in filter(None, (asked.path, asked.initial)):
            _add(found, path, asked.choices)
    for path, words in _schema_words(schema):
        _add(found, path, words)
    return found


def _add(found: dict[str, dict[str, str]], path: str, words: Mapping[str, str]) -> None:
    there = found.setdefault(path, {})
    there |= {value: said for value, said in words.items() if value not in there}


def _schema_words(schema: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """What a schema calls the values of its fields (`x-words`), by dotted path."""
    for name, below in schema.get("properties", {}).items():
        if not isinstance(below, Mapping):
            continue
        if isinstance(words := below.get("x-words"), Mapping):
            yield prefix + name, {str(value): str(said) for value, said in words.items()}
        yield from _schema_words(below, f"{prefix}{name}.")
