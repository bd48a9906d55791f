"""An administrator sees every view that a group has, renames it, takes it back, has the group's list open with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.http import QueryDict

from audit.selectors import timeline
from casework.lists.models import SavedView
from casework.lists.opening import opened
from casework.lists.saved import default_set, view_change, view_save, views_of
from casework.lists.state import KINDS
from tests.casework.browsing import client
from tests.casework.reading import told

pytestmark = pytest.mark.django_db

People = dict[str, User]
WHY = "It is what they work by"


@pytest.fixture
def view(people: People) -> SavedView:
    group = Group.objects.get(name="Analysts").pk
    found = view_save(by=people["anna"], kind=KINDS["inbox"], name="Mrs Sandoval", query="q=Sandoval", group=group)
    assert isinstance(found, SavedView)
    return found


def change(people: People, view: SavedView, do: str, who: str = "ada", **sent: Any) -> int:
    sent = {"do": do, "reason": WHY} | sent
    return client(people[who]).post(f"/people/views/{view.pk}/", sent).status_code


def opens_with(user: User) -> str:
    """Of which view somebody's inbox is that says nothing of it."""
    found = opened(QueryDict(""), views_of(user, KINDS["inbox"], ())).view
    return found.name if found else ""


def test_all_that_are_shared_are_listed_without_what_they_ask_for(people: People, view: SavedView) -> None:
    view_save(by=people["anna"], kind=KINDS["inbox"], name="Mine alone", query="")
    for who in ("ada", "axel"):
        page = told(client(people[who]).get("/people/views/"))
        assert "Mrs Sandoval" in page and "Anna Adler" in page and "Mine alone" not in page and "q=" not in page
    assert "Change it" not in told(client(people["axel"]).get(f"/people/views/{view.pk}/"))
    people["anna"].groups.clear()
    assert "the group does not see it" in told(client(people["ada"]).get("/people/views/"))


def test_a_group_s_list_opens_with_it_for_who_has_chosen_no_other(people: People, view: SavedView) -> None:
    assert (opens_with(people["anna"]), opens_with(people["ben"])) == ("", "")
    assert change(people, view, "open") == 302
    assert (opens_with(people["anna"]), opens_with(people["ben"]), opens_with(people["dora"])) == (view.name,) * 2 + (
        "",
    )
    default_set(by=people["ben"], view=SavedView.objects.get(), on=False)
    assert (opens_with(people["anna"]), opens_with(people["ben"])) == (view.name, "")
    other = view_save(
        by=people["anna"], kind=KINDS["inbox"], name="Late", query="", group=Group.objects.get(name="Analysts").pk
    )
    assert isinstance(other, SavedView) and change(people, other, "open") == 302
    assert SavedView.objects.get(opens=True) == other and opens_with(people["anna"]) == "Late"
    view_change(by=people["anna"], view=SavedView.objects.get(pk=other.pk), group=0)
    assert not SavedView.objects.filter(opens=True).exists() and opens_with(people["anna"]) == ""


def test_it_is_renamed_and_taken_back_with_a_reason_on_the_control_chain(people: People, view: SavedView) -> None:
    view_save(by=people["anna"], kind=KINDS["inbox"], name="Taken", query="")
    for wrong in ({"name": ""}, {"name": "x" * 61}, {"name": "Taken"}, {"name": "By customer", "reason": ""}):
        assert change(people, view, "rename", **wrong) == 400
    assert change(people, view, "rename", name="By customer") == 302
    assert change(people, view, "take-back") == 302
    row = SavedView.objects.get(pk=view.pk)
    assert (row.name, row.group, row.owner) == ("By customer", None, people["anna"])
    assert client(people["ada"]).get(f"/people/views/{view.pk}/").status_code == 404
    assert change(people, view, "take-back") == 404
    told_of = [
        (one.actor, one.cause, one.detail.get("was"), one.detail.get("removed"))
        for one in timeline(0, action="list.view")
    ]
    assert told_of[1:] == [("person:ada", WHY, "Mrs Sandoval", None), ("person:ada", WHY, None, True)]
    for words in ("renamed the view Mrs Sandoval of Analysts to By customer", "took back from Analysts the view"):
        assert words in told(client(people["axel"]).get("/changes/"))


def test_who_may_not_change_people_changes_none(people: People, view: SavedView) -> None:
    for who in ("axel", "anna", "clara"):
        assert change(people, view, "take-back", who) == 403
    assert change(people, view, "burn") == 409 and SavedView.objects.get().group is not None
