"""Does the page of a case cost what is open in it, or what is past? Young, with 2,000 and with 10,000 events.

A complaint that was analysed; then views, priorities and changed values until its history is so long. Each place of the
page is asked for through the product's own views, in this process: all that the server does for it but the network.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib.auth.models import Group
from django.test import Client

from audit.services import Fact, Origin
from casework.models import Case
from orchestration.shell import services
from tests.benchmarks.ratios import Timed
from tests.benchmarks.shell import analyst, complaint_to_check
from tests.benchmarks.statement_time import cost_of, share_told
from tests.sql import statements

EVENTS: Final = (2_000, 10_000)
ROUNDS: Final = 20
MOST: Final = 120.0
"""Milliseconds that are aimed at for 95 of 100."""
MOST_STATEMENTS: Final = 15
MOST_THEN: Final = 300.0
"""The same for the case as it was at a moment of its past."""
TIMES: Final = 1.5
"""The page of a long case may cost so many times that of a young one."""
PLACES: Final = {"Work": "", "Data": "data/", "Decisions": "decisions/", "People": "people/", "History": "history/"}


def figures() -> Iterator[str]:
    case = complaint_to_check("page")
    browser = Client()
    reader = analyst()
    reader.groups.add(Group.objects.get(name="Senior analysts"))
    browser.force_login(reader)
    young = {name: _times(browser, case, place) for name, place in PLACES.items()}
    before = 0
    for events in EVENTS:
        _grown(case, before, events)
        before = events
        for name, place in PLACES.items():
            yield _told(name, young[name], _times(browser, case, place), events, _statements(browser, case, place))
    yield f"aims: p95 {MOST:.0f} ms, {MOST_STATEMENTS} statements (session and person among them), {TIMES} times"


def moments(events: int = 1_000) -> Iterator[str]:
    """The case rebuilt whole at moments spread over its history, and what is different between two of them."""
    case = complaint_to_check("moments")
    _grown(case, 0, events)
    browser = Client()
    browser.force_login(analyst())
    last = Case.objects.select_related("instance").get(pk=case.pk).instance.head_sequence
    chance = random.Random(15)
    for name, asked in (("at one event", "?at={0}"), ("between two", "?at={1}&since={0}")):
        places = [asked.format(*sorted(chance.sample(range(2, last + 1), 2))) for _ in range(5 * ROUNDS)]
        took = [_cost(browser, case, f"then/{place}") for place in places]
        yield f"{name:12} of {last:,} events: p50 {share_told(took, 0.5)}, p95 {share_told(took, 0.95)}"
    yield f"aim: p95 {MOST_THEN:.0f} ms"


def _grown(case: Case, before: int, events: int) -> None:
    """With so many events, of the kinds that a long case is full of."""
    at_once = 100
    for begin in range(before, events, at_once):
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


def _cost(browser: Client, case: Case, place: str) -> Timed:
    def opened() -> None:
        answer = browser.get(_address(case, place))
        assert answer.status_code == 200, answer.status_code

    return cost_of(opened)


def _times(browser: Client, case: Case, place: str) -> list[Timed]:
    """Of each time that the page is opened; the first is for the caches."""
    return [_cost(browser, case, place) for _ in range(ROUNDS + 1)][1:]


def _statements(browser: Client, case: Case, place: str) -> int:
    with statements() as sent:
        browser.get(_address(case, place))
    return len(sent)


def _told(name: str, young: Sequence[Timed], old: Sequence[Timed], events: int, sent: int) -> str:
    times = statistics.median(one.cpu for one in old) / statistics.median(one.cpu for one in young)
    return (
        f"{name:10} young p50 {share_told(young, 0.5)}, with {events:,} events p50 {share_told(old, 0.5)}, "
        f"p95 {share_told(old, 0.95)}; {times:.2f} times the CPU; {sent} statements"
    )
