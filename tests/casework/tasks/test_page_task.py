"""How is a task done on its page, and what does it say when that cannot be?"""

from __future__ import annotations

import re
from html import unescape

import pytest

from casework.cases.services import case_change
from casework.tasks.services import task_claim, task_complete
from tests.casework.conftest import PERSON

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(people, analysed):
    found = analysed(message="You took the money twice.").instance.tasks.get()
    return task_claim(by=people["anna"], task=found)


def done(task) -> bool:
    task.refresh_from_db()
    return task.state == "completed"


def test_message_suggestion_evidence_and_history_stand_beside_the_form(people, task, client):
    client.force_login(people["anna"])
    told = client.get(f"/tasks/{task.pk}/").content.decode()
    for words in ("You took the money twice.", "What is suggested", "93.0 %", "What machines found",
                  "The rule that decided", "What happened", "Accept: send it as it is",
                  "credit the amount"):  # fmt: skip
        assert words in told


def test_the_rule_that_sent_it_here_stands_with_the_suggestion(people, task, client):
    client.force_login(people["anna"])
    told = unescape(client.get(f"/tasks/{task.pk}/").content.decode())
    assert "Rule 5 of Routing sent it to Analysts: A known kind of complaint" in told


def words_before_the_decisions(client, task) -> str:
    told = client.get(f"/tasks/{task.pk}/").content.decode().partition('id="decisions"')[0]
    return re.sub(r"<[^>]*>", "", told)


@pytest.mark.parametrize(("who", "place"), [("anna", "untouched"), ("ben", "read")])
def test_the_drafted_text_stands_once_for_who_works_on_it_and_for_who_reads_along(people, task, client, who, place):
    client.force_login(people[who])
    told = words_before_the_decisions(client, task)
    assert told.count("credit the amount") == 1
    assert ("drafted by a machine, not touched" in told) == (place == "untouched")


def test_what_came_back_changed_is_not_said_to_be_the_machine_s(people, task, client):
    client.force_login(people["anna"])
    typed = {"verdict": "change", "category": "fees_and_charges", "answer": "Dear customer, we look into it."}
    told = client.post(f"/tasks/{task.pk}/complete/", typed).content.decode()
    assert re.search(r"data-as-drafted\s+hidden", told) and not re.search(r"data-touched\s+hidden", told)


def test_a_reason_of_the_list_is_enough_and_another_one_is_asked_for_in_words(people, task, client):
    client.force_login(people["anna"])
    typed = {
        "verdict": "change",
        "category": "other",
        "answer": "We look into it.",
        "reason_kind": "other",
        "reason": "",
    }
    assert 'id="id_reason_error"' in client.post(f"/tasks/{task.pk}/complete/", typed).content.decode()
    assert not done(task)
    client.post(f"/tasks/{task.pk}/complete/", typed | {"reason_kind": "tone"})
    assert done(task)


@pytest.mark.parametrize("address", ["/tasks/{task}/", "/cases/{case}/decisions/"])
def test_what_was_sent_stays_beside_what_was_drafted_word_by_word(people, task, client, address):
    client.force_login(people["anna"])
    form = client.get(f"/tasks/{task.pk}/").context["form"]
    answer = form["answer"].value().replace("Kind regards", "Warm regards")
    typed = {"verdict": "change", "category": "other", "answer": answer, "reason_kind": "tone"}
    client.post(f"/tasks/{task.pk}/complete/", typed)
    told = client.get(address.format(task=task.pk, case=task.instance.case.pk)).content.decode()
    assert "<del>Kind</del><ins>Warm</ins> regards" in told
    assert "changed by a person" in told


def test_what_was_sent_as_it_was_drafted_is_said_so_although_the_name_was_filled_in(people, task, client):
    task_complete(by=people["anna"], task=task, answers={"verdict": "accept", "category": "refund_request"})
    for who in ("anna", "clara"):
        client.force_login(people[who])
        told = client.get(f"/tasks/{task.pk}/").content.decode()
        assert "sent as it was drafted" in told and "<del>" not in told and "<ins>" not in told


def test_accepting_sends_the_suggestion_as_it_is(people, task, client):
    client.force_login(people["anna"])
    page = client.get(f"/tasks/{task.pk}/")
    shown = {field.name: field.value() for field in page.context["form"] if field.value()}
    answer = client.post(f"/tasks/{task.pk}/complete/", shown | {"verdict": "accept"}, follow=True)
    assert done(task)
    assert "Being sent" in answer.content.decode()


