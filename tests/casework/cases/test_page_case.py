"""What does the page of a case tell, to whom, and what can be done from it?"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from casework.cases.read.case_page import case_page
from casework.cases.services import external_receive, item_plan
from casework.models import Case, Reveal
from casework.tasks.services import task_claim, task_complete, task_release
from orchestration.models import Incident
from tests.casework.conftest import PERSON
from tests.orchestration.machines import work_jobs
from tests.sql import statements

pytestmark = pytest.mark.django_db


def seen(case, user, **more):
    fresh = Case.objects.select_related("instance__definition").get(pk=case.pk)
    return case_page(user=User.objects.get(pk=user.pk), case=fresh, now=timezone.now(), **more)


def html(client, user, address):
    client.force_login(user)
    return client.get(address).content.decode()


def answered(case, by):
    task_complete(by=by, task=case.instance.tasks.get(state="open"),
                  answers={"verdict": "accept", "category": "refund_request"})  # fmt: skip


def test_a_case_at_work_has_all_four_lists(people, analysed):
    page = seen(analysed(), people["anna"])
    assert page.happened
    assert [task.name for task in page.tasks] == ["Approve the answer"]
    assert {field.name for field in page.data} >= {"Message", "Intent", "Name"}
    assert page.made
    assert page.to_make == ("Approve the answer (by a person)",)


def waits(case, user):
    return list(seen(case, user).head.waits)


def test_the_head_says_whom_and_what_the_case_waits_for_by_name(people, analysed, open_case, sends):
    fresh = open_case()
    assert waits(fresh, people["anna"]) == [
        "a machine to finish “Find out what it is about”", "a machine to finish “Read the tone”",
    ]  # fmt: skip
    routed = analysed()
    assert waits(routed, people["anna"]) == ["Analysts to finish “Approve the answer”"]
    task_claim(by=people["anna"], task=routed.instance.tasks.get(state="open"))
    assert waits(routed, people["anna"]) == ["you to finish “Approve the answer”"]
    assert waits(routed, people["clara"]) == ["Anna Adler to finish “Approve the answer”"]
    answered(routed, people["anna"])
    assert waits(routed, people["anna"]) == ["a machine to finish “Send the answer”"]
    assert waits(sends(routed), people["anna"]) == []


def test_the_stage_bar_and_milestones_follow_the_case(people, analysed, open_case, sends):
    fresh, routed = open_case(), analysed()
    assert [stage.status for stage in seen(fresh, people["anna"]).stages] == ["active", "ahead"]
    assert [stage.status for stage in seen(routed, people["anna"]).stages] == ["done", "active"]
    assert [bool(each.reached) for each in seen(routed, people["anna"]).milestones] == [True, False, False]
    answered(routed, people["anna"])
    assert [bool(each.reached) for each in seen(routed, people["anna"]).milestones] == [True, True, False]
    sends(routed)
    page = seen(routed, people["anna"])
    assert [stage.status for stage in page.stages] == ["done", "done"]
    assert all(each.reached for each in page.milestones)
    assert (page.closed, page.state, page.is_quiet) == (True, "Completed", True)


def test_a_decision_names_rule_version_inputs_and_their_sources(people, analysed):
    routing = seen(analysed(confidence=0.62), people["clara"]).made[-1]
    assert (routing.name, routing.version) == ("Routing", "complaint v1")
    (fired,) = routing.fired
    assert (fired.number, fired.of) == (1, 5)
    assert [(cell.label, cell.text) for cell in fired.asked if not cell.any] == [("Confidence in %", "< 75")]
    assert ("Group", "Senior analysts") in [(cell.label, cell.text) for cell in fired.gave]
    read = {(given.label, given.source): given.value for given in routing.inputs}
    assert read[("Confidence", "Intent")] == 0.62
    assert read[("Tone", "Sentiment")] == "neutral"


def test_an_ai_result_shows_its_confidence_and_the_model_version(people, analysed, client):
    case = analysed(confidence=0.874)
    told = html(client, people["anna"], f"/cases/{case.pk}/decisions/")
    assert "87.4 %" in told
    result = next(each for each in seen(case, people["anna"]).results if each.capability == "intent")
    assert result.version in told


@pytest.mark.parametrize(("who", "hidden"), [("anna", PERSON.values()), ("clara", [PERSON["iban"], PERSON["card"]])])
def test_what_is_masked_stands_nowhere_on_the_pages(people, analysed, client, who, hidden):
    case = analysed(message=f"I am {PERSON['name']}, {PERSON['email']}, card {PERSON['card']}, IBAN {PERSON['iban']}.")
    task = case.instance.tasks.get()
    pages = [
        f"/cases/{case.pk}/",
        f"/cases/{case.pk}/data/",
        f"/cases/{case.pk}/decisions/",
        f"/cases/{case.pk}/?show=data",
        f"/cases/{case.pk}/history/",
        f"/tasks/{task.pk}/",
    ]
    for address in pages:
        told = html(client, people[who], address)
        assert [value for value in hidden if value in told] == []


def test_an_auditor_reads_every_event_masked(people, analysed, client):
    case = analysed(message=f"I am {PERSON['name']}, card {PERSON['card']}.")
    told = html(client, people["axel"], f"/cases/{case.pk}/history/")
    assert "engine.VariablesChanged" in told
    assert [value for value in PERSON.values() if value in told] == []


def test_revealing_asks_for_a_reason_keeps_it_and_shows_the_value(people, analysed, client):
    case = analysed(confidence=0.5)
    address = f"/cases/{case.pk}/reveal/"
    client.force_login(people["clara"])
    asked = client.get(address, {"path": "/customer/iban"}).content.decode()
    assert "Why do you need to see it?" in asked
    assert PERSON["iban"] not in asked
    refused = client.post(address, {"path": "/customer/iban", "reason": "x"})
    assert refused.status_code == 400
    assert "5 to 500 characters" in refused.content.decode()
    shown = client.post(
        address, {"path": "/customer/iban", "reason": "The bank asks for it"}, follow=True
    ).content.decode()
    assert PERSON["iban"] in shown
    assert "revealed to you" in shown
    assert Reveal.objects.get().reason == "The bank asks for it"
    assert "The bank asks for it" in html(client, people["axel"], f"/cases/{case.pk}/history/")


def test_a_field_that_is_not_masked_or_not_there_is_not_revealed(people, analysed, client):
    case = analysed(confidence=0.5)
    client.force_login(people["clara"])
    assert client.get(f"/cases/{case.pk}/reveal/", {"path": "/nothing"}).status_code == 404
    answer = client.post(f"/cases/{case.pk}/reveal/", {"path": "/channel", "reason": "I wonder"})
    assert answer.status_code == 404
    answer = client.post(f"/cases/{case.pk}/reveal/", {"path": "/intent/label", "reason": "I wonder"})
    assert answer.status_code == 409


def test_the_customer_is_asked_the_case_waits_and_goes_on_with_the_reply(people, analysed, client):
    case = analysed()
    client.force_login(people["anna"])
    offered = client.get(f"/cases/{case.pk}/").content.decode()
    assert "Ask the customer" in offered
    client.post(f"/cases/{case.pk}/plan/", {"definition": "ask_customer"})
    question = case.instance.tasks.get(definition_item="write_question_task")
    client.post(f"/tasks/{question.pk}/claim/")
    client.post(f"/tasks/{question.pk}/complete/", {"question": "Which shop was it?"})
    waiting = client.get(f"/cases/{case.pk}/").content.decode()
    assert "Awaiting external data" in waiting
    assert "It has come in" in waiting
    address = f"/cases/{case.pk}/receive/wait_for_reply/"
    empty = client.post(address, {"reply": ""})
    assert empty.status_code == 400
    assert "Please answer this" in empty.content.decode()
    done = client.post(address, {"reply": "The one at the station."}, follow=True).content.decode()
    assert "Pending review" in done
    again = client.post(address, {"reply": "Once more"})
    assert again.status_code == 409
    assert "not waiting" in again.content.decode()


def test_a_step_that_is_not_offered_is_refused_with_a_sentence(people, analysed, client):
    case = analysed()
    client.force_login(people["anna"])
    answer = client.post(f"/cases/{case.pk}/plan/", {"definition": "nonsense"})
    assert answer.status_code == 409
    assert "This was not done" in answer.content.decode()


@pytest.mark.parametrize("how", ["retry", "skip"])
def test_an_incident_shows_its_context_and_is_decided_by_a_person(people, open_case, machines, client, how):
    machines.fail("intent", temporary=False)
    case = open_case()
    work_jobs(case.instance_id)
    told = html(client, people["anna"], f"/cases/{case.pk}/")
    assert "needs a person" in told
    assert "The model did not answer." in told
    assert "hmac:" in told
    machines.say("refund_request", 0.9, "neutral")
    incident = Incident.objects.get().incident
    by_hand = {"result.label": "refund_request", "result.confidence": "0,99"} if how == "skip" else {}
    client.post(f"/cases/{case.pk}/incidents/{incident}/", {"how": how, **by_hand})
    work_jobs(case.instance_id)
    page = seen(case, people["anna"])
    assert page.troubles == ()
    assert page.state == "Pending review"
    assert page.made[-1].inputs[0].value in (0.9, 0.99)


def test_the_page_is_read_with_few_statements_however_much_has_happened(people, analysed, sends):
    case = analysed()
    task_claim(by=people["anna"], task=case.instance.tasks.get())
    with statements() as before:
        seen(case, people["anna"])
    item_plan(by=people["anna"], case=case, definition="ask_customer")
    question = case.instance.tasks.get(state="open", definition_item="write_question_task")
    task_complete(by=people["anna"], task=question, answers={"question": "Which?"})
    external_receive(by=people["anna"], case=case, item="wait_for_reply", answers={"reply": "That."})
    sends(case)
    for _ in range(20):
        task_release(by=people["anna"], task=task_claim(by=people["anna"], task=case.instance.tasks.get(state="open")))
    seen(case, people["anna"])
    with statements() as after:
        seen(case, people["anna"])
    assert len(after) <= len(before) + 1 <= 18


def test_a_new_case_from_the_form_is_opened_once_however_often_it_is_sent(people, complaint, client):
    client.force_login(people["anna"])
    address = "/cases/new/complaint/"
    proposed = client.get(address).context["form"].initial["proposed"]
    form = {"message": "I was charged twice.", "customer.name": "Jo Doe", "customer.email": "jo@example.org",
            "reference": "", "proposed": proposed}  # fmt: skip
    client.post(address, form)
    client.post(address, form)
    case = Case.objects.get()
    assert (case.reference, case.source) == (proposed, "form")
    client.post(address, form | {"reference": "R-7"})
    assert Case.objects.count() == 2


def test_a_new_case_without_a_message_keeps_what_was_typed(people, complaint, client):
    client.force_login(people["anna"])
    answer = client.post("/cases/new/complaint/", {"customer.name": "Jo Doe", "proposed": "F-1"})
    told = answer.content.decode()
    assert answer.status_code == 400
    assert "This is missing." in told
    assert 'value="Jo Doe"' in told
    assert 'aria-invalid="true"' in told
    assert not Case.objects.exists()


def test_the_case_list_filters_and_pages(people, open_case, client):
    for _ in range(51):
        open_case()
    client.force_login(people["anna"])
    first = client.get("/cases/")
    rows = [row.id for row in first.context["page"].rows]
    rest = client.get("/cases/" + first.context["next"]).context["page"].rows
    assert len({*rows, *(row.id for row in rest)}) == 51
    assert [row.reference for row in client.get("/cases/?q=T-51").context["page"].rows] == ["T-51"]
    assert client.get("/cases/?which=closed").context["page"].rows == ()
    assert "Completed" in client.get("/cases/").context["page"].states


def test_htmx_gets_the_live_part_only(people, analysed, client):
    case = analysed()
    client.force_login(people["anna"])
    part = client.get(f"/cases/{case.pk}/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "What is outstanding" in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]
    assert "no-store" in part.headers["Cache-Control"]
