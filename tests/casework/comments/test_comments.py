"""People tell each other about a case: what they write stands there for all who see it, and in its history."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User

from casework.cases.services import case_change, case_verify
from casework.comments.services import About, comment_edit, comment_say, comment_withdraw
from casework.models import Comment, CommentNotice, Draft, Follow
from orchestration.ground import clock
from tests.casework.actions import denials, kept, open_task, refusals, statements
from tests.casework.browsing import client
from tests.casework.comments.commented import Analysed, People, holds, page, said
from tests.casework.conftest import PERSON, refused
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


def test_what_somebody_writes_stands_on_the_case_for_all_who_see_it_and_verifies(
    people: People, analysed: Analysed
) -> None:
    case, browser = analysed(), client(people["anna"])
    sent = {"text": "They called.\nSee https://example.org/a?b=1 <b>now</b>", "once": "abc"}
    answer = browser.post(f"/cases/{case.pk}/comments/", sent)
    (row,) = Comment.objects.all()
    assert answer.headers["Location"].endswith(f"#comment-{row.number}")
    seen = page(people["axel"], case)
    assert '<a href="https://example.org/a?b=1" rel="nofollow">https://example.org/a?b=1</a>' in seen
    assert "&lt;b&gt;now&lt;/b&gt;" in seen and "<strong>Anna" in seen and "Who may work this case" in seen
    assert "1 comment<" in told(browser.get(f"/cases/{case.pk}/"))
    assert "commented" in told(client(people["axel"]).get(f"/cases/{case.pk}/history/?view=business&show=people"))
    assert holds(case)


def test_a_form_that_is_sent_twice_makes_one_comment(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    for _ in range(2):
        browser.post(f"/cases/{case.pk}/comments/", {"text": "Once", "once": "abc"})
    assert [entry.detail["text"] for entry in kept(case, "comment.said")] == ["Once"]
    said(case, people["ben"], "Once", once="abc")
    assert Comment.objects.count() == 2


def test_a_form_that_is_sent_again_with_other_words_is_shown_again_and_can_be_sent(
    people: People, analysed: Analysed
) -> None:
    case, browser = analysed(), client(people["anna"])
    path = f"/cases/{case.pk}/comments/"
    browser.post(path, {"text": "First", "once": "abc"})
    again = browser.post(path, {"text": "Something else", "once": "abc"})
    assert again.status_code == 400 and "sent already" in again.text and "Something else" in again.text
    assert (key := re.search(r'name="once" value="([0-9a-f]+)"', again.text)) and key[1] != "abc"
    assert browser.post(path, {"text": "Something else", "once": key[1]}).status_code == 302
    assert [entry.detail["text"] for entry in kept(case, "comment.said")] == ["First", "Something else"]


def test_a_key_of_a_form_that_cannot_be_kept_is_none(people: People, analysed: Analysed) -> None:
    case = analysed()
    answer = client(people["anna"]).post(f"/cases/{case.pk}/comments/", {"text": "Said", "once": "a\0b"})
    assert answer.status_code == 302 and Comment.objects.get().once == ""


def test_an_answer_stands_in_the_thread_of_what_it_answers_and_a_task_is_named(
    people: People, analysed: Analysed
) -> None:
    case = analysed()
    task = open_task(case)
    client(people["anna"]).post(f"/cases/{case.pk}/comments/?task={task.pk}", {"text": "Who has the receipt?"})
    first = Comment.objects.get()
    answer = said(case, people["ben"], "I have", about=About(reply=first.number))
    again = said(case, people["anna"], "Thanks", about=About(reply=answer.number))
    assert (first.item, answer.thread, again.thread) == (task.item, first.number, first.number)
    seen = page(people["anna"], case)
    assert f'about <a href="/tasks/{task.pk}/">{task.name}</a>' in seen
    assert seen.index("Who has the receipt?") < seen.index("I have") < seen.index("Thanks")
    assert [notice.person for notice in CommentNotice.objects.filter(why="reply").order_by("at")] == [
        people["anna"],
        people["ben"],
    ]
    assert holds(case)


def test_an_edited_comment_says_so_and_only_who_audits_reads_what_it_said_before(
    people: People, analysed: Analysed
) -> None:
    case, browser = analysed(), client(people["anna"])
    row = said(case, people["anna"], "Pay them at once")
    address = f"/cases/{case.pk}/comments/{row.number}/edit/"
    assert "Pay them at once" in told(browser.get(address))
    browser.post(address, {"text": "Ask them first", "seen": row.number})
    assert "Ask them first" in page(people["ben"], case) and "edited" in page(people["ben"], case)
    assert "Pay them at once" not in page(people["ben"], case) and "Pay them at once" in page(people["axel"], case)
    late = told(browser.post(address, {"text": "Pay half", "seen": row.number}))
    assert "edited this comment in another window" in late and "Pay half" in late
    assert client(people["ben"]).get(address).status_code == 404
    denied = comment_edit(by=people["ben"], case=case, number=row.number, text="Mine now")
    assert refused(denied).code == "denied" and ("person:ben", "denied") in refusals(case)
    assert holds(case)


def test_a_withdrawn_comment_leaves_a_line_without_its_words_on_every_page(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    row = said(case, people["anna"], "Something hasty about zebras")
    said(case, people["ben"], "Really?", about=About(reply=row.number))
    assert refused(comment_withdraw(by=people["ben"], case=case, number=row.number)).code == "denied"
    for _ in range(2):
        browser.post(f"/cases/{case.pk}/comments/{row.number}/withdraw/")
    seen = page(people["anna"], case)
    assert "Withdrawn by who wrote it" in seen and "zebras" not in seen and "Really?" in seen
    for place in ("", "history/", "data/"):
        assert "zebras" not in told(browser.get(f"/cases/{case.pk}/{place}"))
    assert len(kept(case, "comment.withdrawn")) == 1 and "zebras" in page(people["axel"], case)
    assert refused(comment_edit(by=people["anna"], case=case, number=row.number, text="No")).code == "withdrawn"
    assert browser.get(f"/cases/{case.pk}/comments/{row.number}/edit/").status_code == 404
    assert holds(case)


def test_who_is_named_is_told_and_who_may_not_see_the_case_is_refused_by_name(
    people: People, analysed: Analysed
) -> None:
    case = analysed()
    stranger = User.objects.create(username="otto", first_name="Otto")
    answer = client(people["anna"]).post(f"/cases/{case.pk}/comments/", {"text": "@ben and @Otto, look", "once": "a"})
    assert answer.status_code == 400 and "@otto may not see this case" in told(answer)
    assert "@ben and @Otto, look" in told(answer) and not Comment.objects.exists()
    said(case, people["anna"], "@Ben look, and @nobody; mail me at anna@axel.example or @anna.")
    assert [notice.person for notice in CommentNotice.objects.all()] == [people["ben"]]
    assert '<strong class="named">@Ben</strong>' in page(people["anna"], case)
    assert client(stranger).get(f"/cases/{case.pk}/comments/").status_code == 404


def test_followers_are_told_once(people: People, analysed: Analysed) -> None:
    case = analysed()
    for who in ("anna", "ben", "axel"):
        Follow.objects.create(case=case, person=people[who], at=clock.utc_now())
    said(case, people["anna"], "@ben please")
    told_of = {notice.person.username: notice.why for notice in CommentNotice.objects.select_related("person")}
    assert told_of == {"ben": "mention", "axel": "follow"}
    assert "commented" in told(client(people["axel"]).get("/following/"))


def test_what_is_masked_for_a_reader_is_masked_in_comments_and_its_writer_reads_their_own(
    people: People, analysed: Analysed
) -> None:
    case = analysed()
    row = said(case, people["anna"], f"They are {PERSON['name']}, and the account is {PERSON['iban']}")
    mine, other = page(people["anna"], case), page(people["ben"], case)
    assert f"They are {PERSON['name']}" in mine and PERSON["iban"] not in mine  # an account is one for everybody
    assert PERSON["name"] not in other and PERSON["iban"] not in other and "They are" in other
    edit = told(client(people["anna"]).get(f"/cases/{case.pk}/comments/{row.number}/edit/"))
    assert "A part of it is masked for you" in edit


@pytest.mark.parametrize("change", ["suspend", "terminate"])
def test_a_case_that_stands_still_or_has_ended_is_commented_on_all_the_same(
    people: People, analysed: Analysed, change: str
) -> None:
    case = analysed()
    case_change(by=people["anna"], case=case, transition=change, reason="They called")
    said(case, people["anna"], "Why that was done")
    assert "Why that was done" in page(people["ben"], case) and holds(case)


def test_who_only_views_reads_along_and_is_denied_which_the_history_keeps(people: People, analysed: Analysed) -> None:
    case = analysed()
    answer = client(people["axel"]).post(f"/cases/{case.pk}/comments/", {"text": "Mine"})
    assert answer.status_code == 403 and ("person:axel", "work") in denials(case)


@pytest.mark.parametrize(
    "text", ["", "  \n ", "\u202e\u200b", "x" * 5001, "a\0b", "a\x07b", " ".join(f"@p{n}" for n in range(21))]
)
def test_what_is_no_text_is_refused_and_shown_again(people: People, analysed: Analysed, text: str) -> None:
    case = analysed()
    assert "text" in refused(comment_say(by=people["anna"], case=case, text=text)).errors
    assert client(people["anna"]).post(f"/cases/{case.pk}/comments/", {"text": text}).status_code == 400


def test_what_is_typed_is_kept_until_it_is_sent(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    row = said(case, people["ben"], "One")
    for asked in ("", f"?to={row.number}"):
        address = f"/cases/{case.pk}/comments/{asked}"
        kept_at = f"/drafts/?form={address.replace('?', '%3F').replace('=', '%3D')}"
        assert browser.post(kept_at, {"text": "Half a sent"}).status_code == 200
        browser.logout()
        browser.force_login(people["anna"])
        assert ">Half a sent</textarea>" in told(browser.get(address))
        browser.post(address, {"text": "Half a sentence"})
        assert not Draft.objects.exists()


@pytest.mark.parametrize("forged", [
    {"by": "person:ben"}, {"withdrawn": "2026-01-01T00:00:00Z"}, {"tellings": [1]}, {"thread": 3}, {"item": 7},
])  # fmt: skip
def test_a_forged_row_is_found(people: People, analysed: Analysed, forged: dict[str, object]) -> None:
    case = analysed()
    said(case, people["anna"], "As it was")
    Comment.objects.update(**forged)
    verdict = case_verify(by=people["axel"], case=case)
    assert "comments on the case" in verdict.reason


def test_a_comment_costs_few_statements_and_the_panel_as_many_for_one_as_for_many(
    people: People, analysed: Analysed
) -> None:
    case, browser = analysed(), client(people["anna"])
    assert statements(lambda: said(case, people["anna"], "One")) <= 6
    few = statements(lambda: browser.get(f"/cases/{case.pk}/comments/"))
    for number in range(60):
        said(case, people["anna"], f"Number {number}")
    assert statements(lambda: browser.get(f"/cases/{case.pk}/comments/")) <= few + 1  # which keeps the past
    first = page(people["anna"], case)
    assert "Number 59" in first and "Number 5<" not in first and "Older comments" in first
    oldest = Comment.objects.order_by("number")[0]
    place = browser.get(f"/cases/{case.pk}/comments/{oldest.number}/").headers["Location"]
    assert f'id="comment-{oldest.number}"' in told(browser.get(place.partition("#")[0]))


def test_htmx_gets_the_panel_with_an_empty_form_and_the_thread_alone(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    part = {"HX-Request": "true"}
    address = f"/cases/{case.pk}/comments/"
    first = browser.post(address, {"text": "By a part"}, headers=part)
    assert "<html" not in told(first) and "By a part" in told(first) and 'dir="auto"' in told(first)
    answer = browser.post(f"{address}?to={Comment.objects.get().number}", {"text": "To it"}, headers=part)
    assert f'hx-post="{address}"' in told(answer) and "To it" in told(answer)
    thread = told(browser.get(f"{address}?part=thread", headers=part))
    assert "<textarea" not in thread and "To it" in thread
    assert (
        "@otto" not in told(browser.post(address, {"text": "@dora, you too"}, headers=part))
        and Comment.objects.count() == 2
    )


def test_pages_of_a_case_lead_to_its_comments_without_a_statement_more(people: People, analysed: Analysed) -> None:
    case, browser = analysed(), client(people["anna"])
    task = open_task(case)
    said(case, people["anna"], "One")
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/history/", f"/tasks/{task.pk}/"):
        assert f'href="/cases/{case.pk}/comments/' in told(browser.get(address)), address


@pytest.mark.parametrize("asked", ["?task=999999", "?to=999999", "?task=x&to=y&before=z&part=q"])
def test_addresses_that_lead_nowhere_are_not_found_or_read_as_the_case(
    people: People, analysed: Analysed, asked: str
) -> None:
    case, browser = analysed(), client(people["anna"])
    assert browser.get(f"/cases/{case.pk}/comments/{asked}").status_code == (404 if "999" in asked else 200)
    other = analysed()
    row = said(other, people["anna"], "There")
    assert browser.get(f"/cases/{case.pk}/comments/{row.number}/edit/").status_code == 404
    elsewhere = browser.post(f"/cases/{case.pk}/comments/?task={open_task(other).pk}", {"text": "Elsewhere"})
    assert elsewhere.status_code == 404 and Comment.objects.count() == 1