def test_a_change_without_a_reason_comes_back_with_all_that_was_typed(people, task, client):
    client.force_login(people["anna"])
    typed = {"verdict": "change", "category": "fees_and_charges", "answer": "Dear customer, we look into it."}
    answer = client.post(f"/tasks/{task.pk}/complete/", typed | {"reason_kind": "", "reason": ""})
    told = answer.content.decode()
    assert answer.status_code == 400
    assert "Please answer this" in told
    assert "Dear customer, we look into it." in told
    assert 'id="id_reason_error"' in told
    assert not done(task)
    client.post(f"/tasks/{task.pk}/complete/", typed | {"reason": "It is about fees."})
    assert done(task)


def test_rejecting_brings_the_case_to_a_senior(people, task, client):
    client.force_login(people["anna"])
    client.post(f"/tasks/{task.pk}/complete/", {"verdict": "reject", "category": "other", "reason": "Too delicate."})
    assert task.instance.tasks.get(state="open").name == "Senior review"


def test_what_was_accepted_cannot_be_changed_at_the_same_time(people, task, client):
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/complete/",
                         {"verdict": "accept", "category": "refund_request", "answer": "Something else"})  # fmt: skip
    assert "was not right as it is" in answer.content.decode()
    assert not done(task)


def test_nobody_types_an_answer_before_the_task_is_theirs(people, analysed, client):
    free = analysed().instance.tasks.get()
    client.force_login(people["anna"])
    told = client.get(f"/tasks/{free.pk}/").content.decode()
    assert "Take this task" in told
    assert "/complete/" not in told


def test_when_somebody_else_has_it_the_page_says_who(people, task, client):
    client.force_login(people["ben"])
    told = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "Anna Adler is working on this" in told
    assert "/complete/" not in told


LATE = {"verdict": "change", "category": "fees_and_charges", "answer": "My long answer", "reason": "Because"}


def test_who_finished_it_in_another_window_is_not_told_that_somebody_was_faster(people, task, client):
    task_complete(by=people["anna"], task=task, answers={"verdict": "accept", "category": "refund_request"})
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/complete/", LATE)
    told = answer.content.decode()
    assert answer.status_code == 409
    assert "You finished this in another window" in told
    assert "faster" not in told
    assert "My long answer" in told


def test_who_comes_too_late_keeps_their_words_and_learns_who_was_first(people, analysed, client):
    free = analysed().instance.tasks.get()
    task_complete(by=people["ben"], task=free, answers={"verdict": "accept", "category": "refund_request"})
    client.force_login(people["clara"])
    answer = client.post(f"/tasks/{free.pk}/complete/", LATE)
    told = answer.content.decode()
    assert answer.status_code == 409, told
    assert "Ben Bauer was faster" in told
    assert "My long answer" in told


def test_what_was_written_too_late_is_shown_in_the_words_of_the_form(people, task, client):
    task_complete(by=people["anna"], task=task, answers={"verdict": "accept", "category": "refund_request"})
    client.force_login(people["anna"])
    told = client.post(f"/tasks/{task.pk}/complete/", LATE).content.decode()
    assert "nearly right: send it changed" in told
    assert "Fees and charges" in told
    assert "fees_and_charges" not in told


def test_who_works_in_a_suspended_case_learns_who_suspended_it_and_keeps_their_words(people, task, client):
    case_change(by=people["ben"], case=task.instance.case, transition="suspend", reason="The court decides first")
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/complete/", LATE)
    told = answer.content.decode()
    assert answer.status_code == 409
    assert "Ben Bauer suspended the case. Whoever works on the case can resume it" in told
    assert "faster" not in told
    assert "My long answer" in told


def test_who_comes_too_late_keeps_their_words_also_where_these_were_wrong(people, task, client):
    task_complete(by=people["anna"], task=task, answers={"verdict": "accept", "category": "refund_request"})
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/complete/", {"verdict": "change", "answer": "My long answer"})
    told = answer.content.decode()
    assert answer.status_code == 409
    assert "My long answer" in told
    assert "is completed already" in told


def test_a_finished_task_says_so_and_leads_to_its_case(people, task, client):
    task_complete(by=people["anna"], task=task, answers={"verdict": "accept", "category": "refund_request"})
    client.force_login(people["anna"])
    told = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "This task is completed" in told
    assert f"/cases/{task.instance.case.pk}/" in told


def test_a_masked_text_is_not_sent_to_the_customer(people, task, client):
    client.force_login(people["anna"])
    answer = client.post(f"/tasks/{task.pk}/complete/", {
        "verdict": "change", "category": "other", "answer": "Dear M••• S•••", "reason": "Shorter"})  # fmt: skip
    assert answer.status_code == 400
    assert "masked values" in answer.content.decode()
    assert PERSON["name"] not in answer.content.decode()
