"""Does the page of a case cost what is open in it, or what is past? Each of its places, young and with 2,000 events.

A complaint that was analysed; then views, priorities and changed values until its history has 2,000 events. The page is
asked for through the product's own views, in this process: all that the server does for it but the network.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib.auth.models import Group
from django.test import Client

from audit.services import Fact, Origin
from casework.models import Case
from orchestration.shell import services
from tests.benchmarks.shell import analyst, complaint_to_check
from tests.sql import statements

EVENTS: Final = 2000
ROUNDS: Final = 20
MOST: Final = 120.0
"""Milliseconds that are aimed at for 95 of 100."""
MOST_STATEMENTS: Final = 15
PLACES: Final = {"Work": "", "Data": "data/", "Decisions": "decisions/", "People": "people/", "History": "history/"}


def figures() -> Iterator[str]:
    case = complaint_to_check("page")
    browser = Client()
    reader = analyst()
    reader.groups.add(Group.objects.get(name="Senior analysts"))
    browser.force_login(reader)
    young = {name: _times(browser, case, place) for name, place in PLACES.items()}
    _grown(case)
    for name, place in PLACES.items():
        yield _told(name, young[name], _times(browser, case, place), _statements(browser, case, place))
    yield f"aims: p95 {MOST:.0f} ms, {MOST_STATEMENTS} statements (session and person among them)"


def _grown(case: Case) -> None:
    """With so many events, of the kinds that a long case is full of."""
    at_once = 100
    for begin in range(0, EVENTS, at_once):
        facts = [_event(case, number) for number in range(begin, begin + at_once)]
        services.record(case.instance_id, facts, Origin("person:bench"))


def _event(case: Case, number: int) -> Fact:
    if number % 4:
        return Fact("case.viewed")
    if number % 8:
        return Fact("task.priority", {"task": "Check the draft", "item": 1, "definition": "check_draft", "priority": 80,
                                      "was": 50})  # fmt: skip
    changed: dict[str, Any] = {"customer": {"name": f"Person {number}", "email": f"person{number}@example.org"}}
    return Fact("engine.VariablesChanged", {"instance": 1, "item": None, "changes": changed})


def _address(case: Case, place: str) -> str:
    return f"/cases/{case.pk}/{place}"


def _times(browser: Client, case: Case, place: str) -> list[float]:
    """Milliseconds of each time that the page is opened; the first is for the caches."""
    took = list[float]()
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        answer = browser.get(_address(case, place))
        took.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, answer.status_code
    return sorted(took[1:])


def _statements(browser: Client, case: Case, place: str) -> int:
    with statements() as sent:
        browser.get(_address(case, place))
    return len(sent)


def _told(name: str, young: Sequence[float], old: Sequence[float], sent: int) -> str:
    return (
        f"{name:10} young p50 {_share(young, 0.5):5.1f} ms, with {EVENTS:,} events p50 {_share(old, 0.5):5.1f} ms, "
        f"p95 {_share(old, 0.95):5.1f} ms; {sent} statements"
    )


def _share(took: Sequence[float], share: float) -> float:
    return took[min(len(took) - 1, int(share * len(took)))]
