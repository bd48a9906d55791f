"""Somebody puts a task out of their sight for a while: it leaves their lists alone, and comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.selectors import timeline
from audit.services import Origin
from casework.models import Case, Snooze
from casework.tasks import snooze
from casework.tasks.assigning import task_assign
from casework.tasks.inbox import inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.tasks.inbox_statements import TABS
from casework.tasks.next_task import next_task
from casework.tasks.services import task_claim
from casework.tasks.snooze import Until, presets, task_snooze, until_of
from orchestration.engine.commands import SetVariables
from orchestration.models import HumanTask, TaskCandidate
from orchestration.shell.services import Done, send
from tests.casework.actions import open_task
from tests.casework.browsing import client
from tests.casework.conftest import refused
from tests.casework.reading import told

People = dict[str, User]
Analysed = Callable[..., Case]
TOMORROW = timedelta(days=1)


def tabs(who: User, after: timedelta = timedelta(0)) -> dict[str, list[int]]:
    """What stands in each list of theirs, after a while; the counts must say the same."""
    fresh, now = User.objects.get(pk=who.pk), timezone.now() + after
    pages = {tab: inbox_page(user=fresh, tab=tab, now=now) for tab in TABS}
    rows = {tab: [row.id for row in page.rows] for tab, page in pages.items()}
    assert all(page.counts[tab] == len(rows[tab]) for page in pages.values() for tab in TABS)
    return {tab: found for tab, found in rows.items() if found}


def sleeps(who: User, task: HumanTask, until: timedelta | None = TOMORROW, reason: str = "") -> None:
    now = timezone.now()
    moment = Until(None if until is None else now + until)
    outcome = task_snooze(by=who, task=task, until=moment, reason=reason, now=now)
    assert isinstance(outcome, HumanTask), outcome


def due_in(task: HumanTask, left: timedelta) -> None:
    due = timezone.now() + left
    HumanTask.objects.filter(pk=task.pk).update(due=due)
    task.candidates.update(due=due)


@pytest.mark.django_db
def test_a_snoozed_task_leaves_the_lists_and_counts_of_that_person_alone(people: People, analysed: Analysed) -> None:
    mine, free = open_task(analysed()), open_task(analysed())
    task_claim(by=people["anna"], task=mine)
    sleeps(people["anna"], mine)
    sleeps(people["anna"], free)
    assert tabs(people["anna"]) == {"snoozed": [mine.pk, free.pk]}
    assert tabs(people["ben"])["unassigned"] == [free.pk]


@pytest.mark.django_db
def test_it_comes_back_at_its_time(people: People, analysed: Analysed) -> None:
    task = open_task(analysed())
    due_in(task, timedelta(days=9))
    sleeps(people["anna"], task)
    assert "snoozed" in tabs(people["anna"], TOMORROW - timedelta(minutes=1))
    assert tabs(people["anna"], TOMORROW + timedelta(minutes=1))["unassigned"] == [task.pk]


@pytest.mark.django_db
def test_it_comes_back_when_something_happens_in_its_case_and_not_when_somebody_looks(
    people: People, analysed: Analysed
) -> None:
    case = analysed()
    task = open_task(case)
    sleeps(people["anna"], task, until=None)
    client(people["ben"]).get(f"/cases/{case.pk}/")
    task_claim(by=people["ben"], task=task)
    assert tabs(people["anna"]) == {"snoozed": [task.pk]}
    outcome = send(case.instance_id, SetVariables({"channel": "web"}), Origin("system:test"))
    assert isinstance(outcome, Done), outcome
    assert tabs(people["anna"])["groups"] == [task.pk]


@pytest.mark.django_db
def test_it_comes_back_when_it_falls_due(people: People, analysed: Analysed) -> None:
    task = open_task(analysed())
    due_in(task, timedelta(hours=2))
    sleeps(people["anna"], task, until=timedelta(days=5))
    assert tabs(people["anna"], timedelta(hours=1)) == {"snoozed": [task.pk]}
    assert tabs(people["anna"], timedelta(hours=3))["unassigned"] == [task.pk]


@pytest.mark.django_db
def test_what_was_late_already_sleeps_all_the_same(people: People, analysed: Analysed) -> None:
    task = open_task(analysed())
    due_in(task, -timedelta(hours=2))
    sleeps(people["anna"], task)
    assert tabs(people["anna"]) == {"snoozed": [task.pk]}


@pytest.mark.django_db
def test_it_comes_back_when_it_is_taken_or_given(people: People, analysed: Analysed) -> None:
    taken, given = open_task(analysed()), open_task(analysed())
    for task in (taken, given):
        sleeps(people["anna"], task)
    task_claim(by=people["anna"], task=taken)
    task_assign(by=people["clara"], task=given, to=people["anna"])
    assert tabs(people["anna"])["mine"] == [taken.pk, given.pk] and not Snooze.objects.exists()


@pytest.mark.django_db
def test_the_list_says_until_when_and_why_to_that_person_alone(people: People, analysed: Analysed) -> None:
    case = analysed()
    browser, before = client(people["anna"]), len(timeline(case.instance_id))
    sent = {"tasks": open_task(case).pk, "action": "snooze", "until": "tomorrow", "reason": "The bank calls back"}
    said = told(browser.post("/tasks/many/", {**sent, "tab": "all"}, follow=True))
    assert "1 task is snoozed." in said and "No open tasks in your groups" in said
    listed = told(browser.get("/?tab=snoozed"))
    assert "Snoozed: comes back" in listed and "The bank calls back" in listed and " at 08:00" in listed
    assert "The bank calls back" not in told(client(people["clara"]).get("/?tab=groups"))
    assert len(timeline(case.instance_id)) == before


@pytest.mark.django_db
def test_it_is_woken_by_hand_and_snoozing_is_taken_back(people: People, analysed: Analysed) -> None:
    task, browser = open_task(analysed()), client(people["anna"])
    sent = {"tasks": task.pk, "action": "snooze", "until": "change"}
    word = told(browser.post("/tasks/many/", sent, follow=True)).partition('name="word" value="')[2].partition('"')[0]
    browser.post("/tasks/many/", {"action": "undo", "word": word})
    assert "snoozed" not in tabs(people["anna"])
    browser.post("/tasks/many/", sent)
    assert "snoozed" in tabs(people["anna"]) and "Wake now" in told(browser.get(f"/tasks/{task.pk}/"))
    browser.post("/tasks/many/", {"tasks": task.pk, "action": "wake", "tab": "snoozed"})
    assert "snoozed" not in tabs(people["anna"])
    page = told(browser.get(f"/tasks/{task.pk}/"))
    assert "Snooze it" in page and "Wake now" not in page


@pytest.mark.django_db
def test_next_task_leaves_it_out_and_a_search_finds_it(people: People, analysed: Analysed) -> None:
    task, anna = open_task(analysed(reference="S-1")), people["anna"]
    sleeps(anna, task)
    for asked in ({"tab": "all"}, {"tab": "snoozed"}, {"tab": "all", "reference": "S-1"}):
        assert next_task(user=anna, now=timezone.now(), **asked) is None
    found = inbox_page(user=anna, tab="mine", now=timezone.now(), reference="S-1")
    assert [(row.id, row.asleep is not None) for row in found.rows] == [(task.pk, True)]


@pytest.mark.django_db
def test_a_filtered_or_ordered_list_leaves_it_out(people: People, analysed: Analysed) -> None:
    asleep, awake = (open_task(analysed(channel="web")) for _ in range(2))
    sleeps(people["anna"], asleep)
    for query in ("&is.channel=web", "&sort=channel", "&sort=-channel&is.channel=web", "&sort=late"):
        listed = told(client(people["anna"]).get(f"/?tab=all{query}"))
        assert f'id="row-{awake.pk}"' in listed and f'id="row-{asleep.pk}"' not in listed, query
        listed = told(client(people["anna"]).get(f"/?tab=snoozed{query}"))
        assert f'id="row-{asleep.pk}"' in listed and f'id="row-{awake.pk}"' not in listed, query


@pytest.mark.django_db
def test_what_is_finished_or_with_another_group_by_now_is_in_no_list(people: People, analysed: Analysed) -> None:
    over, gone = open_task(analysed()), open_task(analysed())
    for task in (over, gone):
        sleeps(people["anna"], task)
    HumanTask.objects.filter(pk=over.pk).update(state=HumanTask.State.COMPLETED)
    TaskCandidate.objects.all().delete()
    assert tabs(people["anna"]) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "message"),
    [({"until": ""}, "Say until when"), ({"until": "day"}, "Say until when"),
     ({"until": "day", "day": "2026-02-31"}, "Say until when"),
     ({"until": "day", "day": "2020-01-01"}, "a time to come"),
     ({"until": "day", "day": "2199-01-01"}, "within the next year"),
     ({"until": "tomorrow", "reason": "x" * 201}, "at most 200 characters")],
)  # fmt: skip
def test_what_cannot_be_is_refused(people: People, analysed: Analysed, sent: dict[str, str], message: str) -> None:
    given = {"tasks": open_task(analysed()).pk, "action": "snooze", **sent}
    assert message in told(client(people["anna"]).post("/tasks/many/", given, follow=True))
    assert not Snooze.objects.exists()


@pytest.mark.django_db
def test_nobody_snoozes_what_is_in_no_list_of_theirs(people: People, analysed: Analysed) -> None:
    task = open_task(analysed())
    outcome = task_snooze(by=people["axel"], task=task, until=Until(None), reason="", now=timezone.now())
    assert refused(outcome).code == "not-offered"


@pytest.mark.django_db
def test_so_many_sleep_at_a_time_and_those_that_woke_do_not_count(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snooze, "MOST", 1)
    first, second, anna = open_task(analysed()), open_task(analysed()), people["anna"]
    sleeps(anna, first)
    sleeps(anna, first)
    now = timezone.now()
    assert refused(task_snooze(by=anna, task=second, until=Until(None), reason="", now=now)).code == "too-many"
    HumanTask.objects.filter(pk=first.pk).update(state=HumanTask.State.COMPLETED)
    sleeps(anna, second)
    assert Snooze.objects.get().task == second


@pytest.mark.django_db
def test_an_open_inbox_hears_of_it_and_of_its_waking(people: People, analysed: Analysed) -> None:
    task, anna = open_task(analysed()), people["anna"]
    due_in(task, timedelta(days=9))

    def marker(after: timedelta = timedelta(0)) -> str:
        return inbox_states([anna.pk], timezone.now() + after)[anna.pk]

    before = marker()
    sleeps(anna, task)
    asleep = marker()
    assert asleep != before and marker(TOMORROW + timedelta(minutes=1)) == before


@pytest.mark.django_db
def test_a_program_snoozes_reads_and_wakes(people: People, analysed: Analysed) -> None:
    task, browser = open_task(analysed()), client(people["anna"])
    until = (timezone.now() + TOMORROW).isoformat()

    def sent(**given: Any) -> Any:
        return browser.post("/api/tasks/many/", given | {"tasks": [task.pk]}, content_type="application/json").json()

    assert sent(action="snooze", until=until, note="Later")["results"][0]["done"]
    (found,) = browser.get("/api/tasks/", {"scope": "snoozed"}).json()["results"]
    assert found["asleep"]["reason"] == "Later" and datetime.fromisoformat(found["asleep"]["until"]).tzinfo
    assert browser.get("/api/tasks/", {"scope": "all"}).json()["results"] == []
    assert sent(action="wake")["results"][0]["done"]
    (found,) = browser.get("/api/tasks/", {"scope": "all"}).json()["results"]
    assert found["asleep"] is None


def test_presets_are_those_that_are_to_come() -> None:
    sunday, monday_evening = datetime(2026, 11, 29, 9, tzinfo=UTC), datetime(2026, 11, 30, 19, tzinfo=UTC)
    assert [value for value, _ in presets(sunday)] == ["afternoon", "tomorrow", "change", "day"]
    assert [value for value, _ in presets(monday_evening)] == ["tomorrow", "monday", "change", "day"]
    for now in (sunday, monday_evening):
        for preset in ("tomorrow", "monday"):
            until = until_of(preset, None, now)
            assert until is not None and until.moment is not None and until.moment > now
            assert timezone.localtime(until.moment).hour == 8
    monday = until_of("monday", None, monday_evening)
    assert monday is not None and monday.moment is not None and timezone.localtime(monday.moment).day == 7
