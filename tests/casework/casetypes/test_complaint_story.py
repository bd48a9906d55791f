"""A complaint runs from intake to a reviewed answer, along every route that the rules know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from audit.models import AuditEvent
from audit.selectors import timeline
from audit.services import Origin
from casework.cases.read.case_view import look
from casework.cases.services import case_verify, external_receive, item_plan
from casework.models import Case
from casework.tasks.services import task_claim, task_complete
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import ActorCall, Definition, HumanTask, Incident, Job
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.machines import MAIL, SENT, Machines, work_jobs

pytestmark = pytest.mark.django_db

People = dict[str, User]
Analysed = Callable[..., Case]


def open_tasks(case: Case) -> list[tuple[str, list[str]]]:
    """Names of the open tasks, with the groups that they are offered to."""
    rows = HumanTask.objects.filter(instance=case.instance_id, state="open").order_by("id")
    return [(row.name, sorted(row.candidates.values_list("group__name", flat=True))) for row in rows]


def only_task(case: Case) -> HumanTask:
    return HumanTask.objects.get(instance=case.instance_id, state="open")


def test_a_new_complaint_asks_both_models_and_nobody_else(open_case: Callable[..., Case]) -> None:
    case = open_case()
    assert case.state == "Being analysed"
    assert set(Job.objects.filter(instance=case.instance_id).values_list("capability", flat=True)) == {
        "intent", "sentiment"}  # fmt: skip
    assert open_tasks(case) == []


def test_a_certain_complaint_gets_a_draft_that_an_analyst_approves_and_the_mail_system_sends(
    people: People, analysed: Analysed, sends: Callable[[Case], Case], machines: Machines
) -> None:
    case = analysed(intent="refund_request", confidence=0.93)
    assert case.state == "Pending review"
    assert open_tasks(case) == [("Approve the answer", ["Analysts"])]
    assert isinstance(task_claim(by=people["anna"], task=only_task(case)), HumanTask)
    outcome = task_complete(by=people["anna"], task=only_task(case), answers={"verdict": "accept"})
    assert isinstance(outcome, Done)
    case.refresh_from_db()
    assert (case.state, case.closed) == ("Being sent", False)
    sends(case)
    assert (case.state, case.closed) == ("Completed", True)
    ((message, key),) = machines.by_kind[MAIL].calls
    assert message["to"] == "maria.sandoval@example.org" and message["text"] == data_of(case.instance)["answer"]
    assert message["text"].startswith("Dear Maria Sandoval,") and "ten working days" in message["text"] and key
    assert data_of(case.instance)["sent"] == SENT
    called = [entry for entry in timeline(case.instance_id) if entry.action == "actor.called"][-1]
    assert called.actor == "model:mail-system"


def test_an_answer_that_the_mail_system_does_not_take_is_sent_by_a_person_and_the_case_waits(
    people: People, analysed: Analysed, sends: Callable[[Case], Case], machines: Machines
) -> None:
    case = analysed()
    task_complete(by=people["anna"], task=only_task(case), answers={"verdict": "accept"})
    machines.fail(MAIL, temporary=False)
    assert (sends(case).state, case.closed) == ("Being sent", False)
    assert open_tasks(case) == [("Send the answer", ["Senior analysts"])]
    by_hand = task_complete(by=people["clara"], task=only_task(case), answers={"result.how": "letter"})
    assert isinstance(by_hand, Done) and by_hand.ended
    case.instance.refresh_from_db()
    assert data_of(case.instance)["sent"] == {"how": "letter"}
    assert case_verify(by=people["axel"], case=case).ok


def test_without_an_address_a_person_of_the_group_sends_the_answer(people: People, analysed: Analysed) -> None:
    case = analysed(customer={"name": "Maria Sandoval"})
    task_complete(by=people["anna"], task=only_task(case), answers={"verdict": "accept"})
    assert open_tasks(case) == [("Send the answer by hand", ["Analysts"])]
    done = task_complete(by=people["ben"], task=only_task(case), answers={"sent.how": "phone"})
    assert isinstance(done, Done) and done.ended


def test_a_question_goes_to_the_customer_too(
    people: People, analysed: Analysed, sends: Callable[[Case], Case], machines: Machines
) -> None:
    case = analysed()
    item_plan(by=people["anna"], case=case, definition="ask_customer")
    ask = HumanTask.objects.get(instance=case.instance_id, name="Write the question")
    task_complete(by=people["anna"], task=ask, answers={"question": "Which shop was it?"})
    assert data_of(sends(case).instance)["question_sent"] == SENT and case.state == "Awaiting external data"
    assert [message["text"] for message, _ in machines.by_kind[MAIL].calls] == ["Which shop was it?"]


@pytest.mark.parametrize(
    ("confidence", "tone", "task", "group"),
    [
        (0.749, "neutral", "Senior review", "Senior analysts"),
        (0.90, "negative", "Senior review", "Senior analysts"),
        (0.90, "positive", "Approve the answer", "Analysts"),
        (0.75, "neutral", "Approve the answer", "Analysts"),
    ],
)
def test_doubt_and_anger_go_to_a_senior_analyst(
    people: People, analysed: Analysed, confidence: float, tone: str, task: str, group: str
) -> None:
    case = analysed(intent="refund_request", confidence=confidence, tone=tone)
    assert open_tasks(case) == [(task, [group])]


def test_a_lost_card_goes_to_the_cards_team_which_may_then_see_the_case(people: People, analysed: Analysed) -> None:
    from casework.access.permissions import may

    lost = analysed(intent="card_lost_or_stolen")
    other = analysed(intent="refund_request")
    assert open_tasks(lost) == [("Answer in the team", ["Cards team"])]
    assert may(people["dora"], "work", lost) and not may(people["dora"], "view", other)


def test_a_rejected_draft_goes_to_a_senior_analyst_with_the_reason(
    people: People, analysed: Analysed, sends: Callable[[Case], Case]
) -> None:
    case = analysed()
    rejected = {"verdict": "reject", "reason": "She asks about two things."}
    assert isinstance(task_complete(by=people["anna"], task=only_task(case), answers=rejected), Done)
    assert open_tasks(case) == [("Senior review", ["Senior analysts"])]
    sent = {"verdict": "change", "reason": "Two answers in one.", "answer": "Dear {customer.name}, yes to both."}
    assert isinstance(task_complete(by=people["clara"], task=only_task(case), answers=sent), Done)
    sends(case)
    assert case.state == "Completed" and data_of(case.instance)["answer"] == "Dear Maria Sandoval, yes to both."


def test_while_the_customer_is_asked_the_case_awaits_external_data(people: People, analysed: Analysed) -> None:
    anna = people["anna"]
    case = analysed()
    assert isinstance(item_plan(by=anna, case=case, definition="ask_customer"), Done)
    ask = HumanTask.objects.get(instance=case.instance_id, name="Write the question")
    assert isinstance(task_complete(by=anna, task=ask, answers={"question": "Which shop was it?"}), Done)
    case.refresh_from_db()
    assert case.state == "Awaiting external data"
    reply = external_receive(by=anna, case=case, item="wait_for_reply", answers={"reply": "The one in Lyon."})
    assert isinstance(reply, Done)
    case.refresh_from_db()
    assert case.state == "Pending review"
    again = external_receive(by=anna, case=case, item="wait_for_reply", answers={"reply": "The one in Lyon."})
    assert isinstance(again, Refused) and again.code == "not-waiting"


def test_the_history_names_the_rule_its_version_and_its_inputs(people: People, analysed: Analysed) -> None:
    case = analysed(confidence=0.6)
    decided = [entry for entry in timeline(case.instance_id) if entry.action == "engine.DecisionEvaluated"]
    assert decided[0].definition == "complaint v1"
    assert decided[0].hits and decided[0].detail["inputs"]["intent"]["confidence"] == 0.6
    assert decided[0].detail["output"]["path"] == "senior"


def test_every_call_of_a_model_leaves_a_row_in_the_ledger(people: People, analysed: Analysed) -> None:
    case = analysed(confidence=0.93)
    calls = ActorCall.objects.filter(instance=case.instance_id).order_by("actor")
    assert [(c.actor, c.version, c.outcome, c.confidence) for c in calls] == [
        ("intent", "1", "done", 0.93), ("sentiment", "1", "done", 0.9)]  # fmt: skip
    assert all(call.latency_ms >= 0 and "hmac:" in call.input_reference for call in calls)


def test_an_answer_that_breaks_its_schema_becomes_an_incident_never_a_silent_step(
    people: People, open_case: Callable[..., Case], machines: Machines
) -> None:
    machines.by_kind["intent"].answers = [{"label": "refund_request", "confidence": 7}]
    case = open_case()
    work_jobs(case.instance_id)
    incident = Incident.objects.get(instance=case.instance_id, resolved=None)
    assert incident.code == "job" and open_tasks(case) == []
    assert Job.objects.get(instance=case.instance_id, capability="intent").state == "incident"


def test_a_model_that_fails_twice_and_then_answers_needs_nobody(
    people: People, open_case: Callable[..., Case], machines: Machines
) -> None:
    machines.fail("intent", temporary=True, times=2)
    case = open_case()
    for _ in range(3):
        work_jobs_whatever_the_hour(case)
    assert not Incident.objects.filter(instance=case.instance_id).exists()
    assert Job.objects.get(instance=case.instance_id, capability="intent").attempts == 3


def work_jobs_whatever_the_hour(case: Case) -> None:
    Job.objects.filter(instance=case.instance_id, state="waiting").update(run_at=clock.utc_now())
    for number in Job.objects.filter(instance=case.instance_id, state="waiting").values_list("job", flat=True):
        from orchestration.jobs import runner

        runner.run(case.instance_id, number)


def test_whatever_happened_the_history_rebuilds_the_stored_state(people: People, analysed: Analysed) -> None:
    case = analysed()
    task_complete(by=people["anna"], task=only_task(case), answers={"verdict": "accept"})
    case.instance.refresh_from_db()
    verdict = verify(case.instance)
    assert verdict.ok and verdict.events == AuditEvent.objects.filter(chain=case.instance_id).count()


@pytest.mark.parametrize("output", ["null", '"nowhere"', "42", "1 / 0"])
def test_a_route_that_nobody_foresaw_comes_to_a_senior_analyst(
    people: People, analysed: Analysed, complaint: Definition, output: str
) -> None:
    republish(complaint, '<outputEntry id="r4"><text>"draft"</text>', f'<outputEntry id="r4"><text>{output}</text>')
    assert open_tasks(analysed()) == [("Senior review", ["Senior analysts"])]


@pytest.mark.parametrize("group", ["null", '"No such group"', "42"])
def test_a_group_that_does_not_exist_is_stood_in_for(
    people: People, analysed: Analysed, complaint: Definition, group: str
) -> None:
    republish(complaint, '<outputEntry id="r5"><text>"Analysts"</text>', f'<outputEntry id="r5"><text>{group}</text>')
    case = analysed()
    assert open_tasks(case) == [("Approve the answer", ["Senior analysts"])]
    assert isinstance(task_claim(by=people["clara"], task=only_task(case)), HumanTask)


def republish(complaint: Definition, old: str, new: str) -> None:
    """Publish the complaint with another cell in its routing table."""
    files = dict(complaint.files)
    assert old in files["routing.dmn"]
    files["routing.dmn"] = files["routing.dmn"].replace(old, new)
    outcome = deploy(files, Origin("person:ada"))
    assert isinstance(outcome, Published), outcome


@pytest.mark.parametrize("text", ["A_{customer.name}_A", "{customer.name}{customer.name}", "x{customer.name}"])
def test_a_placeholder_stands_by_itself_so_that_what_it_becomes_can_be_masked(
    people: People, analysed: Analysed, text: str
) -> None:
    case = analysed(customer={"name": "Xi"})
    answers = {"verdict": "change", "reason": "Another wording.", "answer": text}
    outcome = task_complete(by=people["anna"], task=only_task(case), answers=answers)
    assert isinstance(outcome, Refused) and "answer" in outcome.errors


@pytest.mark.parametrize("place", ["customer.iban", "customer", "intent", "nothing"])
def test_only_what_the_form_offers_can_be_filled_in(people: People, analysed: Analysed, place: str) -> None:
    answers = {"verdict": "change", "reason": "Another wording.", "answer": f"Your account is {{{place}}}."}
    outcome = task_complete(by=people["anna"], task=only_task(analysed()), answers=answers)
    assert isinstance(outcome, Refused) and "{customer.name}" in outcome.errors["answer"]


def test_a_short_name_that_was_filled_in_is_masked_for_whoever_may_not_see_it(
    people: People, analysed: Analysed
) -> None:
    case = analysed(customer={"name": "Xi"})
    assert isinstance(task_complete(by=people["anna"], task=only_task(case), answers={"verdict": "accept"}), Done)
    seen = look(user=people["anna"], case=Case.objects.get(pk=case.pk), now=clock.utc_now())
    assert seen.state.root.variables["answer"].startswith("Dear Xi,") and "Xi" not in seen.view.data["answer"]


def test_a_step_is_added_once_however_often_it_is_asked_for(people: People, analysed: Analysed) -> None:
    case = analysed()
    assert isinstance(item_plan(by=people["anna"], case=case, definition="ask_customer"), Done)
    again = item_plan(by=people["ben"], case=case, definition="ask_customer")
    assert isinstance(again, Refused) and HumanTask.objects.filter(name="Write the question").count() == 1
    assert timeline(case.instance_id)[-1].action == "command.refused"


def test_a_case_row_that_was_forged_is_found(people: People, analysed: Analysed) -> None:
    case = analysed()
    assert case_verify(by=people["axel"], case=case).ok
    Case.objects.filter(pk=case.pk).update(state="Completed", closed=True)
    verdict = case_verify(by=people["axel"], case=case)
    assert not verdict.ok and "the list of cases says another state" in verdict.reason
