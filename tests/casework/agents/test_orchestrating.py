"""Does an agent start, skip and finish what a plan leaves to its roles, and is a skip taken back with one click?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from audit.sealed_values import case_subject, forget
from audit.selectors import timeline
from audit.services import Origin
from casework.cases.services import case_verify, item_do
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.services import task_claim, task_complete
from orchestration.agents import approvals
from orchestration.agents.acting import WENT_ON
from orchestration.agents.desk import put_into, unanswered
from orchestration.agents.grants import step_of
from orchestration.agents.scripted import Scripted
from orchestration.agents.thoughts import Propose, Thought, View
from orchestration.agents.undoing import NO_WAY_BACK
from orchestration.casetypes.forms import Form, FormField
from orchestration.engine.codec import decode
from orchestration.engine.commands import CompleteTask
from orchestration.ground.refusals import Refused
from orchestration.models import AgentProposal, HumanTask, Instance
from orchestration.shell.selectors import state_of
from orchestration.shell.services import Done
from tests.casework.agents.visits import FLOW, PLAN, TOOLS, TWICE
from tests.casework.reading import told
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db
BEN = Origin("person:ben")


def wanted() -> list[tuple[str, str]]:
    """The steps that the agent wanted, in their order, and what became of each."""
    rows = AgentProposal.objects.order_by("pk")
    return [(step_of(row.tool), row.state) for row in rows]


def states(case: Case) -> dict[str, str]:
    case.instance.refresh_from_db()
    state = decode(bytes(case.instance.items), bytes(case.instance.data))
    return {item.node: item.state for item in state.items.values()}


def test_it_starts_skips_and_finishes_what_is_optional_and_a_skip_is_taken_back(
    orchestrated: Callable[..., Case], people: dict[str, User], client: Client
) -> None:
    case = orchestrated(*TOOLS)
    assert wanted() == [(tool, "done") for tool in TOOLS]
    assert HumanTask.objects.get(instance=case.instance_id, state="open").name == "Call"
    assert states(case) == {"call": "active", "letter": "disabled"}
    row = AgentProposal.objects.get(tool__startswith="disable:letter@")
    assert isinstance(approvals.undo(row.pk, BEN), AgentProposal) and states(case)["letter"] == "enabled"
    undone = list(timeline(case.instance_id, action="agent.undone"))
    assert [one.actor for one in undone] == ["person:ben"]
    assert case_verify(by=people["axel"], case=case).ok
    client.force_login(people["anna"])
    page = told(client.get(f"/cases/{case.pk}/"))
    assert [page.count(NO_WAY_BACK[how]) for how in ("start", "complete", "disable")] == [1, 2, 0]


def test_taking_back_its_skip_leaves_the_later_one_of_a_person(
    orchestrated: Callable[..., Case], people: dict[str, User]
) -> None:
    case = orchestrated(*TOOLS)
    row = AgentProposal.objects.get(tool__startswith="disable:letter@")
    letter = int(row.tool.partition("@")[2])
    for how in ("enable", "disable"):
        assert isinstance(item_do(by=people["anna"], case=case, item=letter, how=how), Done)
    again = approvals.undo(row.pk, BEN)
    assert isinstance(again, Refused) and "already" in again.message
    assert states(case)["letter"] == "disabled"
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("undone", "A person has had the step offered again.")
    assert case_verify(by=people["axel"], case=case).ok


def test_of_all_that_it_wants_it_does_what_it_is_granted(orchestrated: Callable[..., Case]) -> None:
    case = orchestrated("start:call")
    assert wanted() == [("start:call", "done")]
    assert states(case) == {
        "call": "active",
        "letter": "enabled",
        "wait": "active",
        "talks": "active",
        "chat": "enabled",
    }


FINISH = {PLAN: ("start:call", "complete:call"), FLOW: ("complete:call",)}
"""What it is granted and wants: in a process the task is there by itself."""
either = pytest.mark.parametrize("within", FINISH)


@either
def test_it_finishes_a_task_of_people_in_their_place_with_the_answers_to_its_form(
    orchestrated: Callable[..., Case], people: dict[str, User], within: str
) -> None:
    case = orchestrated(
        *FINISH[within], call='casewright:form="note" casewright:candidateGroups="Analysts"', within=within
    )
    assert wanted() == [(tool, "done") for tool in FINISH[within]]
    task = HumanTask.objects.get(instance=case.instance_id, name="Call")
    assert (task.state, task.assignee) == ("completed", None)
    [closed] = [
        one for one in timeline(case.instance_id, action="engine.TaskClosed") if one.detail["how"] == "completed"
    ]
    assert closed.actor == "model:watcher" and state_of(Instance.objects.get()).root.variables["note"] == "He is well."
    assert case_verify(by=people["axel"], case=case).ok


KEPT = (
    'casewright:form="note" casewright:personOnly="true"',
    'casewright:form="note" casewright:notNamedIn="topic"',
    'casewright:form="signed"',
    'casewright:form="note" casewright:candidateGroups="Senior analysts"',
)


@either
@pytest.mark.parametrize("attributes", KEPT)
def test_what_is_for_people_no_agent_finishes(orchestrated: Callable[..., Case], attributes: str, within: str) -> None:
    case = orchestrated(*FINISH[within], call=attributes, within=within)
    assert not AgentProposal.objects.filter(tool__startswith="complete:call@").exists()
    assert HumanTask.objects.get(instance=case.instance_id, name="Call").state == "open"


@either
def test_a_task_that_keeps_whoever_did_it_from_another_is_finished_by_no_agent(
    orchestrated: Callable[..., Case], within: str
) -> None:
    orchestrated(
        *FINISH[within], call='casewright:form="note"', mark='casewright:otherThan="call"', within=within
    )  # fmt: skip
    assert not AgentProposal.objects.filter(tool__startswith="complete:call@").exists()


@either
def test_answers_that_its_form_does_not_ask_for_are_no_answers(orchestrated: Callable[..., Case], within: str) -> None:
    case = orchestrated(*FINISH[within], call='casewright:form="other"', within=within)
    assert HumanTask.objects.get(instance=case.instance_id, name="Call").state == "open"
    assert not AgentProposal.objects.filter(tool__startswith="complete:call@", state="done").exists()


def test_an_answer_stands_in_its_place_beside_what_else_stands_there_and_nothing_goes_with_it() -> None:
    form = Form("when", (FormField("visit.on", "When", "date"), FormField("visit.by.name", "Who", "text")))
    data = {"visit": {"on": "2026-01-01", "why": "He asked.", "by": {"team": 3}}, "topic": "t"}
    answers = {"visit": {"on": "2026-02-02", "by": {"name": "Ben"}}}
    assert unanswered(form, data, answers) == ""
    assert put_into(data, form, answers) == {
        "visit": {"on": "2026-02-02", "why": "He asked.", "by": {"team": 3, "name": "Ben"}}
    }
    for more in ({"visit": {"why": "I say so."}}, {"topic": "x"}, {"visit": 5}, {"visit": {"by": {"team": 4}}}):
        assert unanswered(form, data, answers | more) in ("visit.why", "topic", "visit", "visit.by.team")


@either
def test_what_waits_for_a_word_is_let_go_once_somebody_has_taken_the_task(
    orchestrated: Callable[..., Case], people: dict[str, User], within: str
) -> None:
    call, when = 'casewright:form="note"', 'starts with(tool, "complete:")'
    case = orchestrated(*FINISH[within], call=call, when=when, within=within)
    approvals.look_after()
    work_jobs(case.instance_id)
    assert AgentProposal.objects.filter(state="held").count() == 1
    assert not isinstance(task_claim(by=people["anna"], task=HumanTask.objects.get(name="Call")), Refused)
    approvals.look_after()
    work_jobs(case.instance_id)
    row = AgentProposal.objects.select_related("run").get(tool__startswith="complete:call@")
    assert (row.state, row.outcome, row.run.state) == ("expired", WENT_ON, "ended")
    assert [one.detail["why"] for one in timeline(case.instance_id, action="agent.lapsed")] == [WENT_ON]
    assert case_verify(by=people["axel"], case=case).ok


def test_one_case_whose_key_is_gone_keeps_no_other_from_letting_go(
    orchestrated: Callable[..., Case], people: dict[str, User], tmp_path: Path
) -> None:
    call, when = 'casewright:form="note"', 'starts with(tool, "complete:")'
    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        lost = orchestrated(*FINISH[FLOW], call=call, when=when, within=FLOW)
        found = case_open(by=None, case_type="visit", reference="V-2", source="test", data={"topic": "another"})
        assert isinstance(found, Opened), found
        other = found.case.instance_id
        work_jobs(other)
        task = HumanTask.objects.get(name="Call", instance=other)
        assert not isinstance(task_claim(by=people["anna"], task=task), Refused)
        forget(case_subject(lost.instance_id))
        approvals.look_after()
        work_jobs(other)
        states = AgentProposal.objects.filter(tool__startswith="complete:call@").values_list("run__instance", "state")
        assert dict(states) == {lost.instance_id: "held", other: "expired"}


def test_what_an_answer_keeps_as_it_was_an_agent_leaves_as_it_was() -> None:
    why = FormField("why", "Why", "text", initial="draft", unchanged_when={"verdict": ("accept",)})
    form = Form("said", (FormField("verdict", "Verdict", "text", choices={"accept": "Yes", "change": "No"}), why))
    for verdict, text, wrong in (("accept", "As it is.", ""), ("accept", "Other.", "Why"), ("change", "Other.", "")):
        assert unanswered(form, {"draft": "As it is."}, {"verdict": verdict, "why": text}) == wrong


@either
@pytest.mark.parametrize(("taken", "state"), [(False, "done"), (True, "refused")])
def test_it_is_held_by_rule_and_who_takes_the_task_meanwhile_has_it(
    orchestrated: Callable[..., Case], people: dict[str, User], taken: bool, state: str, within: str
) -> None:
    call, when = 'casewright:form="note"', 'starts with(tool, "complete:")'
    case = orchestrated(*FINISH[within], call=call, when=when, within=within)
    row, task = AgentProposal.objects.get(state="held"), HumanTask.objects.get(name="Call")
    assert row.tool == f"complete:call@{task.item}" and task.state == "open"
    if taken:
        assert not isinstance(task_claim(by=people["anna"], task=task), Refused)
    decided = approvals.decide(row.pk, approvals.Verdict(True, row.digest, ""), BEN)
    row.refresh_from_db()
    assert row.state == state, decided
    assert HumanTask.objects.get(pk=task.pk).state == ("open" if taken else "completed")
    work_jobs(case.instance_id)
    assert case_verify(by=people["axel"], case=case).ok


@pytest.fixture
def wants_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several open tasks of a step, the agent wants the last."""

    def think(mind: Scripted, view: View, key: str) -> Thought:
        last = max((one.key for one in view.tools), key=lambda tool: int(tool.partition("@")[2]))
        return Thought((), Propose(last, "So.", ("topic",), {"note": "He is well."}))

    monkeypatch.setattr(Scripted, "think", think)


