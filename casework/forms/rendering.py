"""Which questions does a page ask, and how does it ask them again with what was typed?

Forms are made from the case type (`Form`, JSON Schema), not written by hand. They check nothing that services check:
what a service refuses is put beside its field by `with_errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from orjson import dumps

from casework.forms.schema_form import text_of
from orchestration.casetypes.case_type import Form, FormField
from orchestration.privacy.masking import View

RADIO_UP_TO: Final = 4
INPUT: Final = {"class": "form-control"}


class Asked(forms.Form):
    """A form with the fields that it is given. Fields are named by dotted path."""

    def __init__(self, fields: Mapping[str, forms.Field], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "label_suffix": ""})
        self.fields.update(fields)

    def answers(self) -> dict[str, str]:
        """What was typed, by path; empty answers left out."""
        self.full_clean()
        return {path: value for path, value in self.cleaned_data.items() if value not in (None, "")}

    def with_errors(self, errors: Mapping[str, str]) -> Asked:
        """The same form with each error at its field; what belongs to no field stands above the form."""
        self.full_clean()
        for path, sentence in errors.items():
            self.add_error(self._asked_for(path), sentence)
        for path in self.errors.keys() & self.fields.keys():
            self.fields[path].widget.attrs["aria-invalid"] = "true"
        return self

    def _asked_for(self, path: str) -> str | None:
        """The question that an error belongs to: of a whole object that is missing, the first that is asked of it."""
        below = (asked for asked in self.fields if asked.startswith(f"{path}."))
        return path if path in self.fields else next(below, None) if path else None


def answers_form(
    form: Form, initial: Mapping[str, Any], view: View, data: QueryDict | None = None, *,
    written: Mapping[str, str] | None = None,
) -> Asked:  # fmt: skip
    """The form of a task or of what comes in from outside. Initial values are shown as this reader may see them.

    `written`: what they have written into it before (their draft), which takes their place as it is.
    """
    shown: dict[str, str] = {
        path: view.text(value) if isinstance(value, str) else text_of(value) for path, value in initial.items()
    }
    questions = {each.path: _question(each) for each in form.fields}
    asked = Asked(questions, data, initial=shown | dict(written or {}))
    for each in form.fields:
        _marked(questions[each.path], each, form, shown)
    return asked


def _marked(question: forms.Field, asked: FormField, form: Form, shown: Mapping[str, str]) -> None:
    """What the page says of a question beside its words: while which answers it is asked, and what a machine drafted in
    it."""
    marks = question.__dict__
    marks["asked_when"] = dumps({path: list(values) for path, values in asked.asked_when.items()}).decode()
    marks["fixed_when"] = dumps({path: list(values) for path, values in asked.unchanged_when.items()}).decode()
    if asked.initial is not None and asked.initial == form.suggestion.get("text"):
        marks["drafted"] = shown.get(asked.path, "")


def typed_answers(form: Form, data: QueryDict) -> dict[str, str]:
    """What was typed into this form, by path, and what stood there at first and was emptied."""
    typed = Asked({each.path: _question(each) for each in form.fields}, data).answers()
    prefilled = (each.path for each in form.fields if each.initial is not None)
    return {path: "" for path in prefilled if path in data} | typed


def in_words(form: Form, data: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed into this form as people read it: each question with the words of the choice or the text."""
    given = ((each, data.get(each.path, "")) for each in form.fields)
    return [(each.label, each.choices.get(value, value)) for each, value in given if value.strip()]


def _question(asked: FormField) -> forms.Field:
    """The browser requires nothing: whether it must be answered depends on other answers, and the service says so."""
    details = {"label": asked.label, "help_text": asked.help, "required": False}
    if asked.choices and len(asked.choices) <= RADIO_UP_TO:
        return forms.ChoiceField(choices=list(asked.choices.items()), widget=forms.RadioSelect, **details)  # type: ignore[arg-type]
    if asked.choices:
        select = forms.Select({"class": "form-select"})
        return forms.ChoiceField(choices=[("", "Choose"), *asked.choices.items()], widget=select, **details)  # type: ignore[arg-type]
    return forms.CharField(widget=_text_widget(asked.widget), strip=False, **details)  # type: ignore[arg-type]


def _text_widget(kind: str) -> forms.Widget:
    match kind:
        case "textarea":
            return forms.Textarea({**INPUT, "rows": 7})
        case "lines" | "json":
            return forms.Textarea({**INPUT, "rows": 4, "spellcheck": "false"})
        case "number":
            return forms.TextInput({**INPUT, "inputmode": "decimal"})
        case "date":
            return forms.TextInput({**INPUT, "type": "date"})
        case _:
            return forms.TextInput(INPUT)


class RevealForm(forms.Form):
    """`kinds`: the kinds of reasons, by key."""

    path = forms.CharField(widget=forms.HiddenInput, max_length=200)
    kind = forms.ChoiceField(label="What kind of reason", required=False, widget=forms.Select({"class": "form-select"}))
    reason = forms.CharField(
        label="Why do you need to see it?", required=False, widget=forms.TextInput({**INPUT, "autocomplete": "off"}),
        help_text="Kept in the history under your name. You see the value for 15 minutes.",
    )  # fmt: skip

    def __init__(self, kinds: Mapping[str, str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = kinds.items()  # type: ignore[attr-defined]  # of the field that stands above
