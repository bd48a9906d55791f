"""What do the parts of lists look like: filters, columns, groups, what waits for somebody, also when it is empty?

Plain values for the catalogue (`web.catalogue`), as the pages' own reads would give them; nobody's data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace as Made
from typing import Any, Final

Values = Mapping[str, Any]
States = dict[str, Values]
Shared = tuple[str, str, States]
"""A name, a template, and its states."""
MANY: Final = 9
"""Choices that are folded behind their name."""


def lists(now: datetime) -> tuple[Shared, ...]:
    tab: Callable[..., dict[str, Any]] = lambda **more: {"id": 1, "name": "Over 500", **more}  # noqa: E731
    headline = [{"text": "Lost card"}, {"text": "My wallet was stolen", "quoted": True}, {"text": "M••• S•••"}]
    return (
        *_of_the_list(now), *_waiting(now),
        ("Saved views as tabs", "lists/_view_tabs.html", {
            "own, and one of others": {"kind": {"key": "inbox"}, "view_tabs": [
                {"view": tab(own=True), "count": 4, "is_here": True},
                {"view": tab(id=2, owner="Ben Bauer", shared_with="Analysts"), "count": 1001, "is_here": False},
            ]},
            "none": {"view_tabs": []},
        }),
        ("What of a case an order replaces", "erasure/_places.html", {
            "not yet": {"one": {"standing": {"why": "It can be taken out."}, "goes": ["the message", "a draft"]}},
            "done, but for a file": {"one": {
                "state": "Taken out.", "goes": ["the message"],
                "stays": ["the file letter.pdf: it is no plain text"],
            }},
        }),
        ("Folds by their letters", "partials/search_letters.html", {
            "some": {"region": "The calls", "label": "Calls with these letters", "q": "task", "everything": "All calls",
                     "path": "#"},
        }),
        ("That a list is long", "lists/_group_note.html", {
            "long": {"grouping": {"is_cut": True, "cap": 1000}}, "short": {"grouping": {"is_cut": False}},
        }),
        ("What a row is about", "lists/_headline.html", {
            "three facts": {"row": {"headline": headline}}, "nothing is known": {"row": {"title": "Complaint C-10482"}},
        }),
        ("A snoozed task", "tasks/_asleep.html", {
            "until a day": {"asleep": {"until": now + timedelta(days=2), "reason": "The bank answers then"}},
            "until something happens": {"asleep": {"until": None}},
        }),
        ("Name and sharing of a view", "lists/_view_fields.html", {"new": {"prefix": "seen"}, "there": {
            "prefix": "there", "view": {"name": "Over 500"},
        }}),
        ("A key for tasks", "access/_passkey.html", {"no device asks": {"action": "#", "passkey": "{}", "next": "/"}}),
    )  # fmt: skip


def _of_the_list(now: datetime) -> tuple[Shared, ...]:
    choice: Callable[[int], Any] = lambda number: Made(value=str(number), words=f"Choice {number}", checked=number == 1)  # noqa: E731
    field: Callable[..., Any] = lambda name, choices, inputs=(): Made(  # noqa: E731
        name=f"is.{name}", column=Made(label=name.title()), choices=choices, inputs=inputs, is_long=len(choices) > 6,
        chosen=1,
    )  # fmt: skip
    short, long = field("channel", [choice(1), choice(2)]), field("reason", [choice(each) for each in range(MANY)])
    amount = [Made(id=f"filter-{verb}", label=f"Amount, {verb}", name=f"{verb}.amount", value="500", kind="number")
              for verb in ("from", "to")]  # fmt: skip
    columns = [Made(path="amount", label="Amount"), Made(path="@comments", label="Comments")]
    kinds = [Made(key="kind", label="Kind"), Made(key="state", label="State")]
    return (
        ("Choices of a filter", "lists/_choices.html", {"two": {"field": short}, "many": {"field": long}}),
        ("Filters of a list", "lists/_filters.html", {
            "of three kinds": {"fields": [short, long, field("amount", (), amount)]}, "none": {"fields": []},
        }),
        ("Columns to choose", "tasks/_columns.html", {
            "one is shown": {"columns": columns, "chosen": columns[:1]}, "none": {"columns": []},
        }),
        ("By what a list is grouped", "lists/_group_by.html", {
            "by the kind": {"by_what": kinds, "group": "kind"},
            "one group alone": {"by_what": kinds, "group": "kind", "within": "refund"},
        }),
        ("What a state of cases waits for", "cases/_waits.html", {
            "three": {"one": {"cases": 3, "since": now - timedelta(days=2)}}, "none": {"one": {"cases": 0}},
        }),
    )  # fmt: skip


def _waiting(now: datetime) -> tuple[Shared, ...]:
    entry = {
        "name": "attention",
        "url": "#",
        "label": "Needs attention",
        "icon": "alert-triangle",
        "here": "",
        "key": "",
    }
    trouble = Made(key="1-2", case=1, number=2, title="Complaint C-10482", message="The model does not answer.",
                   asked_for="Say what it is about", tried_by="Intent", opened=now - timedelta(hours=2))  # fmt: skip
    alike = Made(key="ab", message="The model does not answer.", whose="Intent", count=12)
    wanted = Made(id=3, case=1, title="Complaint C-10482", name="Call the customer", called="Complaint agent",
                  made=now - timedelta(minutes=5), expires=now + timedelta(hours=4))  # fmt: skip
    told = Made(case=1, number=4, title="Complaint C-10482", who="Ben Bauer", why="named you", at=now, is_new=True,
                text="Look at this, please.")  # fmt: skip
    return (
        ("A place of the bar that counts", "partials/bar_entry.html", {
            "seven": {"entry": entry | {"count": 7}},
            "more than are listed": {"entry": entry | {"count": 1001, "here": "page"}},
            "none": {"entry": entry | {"count": 0}},
        }),
        ("The same errors", "cases/_attention_kinds.html", {
            "twelve of one": {"kinds": [alike], "all": 14}, "that alone": {"kinds": [alike], "all": 14, "kind": "ab"},
            "none": {"kinds": []},
        }),
        ("What failed", "cases/_attention.html", {
            "one, chosen": {"whole": True, "troubles": [trouble], "chosen": {"1-2"}},
            "more than are listed": {"whole": True, "troubles": [trouble], "chosen": (), "cut": 200},
            "nothing": {"whole": True, "troubles": []},
        }),
        ("What agents want", "agents/_waiting.html", {
            "one": {"whole": True, "waiting": [wanted]},
            "more than are listed": {"whole": True, "waiting": [wanted], "cut": 200},
            "nothing": {"whole": True, "waiting": []},
        }),
        ("Comments for somebody", "comments/_told.html", {
            "one": {"whole": True, "rows": [told]}, "nothing": {"whole": True, "rows": []},
        }),
    )  # fmt: skip
