"""What is asked of a person who brings a new case in?

Nobody writes this form: it asks for what the manifest takes in (`intake`), in the words of the JSON Schema, what is
needed first. What belongs to one object of the data (the customer, the claim) stands together under its title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.timezone import is_aware, make_aware

from casework.forms.rendering import INPUT, Asked
from casework.forms.schema_form import YES_NO, in_words
from orchestration.casetypes.case_type import CaseType
from orchestration.casetypes.form_answers import schema_at

Schema = Mapping[str, Any]

LONG_TEXT: Final = 400
LIFETIME_REFERENCE: Final = 100
DATED: Final = {"date": "date", "date-time": "datetime-local"}
"""The format of a text -> the kind of input in which a browser asks for it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that stand together; `title` is empty for those of the case itself."""

    title: str
    fields: tuple[BoundField, ...]


class IntakeForm(Asked):
    """The questions of a new case. `objects`: for each path the object that it stands in, as people call it."""

    objects: Mapping[str, str] = {}

    def answers(self) -> dict[str, str]:
        """As typed; a moment, of which a browser says no zone, in that of the office."""
        return {path: self._moment(path, typed) for path, typed in super().answers().items()}

    def _moment(self, path: str, typed: str) -> str:
        if self.fields[path].widget.__dict__.get("input_type") != DATED["date-time"]:
            return typed
        moment = _parsed(typed)
        return typed if moment is None or is_aware(moment) else make_aware(moment).isoformat()

    def groups(self) -> Iterator[Group]:
        """The questions in their order, what belongs to one object together."""
        for title, found in groupby(self.visible_fields(), key=lambda field: self.objects.get(field.name, "")):
            yield Group(title, tuple(found))


def intake_form(case_type: CaseType, data: QueryDict | None = None, *, proposed: str = "") -> IntakeForm:
    """What a new case can be given. `proposed`: the reference that it gets when the person leaves it empty."""
    paths = intake_paths(case_type)
    fields = {path: _question(case_type, path) for path in paths}
    fields["reference"] = forms.CharField(
        label="Reference", required=False, widget=forms.TextInput({**INPUT, "maxlength": LIFETIME_REFERENCE}),
        help_text="The sender's own reference. Left empty, the case gets one.",
    )  # fmt: skip
    fields["proposed"] = forms.CharField(required=False, widget=forms.HiddenInput)
    form = IntakeForm(fields, data, initial={"proposed": proposed})
    form.objects = dict(_titled(case_type, paths))
    return form


def intake_paths(case_type: CaseType) -> list[str]:
    """Where the case type takes its first data: what is needed first, then object by object, the rest last."""
    needed = case_type.intake.required
    known = [path for path in case_type.intake.columns.values() if schema_at(case_type.schema, path)]
    known.sort(key=lambda path: path not in needed)
    places = list(dict.fromkeys(map(_object, known)))
    return sorted(known, key=lambda path: (_turn(path, needed), places.index(_object(path))))


def _turn(path: str, needed: Collection[str]) -> int:
    return 1 if _object(path) else 0 if path in needed else 2


def _object(path: str) -> str:
    return path.rpartition(".")[0]


def _titled(case_type: CaseType, paths: list[str]) -> Iterator[tuple[str, str]]:
    """The title of the object in which each path stands; one that is asked for a single value needs none."""
    together = Counter(map(_object, paths))
    for path in paths:
        if _object(path) and together[_object(path)] > 1:
            yield path, str(schema_at(case_type.schema, _object(path)).get("title", ""))


def _question(case_type: CaseType, path: str) -> forms.Field:
    """The browser requires nothing: the service says what is missing, beside its field."""
    schema = schema_at(case_type.schema, path)
    title, currency = schema.get("title", path), schema.get("x-currency")
    label = f"{title} in {currency}" if currency else title
    field = forms.CharField(
        label=label, required=False, widget=_widget(schema, _choices(case_type, path)), strip=True,
        help_text=str(schema.get("description", "")),
    )  # fmt: skip
    field.__dict__["needed"] = path in case_type.intake.required
    return field


def _choices(case_type: CaseType, path: str) -> Mapping[str, str]:
    """What may be answered, with its words: those of the case type, else the value itself."""
    schema = schema_at(case_type.schema, path)
    if _is(schema, "boolean"):
        return YES_NO
    known = case_type.choice_words.get(path, {})
    return {value: known.get(value, in_words(value)) for value in map(str, filter(None, schema.get("enum", ())))}


def _widget(schema: Schema, choices: Mapping[str, str]) -> forms.Widget:
    if choices:
        return forms.Select({"class": "form-select"}, choices=[("", "Choose"), *choices.items()])
    if _is(schema, "number", "integer"):
        return forms.TextInput({**INPUT, "inputmode": "decimal"})
    if dated := DATED.get(schema.get("format", "")):
        return forms.TextInput({**INPUT, "type": dated})
    return forms.Textarea({**INPUT, "rows": 7}) if _is_long(schema) else forms.TextInput(INPUT)


def _parsed(text: str) -> datetime | None:
    """The moment that a text says; None where it says none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _is(schema: Schema, *types: str) -> bool:
    """Whether it is one of these types, be it also nothing."""
    stated = schema.get("type")
    return not set(types).isdisjoint([stated] if isinstance(stated, str) else stated or ())


def _is_long(schema: Schema) -> bool:
    return bool(schema.get("maxLength", 0) > LONG_TEXT)
