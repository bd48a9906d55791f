"""Which outlines do tests of drafting begin from?"""

from __future__ import annotations

import copy
from typing import Any

Json = Any


def value(field: str, given: str) -> dict[str, str]:
    return {"field": field, "value": given}


def when(field: str, sign: str, given: str) -> dict[str, str]:
    return {"field": field, "is": sign, "value": given}


START = [value("employee", "Mia"), value("weeks", "4"), value("begins", "2026-03-01"), value("letter", "Please")]
LEAVE: dict[str, Json] = {
    "name": "Parental leave",
    "goal": "The employee knows within ten days whether the leave is granted.",
    "opened_by": "Human resources",
    "fields": [
        {"name": "employee", "label": "Employee", "secrecy": "confidential", "at_start": True},
        {"name": "weeks", "kind": "number", "at_start": True},
        {"name": "begins", "kind": "date", "at_start": True},
        {"name": "letter", "kind": "long text", "at_start": True},
        {"name": "topic"},
        {"name": "way", "kind": "choice", "choices": ["simple", "long"]},
        {"name": "verdict", "kind": "choice", "choices": ["granted", "refused"]},
        {"name": "why", "kind": "long text"},
        {"name": "told", "kind": "yes or no"},
        {"name": "account"},
    ],
    "stages": [
        {"name": "Understand", "steps": [
            {"name": "Read the letter", "kind": "machine", "who": "intent", "reads": ["letter"], "gives": ["topic"]},
            {"name": "Choose the way", "kind": "rule", "gives": ["way"], "rows": [
                {"when": [when("weeks", "more than", "12"), when("weeks", "at most", "52")], "gives": "long"},
                {"when": [when("begins", "less than", "2026-01-10")], "gives": "long"},
                {"gives": "simple"},
            ]},
        ]},
        {"name": "Decide", "steps": [
            {"name": "Ask the manager", "who": "Managers", "when": [when("way", "equal to", "long")],
             "reads": ["employee"], "gives": ["why"], "due_days": 2},
            {"name": "Decide on it", "who": "Human resources", "reads": ["employee"], "gives": ["verdict"]},
        ]},
        {"name": "Tell", "when": [when("verdict", "equal to", "granted")], "steps": [
            {"name": "Set up the pay", "kind": "machine", "who": "set-up-pay", "reads": ["employee", "weeks"],
             "gives": ["account"]},
            {"name": "Tell the employee", "who": "Human resources", "gives": ["told"]},
        ]},
    ],
    "deadline_days": 10,
    "examples": [
        {"name": "a short one is refused",
         "values": [*START, value("topic", "leave"), value("way", "simple"), value("verdict", "refused")],
         "steps": ["Read the letter", "Choose the way", "Decide on it"]},
        {"name": "a long one is granted",
         "values": [START[0], value("weeks", "40"), *START[2:], value("topic", "leave"), value("way", "long"),
                    value("why", "We can do without"), value("verdict", "granted"), value("account", "17"),
                    value("told", "yes")],
         "steps": ["Read the letter", "Choose the way", "Ask the manager", "Decide on it", "Set up the pay",
                   "Tell the employee"]},
    ],
}  # fmt: skip


def leave(**changes: Json) -> dict[str, Json]:
    """A process with a rule, machines, a stage and a step under conditions."""
    return copy.deepcopy(LEAVE) | changes
