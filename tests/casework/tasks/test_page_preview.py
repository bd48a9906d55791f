"""What stands beside the inbox of the row that has the focus?"""

from __future__ import annotations

from html import unescape

import pytest

from audit.models import AuditEvent
from casework.tasks.services import task_claim
from tests.casework.conftest import PERSON
from tests.casework.reading import told
from tests.sql import statements

pytestmark = pytest.mark.django_db


def preview(client, person, task, carry="") -> str:
    client.force_login(person)
    return unescape(told(client.get(f"/tasks/{task.pk}/preview/{carry}", headers={"HX-Request": "true"})))


def test_it_says_what_the_case_is_about_why_it_is_here_and_what_is_suggested(people, analysed, client):
    said = preview(client, people["anna"], analysed(message="You took the money twice.").instance.tasks.get())
    for words in ("Approve the answer", "You took the money twice.", "What is suggested", "93.0 %",
                  "Rule 5 of Routing sent it to Analysts"):  # fmt: skip
        assert words in said, words
    assert "<html" not in said


def test_it_offers_what_the_reader_may_do_and_leads_back_to_the_list(people, analysed, client):
    task = analysed().instance.tasks.get()
    free = preview(client, people["anna"], task, "?inbox=tab%3Dunassigned")
    assert f'action="/tasks/{task.pk}/claim/?inbox=tab%3Dunassigned"' in free
    assert f'href="/tasks/{task.pk}/?inbox=tab%3Dunassigned"' in free
    task_claim(by=people["ben"], task=task)
    assert "/claim/" not in (taken := preview(client, people["anna"], task)) and "Ben Bauer has it." in taken
    assert "Work on it" in preview(client, people["ben"], task)


def test_what_is_masked_on_the_page_is_masked_here(people, analysed, client):
    message = f"I am {PERSON['name']}, call {PERSON['phone']}."
    task = analysed(message=message, customer=PERSON).instance.tasks.get()
    said = preview(client, people["anna"], task)
    assert PERSON["name"] not in said and PERSON["phone"] not in said and "•••" in said


def test_looking_at_it_is_kept_as_looking_at_the_page_is(people, analysed, client):
    task = analysed().instance.tasks.get()
    for _ in range(2):
        preview(client, people["anna"], task)
    looked = AuditEvent.objects.filter(chain=task.instance_id, action="case.viewed", actor="person:anna")
    assert looked.count() == 1


def test_its_statements_are_few(people, analysed, client):
    task = analysed().instance.tasks.get()
    preview(client, people["anna"], task)
    with statements() as sent:
        client.get(f"/tasks/{task.pk}/preview/", headers={"HX-Request": "true"})
    assert len(sent) <= 16, len(sent)


def test_whether_it_is_shown_is_remembered_for_the_person(people, client):
    client.force_login(people["anna"])
    assert 'data-preview="off"' in told(client.get("/"))
    client.post("/desk/", {"preview": "on"})
    client.post("/desk/", {"rows": "compact"})
    assert 'data-preview="on"' in told(client.get("/"))
    client.post("/desk/", {"preview": "off"})
    assert 'data-preview="off"' in told(client.get("/"))
