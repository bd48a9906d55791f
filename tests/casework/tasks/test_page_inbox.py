"""What does a person find in their inbox, and how do they take and give back a task?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from audit.services import Origin
from casework.tasks.inbox import CAP, PAGE, TABS, inbox_page
from casework.tasks.inbox_state import inbox_states
from casework.tasks.services import task_claim
from orchestration.engine.commands import SetVariables
from orchestration.models import Definition, HumanTask, Instance, TaskCandidate
from orchestration.shell.services import Done, send
from tests.casework.reading import told
from tests.sql import statements

pytestmark = pytest.mark.django_db


def page(user, tab="groups", **more):
    return inbox_page(user=User.objects.get(pk=user.pk), tab=tab, now=timezone.now(), **more)


def pile_up(instance, group: str, count: int) -> None:
    """Many open tasks on one instance, each due a minute after the one before."""
    now = timezone.now()
    tasks = HumanTask.objects.bulk_create(
        HumanTask(instance=instance, item=1000 + n, definition_item="x", name=f"Task {n}", created=now,
                  due=now + timedelta(days=2, minutes=n))
        for n in range(count)
    )  # fmt: skip
    to = Group.objects.get(name=group)
    TaskCandidate.objects.bulk_create(
        TaskCandidate(task=task, instance=instance, group=to, due=task.due) for task in tasks
    )


def test_a_task_for_my_group_is_offered_until_somebody_takes_it(people, analysed):
    task = analysed().instance.tasks.get()
    assert [row.id for row in page(people["anna"], "unassigned").rows] == [task.pk]
    task_claim(by=people["ben"], task=task)
    assert page(people["anna"], "unassigned").rows == ()
    taken = page(people["anna"], "groups").rows[0]
    assert (taken.assignee, taken.mine) == ("Ben Bauer", False)
    assert page(people["ben"], "mine").rows[0].mine


def test_nobody_is_offered_what_is_for_another_group(people, analysed):
    analysed(intent="card_lost_or_stolen")
    assert [len(page(people[who], tab).rows) for who in ("anna", "olga") for tab in TABS] == [0] * 2 * len(TABS)
    assert len(page(people["dora"]).rows) == 1


def test_a_task_offered_to_two_of_my_groups_stands_there_once(people, analysed):
    task = analysed().instance.tasks.get()
    seniors = Group.objects.get(name="Senior analysts")
    TaskCandidate.objects.create(task=task, group=seniors, due=task.due)
    people["anna"].groups.add(seniors)
    found = page(people["anna"])
    assert len(found.rows) == found.counts["groups"] == found.counts["unassigned"] == 1


def test_due_soon_holds_mine_and_what_nobody_has_within_a_day(people, analysed):
    mine, free, later, other = (analysed().instance.tasks.get() for _ in range(4))
    soon, late = timezone.now() + timedelta(hours=3), timezone.now() + timedelta(days=5)
    for task, due in ((mine, soon), (free, soon + timedelta(hours=1)), (later, late), (other, soon)):
        HumanTask.objects.filter(pk=task.pk).update(due=due)
        TaskCandidate.objects.filter(task=task).update(due=due)
    task_claim(by=people["anna"], task=mine)
    task_claim(by=people["ben"], task=other)
    assert [row.id for row in page(people["anna"], "soon").rows] == [mine.pk, free.pk]


@pytest.mark.parametrize("late", [False, True])
def test_pages_follow_one_another_without_gap_or_repetition(people, analysed, late):
    pile_up(analysed().instance, "Analysts", 2 * PAGE + 7)
    seen, after = [], ""
    while True:
        found = page(people["anna"], after=after, latest_first=late)
        seen += [row.id for row in found.rows]
        after = found.following
        if not after:
            break
    expected = TaskCandidate.objects.order_by("due", "task").values_list("task", flat=True)
    assert seen == (list(expected)[::-1] if late else list(expected))


def test_each_task_is_counted_once_whichever_of_my_groups_it_is_offered_to_up_to_where_counting_stops(
    people, analysed, monkeypatch
):
    monkeypatch.setattr("casework.tasks.inbox.CAP", 3)
    people["anna"].groups.add(seniors := Group.objects.get(name="Senior analysts"))
    instance = analysed().instance
    pile_up(instance, "Analysts", 1)
    for task in HumanTask.objects.filter(instance=instance):
        TaskCandidate.objects.create(task=task, group=seniors, due=task.due)
    assert {page(people["anna"]).counts[tab] for tab in ("groups", "unassigned", "all")} == {2}
    pile_up(analysed().instance, "Senior analysts", 3)
    assert page(people["anna"]).counts["groups"] == 4  # one list alone is as long as counting goes: told as 3+


def test_counts_stop_at_a_thousand(people, analysed, client):
    pile_up(analysed().instance, "Analysts", CAP + 200)
    assert page(people["anna"]).counts["groups"] == CAP + 1
    client.force_login(people["anna"])
    assert "1000+" in client.get("/?tab=groups").content.decode()


def test_the_statements_of_a_page_are_few_and_do_not_grow_with_its_rows(people, analysed):
    instance = analysed().instance
    with statements() as few:
        page(people["anna"])
    pile_up(instance, "Analysts", 200)
    with statements() as many:
        page(people["anna"])
    assert len(few) == len(many) <= 7


@pytest.mark.parametrize(
    "after", ["nonsense", "2026-01-01~x", "~", "9999-99-99~1", "2026-01-01T00:00:00+00:00~99999999999"]
)
def test_a_page_address_that_nobody_made_begins_at_the_beginning(people, analysed, client, after):
    analysed()
    client.force_login(people["anna"])
    assert client.get("/", {"tab": "groups", "after": after}).status_code == 200


def test_search_finds_by_the_beginning_of_the_reference_and_takes_no_pattern(people, analysed):
    analysed(reference="AB-1")
    analysed(reference="ab-2")
    analysed(reference="C%")
    assert {row.reference for row in page(people["anna"], reference="ab").rows} == {"AB-1", "ab-2"}
    assert [row.reference for row in page(people["anna"], reference="%").rows] == []
    assert page(people["dora"], reference="ab").rows == ()


def test_what_is_masked_for_me_is_masked_in_a_title_too(people, analysed, client):
    analysed(reference="Maria Sandoval maria.sandoval@example.org")
    client.force_login(people["anna"])
    for address in ("/?tab=groups", "/cases/"):
        told = client.get(address).content.decode()
        assert "Sandoval" not in told
        assert "maria.sandoval@example.org" not in told
    client.force_login(people["clara"])
    assert "Maria Sandoval" in client.get("/cases/").content.decode()


def test_a_row_says_what_its_case_is_about_why_it_is_here_and_how_sure_the_machine_is(people, analysed, client):
    analysed(message="The fee in March is wrong")
    client.force_login(people["anna"])
    said = told(client.get("/?tab=groups"))
    for words in ("A refund", "<q>The fee in March is wrong</q>", "Approve the answer", "93.0 %",
                  "A known kind of complaint", "for Analysts"):  # fmt: skip
        assert words in said, words


def test_a_name_that_was_corrected_is_not_told_by_the_first_words(people, analysed):
    case = analysed(message="I am Marie Sandovar", customer={"name": "Marie Sandovar"})
    outcome = send(case.instance_id, SetVariables({"customer": {"name": "Maria Sandoval"}}), Origin("system:test"))
    assert isinstance(outcome, Done), outcome
    assert "“I am M" in page(people["anna"]).rows[0].about and "Sandovar" not in page(people["anna"]).rows[0].about


def test_taking_a_task_from_the_list_opens_it_and_its_page_leads_back_to_the_list(people, analysed, client):
    task = analysed().instance.tasks.get()
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/claim/", {"tab": "unassigned"}, follow=True)
    assert answer.redirect_chain == [(f"/tasks/{task.pk}/?inbox=tab%3Dunassigned", 302)]
    assert "is yours now" in told(answer) and '<a href="/?tab=unassigned">Inbox</a>' in told(answer)
    task.refresh_from_db()
    assert task.assignee == people["anna"]


def test_with_htmx_a_task_that_is_taken_is_opened_too(people, analysed, client):
    task = analysed().instance.tasks.get()
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/claim/", {"tab": "groups"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/tasks/{task.pk}/?inbox=tab%3Dgroups"


def test_with_htmx_who_comes_too_late_gets_the_list_again_and_is_told(people, analysed, client):
    task = analysed().instance.tasks.get()
    task_claim(by=people["ben"], task=task)
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/claim/", {"tab": "groups"}, headers={"HX-Request": "true"})
    assert answer.status_code == 409 and "<html" not in told(answer)
    assert "Ben Bauer has taken this task" in told(answer) and f'id="row-{task.pk}"' in told(answer)


def test_the_second_of_two_is_told_who_was_first(people, analysed, client):
    task = analysed().instance.tasks.get()
    task_claim(by=people["ben"], task=task)
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/claim/")
    assert answer.status_code == 409
    assert "Ben Bauer has taken this task" in answer.content.decode()


def test_giving_back_puts_the_task_on_offer_again(people, analysed, client):
    task = analysed().instance.tasks.get()
    task_claim(by=people["anna"], task=task)
    client.force_login(people["anna"])
    client.post(f"/tasks/{task.pk}/release/", {"tab": "mine"})
    assert [row.id for row in page(people["ben"], "unassigned").rows] == [task.pk]


@pytest.mark.parametrize(("who", "words"), [("olga", "in no group yet"), ("anna", "No open tasks in your groups")])
def test_an_empty_inbox_says_why_and_what_to_do(people, client, who, words):
    client.force_login(people[who])
    assert words in client.get("/?tab=groups").content.decode()


def test_the_marker_changes_when_a_task_comes_is_taken_or_goes(people, analysed):
    def marker():
        return inbox_states([people["anna"].pk], timezone.now())[people["anna"].pk]

    empty = marker()
    task = analysed().instance.tasks.get()
    offered = marker()
    task_claim(by=people["ben"], task=task)
    assert len({empty, offered, marker()}) == 3
    assert marker() == marker()


def test_a_case_whose_version_cannot_be_read_hides_nothing_of_the_others(people, analysed, monkeypatch, client):
    broken, sound = analysed().instance, analysed().instance
    unreadable = Definition.objects.create(
        key="gone", version=1, files={"manifest.yaml": "?"}, content_hash="x", deployed_at=timezone.now()
    )
    Instance.objects.filter(pk=broken.pk).update(definition=unreadable)
    rows = {row.id: row for row in page(people["anna"], "unassigned").rows}
    assert rows.keys() == {broken.tasks.get().pk, sound.tasks.get().pk}
    assert rows[broken.tasks.get().pk].title == "•••" and rows[sound.tasks.get().pk].title != "•••"
    client.force_login(people["anna"])
    assert client.get("/cases/").status_code == 200
