"""Does an agent plan and act on a case by nothing but what the case offers it, and stop where it has to?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from django.contrib.auth.models import User
from django.test import Client

from audit.models import AuditEvent
from audit.selectors import timeline
from audit.services import Origin
from casework.actors.actor_page import actor_page
from casework.cases.services import item_plan
from casework.cases.verification import verify
from casework.models import Case
from orchestration.actors.contract import version_of
from orchestration.actors.kinds.agent.file import agent_faults
from orchestration.actors.registry import register_model_version
from orchestration.agents import acting, approvals, runs
from orchestration.agents.approvals import Verdict
from orchestration.agents.grants import step_of
from orchestration.engine.codec import decode
from orchestration.engine.commands import CompleteItem, CompleteTask
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import stopping
from orchestration.models import Actor, ActorCall, ActorVersion, AgentProposal, AgentRun, HumanTask, Incident, Job
from orchestration.shell import services
from orchestration.shell.selectors import state_of
from tests.casework.reading import told as shown
from tests.orchestration.machines import work_jobs

ANNA = Origin("person:anna")


@pytest.fixture
def planning(agent_says: Callable[[str], None], upset: Callable[..., Case]) -> Case:
    """An upset customer's complaint, whose agent acts by itself once a person has looked at its plan."""
    agent_says("by itself")
    row = ActorVersion.objects.get(actor__key="next-steps", state="in-use")
    file = yaml.safe_load(bytes(row.artefact))
    file["approval"]["plan"] = 'tool != "search"'
    artefact = yaml.safe_dump(file).encode()
    assert not agent_faults(artefact)
    register_model_version("next-steps", version_of(artefact), artefact, {}, activate=True)
    return upset("by itself")


def open_tasks(case: Case) -> set[str]:
    return set(HumanTask.objects.filter(instance=case.instance_id, state="open").values_list("name", flat=True))


def held(case: Case) -> AgentProposal:
    return AgentProposal.objects.get(run__instance=case.instance_id, state="held")


def told(case: Case, action: str) -> list[dict[str, object]]:
    return [dict(entry.detail) for entry in timeline(case.instance_id, action=action)]


def test_as_it_ships_it_asks_before_it_has_an_upset_customer_called(as_it_ships: Callable[..., Case]) -> None:
    case = as_it_ships(tone="negative")
    row = held(case)
    assert row.name == "Call the customer" and row.evidence == ["/message", "/sentiment/label"]
    assert open_tasks(case) == {"Senior review"} and verify(case.instance).ok


def test_what_waits_for_an_approval_is_not_said_to_be_held_until_the_agent_is_let_loose(
    as_it_ships: Callable[..., Case],
) -> None:
    as_it_ships(tone="negative")
    page = actor_page(Actor.objects.get(key="next-steps"), clock.utc_now())
    assert page.row.held == 0 and not page.may_be_given
    assert [one.state for one in page.work] == ["Waits for a person"]


def test_as_it_ships_no_agent_looks_at_a_complaint_that_is_plain(as_it_ships: Callable[..., Case]) -> None:
    for intent in ("refund_request", "card_lost_or_stolen", "payment_failed"):
        as_it_ships(intent)
    assert not Job.objects.filter(capability="consider-steps").exists()


def test_as_it_ships_it_proposes_a_question_when_an_unsure_complaint_goes_to_a_person_and_another_reading_after_a_reply(
    as_it_ships: Callable[..., Case],
) -> None:
    case = as_it_ships("other", 0.4)
    row = held(case)
    assert step_of(row.tool) == "add:ask_customer" and row.evidence == ["/message", "/intent/confidence"]
    assert open_tasks(case) == {"Senior review"}
    assert isinstance(approvals.decide(row.pk, Verdict(True, row.digest), ANNA), AgentProposal)
    work_jobs(case.instance_id)
    assert step_of(held(case).tool) == "complete:write_question"
    replied(case)
    approvals.look_after()
    work_jobs(case.instance_id)
    row = held(case)
    assert step_of(row.tool) == "add:read_again" and row.evidence == ["/reply", "/intent/confidence"]
    assert verify(case.instance).ok


