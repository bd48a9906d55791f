"""Who follows a case is told what others did in it since they looked, as far as they may still see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from audit.selectors import timeline
from casework.lists.following import followed
from casework.lists.tags import case_follow, case_tag
from casework.models import Case, CaseGroupObjectPermission
from casework.tasks.assigning import task_assign
from casework.tasks.services import task_claim, task_release
from tests.casework.actions import open_task, statements
from tests.casework.browsing import client
from tests.casework.conftest import PERSON
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def test_what_others_did_since_one_looked_is_told_and_one_s_own_is_not(people: People, analysed: Analysed) -> None:
    case, anna = analysed(), client(people["anna"])
    page = told(anna.post(f"/cases/{case.pk}/follow/", {"following": "yes"}, follow=True))
    assert "You follow this case." in page and "Follow no more" in page
    assert "nothing</span>" in told(anna.get("/following/"))
    task_claim(by=people["anna"], task=open_task(case))
    task_release(by=people["anna"], task=open_task(case))
    task_claim(by=people["ben"], task=open_task(case))
    page = told(anna.get("/following/"))
    assert page.count('class="news"') == 1 and "Ben Bauer took “Approve the answer”" in page


def test_the_page_follows_what_happens(people: People, analysed: Analysed) -> None:
    case, anna = analysed(), client(people["anna"])
    case_follow(by=people["anna"], case=case, following=True)
    page = told(anna.get("/following/"))
    assert 'data-live="/cases/live/"' in page and f'id="row-{case.pk}"' in page
    task_claim(by=people["ben"], task=open_task(case))
    part = told(anna.get("/following/", headers={"HX-Request": "true"}))
    assert "<html" not in part and "data-news" in part and "Ben Bauer took" in part


def test_much_that_is_new_is_cut_and_said_to_be_more(people: People, analysed: Analysed) -> None:
    case = analysed()
    case_follow(by=people["anna"], case=case, following=True)
    client(people["anna"]).get(f"/cases/{case.pk}/")
    for word in ("one", "two", "three", "four"):
        case_tag(by=people["ben"], case=case, add=[word])
    (row,) = followed(people["anna"], timezone.now())
    assert [one.words for one in row.news] == [
        f"Ben Bauer changed the tags: put on {word}" for word in ("four", "three", "two")
    ]
    assert row.more


def test_it_is_nobody_else_s_business_and_in_no_history(people: People, analysed: Analysed) -> None:
    case = analysed()
    before = len(timeline(case.instance_id))
    case_follow(by=people["anna"], case=case, following=True)
    case_follow(by=people["anna"], case=case, following=True)
    assert followed(people["ben"], timezone.now()) == () and len(timeline(case.instance_id)) == before
    case_follow(by=people["anna"], case=case, following=False)
    assert followed(people["anna"], timezone.now()) == ()


def test_what_one_may_not_see_any_more_is_not_told(people: People, analysed: Analysed) -> None:
    case = analysed()
    case_follow(by=people["anna"], case=case, following=True)
    CaseGroupObjectPermission.objects.filter(content_object=case).delete()
    assert followed(User.objects.get(pk=people["anna"].pk), timezone.now()) == ()
    assert client(people["anna"]).post(f"/cases/{case.pk}/follow/").status_code == 404


def test_what_is_masked_for_the_reader_is_masked_in_what_is_told(people: People, analysed: Analysed) -> None:
    case = analysed()
    for who in ("anna", "clara"):
        case_follow(by=people[who], case=case, following=True)
    task_assign(by=people["clara"], task=open_task(case), to=people["ben"], note=f"Ask {PERSON['name']}")
    page = told(client(people["anna"]).get("/following/"))
    assert "gave “Approve the answer” to Ben Bauer" in page and "Sandoval" not in page


def test_a_program_follows(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    for wanted in (True, False):
        sent = {"following": wanted}
        answer = browser.post(f"/api/cases/{case.pk}/follow/", sent, content_type="application/json").json()
        assert answer == {"tags": [], "following": wanted}


def test_the_list_costs_as_many_statements_for_many_cases_as_for_one(people: People, analysed: Analysed) -> None:
    case_follow(by=people["anna"], case=analysed(), following=True)
    browser = client(people["anna"])
    browser.get("/following/")
    one = statements(lambda: browser.get("/following/"))
    for _ in range(3):
        case = analysed()
        case_follow(by=people["anna"], case=case, following=True)
        task_claim(by=people["ben"], task=open_task(case))
    assert statements(lambda: browser.get("/following/")) <= one + 1
