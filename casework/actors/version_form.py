"""How does an administrator hand in an actor, or a version of one?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from casework.actors.words import kind_words
from orchestration.actors.registration import known_kinds
from orchestration.ground.refusals import Refused

CONTROL = {"class": "form-control", "autocomplete": "off"}


class VersionForm(forms.Form):
    """A file with what was measured of it."""

    artefact = forms.FileField(
        label="File", help_text="Weights, a connector's file, a prompt: what the version is made of. Never a pickle.",
        widget=forms.FileInput(attrs={"class": "form-control"}),
    )  # fmt: skip
    metrics = forms.CharField(
        label="What was measured", required=False, max_length=20_000, help_text='As JSON: {"accuracy": 0.93}.',
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )  # fmt: skip
    note = forms.CharField(label="What is new in it", required=False, max_length=500,
                           widget=forms.TextInput(attrs=CONTROL))  # fmt: skip

    def clean_metrics(self) -> dict[str, Any]:
        text = self.cleaned_data["metrics"].strip()
        try:
            found = json.loads(text or "{}")
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError('Names with values, as {"accuracy": 0.93}.')
        return found

    def given(self) -> dict[str, Any]:
        """What is registered."""
        file = self.cleaned_data.get("artefact")
        return {
            "artefact": None if file is None else file.read(), "metrics": self.cleaned_data["metrics"],
            "note": self.cleaned_data["note"],
        }  # fmt: skip

    def refuse(self, refused: Refused) -> None:
        """Each sentence at the field that it speaks of, else over the form."""
        errors: Mapping[str, str] = refused.errors or {"": refused.message}
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)


class ActorForm(VersionForm):
    """The same, with who it is the first version of."""

    name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput(attrs=CONTROL))
    key = forms.CharField(
        label="Key", max_length=50, help_text="Small letters, digits and hyphens; rules and the history name it so.",
        widget=forms.TextInput(attrs=CONTROL),
    )  # fmt: skip
    kind = forms.ChoiceField(label="Kind", widget=forms.Select(attrs={"class": "form-select"}))
    capability = forms.CharField(
        label="Can", max_length=100, help_text="The capability that steps ask for.",
        widget=forms.TextInput(attrs=CONTROL | {"list": "capabilities"}),
    )  # fmt: skip
    owner = forms.CharField(label="Owner", required=False, max_length=200, widget=forms.TextInput(attrs=CONTROL))
    origin = forms.CharField(label="Made of", required=False, max_length=200, widget=forms.TextInput(attrs=CONTROL))
    rank = forms.IntegerField(
        label="Rank", initial=0, min_value=-1000, max_value=1000, help_text="The lowest is asked first.",
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )  # fmt: skip
    field_order = ("name", "key", "kind", "capability", "owner", "origin", "rank", "artefact", "metrics", "note")

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["artefact"].required = False
        choices = [(kind, kind_words(kind)) for kind in known_kinds()]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = choices

    def given(self) -> dict[str, Any]:
        names = ("name", "key", "kind", "capability", "owner", "origin", "rank")
        return super().given() | {name: self.cleaned_data[name] for name in names}
