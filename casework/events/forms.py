"""What is asked about a new inlet or subscriber?"""

from __future__ import annotations

from typing import Any, Final

from django import forms

from casework.studio.rule_versions import newest_versions
from orchestration.messaging.subscribers import TYPES
from orchestration.models import EventSubscriber, Inlet

TEXT: Final = {"class": "form-control", "autocomplete": "off"}
SECRET: Final = "The name of a secret, as in CASEWRIGHT_SECRET_NAME or the folder of secrets: base64, whsec_… is usual."  # noqa: S105 - it names none


def _case_types() -> list[tuple[str, str]]:
    return [(one.key, one.name) for one in newest_versions()]


class Described(forms.Form):
    """With the sentences that a service says beside its fields."""

    key = forms.SlugField(
        max_length=50, widget=forms.TextInput(TEXT), help_text="Part of its address: letters, digits, hyphens."
    )
    name = forms.CharField(max_length=200, widget=forms.TextInput(TEXT))
    secret = forms.CharField(max_length=100, widget=forms.TextInput(TEXT), help_text=SECRET)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{**named, "label_suffix": ""})

    def with_errors(self, errors: dict[str, str]) -> Described:
        for field, sentence in errors.items():
            self.add_error(field if field in self.fields else None, sentence)
        return self


class InletForm(Described):
    message = forms.CharField(
        max_length=200, widget=forms.TextInput(TEXT), help_text="The message, as the models of case types name it."
    )
    correlation = forms.CharField(
        max_length=500, required=False, widget=forms.TextInput(TEXT), label="For which case (FEEL)",
        help_text="Over the event, as event.data.order; empty: the models read it.",
    )  # fmt: skip
    variables = forms.CharField(
        required=False, widget=forms.Textarea({**TEXT, "rows": 3}), label="What the message carries (FEEL)",
        help_text="As {status: event.data.status}; empty: the event's data.",
    )  # fmt: skip

    def inlet(self) -> Inlet:
        return Inlet(**self.cleaned_data)


class SubscriberForm(Described):
    url = forms.CharField(
        max_length=1000, label="Address", widget=forms.TextInput(TEXT),
        help_text="Its host has to be on the list of hosts that may be called.",
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label="What it is told", choices=[(key, words) for key, words in TYPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    case_types = forms.MultipleChoiceField(
        required=False, label="Of which case types", choices=_case_types, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: of all.",
    )  # fmt: skip

    def subscriber(self) -> EventSubscriber:
        return EventSubscriber(**self.cleaned_data)
