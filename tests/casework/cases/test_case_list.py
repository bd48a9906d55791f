"""Everybody finds in the list what they may see, however many there are and whatever is asked for."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from casework.access.permissions import rights
from casework.cases.read import listed
from casework.cases.read.case_list import case_list
from casework.cases.services import case_change
from casework.models import Case, CaseGroupObjectPermission, ListedCase
from orchestration.ground import clock
from tests.sql import statements

pytestmark = pytest.mark.django_db

People = dict[str, User]
DUE = """
select 0::bigint, c.id, c.case_type, c.state, c.closed, c.created from casework_case c
union select r.group_id, c.id, c.case_type, c.state, c.closed, c.created from casework_case c
join casework_casegroupobjectpermission r on r.content_object_id = c.id
join auth_permission p on p.id = r.permission_id and p.codename = 'view_case'
union select -r.user_id, c.id, c.case_type, c.state, c.closed, c.created from casework_case c
join casework_caseuserobjectpermission r on r.content_object_id = c.id
join auth_permission p on p.id = r.permission_id and p.codename = 'view_case'
"""


def shown(user: User, which: str = "all", **asked: str) -> list[str]:
    """All pages of the list, of two cases each."""
    found, after = list[str](), ""
    while True:
        page = case_list(
            user=User.objects.get(pk=user.pk), now=clock.utc_now(), which=which, after=after, limit=2, **asked
        )
        found += [row.reference for row in page.rows]
        after = page.following
        if not after:
            return found


def is_up_to_date() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(DUE)
        due = set(cursor.fetchall())
    return due == set(ListedCase.objects.values_list("reader", "case", "case_type", "state", "closed", "created"))


@pytest.fixture
def some(analysed: Callable[..., Case], people: People) -> None:
    """Complaints of different teams, one of them ended early."""
    analysed(), analysed(intent="card_lost_or_stolen"), analysed(confidence=0.5), analysed()
    ended = analysed()
    case_change(by=people["anna"], case=ended, transition="terminate", reason="It was sent twice.")


@pytest.mark.parametrize("who", ["anna", "dora", "axel", "olga", "ada"])
def test_the_list_has_what_one_may_view_the_newest_first(some: None, people: People, who: str) -> None:
    newest = Case.objects.order_by("-created", "-pk")
    assert shown(people[who]) == [case.reference for case in newest if "view" in rights(people[who], case)]


@pytest.mark.parametrize("who", ["anna", "dora", "axel"])
@pytest.mark.parametrize("which", ["open", "closed", "all"])
def test_each_filter_leaves_what_fits(some: None, people: People, who: str, which: str) -> None:
    mine = [case for case in Case.objects.order_by("-created", "-pk") if "view" in rights(people[who], case)]
    mine = [case for case in mine if which == "all" or case.closed == (which == "closed")]
    for kind in ("", "complaint", "refund"):
        for state in ("", *Case.objects.values_list("state", flat=True).distinct(), "Nowhere"):
            fitting = [case.reference for case in mine if kind in ("", case.case_type) and state in ("", case.state)]
            assert shown(people[who], which, kind=kind, state=state) == fitting


@pytest.mark.parametrize("narrow", [0, 1000], ids=["many begin alike", "few begin alike"])
def test_a_reference_is_found_among_few_and_among_many(
    some: None, people: People, monkeypatch: pytest.MonkeyPatch, narrow: int
) -> None:
    monkeypatch.setattr(listed, "NARROW", narrow)
    monkeypatch.setattr(listed, "WALKED", 2)
    for who in ("anna", "dora", "axel"):
        for sought in ("T-", "T-2", "t-3", "nothing", "%", "T_"):
            fitting = [each for each in shown(people[who]) if each.lower().startswith(sought.lower())]
            assert shown(people[who], reference=sought) == fitting
            assert shown(people[who], "open", reference=sought, kind="complaint") == [
                each for each in shown(people[who], "open") if each in fitting
            ]


def test_the_list_follows_cases_and_rights_whoever_changes_them(some: None, people: People) -> None:
    assert is_up_to_date() and ListedCase.objects.exists()
    CaseGroupObjectPermission.objects.filter(group__name="Analysts", permission__codename="work_case").delete()
    assert is_up_to_date() and shown(people["anna"])
    CaseGroupObjectPermission.objects.filter(group__name="Analysts").delete()
    assert is_up_to_date() and not shown(people["anna"])
    Case.objects.update(state="Elsewhere", closed=True)
    assert is_up_to_date() and shown(people["axel"], "closed", state="Elsewhere") == shown(people["axel"])
    Group.objects.all().delete()
    assert is_up_to_date()
    Case.objects.all().delete()
    assert not ListedCase.objects.exists()


@pytest.mark.parametrize("after", ["", "nonsense", "2026-01-01~", "2026-01-01T00:00:00~-1", f"2026-01-01~{10**40}"])
def test_a_place_that_cannot_be_read_is_the_top(some: None, people: People, after: str) -> None:
    page = case_list(user=people["axel"], now=clock.utc_now(), which="all", after=after)
    assert [row.reference for row in page.rows] == shown(people["axel"])


def test_a_page_asks_nothing_about_each_case(some: None, people: People) -> None:
    with statements() as sent:
        case_list(user=people["anna"], now=clock.utc_now())
    assert len([each for each in sent if "listedcase" in each]) == 1
    assert not any("objectpermission" in each for each in sent) and len(sent) <= 7


def test_a_search_that_has_not_looked_through_the_list_says_so(
    some: None, people: People, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(listed, "NARROW", 0)
    monkeypatch.setattr(listed, "WALKED", 1)
    oldest = Case.objects.order_by("created").first()
    client.force_login(people["axel"])
    assert oldest is not None
    page = client.get("/cases/", {"q": oldest.reference}).content.decode()
    assert "look further back" in page and oldest.title not in page
    for _ in range(Case.objects.count() - 1):
        onward = re.search(r'href="(\?q=[^"]+)"', page)
        assert onward is not None
        page = client.get("/cases/" + html.unescape(onward[1])).content.decode()
    assert oldest.title in page
