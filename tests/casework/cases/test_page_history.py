"""Can an auditor read, filter and prove what happened?"""

from __future__ import annotations

import pytest
from django.db import connection

from audit.models import AuditEvent
from casework.tasks.services import task_claim
from tests.casework.reading import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people, analysed):
    found = analysed()
    task_claim(by=people["anna"], task=found.instance.tasks.get())
    return found


def rows(client, user, case, **filters):
    client.force_login(user)
    return client.get(f"/cases/{case.pk}/history/", filters).context["rows"]


def test_every_event_of_the_chain_stands_there_with_actor_and_version(people, case, client):
    newest = rows(client, people["axel"], case)
    found = [*newest, *rows(client, people["axel"], case, before=str(newest[-1].sequence))]
    assert [row.sequence for row in found][::-1] == list(
        AuditEvent.objects.filter(chain=case.instance_id).order_by("sequence").values_list("sequence", flat=True)
    )
    assert {row.actor for row in found} >= {"model:intent", "model:sentiment", "person:anna", "person:axel"}
    assert {row.version for row in found} == {"complaint v1"}
    assert [row.rules for row in found if row.rules][-1] == "Rule 5 of Routing"


def test_events_are_filtered_by_actor_action_and_words(people, case, client):
    assert {row.actor for row in rows(client, people["axel"], case, actor="person:anna")} == {"person:anna"}
    assert {row.action for row in rows(client, people["axel"], case, action="task.claimed")} == {"task.claimed"}
    told = rows(client, people["axel"], case, q="rule 5 of routing")
    assert [row.action for row in told] == ["engine.DecisionEvaluated"]
    assert rows(client, people["axel"], case, q="no such words") == ()


def test_whoever_is_no_auditor_reads_plain_words_and_no_machinery(people, case, client):
    client.force_login(people["anna"])
    page = told(client.get(f"/cases/{case.pk}/history/"))
    assert "Milestone “Routed” was reached" in page
    assert "Anna Adler</strong> took “Approve the answer”" in page
    assert "engine." not in page
    assert "Verify" not in page


def test_a_history_without_its_end_is_told_to_be_broken_behind_what_is_kept(people, case, client):
    head = case.instance.head_sequence = AuditEvent.objects.filter(chain=case.instance_id).count() + 1
    case.instance.save(update_fields=["head_sequence"])
    client.force_login(people["axel"])
    page = told(client.post(f"/cases/{case.pk}/verify/"))
    assert "The history does not hold." in page
    assert f"First broken at event {head}; {head - 1} events are kept." in page


def test_the_page_says_that_the_rules_wrote_what_they_decided(people, case, client):
    (written,) = rows(client, people["axel"], case, action="engine.VariablesChanged", q="Route")
    assert (written.line.who, written.line.told.text) == ("", "The rules wrote Route")


def test_verifying_a_true_history_says_so_and_is_kept_itself(people, case, client):
    client.force_login(people["axel"])
    page = told(client.post(f"/cases/{case.pk}/verify/"))
    assert "The history holds." in page
    assert "exactly the stored one" in page
    assert AuditEvent.objects.filter(chain=case.instance_id, action="case.verified", actor="person:axel").count() == 1
    assert "The history holds." in client.post(f"/cases/{case.pk}/verify/").content.decode()


def test_verifying_a_forged_history_names_the_event(people, case, client):
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update audit_auditevent set actor = 'person:ben' where chain = %s and sequence = 5",
                       [case.instance_id])  # fmt: skip
        cursor.execute("set session_replication_role = origin")
    client.force_login(people["axel"])
    told = client.post(f"/cases/{case.pk}/verify/", headers={"HX-Request": "true"}).content.decode()
    assert "The history does not hold." in told
    assert "event 5" in told
    assert "<html" not in told


def test_verifying_a_forged_state_finds_that_the_events_say_otherwise(people, case, client):
    forged = bytes(case.instance.data).replace(b"refund_request", b"account_access", 1)
    type(case.instance).objects.filter(pk=case.instance_id).update(data=forged)
    client.force_login(people["axel"])
    told = client.post(f"/cases/{case.pk}/verify/").content.decode()
    assert "The stored state is not the one that the events lead to" in told


def test_a_long_history_is_read_in_parts(people, case, client, monkeypatch):
    monkeypatch.setattr("casework.cases.read.case_view.AT_MOST", 10)
    client.force_login(people["axel"])
    seen, address = [], f"/cases/{case.pk}/history/"
    while address:
        answer = client.get(address)
        seen += [row.sequence for row in answer.context["rows"]]
        older = answer.context["older"]
        address = f"/cases/{case.pk}/history/?before={older}" if older else ""
    assert seen == list(range(len(seen), 0, -1))


@pytest.mark.parametrize("before", ["x", "-1", "0", "1", "99999999999999999999"])
def test_a_history_address_that_nobody_made_shows_the_latest_events(people, case, client, before):
    assert rows(client, people["axel"], case, before=before)
