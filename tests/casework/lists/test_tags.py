"""People put words on a case, find it by them, and all who see the case read them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from audit.services import Origin
from casework.lists.tag_words import tag_of
from casework.lists.tags import case_tag, marks_of
from casework.models import Case
from casework.tasks.many import Wish, carried_out
from orchestration.engine.commands import SetVariables
from orchestration.shell.services import Done, send
from tests.casework.actions import kept, open_task, refusals, statements
from tests.casework.browsing import client
from tests.casework.conftest import PERSON, refused
from tests.casework.reading import told

People = dict[str, User]
Analysed = Callable[..., Case]


def tags(case: Case, who: User) -> tuple[str, ...]:
    return marks_of(case, who).tags


@pytest.mark.parametrize(
    ("text", "word"),
    [("Call back", "call-back"), ("#VIP", "vip"), ("Rückruf 2", "rückruf-2"), ("a" * 30, "a" * 30), ("a" * 31, ""),
     ("", ""), ("a/b", ""), ("<b>", ""), ("-", ""), ("\0", "")],
)  # fmt: skip
def test_a_tag_is_one_short_word(text: str, word: str) -> None:
    assert tag_of(text) == word


@pytest.mark.django_db
def test_a_tag_is_put_on_at_the_head_of_the_case_and_taken_off_which_its_history_keeps(
    people: People, analysed: Analysed
) -> None:
    case, browser = analysed(), client(people["anna"])
    page = told(browser.post(f"/cases/{case.pk}/tags/", {"add": "Call back, VIP"}, follow=True))
    assert "Take off the tag call-back" in page and "changed the tags: put on call-back, vip" in page
    browser.post(f"/cases/{case.pk}/tags/", {"remove": "vip"})
    assert tags(case, people["anna"]) == ("call-back",)
    changes = [entry.detail for entry in kept(case, "case.tags")]
    assert changes == [{"added": ["call-back", "vip"]}, {"removed": ["vip"]}]


@pytest.mark.django_db
def test_what_is_there_already_changes_nothing(people: People, analysed: Analysed) -> None:
    case = analysed()
    for _ in range(2):
        case_tag(by=people["anna"], case=case, add=["vip"], remove=["other"])
    assert len(kept(case, "case.tags")) == 1


@pytest.mark.django_db
def test_tasks_are_found_by_the_tags_of_their_cases(people: People, analysed: Analysed) -> None:
    both, one, none = analysed(), analysed(), analysed()
    case_tag(by=people["anna"], case=both, add=["vip", "call-back"])
    case_tag(by=people["anna"], case=one, add=["vip"])

    def found(query: str) -> list[Case]:
        page = told(client(people["anna"]).get(f"/?tab=groups&{query}"))
        return [case for case in (both, one, none) if f'id="row-{open_task(case).pk}"' in page]

    assert found("tag=VIP") == [both, one] and found("tag=vip&tag=call-back") == [both] and found("tag=x") == []
    assert found("tag=a/b") == [both, one, none] and found("tag=vip&is.channel=web") == []
    page = told(client(people["anna"]).get("/?tab=groups&tag=vip"))
    assert "Tag: vip" in page and "Leave out: Tag: vip" in page and "tag=call-back" in page


@pytest.mark.django_db
def test_a_program_tags_and_finds(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    address = f"/api/cases/{case.pk}/tags/"
    answer = browser.post(address, {"add": ["VIP"]}, content_type="application/json").json()
    assert answer == {"tags": ["vip"], "following": False} == browser.get(address).json()
    (found,) = browser.get("/api/tasks/", {"scope": "groups", "tag": "vip"}).json()["results"]
    assert found["case"] == case.pk and found["tags"] == ["vip"]
    assert browser.get("/api/tasks/", {"scope": "groups", "tag": "a/b"}).status_code == 400
    assert browser.post(address, {"add": ["a/b"]}, content_type="application/json").status_code == 400


@pytest.mark.django_db
def test_the_cases_of_many_tasks_are_tagged_at_once(people: People, analysed: Analysed) -> None:
    cases = [analysed() for _ in range(2)]
    sent = {"tasks": [open_task(case).pk for case in cases], "action": "tag", "word_of_tag": "Call back"}
    page = told(client(people["anna"]).post("/tasks/many/", sent, follow=True))
    assert "2 tasks: each has the tag now." in page
    assert [tags(case, people["anna"]) for case in cases] == [("call-back",)] * 2
    page = told(client(people["anna"]).post("/tasks/many/", sent | {"word_of_tag": "?"}, follow=True))
    assert "letters, digits and hyphens" in page


@pytest.mark.django_db
def test_who_only_reads_a_case_does_not_tag_it(people: People, analysed: Analysed) -> None:
    case = analysed()
    assert client(people["axel"]).post(f"/cases/{case.pk}/tags/", {"add": "vip"}).status_code == 403
    (result,) = carried_out(people["axel"], [open_task(case).pk], Wish("tag", tag="vip"))
    assert not result.done and tags(case, people["axel"]) == ()
    assert "Add a tag" not in told(client(people["axel"]).get(f"/cases/{case.pk}/"))


@pytest.mark.django_db
def test_a_tag_tells_nobody_what_is_masked_for_them_and_no_guess_is_confirmed(
    people: People, analysed: Analysed
) -> None:
    name = PERSON["name"].split()[1]
    case = analysed()
    outcome = refused(case_tag(by=people["clara"], case=case, add=[name]))
    assert outcome.code == "masked" and refusals(case) == [("person:clara", "masked")]
    assert name.lower() not in str(kept(case, "command.refused")).lower()
    assert case_tag(by=people["anna"], case=case, add=[name]) == (name.lower(),)
    assert case_tag(by=people["anna"], case=case, add=["somebody-else"]) == (name.lower(), "somebody-else")


@pytest.mark.django_db
def test_a_case_has_so_many_tags(people: People, analysed: Analysed) -> None:
    case = analysed()
    case_tag(by=people["anna"], case=case, add=[f"t{number}" for number in range(20)])
    assert refused(case_tag(by=people["anna"], case=case, add=["one-more"])).code == "too-many"
    assert isinstance(case_tag(by=people["anna"], case=case, add=["one-more"], remove=["t0"]), tuple)


@pytest.mark.django_db
def test_tags_outlive_the_steps_of_a_case_and_a_rebuild_of_the_lists(people: People, analysed: Analysed) -> None:
    case = analysed()
    case_tag(by=people["anna"], case=case, add=["vip"])
    outcome = send(case.instance_id, SetVariables({"channel": "web"}), Origin("system:test"))
    assert isinstance(outcome, Done), outcome
    call_command("rebuild_lists")
    assert tags(case, people["anna"]) == ("vip",)


@pytest.mark.django_db
def test_only_words_of_cases_that_one_sees_are_proposed(people: People, analysed: Analysed) -> None:
    seen, here = analysed(), analysed()
    case_tag(by=people["anna"], case=seen, add=["vip"])
    assert marks_of(here, people["anna"]).suggested == ("vip",) and marks_of(seen, people["anna"]).suggested == ()
    assert marks_of(here, people["olga"]).suggested == ()


@pytest.mark.django_db
def test_tags_cost_the_inbox_no_statement(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    browser.get("/?tab=groups")
    before = statements(lambda: browser.get("/?tab=groups"))
    case_tag(by=people["anna"], case=case, add=["vip", "call-back"])
    assert statements(lambda: browser.get("/?tab=groups")) == before
