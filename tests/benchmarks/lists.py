"""Does an inbox of a million open tasks open as one of a thousand does, for everybody, however it is set?

Among 1,000,000 open tasks of 100,000 cases: the first page of each list with all counts, for eight kinds of people; the
twelve likeliest filters; the orders; the groups. First the statements of the selector alone, then whole pages that
twenty people open at once on one web process. `LISTS_TASKS=10000000 python -m tests.benchmarks lists` takes more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.contrib.auth.models import User

from casework.access.permissions import principal
from casework.intake.services import Opened, case_open
from casework.lists.asked import Asked, asked
from casework.lists.choosable import choosable
from casework.lists.columns import offered
from casework.lists.grouping import chosen
from casework.tasks.grouped import groupings_of_tasks
from casework.tasks.inbox import TABS, inbox_page
from orchestration.ground import clock
from tests.benchmarks import desk_people, viewers
from tests.benchmarks.desk_people import PEOPLE, person
from tests.benchmarks.shell import DATA
from tests.benchmarks.statement_time import Statements, statement_time

TASKS: Final = "LISTS_TASKS"
"""An environment variable with the number of tasks."""
ROUNDS: Final = 5
FIRST_PAGE: Final = 5.0
"""Milliseconds of SQL that are aimed at for 95 of 100 first pages, counts included."""
FILTERED: Final = 10.0
"""The same for a page with a filter on a field."""
FILTERS: Final[dict[str, Sequence[tuple[str, str]]]] = {
    "amount from": [("from.amount", "500")], "amount between": [("from.amount", "100"), ("to.amount", "110")],
    "a rare choice": [("is.about", "rare")], "a frequent choice": [("is.about", "fees")],
    "a channel": [("is.channel", "web")], "a rare channel": [("is.channel", "letter")],
    "an intent": [("is.intent.label", "lost_card")], "not sure": [("to.intent.confidence", "0.6")],
    "received since": [("from.received", "2026-01-01")], "a receipt": [("begins.purchase.receipt", "r-2023-9")],
    "a tag": [("tag", "hurry")], "intent and channel": [("is.intent.label", "fees"), ("is.channel", "letter")],
}  # fmt: skip
MANY: Final = ("of one team", "of eight teams", "has taken three thousand", "snoozes three hundred")
"""Those whose lists are long, so that filters and groups have something to go through."""


def figures() -> Iterator[str]:
    tasks = int(os.environ.get(TASKS, "1000000"))
    opened = case_open(by=None, case_type="complaint", reference="lists", source="bench", data=DATA)
    assert isinstance(opened, Opened)
    yield from desk_people.load(opened.case.instance_id, tasks)
    first = {f"{TABS[tab]}": [page for kind in PEOPLE for page in _pages(kind, tab=tab)] for tab in TABS}
    yield from _told("First page, all counts", first, FIRST_PAGE)
    by_kind = {kind: [page for tab in TABS for page in _pages(kind, tab=tab)] for kind in PEOPLE}
    yield from _told("The same by kind of person", by_kind, FIRST_PAGE)
    filtered = {
        name: [page for kind in MANY for page in _pages(kind, tab="groups", given=given)]
        for name, given in FILTERS.items()
    }
    yield from _told("Filters on fields, of one's groups", filtered, FILTERED)
    yield from _told("What to do next, and by a field", _ordered(), FILTERED)
    yield from _told("In groups (of the first 1,000 due)", _grouped(), None)
    yield from viewers.figures([person(kind) for kind in PEOPLE], ["/?tab=" + tab for tab in TABS])


def _ordered() -> dict[str, list[Statements]]:
    ways: dict[str, dict[str, Any]] = {
        "what to do next": {"next_first": True}, "by amount": {"sort": "-amount"}, "by channel": {"sort": "channel"},
    }  # fmt: skip
    return {name: [page for kind in MANY for page in _pages(kind, tab="groups", **way)] for name, way in ways.items()}


def _grouped() -> dict[str, list[Statements]]:
    names = ("owner", "type", "state", "priority", "unit", "channel", "intent.label")
    return {name: [page for kind in MANY for page in _pages(kind, tab="groups", group=name)] for name in names}


def _pages(
    kind: str, *, tab: str, given: Sequence[tuple[str, str]] = (), sort: str = "", group: str = "", **more: bool
) -> list[Statements]:
    """What a page sends to the database, several times; the first round is for the caches."""
    user = person(kind)
    found = list[Statements]()
    for _ in range(ROUNDS + 1):
        with statement_time() as sent:
            inbox_page(user=user, tab=tab, now=clock.utc_now(), asked=_asked(user, given, sort), group=_by(user, group),
                       **more)  # fmt: skip
        found.append(sent)
    return found[1:]


def _asked(user: User, given: Sequence[tuple[str, str]], sort: str) -> Asked:
    found = asked(given, sort, offered(principal(user, None, clock.utc_now())))
    assert not found.faults, found.faults
    return found


def _by(user: User, name: str) -> Any:
    return chosen(choosable(user, groupings_of_tasks)[1], name) if name else None


def _told(heading: str, found: Mapping[str, Sequence[Statements]], aim: float | None) -> Iterator[str]:
    """For each list its percentiles, then of all together and whether the aim is met."""
    yield f"{heading}: milliseconds of SQL"
    for name, pages in found.items():
        yield f"  {name:26} {_shares(pages)}; {max(page.count for page in pages)} statements"
    everything = [page for pages in found.values() for page in pages]
    held = "" if aim is None else f"; aim {aim:.0f}: {'held' if _share(everything, 0.95) <= aim else 'NOT held'}"
    yield f"  {'all':26} {_shares(everything)}{held}"


def _shares(pages: Sequence[Statements]) -> str:
    cpu = sorted(page.cpu for page in pages)[int(0.95 * len(pages))]
    return f"p50 {_share(pages, 0.5):6.2f}, p95 {_share(pages, 0.95):6.2f} (database's CPU p95 {1000 * cpu:6.2f})"


def _share(pages: Sequence[Statements], share: float) -> float:
    return 1000 * sorted(page.wall for page in pages)[int(share * len(pages))]
