"""What does each part of the pages look like, in all its states?

A component catalogue for those who build the product: every piece is made from plain values, so that a state that is
rare on a real page can be looked at. It is there in development only (`CATALOGUE`), and shows nobody's data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from casework.web.decorators import reads
from casework.web.pieces import shared

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A template and its states by name. `around`: the start of the table that its rows stand in; empty for most."""

    name: str
    template: str
    states: Mapping[str, Values]
    in_table: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece as the page has it: for each state its name and its markup."""

    name: str
    template: str
    in_table: bool
    states: tuple[tuple[str, SafeString], ...]


@reads
def catalogue(request: HttpRequest) -> HttpResponse:
    if not settings.CATALOGUE:
        raise Http404("The catalogue of components is there in development only.")
    return render(request, "web/catalogue.html", {"pieces": [_shown(piece, request) for piece in pieces()]})


def _shown(piece: Piece, request: HttpRequest) -> Shown:
    said = enumerate(piece.states.items())
    states = ((name, _apart(render_to_string(piece.template, dict(values), request), f"{piece.template}-{number}"))
              for number, (name, values) in said)  # fmt: skip
    return Shown(piece.name, piece.template, piece.in_table, tuple(states))


NAMED: Final = re.compile(r'(?<=\s)(id|for|aria-describedby|aria-labelledby|list)="([^"{]+)"')

FRAMES: Final = {"<li": '<ul class="plain">{}</ul>', "<tr": '<table class="sheet"><tbody>{}</tbody></table>'}
"""What a piece stands in that cannot stand alone, by how it begins."""


def _apart(markup: str, state: str) -> SafeString:
    """The same with ids of its own, since on a page each piece stands in one state alone; in what it needs
    around it."""
    end = re.sub(r"\W", "-", state)
    named = NAMED.sub(lambda found: f'{found[1]}="{" ".join(f"{one}-{end}" for one in found[2].split())}"', markup)
    around = next((frame for begins, frame in FRAMES.items() if named.lstrip().startswith(begins)), "{}")
    return SafeString(around.format(named))


def pieces() -> tuple[Piece, ...]:
    """All of them, as they are now: some say how long ago a time is."""
    return (
        Piece("What just happened", "partials/messages.html", {
            level: {"messages": [Said(level, words)]} for level, words in SAID.items()
        }),
        Piece("A date to keep", "partials/due.html", _dates()),
        Piece("The state of a case", "partials/signs.html", {
            name: {"state": name, "closed": closed} for name, closed in STATES.items()
        }),
        Piece("How sure a machine is", "partials/signs.html", {
            f"{share:.0%}": {"confidence": share} for share in (0.98, 0.7, 0.3)
        }),
        Piece("Nothing to show", "partials/empty.html", EMPTY),
        Piece("Who else is there", "partials/company.html", COMPANY),
        Piece("A field of a form", "partials/field.html", _fields()),
        Piece("What is wrong with a form", "partials/form_errors.html", {"wrong": {"form": Example({})}}),
        Piece("Filters that are set", "lists/_chips.html", CHIPS),
        Piece("Key facts", "cases/_key_facts.html", FACTS),
        Piece("Stages", "cases/_stages.html", STAGES),
        Piece("A line of the inbox", "tasks/_row.html", _rows(), in_table=True),
        Piece("The case of a line", "tasks/_preview.html", _previews()),
        *(Piece(name, template, states) for name, template, states in shared()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A message as Django has it."""

    level_tag: str
    words: str

    def __str__(self) -> str:
        return self.words


class Example(forms.Form):
    """A question of each kind."""

    answer = forms.CharField(label="Your answer", help_text="The customer reads it.", widget=forms.Textarea)
    amount = forms.DecimalField(label="Amount in EUR", required=False)
    verdict = forms.ChoiceField(
        label="Is the draft right?", choices=[("right", "Right"), ("wrong", "Wrong")], widget=forms.RadioSelect
    )


