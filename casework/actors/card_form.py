"""How does an administrator fill in the card of an actor?

A form with a field for each place of the card (`orchestration.actors.card.SHAPE`), beside the actor's name, owner, what
it is made of and its rank. What the form does not know of a card stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms

from casework.actors.words import PER, SOURCES
from orchestration.actors.card import LEVELS, Card, card_of
from orchestration.actors.registry import CHANGEABLE
from orchestration.models import Actor

TEXTS: Final = ("purpose", "limits", "accuracy", "failures", "procedure")
COUNTS: Final = ("rate", "concurrency")
FLAGS: Final = ("personal-data", "leaves", "four-eyes")
MOST_CALLS: Final = 1_000_000
SECTIONS: Final = (
    ("Who and what", ("name", "owner", "origin", "source", "review_by", "rank")),
    ("Instructions for use", TEXTS),
    ("What it may see", ("clearance", "personal_data", "leaves", "purposes")),
    ("Price and limits", ("amount", "currency", "per", "rate", "concurrency", "breaker_failures", "breaker_pause",
                          "when_open")),
    ("Versions", ("four_eyes",)),
)  # fmt: skip
IN_CARD: Final = frozenset(
    {"source", "review-by", "clearance", "purposes", "price", "breaker", "when-open", *TEXTS, *COUNTS, *FLAGS}
)


def _text(label: str, help: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"class": "form-control", "rows": 3})
    return forms.CharField(label=label, help_text=help, required=False, max_length=20_000, widget=area)


def _line(label: str, help: str = "", *, required: bool = False, most: int = 200) -> forms.CharField:
    line = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return forms.CharField(label=label, help_text=help, required=required, max_length=most, widget=line)


def _whole(label: str, help: str, least: int = 1, most: int = MOST_CALLS) -> forms.IntegerField:
    number = forms.NumberInput(attrs={"class": "form-control"})
    return forms.IntegerField(
        label=label, help_text=help, required=False, min_value=least, max_value=most, widget=number
    )


def _choice(label: str, choices: Mapping[str, str], help: str = "") -> forms.ChoiceField:
    select = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(label=label, choices=list(choices.items()), help_text=help, widget=select)


def _flag(label: str, yes: str, no: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[("yes", yes), ("no", no)], coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )  # fmt: skip


class CardForm(forms.Form):
    """`reason` is kept with the change."""

    name = _line("Name", required=True)
    owner = _line("Owner", "Who answers for it: a person or a team.")
    origin = _line("Made of", "As people say it: the model, the system, the vendor's product.")
    source = _choice("Where it comes from", SOURCES)
    review_by = forms.DateField(
        label="Review by", required=False, help_text="The list says when this day is past.",
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    rank = _whole("Rank", "Of several that can do the same, the lowest is asked first.", -1000, 1000)
    purpose = _text("What it is for")
    limits = _text("What it is not for", "Cases, languages, amounts that it was not made for.")
    accuracy = _text("Measured accuracy", "On which data, when, by whom.")
    failures = _text("Known failures")
    procedure = _text("Procedure", "How people work with it: who checks what, whom to call.")
    clearance = _choice("Reads at most what is", {level: level for level in LEVELS}, "What is above is masked for it.")
    personal_data = _flag(
        "E-mail addresses, phone, card and account numbers", "It may read them", "They do not reach it"
    )
    leaves = _flag("What it is given", "Leaves the house: names go as pseudonyms", "Stays in the house")
    purposes = forms.CharField(
        label="Only for these purposes", required=False, help_text="One a line; empty: for any.", max_length=5000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )  # fmt: skip
    amount = forms.DecimalField(
        label="Price", required=False, min_value=Decimal(0), max_digits=16, decimal_places=6,
        help_text="Empty: unknown, which is not nothing.", widget=forms.NumberInput(attrs={"class": "form-control"}),
    )  # fmt: skip
    currency = _line("Currency", "Three capitals: EUR.", most=3)
    per = _choice("For", PER)
    rate = _whole("Calls a minute, at most", "Empty: no limit.")
    concurrency = _whole("Calls at once, at most", "Empty: no limit.")
    breaker_failures = _whole("Left alone after failures in a row", "Empty: 5.")
    breaker_pause = _whole("For seconds", "Empty: 30.", most=86_400)
    when_open = _choice("Meanwhile", {"move": "Work goes to another actor", "wait": "Work waits for it"})
    four_eyes = _flag("A version is taken on", "By somebody else than who registered it", "By any administrator")
    reason = _line("Why", "3 to 500 characters; kept with the change.", most=500)

    def clean_currency(self) -> str:
        given: str = self.cleaned_data["currency"].strip().upper()
        if given and not (len(given) == 3 and given.isascii() and given.isalpha()):
            raise forms.ValidationError("Three capitals, as EUR.")
        return given

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("amount") is not None and not found.get("currency") and "currency" not in self.errors:
            self.add_error("currency", "Say in which currency the price is.")
        return found

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings, but for the reason."""
        return [(title, [self[name] for name in names]) for title, names in SECTIONS]

    def card(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The card that was filled in; what stands in a field as it is without being said is not said."""
        given, card = self.cleaned_data, {name: value for name, value in before.items() if name not in IN_CARD}
        unsaid = card_of({})
        for name in (*TEXTS, *COUNTS, *FLAGS, "source", "clearance"):
            key = name.replace("-", "_")
            if given[key] != getattr(unsaid, key) or name in before:
                card[name] = given[key]
        card |= _rest(given)
        return {name: value for name, value in card.items() if value not in ("", None)}

    def fields_of_actor(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in CHANGEABLE}
        return given | {"rank": given["rank"] or 0}


def _rest(given: Mapping[str, Any]) -> dict[str, Any]:
    """What of a card is more than one field, or is written otherwise."""
    found: dict[str, Any] = {}
    if given["review_by"] is not None:
        found["review-by"] = given["review_by"].isoformat()
    if purposes := [line.strip() for line in given["purposes"].splitlines() if line.strip()]:
        found["purposes"] = purposes
    if given["amount"] is not None:
        price = f"{given['amount'].normalize():f}"
        found["price"] = {"amount": price, "currency": given["currency"], "per": given["per"]}
    breaker = {"failures": given["breaker_failures"], "pause": given["breaker_pause"]}
    if said := {name: value for name, value in breaker.items() if value is not None}:
        found["breaker"] = said
    if given["when_open"] == "wait":
        found["when-open"] = "wait"
    return found


def initial(actor: Actor) -> dict[str, Any]:
    """What stands in the form of an actor."""
    card: Card = card_of(actor.card)
    breaker = card.document.get("breaker", {})
    found: dict[str, Any] = {name: getattr(actor, name) for name in CHANGEABLE}
    found |= {name: getattr(card, name) for name in (*TEXTS, *COUNTS, "source", "clearance")}
    found |= {
        name: "yes" if getattr(card, name) else "no" for name in (flag.replace("-", "_") for flag in FLAGS)
    }  # fmt: skip
    review: date | None = card.review_by
    found |= {"review_by": review, "purposes": "\n".join(card.purposes)}
    found |= {"breaker_failures": breaker.get("failures"), "breaker_pause": breaker.get("pause")}
    found["when_open"] = "wait" if card.waits_when_open else "move"
    if card.price is not None:
        found |= {"amount": card.price.amount, "currency": card.price.currency, "per": card.price.per}
    return found
