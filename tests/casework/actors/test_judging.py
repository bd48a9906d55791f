"""Does what a person decides in a task count for or against the model that had suggested it?"""

from __future__ import annotations

import pytest

from casework.actors.bundled import CASE_TYPES
from casework.tasks.services import task_complete
from casework.tasks.task_page import task_page
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import deploy
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask, Judgement
from tests.orchestration.case_types import TEST
from tests.sql import statements

pytestmark = pytest.mark.django_db


def finished(person, case, **answers):
    task = HumanTask.objects.get(instance=case.instance_id, state="open")
    page = task_page(user=person, task=task, now=clock.utc_now())
    outcome = task_complete(by=person, task=task, answers=page.initial | answers)
    assert not isinstance(outcome, Refused), outcome


def test_who_accepts_a_suggestion_says_that_the_model_was_right(people, machines, analysed):
    finished(people["anna"], analysed(), verdict="accept")
    row = Judgement.objects.get(call__capability="intent")
    assert (row.call.capability, row.verdict, row.by, row.right) == ("intent", "accepted", "person:anna", None)


def test_who_changes_what_it_is_about_says_what_had_been_right(people, machines, analysed):
    finished(people["anna"], analysed(), verdict="change", category="transfer_delayed", reason="It is late.")
    row = Judgement.objects.get(call__capability="intent")
    assert (row.verdict, row.right) == ("changed", {"label": "transfer_delayed"})


def test_who_changes_only_the_letter_says_nothing_against_the_model(people, machines, analysed):
    finished(people["anna"], analysed(), verdict="change", answer="Another letter.", reason="Kinder.")
    assert Judgement.objects.get(call__capability="intent").verdict == "accepted"


def test_who_rejects_leaves_the_word_to_the_senior_analyst(people, machines, analysed):
    case = analysed()
    finished(people["anna"], case, verdict="reject", reason="Wrong.")
    assert not Judgement.objects.filter(call__capability="intent").exists()
    finished(people["clara"], case, verdict="change", category="other", answer="Dear", reason="It is another matter.")
    row = Judgement.objects.get(call__capability="intent")
    assert (row.verdict, row.by) == ("changed", "person:clara")


def test_a_judgement_costs_no_statement(people, machines, analysed, monkeypatch):
    def counted() -> int:
        case = analysed()
        task = HumanTask.objects.get(instance=case.instance_id, state="open")
        page = task_page(user=people["anna"], task=task, now=clock.utc_now())
        with statements() as sent:
            task_complete(by=people["anna"], task=task, answers=page.initial | {"verdict": "accept"})
        return len(sent)

    judging = counted()
    monkeypatch.setattr("casework.tasks.services.judged", lambda *_: ("unjudged as (select 1)", {}))
    assert counted() == judging


def test_a_form_that_judges_by_what_it_does_not_ask_for_is_not_deployed(db):
    files = folder_files(CASE_TYPES / "complaint")
    wrong = files["forms.yaml"].replace("field: category, unless", "field: colour, unless")
    outcome = deploy({**files, "forms.yaml": wrong}, TEST)
    assert isinstance(outcome, Refused)
    assert any("review/judges: it names 'colour'" in fault for fault in outcome.errors.values())


BOTH = "{accept: neutral, change: negative}"


@pytest.mark.parametrize(
    ("means", "tone", "verdict", "said"),
    [
        (BOTH, "neutral", "accept", ("accepted", None)),
        (BOTH, "negative", "accept", ("changed", {"label": "neutral"})),
        (BOTH, "neutral", "change", ("changed", {"label": "negative"})),
        (BOTH, "positive", "accept", None),  # no decision means this output
        ("{change: negative}", "negative", "accept", None),  # this decision means no output
    ],
)
def test_a_decision_counts_for_the_answer_that_it_bears_out_and_else_for_none(
    people, machines, analysed, means, tone, verdict, said
):
    files = folder_files(CASE_TYPES / "complaint")
    decided = f"output: label, field: verdict, means: {means}}}"
    form = files["forms.yaml"].replace("output: label, field: tone}", decided)
    assert not isinstance(deploy({**files, "forms.yaml": form}, TEST), Refused)
    finished(people["clara"], analysed(confidence=0.4, tone=tone), verdict=verdict, answer="Dear", reason="So.")
    rows = Judgement.objects.filter(call__capability="sentiment")
    assert [(row.verdict, row.right) for row in rows] == ([] if said is None else [said])


def test_who_hears_another_tone_says_so(people, machines, analysed):
    finished(people["anna"], analysed(), verdict="accept", tone="positive")
    row = Judgement.objects.get(call__capability="sentiment")
    assert (row.verdict, row.by, row.right) == ("changed", "person:anna", {"label": "positive"})


def test_nobody_is_judged_by_a_question_left_open(people, machines, analysed):
    finished(people["anna"], analysed(), verdict="accept", tone="")
    assert not Judgement.objects.filter(call__capability="sentiment").exists()


def test_what_means_something_is_an_answer_to_the_question(db):
    files = folder_files(CASE_TYPES / "loan")
    wrong = files["forms.yaml"].replace("means: {approve: low", "means: {aprove: low")
    outcome = deploy({**files, "forms.yaml": wrong}, TEST)
    assert isinstance(outcome, Refused)
    assert any("'aprove' means something, but is no answer to 'verdict'" in one for one in outcome.errors.values())
