"""Tags are looked over and changed in all cases at once: in those that somebody may work, and told in each history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.data_keys import KeyFault
from casework.cases.services import case_verify
from casework.lists import tags_in_use
from casework.lists.tags import case_tag, marks_of
from casework.lists.tags_in_use import Replaced, tag_replace
from casework.lists.tags_in_use import tags_in_use as used
from casework.models import Case
from tests.casework.reading import told

pytestmark = pytest.mark.django_db
Opens = Callable[..., Case]


@pytest.fixture
def tagged(open_case: Opens, people: dict[str, User]) -> list[Case]:
    cases = [open_case() for _ in range(3)]
    for case, words in zip(cases, (["call-bak"], ["call-bak", "call-back"], ["vip"]), strict=True):
        case_tag(by=people["clara"], case=case, add=words)
    return cases


def words(case: Case, user: User) -> tuple[str, ...]:
    return marks_of(case, user).tags


def test_a_misspelt_tag_becomes_the_right_one_in_every_case(
    tagged: list[Case], people: dict[str, User], client: Client
) -> None:
    clara = people["clara"]
    client.force_login(clara)
    assert used(clara) == [("call-bak", 2), ("call-back", 1), ("vip", 1)]
    said = told(client.post("/tags/", {"tag": "call-bak", "new": "Call back"}, follow=True))
    assert "The tag is changed in 2 cases." in said
    assert [words(case, clara) for case in tagged] == [("call-back",), ("call-back",), ("vip",)]
    assert "call-bak" in told(client.get(f"/cases/{tagged[0].pk}/history/?show=all"))  # what was there is told still
    for case in tagged:
        assert case_verify(by=people["axel"], case=case).ok
    assert client.post("/tags/", {"tag": "vip", "new": "not, a word"}).status_code == 400
    client.post("/tags/", {"tag": "vip", "new": ""})
    assert used(clara) == [("call-back", 2)]


def test_it_is_changed_only_where_they_may_work_and_nobody_sees_tags_of_cases_that_they_do_not(
    tagged: list[Case], people: dict[str, User]
) -> None:
    axel, emil = people["axel"], people["emil"]
    assert dict(used(axel)) == {"call-bak": 2, "call-back": 1, "vip": 1}  # an auditor sees all, and works none
    assert tag_replace(by=axel, tag="call-bak", new="") == Replaced(0, 2)
    assert used(emil) == [] and tag_replace(by=emil, tag="call-bak", new="") == Replaced(0, 0)
    assert words(tagged[0], people["clara"]) == ("call-bak",)


def test_more_than_one_change_goes_through_are_gone_on_with(
    tagged: list[Case], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags_in_use, "AT_ONCE", 1)
    clara = people["clara"]
    assert tag_replace(by=clara, tag="call-bak", new="later") == Replaced(1, 0, tagged[0].pk)
    assert tag_replace(by=clara, tag="call-bak", new="later") == Replaced(1, 0)
    assert tag_replace(by=clara, tag="call-bak", new="later") == Replaced(0, 0)


def test_a_change_gets_past_the_cases_that_one_may_not_work(
    tagged: list[Case], people: dict[str, User], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags_in_use, "AT_ONCE", 1)
    monkeypatch.setattr(tags_in_use, "may", lambda by, action, case: case != tagged[0])
    client.force_login(people["clara"])
    change = {"tag": "call-bak", "new": "later"}
    answer = client.post("/tags/", change, follow=True)
    assert "The tag is changed in 0 cases. 1 more stay" in told(answer)
    assert "There are more cases with it." in told(answer) and "Go on with the next" in told(answer)
    answer = client.post("/tags/", {**change, "after": answer.context["after"]}, follow=True)
    assert "The tag is changed in 1 case." in told(answer) and "Go on with the next" not in told(answer)
    assert [words(case, people["clara"]) for case in tagged[:2]] == [("call-bak",), ("call-back", "later")]
    for odd in ("x", "-1", "9" * 40):
        assert client.get("/tags/", {**change, "after": odd}).context["after"] == 0


def test_a_case_whose_key_is_gone_or_whose_tag_was_taken_off_meanwhile_is_left_and_the_others_are_done(
    tagged: list[Case], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    clara, (first, second, third) = people["clara"], tagged
    case_tag(by=clara, case=third, add=["call-bak"])

    def tag(*, case: Case, **given: object) -> object:
        if case == first:
            raise KeyFault("This is kept sealed.")
        if case == second:
            case_tag(by=clara, case=case, remove=["call-bak"])
        return case_tag(case=case, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(tags_in_use, "case_tag", tag)
    assert tag_replace(by=clara, tag="call-bak", new="call") == Replaced(1, 2)
    assert [words(case, clara) for case in tagged] == [("call-bak",), ("call-back",), ("call", "vip")]