def kept_by_its_step(row: AgentProposal, item: int) -> None:
    """As a proposal was kept before tools were named by the item that offers them."""
    said = [row.run.instance_id, row.run.job, "complete:call", repr(CompleteTask(item)), {"note": "He is well."}]
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    AgentProposal.objects.filter(pk=row.pk).update(tool="complete:call", digest=digest)


@pytest.mark.usefixtures("wants_the_last")
@pytest.mark.parametrize("old", [False, True])
def test_of_two_open_tasks_of_a_step_the_other_is_still_the_other_when_the_first_is_done(
    orchestrated: Callable[..., Case], people: dict[str, User], old: bool
) -> None:
    case = orchestrated("complete:call", when="true", within=TWICE)
    first, second = HumanTask.objects.filter(instance=case.instance_id, name="Call").order_by("item")
    row = AgentProposal.objects.select_related("run").get(state="held")
    assert row.tool == f"complete:call@{second.item}"
    if old:
        kept_by_its_step(row, second.item)
    answered = task_complete(by=people["anna"], task=first, answers={"note": "He is ill."})
    assert not isinstance(answered, Refused), answered
    approvals.look_after()
    work_jobs(case.instance_id)
    row.refresh_from_db()
    assert row.state == "held"
    assert isinstance(approvals.decide(row.pk, approvals.Verdict(True, row.digest), BEN), AgentProposal)
    row.refresh_from_db()
    second.refresh_from_db()
    assert (row.state, second.state) == ("done", "completed")
    assert case_verify(by=people["axel"], case=case).ok