@pytest.mark.parametrize("word", ["after approval", "by itself"])
def test_the_question_that_it_proposed_it_sends_after_a_word_to_what_would_be_sent_and_nobody_writes_it_again(
    upset: Callable[..., Case], people: dict[str, User], client: Client, word: str
) -> None:
    case, changed = upset(word, sure=0.4), {"question": ""}
    if word == "after approval":
        first = held(case)
        approvals.decide(first.pk, Verdict(False, first.digest, reason="Not now."), ANNA)
        work_jobs(case.instance_id)
        asked = held(case)
        changed = {"question": "Which card do you mean, and when was it swallowed?"}
        approvals.decide(asked.pk, Verdict(True, asked.digest, changed=changed), ANNA)
        work_jobs(case.instance_id)
    row = held(case)
    assert step_of(row.tool) == "complete:write_question" and row.evidence == ["/message", "/question"]
    assert "Write the question" in open_tasks(case)
    case.instance.refresh_from_db()
    words = state_of(case.instance).root.variables["question"]
    assert word == "by itself" or words == changed["question"]
    client.force_login(people["anna"])
    assert words in shown(client.get(f"/cases/{case.pk}/proposals/{row.pk}/"))
    assert isinstance(approvals.decide(row.pk, Verdict(True, row.digest), ANNA), AgentProposal)
    row.refresh_from_db()
    assert row.state == "done" and "Write the question" not in open_tasks(case)
    closed = [one for one in timeline(case.instance_id, action="engine.TaskClosed") if one.actor == "model:next-steps"]
    assert [one.on_behalf_of for one in closed] == ["person:anna"]
    case.instance.refresh_from_db()
    assert state_of(case.instance).root.variables["question"] == words and verify(case.instance).ok


def test_where_no_agent_is_at_work_the_complaint_goes_on_without_it(analysed: Callable[..., Case]) -> None:
    case = analysed(tone="negative")
    assert open_tasks(case) == {"Senior review"}
    assert not Incident.objects.filter(resolved=None).exists() and not AgentRun.objects.exists()
    assert told(case, "work.left")[0]["capability"] == "consider-steps"
    assert verify(case.instance).ok


def test_by_itself_it_adds_what_its_rules_want_and_says_why(upset: Callable[..., Case]) -> None:
    case = upset("by itself")
    assert open_tasks(case) == {"Senior review", "Call the customer"}
    run = AgentRun.objects.get()
    assert (run.state, run.outcome) == ("ended", "reached")
    [planned, *_] = told(case, "agent.planned")
    assert planned["plan"][-1] == {
        "tool": "add:call_customer",
        "why": "The customer is upset, and nobody has called yet.",
    }
    [_, added] = told(case, "agent.proposed")
    assert added["evidence"] == ["/message", "/sentiment/label"]
    assert str(added["reason"]).startswith("The customer is upset")


def test_what_it_does_has_it_as_author_and_the_history_holds(upset: Callable[..., Case]) -> None:
    case = upset("by itself")
    planned = AuditEvent.objects.get(chain=case.instance_id, action="engine.ItemPlanned")
    assert planned.actor == "model:next-steps"
    assert verify(case.instance).ok


def test_the_plan_stands_in_the_history_before_anything_is_done(upset: Callable[..., Case]) -> None:
    case = upset("by itself")
    order = [entry.action for entry in timeline(case.instance_id)]
    assert order.index("agent.planned") < order.index("agent.proposed") < order.index("engine.ItemPlanned")


def test_by_itself_it_waits_for_a_look_at_its_plan_where_its_file_asks_for_one(
    planning: Case, people: dict[str, User], client: Client
) -> None:
    case, row = planning, held(planning)
    assert open_tasks(case) == {"Senior review"} and row.rule == acting.PLAN and row.put == ""
    client.force_login(people["anna"])
    page = client.get(f"/cases/{case.pk}/proposals/{row.pk}/").content.decode()
    assert "Its plan" in page and [step["tool"] for step in row.run.plan] == ["add:call_customer"]
    approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    work_jobs(case.instance_id)
    assert "Call the customer" in open_tasks(case) and AgentRun.objects.get().outcome == "reached"
    assert verify(case.instance).ok


def test_a_plan_counts_as_looked_at_by_whom_it_was_shown_to_and_until_something_new_comes_into_it(
    planning: Case,
) -> None:
    row = held(planning)
    assert not runs.plan_was_approved(row.run)
    approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    assert runs.plan_was_approved(row.run)
    kept = AgentProposal.objects.filter(pk=row.pk)
    for state, put in (("rejected", ""), ("done", "blind"), ("done", "known")):
        kept.update(state=state, put=put)
        assert not runs.plan_was_approved(row.run)
    kept.update(state="done", put="", decided=row.run.began)
    assert not runs.plan_was_approved(row.run), "decided before the plan that stands now"


