"""What does an outline say, and does it hold together?

Read into frozen values, or into every fault at once: sentences that a model can mend its outline by, and a person too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.modelling.conditions import Condition, Field, condition_faults, value_fault
from orchestration.modelling.form import FORM, filled, unwritable
from orchestration.modelling.form_faults import form_fault

Json = Any

VALIDATOR: Final = Draft202012Validator(FORM)
MOST_FAULTS: Final = 20
RESERVED: Final = frozenset(
    {
        "actors", "and", "between", "context", "date", "document", "duration", "else", "every", "false", "for",
        "function", "if", "in", "input", "instance", "item", "list", "not", "null", "number", "of", "or", "range",
        "reference", "result", "return", "satisfies", "some", "string", "task", "then", "time", "true", "work",
    }
)  # fmt: skip
"""Words that mean something in FEEL already, or in what a case knows of itself."""
NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Row:
    when: tuple[Condition, ...]
    gives: str


@dataclass(frozen=True, slots=True)
class Step:
    """`who`: the group of a human step, the capability of a machine's. `id`: as models name it."""

    id: str
    name: str
    kind: str
    who: str
    when: tuple[Condition, ...]
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    rows: tuple[Row, ...]
    due_days: int
    optional: bool


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    name: str
    when: tuple[Condition, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A run that its author expects: these values, and these steps of people and machines in this order."""

    name: str
    values: Mapping[str, str]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    name: str
    goal: str
    kind: str
    currency: str
    opened_by: str
    fields: tuple[Field, ...]
    stages: tuple[Stage, ...]
    deadline_days: int
    examples: tuple[Example, ...]

    @cached_property
    def key(self) -> str:
        """What programs call the case type."""
        return slug(self.name).replace("_", "-")[:50].strip("-")

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @property
    def steps(self) -> Iterator[Step]:
        for stage in self.stages:
            yield from stage.steps


def slug(words: str) -> str:
    """Words as an id: small letters, digits and underscores, a letter first."""
    plain = NOT_A_LETTER.sub("_", words.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"s_{plain}".strip("_")


def read_outline(given: Json) -> Outline | list[str]:
    """The outline, or all that is wrong with it, a sentence each."""
    whole = filled(given)
    if unwritable(whole):
        return ["It holds control characters, which no model can hold."]
    if wrong := list(_form_faults(whole)):
        return wrong[:MOST_FAULTS]
    found = _outline(whole)
    return found if not (wrong := list(_faults(found))) else wrong[:MOST_FAULTS]


def _form_faults(given: Json) -> Iterator[str]:
    for error in sorted(VALIDATOR.iter_errors(given), key=lambda error: [str(part) for part in error.absolute_path]):
        yield f"{_place(error.absolute_path)}: {form_fault(error)}"


def _place(path: Iterable[str | int]) -> str:
    """ "stages, 2, steps, 1, name": which of a list is counted from one."""
    told = [str(part + 1) if isinstance(part, int) else part for part in path]
    return ", ".join(told) or "The outline"


def _outline(given: Mapping[str, Json]) -> Outline:
    stages = tuple(_stage(number, one) for number, one in enumerate(given["stages"], 1))
    fields = tuple(
        Field(one["name"], one["label"], one["kind"], tuple(one["choices"]), one["secrecy"], one["at_start"])
        for one in given["fields"]
    )
    return Outline(
        given["name"], given["goal"], given["kind"], given["currency"], given["opened_by"], fields, stages,
        given["deadline_days"], tuple(map(_example, given["examples"])),
    )  # fmt: skip


def _stage(number: int, given: Mapping[str, Json]) -> Stage:
    steps = tuple(_step(f"{number}_{at}", one) for at, one in enumerate(given["steps"], 1))
    return Stage(f"stage_{number}_{slug(given['name'])}", given["name"], _conditions(given["when"]), steps)


def _step(number: str, given: Mapping[str, Json]) -> Step:
    rows = tuple(Row(_conditions(row["when"]), row["gives"]) for row in given["rows"])
    return Step(
        f"step_{number}_{slug(given['name'])}", given["name"], given["kind"], given["who"].strip(),
        _conditions(given["when"]), tuple(given["reads"]), tuple(given["gives"]), rows, given["due_days"],
        given["optional"],
    )  # fmt: skip


def _conditions(given: list[Mapping[str, Json]]) -> tuple[Condition, ...]:
    return tuple(Condition(one["field"], one["is"], one["value"]) for one in given)


def _example(given: Mapping[str, Json]) -> Example:
    return Example(given["name"], {one["field"]: one["value"] for one in given["values"]}, tuple(given["steps"]))


# What its parts say of one another


def _faults(found: Outline) -> Iterator[str]:
    yield from _twice("field", [field.name for field in found.fields])
    yield from _twice("stage", [stage.name for stage in found.stages])
    yield from _twice("step", [step.name for step in found.steps])
    yield from _twice("example", [example.name for example in found.examples])
    if not slug(found.name).strip("s_"):
        yield "name: it has no letter from a to z and no digit, so that programs have nothing to call it by."
    if set(found.name) & set("{}"):
        yield "name: leave out the braces { and }, which stand for what is filled in."
    for group in dict.fromkeys([found.opened_by, *(step.who for step in found.steps if step.kind == "human")]):
        if set(group) & set(",={}$#") or group != group.strip():
            yield f"The group “{group}”: a group has a plain name, and there is one of it."
    for field in found.fields:
        if field.name in RESERVED:
            yield f"The field “{field.name}” cannot be called so: the word has a meaning of its own."
        if (field.kind == "choice") != bool(field.choices):
            yield f"The field “{field.name}”: a choice has choices, any other kind has none."
    for stage in found.stages:
        yield from (f"The stage “{stage.name}”: {one}" for one in condition_faults(stage.when, found.by_name))
        if all(step.optional for step in stage.steps):
            yield f"The stage “{stage.name}” has only steps that are optional, so nothing of it would ever happen."
    for step in found.steps:
        yield from (f"The step “{step.name}”: {one}" for one in _step_faults(step, found))
    for example in found.examples:
        yield from (f"The example “{example.name}”: {one}" for one in _example_faults(example, found))


def _twice(what: str, names: list[str]) -> Iterator[str]:
    yield from (f"There are {count} of the {what} “{name}”." for name, count in Counter(names).items() if count > 1)


def _step_faults(step: Step, found: Outline) -> Iterator[str]:
    for name in (*step.reads, *step.gives):
        if name not in found.by_name:
            yield f"there is no field “{name}”."
    yield from condition_faults(step.when, found.by_name)
    if step.kind == "human" and not step.who:
        yield "who says nothing; name the group of people who do it."
    if step.kind == "machine":
        yield from _machine_faults(step)
    if step.optional and (found.kind != "case" or step.kind != "human"):
        yield "only a human step of a case is optional."
    if step.optional and step.when:
        yield "an optional step is taken when a person likes to, so it has no condition."
    if step.kind == "rule":
        yield from _rule_faults(step, found)
    elif step.rows:
        yield "only a rule has rows."


def _machine_faults(step: Step) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,60}", step.who):
        yield "who names the capability that a machine needs for it: small letters, digits and hyphens."
    if not step.gives:
        yield "a machine has to give something: name the fields."


def _rule_faults(step: Step, found: Outline) -> Iterator[str]:
    if len(step.gives) != 1:
        yield "a rule gives one field."
        return
    field = found.by_name.get(step.gives[0])
    for number, row in enumerate(step.rows, 1):
        yield from (f"row {number}: {one}" for one in condition_faults(row.when, found.by_name))
        if field is not None and (wrong := value_fault(field, row.gives)):
            yield f"row {number} gives “{row.gives}”: {wrong}"
    if len(step.rows) < 2:
        yield "a rule has at least one row with a condition, and one for all else."
    elif step.rows[-1].when:
        yield "nothing holds where no row fits; end with a row that has no condition."
    if any(not row.when for row in step.rows[:-1]):
        yield "only the last row has no condition: what stands below it would never hold."


def _example_faults(example: Example, found: Outline) -> Iterator[str]:
    steps = {step.name: step for step in found.steps}
    for name, value in example.values.items():
        field = found.by_name.get(name)
        wrong = "there is no such field." if field is None else value_fault(field, value)
        if wrong:
            yield f"“{name}” is “{value}”: {wrong}"
    for name in example.steps:
        if name not in steps:
            yield f"there is no step “{name}”."
    wanted = [field.name for field in found.fields if field.at_start]
    wanted += [name for step in example.steps if step in steps and steps[step].kind != "rule"
               for name in steps[step].gives]  # fmt: skip
    for name in dict.fromkeys(wanted):
        if name not in example.values and name in found.by_name:
            yield f"it needs a value for “{name}”."
