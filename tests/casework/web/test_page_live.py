"""What does a page hear at once when it asks for its stream, and for whom was a page made?"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from casework.access import permissions
from casework.cases.services import case_change
from casework.cases.waiting_live import waiting_states
from casework.comments.services import About, comment_say
from casework.tasks.services import task_claim
from casework.web.live import live_answer
from casework.web.live_hub import Hub
from casework.web.live_stream import HANDED_OVER
from casework.web.made_for import mark_of
from orchestration.models import AgentProposal, AgentRun, HumanTask, Incident
from tests.sql import statements

pytestmark = pytest.mark.django_db

SEEN = re.compile(r'data-live-seen="(\w+)"')


@pytest.fixture
def case(analysed):
    return analysed()


def test_what_happened_since_the_page_was_made_is_told_at_once(client, people, case):
    client.force_login(people["anna"])
    shown = re.search(r'data-live-seen="(\d+)"', client.get(f"/cases/{case.pk}/").content.decode())[1]
    assert b"event: changed" not in client.get(f"/cases/{case.pk}/live/?seen={shown}").content
    task_claim(by=people["anna"], task=case.instance.tasks.get())
    told = client.get(f"/cases/{case.pk}/live/?seen={shown}").content.decode()
    assert f"event: changed\ndata: {int(shown) + 1}\n" in told


def test_an_inbox_hears_of_a_task_that_somebody_else_took(client, people, case):
    client.force_login(people["anna"])
    shown = re.search(r'data-live-seen="(\w+)"', client.get("/?tab=unassigned").content.decode())[1]
    assert b"event: changed" not in client.get(f"/live/?seen={shown}").content
    task_claim(by=people["ben"], task=case.instance.tasks.get())
    assert b"event: changed" in client.get(f"/live/?seen={shown}").content


@pytest.mark.parametrize(("who", "page", "stream"), [
    ("anna", "/cases/", "/cases/live/"), ("axel", "/cases/?which=all", "/cases/live/"),
    ("clara", "/board/", "/board/live/"),
])  # fmt: skip
def test_the_list_of_cases_and_the_board_hear_of_what_others_do(client, people, case, who, page, stream):
    client.force_login(people[who])
    shown = re.search(r'data-live-seen="(\w+)"', client.get(page).content.decode())[1]
    assert b"event: changed" not in client.get(f"{stream}?seen={shown}").content
    task_claim(by=people["ben"], task=case.instance.tasks.get())
    case_change(by=people["clara"], case=case, transition="suspend", reason="The court decides first")
    assert b"event: changed" in client.get(f"{stream}?seen={shown}").content


@pytest.fixture
def comes(people, case):
    """By page: something that waits for Anna there, made anew with each call."""

    def failed():
        numbered = Incident.objects.filter(instance=case.instance).count() + 1
        Incident.objects.create(
            instance=case.instance, incident=numbered, code="down", message=f"Down {numbered}", opened=timezone.now()
        )

    def wanted():
        run, _ = AgentRun.objects.get_or_create(
            instance=case.instance, actor="helper", defaults={"job": 1, "began": timezone.now(), "seen": timezone.now()}
        )
        AgentProposal.objects.create(
            run=run, number=run.proposals.count() + 1, tool="call", name="Call them", state="held",
            made=timezone.now(), expires=timezone.now() + timedelta(hours=1),
        )  # fmt: skip

    def said():
        comment_say(by=people["ben"], case=case, text="@anna, look", about=About())

    return {"/attention/": failed, "/approvals/": wanted, "/comments/": said}


@pytest.mark.parametrize("page", ["/attention/", "/approvals/", "/comments/"])
def test_what_waits_beside_the_inbox_is_heard_of_on_its_page_and_in_the_lists(client, people, comes, page):
    client.force_login(people["anna"])
    streams = {page: "/waiting/live/", "/": "/live/", "/cases/": "/cases/live/"}
    shown = {place: SEEN.search(client.get(place).content.decode())[1] for place in streams}
    for place, stream in streams.items():
        assert b"event: changed" not in client.get(f"{stream}?seen={shown[place]}").content
    comes[page]()
    for place, stream in streams.items():
        assert b"event: changed" in client.get(f"{stream}?seen={shown[place]}").content


def test_the_bar_counts_what_the_lists_show_with_the_page_and_with_each_part_of_it(client, people, comes):
    client.force_login(people["anna"])
    for _ in range(2):
        for come in comes.values():
            come()
    for place in ("/", "/cases/", "/deadlines/", "/following/", *comes):
        for headers in ({}, {"HX-Request": "true"}):
            said = " ".join(client.get(place, headers=headers).content.decode().split())
            assert "For you 2<" in said and "Needs attention 2<" in said, (place, headers)
    for headers in ({}, {"HX-Request": "true"}):
        assert "Approvals 2</a>" in " ".join(client.get("/", headers=headers).content.decode().split())
    for place in comes:
        assert client.get(place, headers={"HX-Request": "true"}).content.decode().count('id="row-') == 2


def test_a_list_that_is_longer_than_it_shows_says_so_as_its_count_does(client, people, comes, monkeypatch):
    for module in ("cases.read.attention", "agents.waiting", "cases.views.attention"):
        monkeypatch.setattr(f"casework.{module}.MOST", 1)
    client.force_login(people["anna"])
    for place in ("/attention/", "/approvals/"):
        comes[place]()
        comes[place]()
        shown = client.get(place).content.decode()
        assert shown.count('id="row-') == 1 and "The others follow as these are decided" in shown
    assert "Needs attention 1+<" in client.get("/").content.decode()


def test_what_failed_while_the_page_was_open_is_not_chosen_for_what_is_done_with_many(client, people, comes):
    client.force_login(people["anna"])
    comes["/attention/"]()
    assert " checked" in client.get("/attention/").content.decode()
    assert " checked" not in client.get("/attention/", headers={"HX-Request": "true"}).content.decode()


def test_nobody_hears_of_what_waits_in_cases_that_they_may_not_see(client, people, comes):
    client.force_login(people["dora"])
    shown = SEEN.search(client.get("/attention/").content.decode())[1]
    for come in comes.values():
        come()
    assert b"event: changed" not in client.get(f"/waiting/live/?seen={shown}").content


def test_one_statement_says_what_waits_for_any_number_of_people(people, comes):
    for come in comes.values():
        come()
    with statements() as sent:
        states = waiting_states([one.pk for one in people.values()])
    assert len(sent) == 1
    assert states.keys() == {one.pk for one in people.values()}
    assert states[people["anna"].pk] != states[people["dora"].pk]


def test_nobody_hears_of_cases_that_they_may_not_see(client, people, case):
    client.force_login(people["dora"])
    shown = re.search(r'data-live-seen="(\w+)"', client.get("/cases/").content.decode())[1]
    case_change(by=people["clara"], case=case, transition="suspend", reason="The court decides first")
    assert b"event: changed" not in client.get(f"/cases/live/?seen={shown}").content


@pytest.mark.parametrize("page", ["/cases/", "/board/"])
def test_the_live_part_of_a_list_is_the_list_without_its_page(client, people, case, page):
    client.force_login(people["clara"])
    part = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert 'id="row-' in part and "<html" not in part


def test_who_has_too_many_streams_is_told_less_often_and_goes_on(client, people, settings):
    settings.LIVE_STREAMS_A_PERSON = 0
    client.force_login(people["anna"])
    answer = client.get("/live/")
    assert answer.status_code == 200
    assert answer.content.startswith(b"retry: 30000\n")
    assert client.get("/").status_code == 200


def test_a_burst_of_pages_gets_no_more_streams_than_one_after_the_other(people, settings, rf, monkeypatch):
    """All are answered before the first stream begins, as on a server with many threads."""
    settings.LIVE_STREAMS_A_PERSON = 3
    monkeypatch.setattr("casework.web.live.hub", Hub(None, None))
    told, handed_over = [], []
    for _ in range(10):
        request = rf.get("/live/")
        request.user, request.session = people["anna"], SessionStore()
        request.scope = {HANDED_OVER: []}
        told.append(live_answer(request, OneThing(), 1).content.split()[1])
        handed_over += request.scope[HANDED_OVER]
    assert told == [b"3000"] * 3 + [b"30000"] * 7
    assert len(handed_over) == 3


class OneThing:
    name = "thing"

    def look(self, subjects):
        return dict.fromkeys(subjects, "1")


def test_one_statement_says_who_may_view_what_as_every_door_does(people, case, open_case):
    other = open_case()
    pairs = [(person.pk, each.instance_id) for person in people.values() for each in (case, other)]
    expected = {
        (person.pk, each.instance_id)
        for person in people.values()
        for each in (case, other)
        if permissions.may(person, "view", each)
    }
    assert permissions.who_may_view(pairs) == expected
    people["anna"].is_active = False
    people["anna"].save()
    assert not [pair for pair in permissions.who_may_view(pairs) if pair[0] == people["anna"].pk]
    assert permissions.who_may_view([]) == set()


def test_a_right_to_view_all_counts_by_group_and_by_name(people, case):
    view = Permission.objects.get(codename="view_case", content_type__app_label="casework")
    wanted = (people["olga"].pk, case.instance_id)
    assert permissions.who_may_view([wanted]) == set()
    people["olga"].user_permissions.add(view)
    assert permissions.who_may_view([wanted]) == {wanted}
    people["olga"].user_permissions.clear()
    group = Group.objects.create(name="readers of all")
    group.permissions.add(view)
    people["olga"].groups.add(group)
    assert permissions.who_may_view([wanted]) == {wanted}


def test_a_task_is_not_taken_from_the_page_of_somebody_else(client, people, case):
    """Anna's inbox in one tab; in another Clara has signed in."""
    client.force_login(people["clara"])
    task = case.instance.tasks.get()
    answer = client.post(f"/tasks/{task.pk}/claim/", {"tab": "groups", "made_for": mark_of(people["anna"])})
    assert answer.status_code == 409
    assert "made for somebody else" in answer.content.decode()
    assert HumanTask.objects.get(pk=task.pk).assignee is None
    answer = client.post(f"/tasks/{task.pk}/claim/", {"tab": "groups", "made_for": mark_of(people["clara"])})
    assert answer.status_code in (302, 403)


