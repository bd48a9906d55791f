"""A search leads to tasks, colleagues and pages as well, as far as one may go there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from casework.lists.tags import case_tag
from casework.models import Absence, Case, CaseGroupObjectPermission
from casework.search.beside import Beside, beside
from casework.search.find import search
from casework.search.places import PLACES
from casework.tasks.services import task_claim
from orchestration.ground import clock
from tests.casework.actions import open_task
from tests.casework.conftest import PERSON
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def led_to(user: User, asked: str) -> Beside:
    now, person = clock.utc_now(), User.objects.get(pk=user.pk)
    found = search(user=person, now=now, asked=asked)
    return beside(user=person, now=now, asked=asked, found=found)


def tasks(user: User, asked: str) -> list[tuple[str, str]]:
    return [(task.title.text, task.who) for task in led_to(user, asked).tasks]


def people_found(user: User, asked: str) -> list[str]:
    return [one.name.text for one in led_to(user, asked).people]


def pages(user: User, asked: str) -> list[str]:
    return [page.name.text for page in led_to(user, asked).pages]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_open_tasks_of_the_cases_that_are_found_are_there_one_s_own_first(
    people: People, analysed: Analysed
) -> None:
    analysed(message="A red bicycle"), analysed(message="A red car")
    newest = analysed(message="A red boat")
    task_claim(by=people["anna"], task=open_task(newest))
    assert tasks(people["anna"], "red")[0] == ("Complaint T-3", "Anna Adler")
    assert {title for title, _ in tasks(people["anna"], "red")} == {"Complaint T-1", "Complaint T-2", "Complaint T-3"}
    assert tasks(people["anna"], "bicycle") == [("Complaint T-1", "")]
    assert tasks(people["dora"], "bicycle") == [] == tasks(people["anna"], "zeppelin") == tasks(people["anna"], "")


def test_a_task_of_one_s_own_is_found_by_its_name_as_long_as_its_case_is_seen(
    people: People, analysed: Analysed
) -> None:
    case = analysed(message="A red bicycle")
    task = open_task(case)
    task_claim(by=people["anna"], task=task)
    word = next(each for each in task.name.split() if not led_to(people["clara"], each).tasks)
    assert tasks(people["anna"], word) == [("Complaint T-1", "Anna Adler")]
    CaseGroupObjectPermission.objects.all().delete()
    assert tasks(people["anna"], word) == []


def test_the_title_of_a_task_s_case_is_masked_as_it_is_in_lists(people: People, analysed: Analysed) -> None:
    analysed(reference=f"{PERSON['iban']}-1", message="A red bicycle")
    [(title, _)] = tasks(people["anna"], "bicycle")
    assert PERSON["iban"] not in title and "Complaint" in title


def test_colleagues_are_found_by_name_and_group_by_those_who_work_with_them(people: People, analysed: Analysed) -> None:
    assert people_found(people["anna"], "ben") == [people["ben"].get_full_name()]
    assert people_found(people["anna"], "BÉN") == [people["ben"].get_full_name()]
    for who in ("anna", "clara", "axel"):
        assert people["anna"].get_full_name() in people_found(people[who], "analysts"), who
    assert people_found(people["olga"], "ben") == [] == people_found(people["anna"], "axel")
    User.objects.filter(username="ben").update(is_active=False)
    assert people_found(people["anna"], "ben") == []


def test_a_colleague_leads_to_the_board_for_those_who_give_out_their_work(people: People, analysed: Analysed) -> None:
    Absence.objects.create(person=people["ben"], until=clock.utc_now() + timedelta(days=3))
    [by_clara] = led_to(people["clara"], "ben").people
    [by_anna] = led_to(people["anna"], "ben").people
    assert by_clara.address == "/board/?person=ben" and by_anna.address == ""
    assert client_of(people["clara"]).get(by_clara.address).status_code == 200
    assert by_clara.away is not None and by_clara.away > clock.utc_now()


def test_pages_are_found_by_what_they_are_called_and_by_what_people_call_them(people: People) -> None:
    assert pages(people["anna"], "holiday") == ["Out of office"]
    assert "Rules" in pages(people["ada"], "decision tables") and pages(people["anna"], "decision tables") == []
    assert pages(people["axel"], "refused") == ["Access"] and pages(people["ada"], "refused") == []
    assert any(name.startswith("Help: ") for name in pages(people["anna"], "help"))


def test_every_page_that_is_offered_opens_and_is_called_so(people: People) -> None:
    seen = set()
    for who in ("anna", "clara", "dora", "olga", "axel", "ada"):
        client = client_of(people[who])
        for _, name, _, _ in PLACES:
            for page in led_to(people[who], name).pages:
                if (who, page.address) in seen:
                    continue
                seen.add((who, page.address))
                answer = client.get(page.address)
                assert answer.status_code == 200, (who, page.address)
                heading = re.search(r"<h1[^>]*>\s*([^<]*)", answer.content.decode())
                called = page.name.text.removeprefix("Help: ")
                assert page.address == "/api/docs/" or (heading and called in heading[1]), (page, heading)
    assert len({address for _, address in seen}) >= len(PLACES)


def test_the_page_and_the_api_show_all_kinds_below_the_cases(people: People, analysed: Analysed) -> None:
    analysed(reference="BEN-1", message="A red bicycle")
    client = client_of(people["clara"])
    page = client.get("/search/", {"q": "ben"}).content.decode()
    headings = [re.sub(r"\s+", " ", name) for name in re.findall(r'<h2 id="found-\w+">([^<]+)</h2>', page)]
    assert headings == ["Reference and title", "Open tasks", "Colleagues"]
    answer = client.get("/api/search/", {"q": "ben"}).json()
    assert [one["username"] for one in answer["people"]] == ["ben"] and len(answer["tasks"]) == 1
    assert "No case that you may see" in client.get("/search/", {"q": "holiday"}).content.decode()
    assert "Nothing found" in client.get("/search/", {"q": "zeppelin"}).content.decode()
    assert client.get("/api/search/", {"q": "ben", "after": "2020-01-01T00:00:00+00:00~1"}).json()["people"] == []


def test_what_stands_beside_asks_nothing_about_each_task_or_colleague(people: People, analysed: Analysed) -> None:
    analysed(message="A red bicycle")
    led_to(people["clara"], "red analysts")
    with statements() as few:
        led_to(people["clara"], "red")
    for _ in range(4):
        analysed(message="A red bicycle")
    with statements() as many:
        led_to(people["clara"], "red")
    assert len(few) == len(many) <= 15


def test_a_tag_leads_to_the_cases_that_have_it_and_that_one_sees(people: People, analysed: Analysed) -> None:
    for reference in ("A", "B"):
        case_tag(by=people["anna"], case=analysed(reference=reference), add=["press inquiry", "vip"])
    hidden = analysed(reference="C")
    case_tag(by=people["anna"], case=hidden, add=["vip", "leak"])
    CaseGroupObjectPermission.objects.filter(content_object=hidden).delete()
    assert tags(people["anna"], "VIP") == [("vip", 2)] and tags(people["anna"], "leak") == []
    assert tags(people["anna"], "Press inquiry") == [("press-inquiry", 2)]
    assert tags(people["anna"], "vip maria") == [("vip", 2)] and tags(people["anna"], "vi") == []
    assert tags(people["dora"], "vip") == []
    page = client_of(people["anna"]).get("/search/", {"q": "vip"}).content.decode()
    assert "/cases/?which=all&amp;tag=vip" in page and "on 2 cases that you see" in page
    listed = client_of(people["anna"]).get("/cases/?which=all&tag=vip").content.decode()
    assert listed.count('class="about-reference"') == 2
    assert client_of(people["anna"]).get("/api/search/", {"q": "vip"}).json()["tags"][0]["cases"] == 2


def tags(user: User, asked: str) -> list[tuple[str, int]]:
    return [(one.name.text, one.cases) for one in led_to(user, asked).tags]
