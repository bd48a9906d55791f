"""Comments are found, told of, read by programs, shown as of then, put on paper, and go with their case."""

from __future__ import annotations

import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail

from audit.services import Origin
from casework.comments.mails import comment_mailed
from casework.comments.services import About, comment_edit, comment_withdraw
from casework.erasure.copied_case import as_theirs, copied_case
from casework.erasure.erasing import erase_now
from casework.erasure.taking_out import take_out_now
from casework.erasure.words import Words
from casework.models import Case, Comment, CommentNotice
from casework.proof.capsule import case_export
from casework.proof.case_paper import case_paper
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from tests.casework.actions import kept, open_task
from tests.casework.browsing import client
from tests.casework.comments.commented import Analysed, People, found, holds, page, said
from tests.casework.conftest import PERSON
from tests.casework.reading import told
from tests.sql import statements

pytestmark = pytest.mark.django_db


def test_the_one_box_finds_comments_and_marks_the_words_but_nothing_that_is_masked(
    people: People, analysed: Analysed
) -> None:
    case = analysed()
    row = said(case, people["anna"], f"The zebra crossing. {PERSON['name']} saw it.")
    page_of = found(people["ben"], "zebra cros")
    assert "<mark>zebra</mark> <mark>crossing</mark>" in page_of and f"/comments/{row.number}/" in page_of
    answer = client(people["ben"]).get("/api/search/?q=zebra").json()
    assert [(one["case"], one["marks"]) for one in answer["comments"]] == [(case.pk, [[4, 9]])]
    assert "Comments</h2>" not in found(people["ben"], "sandoval") + found(people["clara"], "zebra sandoval")
    assert "zebra crossing" not in found(people["dora"], "zebra").lower().replace("<mark>", "").replace("</mark>", "")
    comment_edit(by=people["anna"], case=case, number=row.number, text="A giraffe")
    assert "Comments</h2>" not in found(people["ben"], "zebra") and "Comments</h2>" in found(people["ben"], "giraffe")
    comment_withdraw(by=people["anna"], case=case, number=row.number)
    assert "Comments</h2>" not in found(people["ben"], "giraffe")