def test_what_was_typed_on_the_page_of_somebody_else_stays_visible(people, case):
    """Also where the token of the form is not valid any more, since a new person has signed in."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people["clara"])
    typed = {"question": "When did you pay?", "made_for": mark_of(people["anna"]), "csrfmiddlewaretoken": "old"}
    answer = browser.post(f"/tasks/{case.instance.tasks.get().pk}/complete/", typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "When did you pay?" in page and "Clara Conti" in page
    assert mark_of(people["anna"]) not in page


def test_a_live_part_and_a_stream_of_somebody_elses_page_get_nothing(client, people, case):
    client.force_login(people["clara"])
    asks = {"HX-Request": "true", "X-Made-For": mark_of(people["anna"])}
    part = client.get("/?tab=groups", headers=asks)
    assert part.status_code == 409
    assert part.content == b""
    assert part.headers["HX-Trigger"] == "made-for-another"
    stream = client.get(f"/cases/{case.pk}/live/", {"made_for": mark_of(people["anna"])})
    assert stream.content.startswith(b"event: over")


def test_every_form_says_for_whom_it_was_made(client, people, case):
    client.force_login(people["anna"])
    task_claim(by=people["anna"], task=case.instance.tasks.get())
    for address in (
        "/?tab=mine",
        f"/cases/{case.pk}/",
        f"/tasks/{case.instance.tasks.get().pk}/",
        "/cases/new/complaint/",
    ):
        page = client.get(address).content.decode()
        forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
        assert forms, address
        assert all(f'name="made_for" value="{mark_of(people["anna"])}"' in form for form in forms), address
        assert f'data-made-for="{mark_of(people["anna"])}"' in page


def test_the_mark_of_a_person_tells_nothing_of_them(people):
    assert mark_of(people["anna"]) != mark_of(people["ben"])
    assert re.fullmatch(r"[0-9a-f]{20}", mark_of(people["anna"]))


def test_a_confirmation_stands_outside_the_part_that_refreshes_itself(client, people, case):
    client.force_login(people["anna"])
    asks = {"HX-Request": "true"}
    task = case.instance.tasks.get()
    task_claim(by=people["anna"], task=task)
    done = client.post(f"/tasks/{task.pk}/release/", {"tab": "groups"}, headers=asks).content.decode()
    assert re.search(r'id="messages"[^>]*hx-swap-oob="true">.*is back with its group', done, re.DOTALL)
    assert 'id="messages"' not in client.get("/?tab=groups", headers=asks).content.decode()


def test_the_second_page_of_a_searched_and_sorted_inbox_refreshes_as_itself(client, people, case):
    client.force_login(people["anna"])
    place = {"tab": "groups", "sort": "late", "q": case.reference[:3], "after": "2030-01-01T00:00:00+00:00~7"}
    page = client.get("/", place).content.decode()
    here = re.search(r'hx-get="([^"]+)"', page)[1]
    for name in ("tab=groups", "sort=late", "q=", "after=2030"):
        assert name in here


def test_after_giving_back_into_a_searched_list_it_is_still_searched(client, people, case):
    client.force_login(people["anna"])
    task = case.instance.tasks.get()
    place = {"tab": "groups", "sort": "late", "q": case.reference}
    taken = client.post(f"/tasks/{task.pk}/claim/", place).headers["Location"]
    assert parse_qs(parse_qs(urlsplit(taken).query)["inbox"][0]) == {name: [value] for name, value in place.items()}
    back = client.post(f"/tasks/{task.pk}/release/", place).headers["Location"]
    assert "sort=late" in back and "q=" in back and "tab=groups" in back


def test_opening_a_page_is_no_news_to_it(client, people, case):
    """That somebody looked is kept, and is an event of the case; the page that made it knows."""
    client.force_login(people["ben"])
    task = case.instance.tasks.get()
    for address in (f"/tasks/{task.pk}/", f"/cases/{case.pk}/"):
        seen = re.search(r'data-live-seen="(\d+)"', client.get(address).content.decode())[1]
        assert b"event: changed" not in client.get(f"/cases/{case.pk}/live/?seen={seen}").content


def test_what_comes_too_late_is_shown_without_the_fields_of_the_form_itself(client, people, case):
    task = case.instance.tasks.get()
    task_claim(by=people["anna"], task=task)
    client.force_login(people["anna"])
    HumanTask.objects.filter(pk=task.pk).update(state=HumanTask.State.COMPLETED)
    answer = client.post(f"/tasks/{task.pk}/complete/", {"answer": "Typed", "made_for": mark_of(people["anna"])})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Typed" in page
    assert f'<p class="text quote">{mark_of(people["anna"])}' not in page