def test_after_approval_nothing_happens_until_a_person_says_so(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    assert open_tasks(case) == {"Senior review"}
    row = held(case)
    assert row.name == "Call the customer" and "input.may" in row.rule and row.expires > row.made
    assert AgentRun.objects.get().state == "waiting" and verify(case.instance).ok
    outcome = approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    assert isinstance(outcome, AgentProposal) and outcome.state == "done"
    assert open_tasks(case) == {"Senior review", "Call the customer"}
    event = AuditEvent.objects.get(chain=case.instance_id, action="engine.ItemPlanned")
    assert (event.actor, event.on_behalf_of) == ("model:next-steps", "person:anna")
    work_jobs(case.instance_id)
    assert AgentRun.objects.get().outcome == "reached"


def test_while_it_waits_no_attempt_is_used_up_and_nothing_is_asked_again(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    job = Job.objects.get(capability="consider-steps")
    assert (job.state, job.attempts) == ("held", 0)
    calls = AgentRun.objects.get().calls
    Job.objects.filter(pk=job.pk).update(state="waiting", run_at=job.created)
    work_jobs(case.instance_id)
    assert AgentRun.objects.get().calls == calls
    assert AgentProposal.objects.filter(state="held").count() == 1
    assert set(ActorCall.objects.filter(job=job).values_list("outcome", flat=True)) == {"waiting"}


def test_a_rejection_with_its_reason_reaches_the_agent_which_does_not_ask_again(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    approvals.decide(row.pk, Verdict(False, row.digest, reason="She was called yesterday."), ANNA)
    work_jobs(case.instance_id)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.decided_by) == ("rejected", "She was called yesterday.", "person:anna")
    assert AgentRun.objects.get().state == "ended"
    assert open_tasks(case) == {"Senior review"}


def test_who_changes_the_text_approves_it_as_changed(upset: Callable[..., Case]) -> None:
    case = upset("after approval", sure=0.4)
    first = held(case)
    approvals.decide(first.pk, Verdict(False, first.digest, reason="Not now."), ANNA)
    work_jobs(case.instance_id)
    row = held(case)
    assert step_of(row.tool) == "add:ask_customer"
    short = approvals.decide(row.pk, Verdict(True, row.digest, changed={"question": "Why?"}), ANNA)
    assert isinstance(short, Refused) and short.code == "invalid"
    other = "Which card do you mean, and when was it swallowed?"
    approvals.decide(row.pk, Verdict(True, row.digest, changed={"question": other}), ANNA)
    case.instance.refresh_from_db()
    assert other in bytes(case.instance.data).decode() and "Write the question" in open_tasks(case)
    [*_, decided] = told(case, "agent.decided")
    assert decided["verdict"] == "changed" and decided["to"] == {"question": other}


def test_a_second_answer_and_one_to_something_else_decide_nothing(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    strange = approvals.decide(row.pk, Verdict(True, "0" * 64), ANNA)
    assert isinstance(strange, Refused) and strange.code == "changed"
    approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    again = approvals.decide(row.pk, Verdict(False, row.digest, reason="No."), Origin("person:ben"))
    assert isinstance(again, Refused) and again.message == "Somebody else has decided meanwhile."
    own = approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    assert isinstance(own, Refused) and own.message == "You have decided this already."
    assert AuditEvent.objects.filter(chain=case.instance_id, action="engine.ItemPlanned").count() == 1


def test_an_answer_that_comes_too_late_decides_nothing_and_the_agent_goes_on(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    AgentProposal.objects.filter(pk=row.pk).update(expires=row.made)
    late = approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    assert isinstance(late, Refused) and late.code == "late"
    approvals.look_after()
    work_jobs(case.instance_id)
    row.refresh_from_db()
    assert row.state == "expired" and AgentRun.objects.get().state == "ended"
    assert open_tasks(case) == {"Senior review"}


def test_what_the_case_no_longer_offers_is_refused_and_said(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    by = User.objects.create(username="someone")
    item_plan(by=by, case=case, definition="call_customer")
    outcome = approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    assert isinstance(outcome, AgentProposal) and outcome.state == "refused"
    assert "does not offer" in outcome.outcome


def test_one_click_takes_back_what_it_did(upset: Callable[..., Case]) -> None:
    case = upset("by itself")
    row = AgentProposal.objects.get(tool__startswith="add:call_customer@")
    outcome = approvals.undo(row.pk, ANNA)
    assert isinstance(outcome, AgentProposal) and outcome.state == "undone"
    assert open_tasks(case) == {"Senior review"}
    again = approvals.undo(row.pk, ANNA)
    assert isinstance(again, Refused) and again.message == "This was taken back already."
    assert told(case, "agent.undone")[0]["agent"] == "next-steps" and verify(case.instance).ok


def test_a_stopped_agent_does_nothing_even_if_approved(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    stopping.actor_switch("next-steps", False, Origin("person:ada"), "It calls too often.")
    outcome = approvals.decide(row.pk, Verdict(True, row.digest), ANNA)
    assert isinstance(outcome, AgentProposal) and outcome.state == "refused"
    assert open_tasks(case) == {"Senior review"}


def test_a_run_that_a_person_ends_lets_its_proposal_go(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    row = held(case)
    approvals.run_stop(row.run_id, "We do it ourselves.", ANNA)
    work_jobs(case.instance_id)
    run = AgentRun.objects.get()
    assert (run.state, run.outcome) == ("ended", "stopped") and "We do it ourselves." in run.why
    assert isinstance(approvals.decide(row.pk, Verdict(True, row.digest), ANNA), Refused)
    assert not Incident.objects.exists()


def test_a_run_whose_case_went_on_without_it_is_closed(upset: Callable[..., Case]) -> None:
    case = upset("after approval")
    assert approvals.close_cut_off() == 0
    Job.objects.filter(capability="consider-steps").update(state="cancelled", ended=case.updated)
    assert approvals.close_cut_off() == 1
    assert (
        AgentRun.objects.get().outcome == "given-up"
        and AgentProposal.objects.get(tool__startswith="add:call_customer@").state == "expired"
    )


def test_a_finished_call_wakes_it_again_with_a_run_of_its_own(upset: Callable[..., Case]) -> None:
    case = called_again(upset)
    first, second = AgentRun.objects.filter(instance=case.instance_id).order_by("pk")
    assert second.job != first.job and second.outcome == "reached"
    assert (
        AgentProposal.objects.filter(tool__startswith="add:call_customer@", run__instance=case.instance_id).count() == 1
    )


@pytest.mark.parametrize(("limits", "why"), [({"calls": 1}, "1 thought"), ({"runs": 1}, "worked on this case 1 time")])
def test_beyond_its_limits_it_gives_up_and_says_so(
    upset: Callable[..., Case], agent_limits: Callable[..., None], limits: dict[str, int], why: str
) -> None:
    agent_limits(**limits)
    case = upset("by itself") if "calls" in limits else called_again(upset)
    run = AgentRun.objects.filter(instance=case.instance_id).latest("pk")
    assert run.outcome == "given-up" and why in run.why


def called_again(upset: Callable[..., Case]) -> Case:
    """A case on which the agent has worked once, woken a second time by the end of what it added."""
    case = upset("by itself")
    row = AgentProposal.objects.filter(tool__startswith="add:call_customer@", run__instance=case.instance_id).get()
    task = HumanTask.objects.get(instance=case.instance_id, name="Call the customer")
    services.send(case.instance_id, CompleteTask(task.item, {"call": "Done."}), ANNA)
    work_jobs(case.instance_id)
    assert row.run.outcome == "reached"
    return case


def replied(case: Case) -> None:
    """A person writes the question that was approved, and the customer replies."""
    task = HumanTask.objects.get(instance=case.instance_id, name="Write the question")
    services.send(case.instance_id, CompleteTask(task.item, {"question": "Which card?"}), ANNA)
    work_jobs(case.instance_id)
    case.instance.refresh_from_db()
    state = decode(bytes(case.instance.items), bytes(case.instance.data))
    waiting = next(one.id for one in state.items.values() if one.node == "wait_for_reply")
    services.send(case.instance_id, CompleteItem(waiting, {"reply": "The one ending with 5120."}), ANNA)
    work_jobs(case.instance_id)