def test_a_program_comments_answers_edits_and_withdraws(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    address, task = f"/api/cases/{case.pk}/comments/", open_task(case)

    def sent(to: str, **given: object) -> tuple[int, dict[str, object]]:
        answer = browser.post(to, given, content_type="application/json")
        return answer.status_code, answer.json()

    _, one = sent(address, text="They called", task=task.pk, once="k-1")
    assert (one["text"], one["task"], one["mine"]) == ("They called", task.pk, True)
    assert sent(address, text="They called", once="k-1")[1]["number"] == one["number"]
    _, answer = sent(address, text="Indeed", reply=one["number"])
    assert answer["thread"] == one["number"]
    assert sent(address, text="No", reply=1)[0] == sent(address, text="No", task=task.pk + 999)[0] - 404 + 409 == 409
    changed = sent(f"{address}{one['number']}/", text="They wrote", seen=one["telling"])[1]
    assert changed["text"] == "They wrote" and changed["edited"]
    assert sent(f"{address}{one['number']}/", text="They sang", seen=one["telling"])[0] == 409
    assert sent(f"{address}{one['number']}/withdraw/")[1]["text"] is None
    listed = browser.get(address).json()
    assert [row["text"] for row in listed["results"]] == [None, "Indeed"] and listed["older"] == 0
    assert sent(address, text="", extra=1)[0] == 400 and sent(address, text="@otto")[0] == 200


def test_the_time_machine_shows_the_comments_of_then_but_no_words_that_were_taken_back(
    people: People, analysed: Analysed
) -> None:
    case = analysed()
    first = said(case, people["anna"], "Before anything")
    hasty = said(case, people["anna"], "A hasty word")
    comment_withdraw(by=people["anna"], case=case, number=hasty.number)

    def then(who: str, at: int) -> str:
        return told(client(people[who]).get(f"/cases/{case.pk}/then/?at={at}"))

    assert "Before anything" in then("ben", first.number) and "A hasty word" not in then("axel", first.number)
    assert "A hasty word" in then("axel", hasty.number) and "A hasty word" not in then("ben", hasty.number)
    assert "edited or withdrawn since" in then("ben", hasty.number)
    assert "Withdrawn by who wrote it" in then("ben", hasty.number + 1)


def test_comments_stand_on_paper_and_in_the_evidence(people: People, analysed: Analysed) -> None:
    case = analysed()
    row = said(case, people["anna"], f"On paper, of {PERSON['name']}")
    said(case, people["ben"], "Too", about=About(reply=row.number))
    paper = case_paper(user=people["clara"], case=Case.objects.get(pk=case.pk), now=clock.utc_now())
    (section,) = [one for one in paper.sections if one.title == "Comments"]
    assert "Anna" in section.rows[0][1] and "On paper" in section.rows[0][1] and "in answer: Too" in section.rows[1][1]
    made = case_export(by=people["axel"], case=Case.objects.get(pk=case.pk), reason="A check", now=clock.utc_now())
    assert not isinstance(made, Refused)
    with zipfile.ZipFile(made.file) as packed:
        html = packed.read("case.html").decode()
    assert "On paper" in html and PERSON["name"] not in html


def test_a_person_is_taken_out_of_comments_which_go_on_to_verify(people: People, analysed: Analysed) -> None:
    case = analysed()
    row = said(case, people["anna"], "Ask Roberta Quilling at the shop, @ben")
    assert "Comments</h2>" in found(people["ben"], "quilling")
    outcome = take_out_now(
        chain=case.instance_id, words=Words(["Roberta Quilling"]), order=1, origin=Origin("system:t")
    )
    assert not isinstance(outcome, Refused), outcome
    assert "Ask [erased] at the shop" in page(people["ben"], case)
    assert "Quilling" not in page(people["axel"], case) and "Comments</h2>" not in found(people["ben"], "quilling")
    assert Comment.objects.get().number == row.number and holds(case)


def test_a_copy_of_a_persons_data_has_what_was_said_about_them(people: People, analysed: Analysed) -> None:
    case = analysed()
    row = said(case, people["anna"], "Their friend is patient")
    comment_withdraw(by=people["anna"], case=case, number=row.number)
    stands = Case.objects.get(pk=case.pk)
    copied = copied_case(as_theirs(by=people["ada"], case=stands, marks=(PERSON["name"],), now=clock.utc_now()))
    assert [one.what for one in copied.comments] == ["Their friend is patient"]


def test_a_case_that_is_erased_takes_its_comments_with_it(people: People, analysed: Analysed) -> None:
    case = analysed()
    said(case, people["anna"], "To be gone, @ben")
    erase_now(chain=case.instance_id, order=1, why="a test", origin=Origin("system:test"))
    assert not Comment.objects.exists() and not CommentNotice.objects.exists()
    assert kept(case, "comment.said")[0].detail == {"erased": True}


def test_who_is_told_of_comments_finds_them_counted_until_they_looked(people: People, analysed: Analysed) -> None:
    case, ben = analysed(), client(people["ben"])
    assert "For you" not in told(ben.get("/comments/")) and "Nothing so far" in told(ben.get("/comments/"))
    said(case, people["anna"], f"@ben, {PERSON['name']} called")
    row = said(case, people["anna"], "@ben, and again")
    comment_withdraw(by=people["anna"], case=case, number=row.number)
    listed = told(ben.get("/comments/"))
    assert "For you 1<" in listed and "named you:" in listed and "new to you" in listed
    assert PERSON["name"] not in listed and "and again" not in listed and "Withdrawn or erased since" in listed
    ben.get(f"/cases/{case.pk}/comments/")
    assert "For you" not in told(ben.get("/comments/")).partition("<main")[0]
    said(case, people["anna"], "@ben, once more")
    assert "For you 1<" in told(ben.get("/"))
    ben.post("/comments/")
    assert "For you" not in told(ben.get("/"))


@pytest.mark.parametrize("address", ["/?tab=groups", "/?tab=groups&group=kind", "/cases/?", "/cases/?group=kind"])
def test_a_list_shows_how_many_stand_on_each_case_where_that_column_is_chosen(
    people: People, analysed: Analysed, address: str
) -> None:
    one, other, browser = analysed(), analysed(), client(people["anna"])
    for text in ("One", "Two", "Three, taken back"):
        row = said(one, people["ben"], text)
    comment_withdraw(by=people["ben"], case=one, number=row.number)
    with statements() as without:
        assert "Comments" not in told(browser.get(address)).partition("<tbody")[2]
    with statements() as with_them:
        answer = browser.get(f"{address}&col=@comments")
    shown = {getattr(row, "case", row.id): row.values["@comments"] for row in answer.context["page"].rows}
    assert shown == {one.pk: 2, other.pk: None}
    assert len(with_them) <= len(without) + 1
    for asked in ("sort=@comments", "from.@comments=1"):
        page_of = told(browser.get(f"{address}&{asked}"))
        assert "no field of this name to filter or order by" in page_of


def test_who_may_not_see_the_case_any_more_is_told_of_nothing_in_it(people: People, analysed: Analysed) -> None:
    case = analysed()
    said(case, people["anna"], "@ben, look at this zebra")
    people["ben"].groups.clear()
    page_of = told(client(User.objects.get(username="ben")).get("/comments/"))
    assert "zebra" not in page_of and "For you" not in page_of


def test_colleagues_who_may_see_the_case_are_offered_for_a_name(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    address = f"/cases/{case.pk}/comments/people/"
    assert browser.get(address, {"q": "be"}).json() == {"people": [{"name": "ben", "called": "Ben Bauer"}]}
    assert browser.get(address, {"q": "dor"}).json() == browser.get(address, {"q": "anna"}).json() == {"people": []}
    assert len(browser.get(address).json()["people"]) <= 6


def test_who_asked_for_mails_gets_one_that_says_nothing_of_the_case(
    people: People, analysed: Analysed, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    case, asked = analysed(), list[tuple[object, ...]]()
    monkeypatch.setattr(comment_mailed, "delay", lambda *given: asked.append(given))
    User.objects.update(email="one@house.example")
    client(people["ben"]).post("/desk/", {"mails": "on"})
    assert "by mail" in told(client(people["ben"]).get("/"))
    client(people["anna"]).post(f"/cases/{case.pk}/comments/", {"text": "@ben and @clara, a secret zebra"})
    row = Comment.objects.get()
    api = f"/api/cases/{case.pk}/comments/{row.number}/"
    client(people["anna"]).post(api, {"text": "@ben and @clara, a zebra"}, content_type="application/json")
    for given in asked:
        comment_mailed(*given)
    (letter,) = mail.outbox
    assert letter.subject == "Anna Adler named you in a comment." and letter.to == ["one@house.example"]
    assert "zebra" not in letter.body and f"/cases/{case.pk}/comments/{row.number}/" in letter.body
    comment_withdraw(by=people["anna"], case=case, number=row.number)
    comment_mailed(*asked[0])
    assert len(mail.outbox) == 1 and len(asked) == 2
