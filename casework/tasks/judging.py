"""What can somebody do with what was suggested to them: accept it, change it, reject it?

A form that has a suggestion and asks a question with the answers `accept`, `change` or `reject` puts it as buttons.
Accepting finishes the task with the draft as it is; the others first ask what only they ask for. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from orchestration.casetypes.case_type import Form, FormField

ACCEPT, CHANGE, REJECT = "accept", "change", "reject"
BUTTONS: Final = {ACCEPT: ("check", "Accept"), CHANGE: ("edit", "Change"), REJECT: ("x", "Reject")}


@dataclass(frozen=True, slots=True)
class Button:
    """`words`: what the form says that it does; empty where it only repeats it."""

    value: str
    icon: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Judging:
    """`path`: of the question that the buttons answer. `chosen`: the answer for which the form now asks the rest; empty
    while nothing is chosen. `form`: the questions to show."""

    path: str
    chosen: str
    buttons: tuple[Button, ...]
    form: Form

    @property
    def now(self) -> Button | None:
        """The button that was pressed."""
        return next((one for one in self.buttons if one.value == self.chosen), None)


def judging(form: Form, answers: Mapping[str, str]) -> Judging | None:
    """How a suggestion is judged in this form, given what was answered so far; None where it is not by buttons."""
    asked = question_of(form)
    if asked is None:
        return None
    chosen = answers.get(asked.path, "")
    chosen = chosen if chosen in asked.choices and chosen != ACCEPT else ""
    fields = tuple(each for each in form.fields if each is not asked and _is_shown(each, asked.path, chosen))
    return Judging(asked.path, chosen, tuple(_buttons(asked)), replace(form, fields=fields))


def asks_more(judged: Judging | None, given: Iterable[str], wrong: Iterable[str]) -> bool:
    """Whether all that is wrong with an answer is what nobody had been asked yet."""
    asked = set() if judged is None or not judged.chosen else {each.path for each in judged.form.fields}
    return bool(asked) and set(wrong) <= asked - set(given)


def question_of(form: Form) -> FormField | None:
    """The question whether what is suggested is right; None where a form does not put it so."""
    if not form.suggestion:
        return None
    return next(
        (each for each in form.fields if ACCEPT in each.choices and each.choices.keys() <= BUTTONS.keys()), None
    )


def _is_shown(field: FormField, path: str, chosen: str) -> bool:
    """While nothing is chosen, what every answer asks; of a rejection only what belongs to it or has to be said."""
    wanted = field.asked_when.get(path)
    if wanted is not None:
        return chosen in wanted
    return chosen != REJECT or (field.initial is None and field.is_required({path: chosen}))


def _buttons(asked: FormField) -> Iterable[Button]:
    for value, (icon, label) in BUTTONS.items():
        if value in asked.choices:
            yield Button(value, icon, label, asked.choices[value].partition(": ")[2])
