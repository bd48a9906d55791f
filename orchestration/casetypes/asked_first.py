"""In which cases are people asked first without what a machine says, or with what it did not say?

A case type declares it (`asked-first` in its manifest): a share of its cases, which follows from the number of each
alone. There the first answer to one question is compared with the machine's, and nothing is done with it; until it is
given nobody sees what the machine says. So it is known what people would say by themselves, and whether they read what
they accept. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from orchestration.agents.checking import AS_IT_IS, NO_CHECKS, Checks, Put, checks_of, put_as
from orchestration.casetypes.form_answers import at_path
from orchestration.casetypes.forms import Form
from orchestration.privacy.classification import Classification
from orchestration.privacy.withholding import withheld, without

Json = Any
NOT_ASKED: Final = (None, "")
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 500}
_SHARE: Final = {"type": "number", "minimum": 0, "maximum": 1}
_WRONG: Final = {
    "type": "object",
    "required": ["label"],
    "properties": {"label": _TEXT, "confidence": _SHARE, "text": {"type": "string", "maxLength": 5000}},
    "additionalProperties": False,
}
SHAPE: Final = {
    "type": "object",
    "required": ["question", "machine", "withholds"],
    "properties": {
        "question": _TEXT,
        "machine": _TEXT,
        "withholds": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 20},
        "blind": _SHARE,
        "known": {
            "type": "object",
            "required": ["share", "wrong"],
            "properties": {
                "share": _SHARE,
                "wrong": {"type": "array", "items": _WRONG, "minItems": 1, "maxItems": 20},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class AskedFirst:
    """`question`: the place of the answer that is compared; `machine`: of what the machine says to it. `withholds`:
    the places that tell what it says. `readers`: how secret everything is until people have answered."""

    question: str
    machine: str
    withholds: tuple[str, ...]
    checks: Checks = NO_CHECKS
    readers: Classification | None = field(default=None, repr=False, compare=False)

    def put(self, instance: int, data: Mapping[str, Json], is_over: bool = False) -> Put:
        """How the question is put in this case; as it is where there is an answer, or nothing to compare it with."""
        machine = at_path(data, self.machine)
        if is_over or machine in NOT_ASKED or at_path(data, self.question) not in NOT_ASKED:
            return AS_IT_IS
        wrong = tuple(one for one in self.checks.wrong if one["label"] != machine)
        return put_as(replace(self.checks, wrong=wrong), _digest(instance), has_words=False)

    def is_chosen(self, instance: int) -> bool:
        """Whether this case may be one of the share."""
        return put_as(self.checks, _digest(instance), has_words=False) != AS_IT_IS

    def in_lists(self, instance: int, data: Mapping[str, Json], is_over: bool = False) -> Mapping[str, Json]:
        """The data of a case as lists and the search know it: they tell nothing of it before the task is done."""
        return without(data, self.withholds) if self.put(instance, data, is_over).check else data


def declared(manifest: Mapping[str, Json], forms: Mapping[str, Form], rules: Classification) -> AskedFirst | None:
    """As a manifest has it; None where it says nothing of it."""
    said = manifest.get("asked-first")
    if not isinstance(said, Mapping):
        return None
    places = tuple(said["withholds"])
    words = frozenset(value for form in forms.values() for one in form.fields for value in one.choices)
    return AskedFirst(said["question"], said["machine"], places, checks_of(said), withheld(rules, places, words))


def faults(manifest: Mapping[str, Json], forms: Mapping[str, Mapping[str, Json]]) -> Iterator[str]:
    """What is wrong with what a manifest says of it, beside places that are not there."""
    said = manifest.get("asked-first", {})
    asking = [
        form for form in forms.values() if any(one["path"] == said.get("question") for one in form.get("fields", ()))
    ]
    if said and not asking:
        yield f"asked-first: no form asks for {said['question']!r}."
    for form in asking:
        named = form.get("suggestion", {})
        if named.get("label") != said["machine"]:
            yield f"asked-first: a form that asks for {said['question']!r} does not suggest {said['machine']!r}."
        for place in named.values():
            if not any(place == kept or place.startswith(f"{kept}.") for kept in said["withholds"]):
                yield f"asked-first: {place!r} is suggested, and not withheld."


def _digest(instance: int) -> str:
    """With the shares that ship, the first of the share is case 148: a story of the demo is told without one."""
    return hashlib.sha256(f"without the machine {instance}".encode()).hexdigest()