SAID: Final = {
    "success": "“Approve the answer” is yours now.",
    "info": "The case was opened by the web form.",
    "warning": "Two of these were changed meanwhile.",
    "error": "Ben Bauer has taken this task.",
}
STATES: Final = {"Pending review": False, "Waiting for customer": False, "Failed": False, "Resolved": True}
EMPTY: Final = {
    "nothing there": {"sign": "inbox", "title": "Nothing is yours right now", "words": "New tasks come by themselves."},
    "not to be shown": {"sign": "alert-triangle", "title": "This cannot be shown", "words": "Try it again later."},
}  # fmt: skip
COMPANY: Final = {
    "nobody": {"words": ""}, "one looks": {"words": "Ben Bauer is looking"},
    "many": {"words": "Ben Bauer is writing · Clara Conti is looking · Dora Dahl is looking · and 2 more"},
}  # fmt: skip
CHIPS: Final = {
    "one": {"chips": [{"words": "Amount from 500", "address": "#", "is_fault": False}], "unfiltered": "#"},
    "one that is left out": {
        "chips": [{"words": "Amount from “much”: no number", "address": "#", "is_fault": True}], "unfiltered": "#",
    },
}  # fmt: skip
FACTS: Final[Mapping[str, Values]] = {
    "in clear": {"facts": [{"label": "Amount", "value": "212.50 EUR"}, {"label": "Channel", "value": "web"}]},
    "masked": {"facts": [{"label": "Customer", "value": "M••• S•••", "masked": True}]},
    "long": {"facts": [{"label": "What it is about", "value": "A word and another. " * 12}]},
}
STAGES: Final = {
    "at work": {"stages": [
        SimpleNamespace(name="Understand", status="done"), SimpleNamespace(name="Answer", status="active"),
        SimpleNamespace(name="Ask the customer", status="ahead"),
    ]},
    "over": {"stages": [
        SimpleNamespace(name="Understand", status="done"), SimpleNamespace(name="Answer", status="left out"),
    ]},
}  # fmt: skip


def _dates() -> dict[str, Values]:
    now = timezone.now()
    return {
        "far": {"due": now + timedelta(days=3)},
        "at risk": {"due": now + timedelta(hours=2), "at_risk": True},
        "late": {"due": now - timedelta(days=1), "overdue": True},
        "none": {"due": None},
    }


def _fields() -> dict[str, Values]:
    empty, wrong = Example(auto_id="empty_%s"), Example({"amount": "much"}, auto_id="wrong_%s")
    names = {"answer": "a text", "amount": "a number", "verdict": "a choice"}
    return {
        f"{words}, {state}": {"field": form[name], "optional": name == "amount"}
        for state, form in (("empty", empty), ("wrong", wrong))
        for name, words in names.items()
    }


def _rows() -> dict[str, Values]:
    now = timezone.now()
    plain: Values = {
        "name": "Approve the answer", "title": "Complaint C-10482", "reference": "C-10482", "case": 1,
        "headline": [{"text": "Lost card"}, {"text": "My wallet was stolen on the tram", "quoted": True}],
        "why": "Lost cards belong to the cards team.", "due": now + timedelta(days=1), "groups": ["Cards team"],
        "sure": 0.94,
    }  # fmt: skip
    states: dict[str, Values] = {
        "nobody has it": {},
        "mine": {"mine": True, "assignee": "Anna Adler"},
        "somebody has it": {"assignee": "Ben Bauer"},
        "urgent and late": {"urgent": True, "overdue": True, "due": now - timedelta(hours=5)},
        "at risk, not sure": {"at_risk": True, "due": now + timedelta(hours=1), "sure": 0.3},
        "nothing is known": {"headline": [], "why": "", "sure": None, "due": None},
        "snoozed": {"mine": True, "asleep": {"until": now + timedelta(days=2), "reason": "The bank answers then"}},
    }  # fmt: skip
    return {name: {"row": {**plain, "id": number, **more}} for number, (name, more) in enumerate(states.items(), 1)}


def _previews() -> dict[str, Values]:
    plain: Values = {
        "id": 90, "name": "Approve the answer", "case": 1, "title": "Complaint C-10482",
        "case_state": "Pending review", "key_facts": FACTS["in clear"]["facts"],
        "messages": [("Message", "My wallet was stolen on the tram this morning.")],
        "why_here": "Rule 3 of Routing sent it to Cards team: lost cards belong to the cards team.",
        "suggestion": {"label": "Lost or stolen card", "confidence": 0.94, "text": "Dear customer, we block it."},
    }  # fmt: skip
    tasks: dict[str, Values | None] = {
        "nobody has it": {"may": {"claim"}, "due": timezone.now() + timedelta(hours=20)},
        "mine": {"may": {"complete"}, "mine": True, "assignee": "Anna Adler"},
        "somebody has it": {"may": (), "assignee": "Ben Bauer"},
        "not for me": {"may": (), "barred": "opened the case"},
        "over": None,
    }
    return {name: {"page": {**plain, "task": task, "state": "completed"}} for name, task in tasks.items()}
