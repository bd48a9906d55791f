"""Does the history read as people speak?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit.actions import ACTIONS
from audit.selectors import Entry
from casework.cases.narration import KINDS, Names, has_words, tell

NAMES = Names(
    types={"answer_stage": "stage", "check_task": "humanTask"}, tasks={},
    fields={"draft": "Drafted answer", "customer": "Customer", "customer/iban": "IBAN"},
    decisions={"route": "Routing"}, events={"no_stock": "error"}, flows={"yes": "it is"},
)  # fmt: skip


def words(action: str, **detail) -> str:
    told = tell(
        Entry(1, action, "person:anna", "", "", datetime(2026, 1, 1, tzinfo=UTC), "complaint v1", [], detail), NAMES
    )
    assert told is not None
    assert told.kind in KINDS
    return told.in_full


def changed(definition: str, target: str) -> dict[str, str]:
    return {"definition": definition, "name": "Answer", "source": "x", "target": target, "transition": "y"}


@pytest.mark.parametrize(("action", "detail", "expected"), [
    ("engine.ItemChanged", changed("answer_stage", "active"), "Stage “Answer” began"),
    ("engine.ItemChanged", changed("answer_stage", "completed"), "Stage “Answer” is done"),
    ("engine.ItemChanged", changed("check_task", "completed"), "finished “Answer”"),
    ("engine.TaskOpened", {"name": "Check", "candidate_groups": ["A", "B"]}, "“Check” waits for A and B"),
    ("engine.TaskOpened", {"name": "Check"}, "“Check” waits for somebody"),
    ("engine.VariablesChanged", {"changes": {"draft": "...", "other": 1}}, "wrote Drafted answer and other"),
    ("engine.VariablesChanged", {"changes": {"due_date": 1}}, "wrote due date"),
    ("field.revealed", {"path": "/customer/iban", "reason": "A transfer"}, "revealed Customer / IBAN: “A transfer”"),
    ("field.revealed", {"path": "/draft/last_line", "reason": "So"}, "revealed Drafted answer / last line: “So”"),
    ("engine.JobRequested", {"name": "Tone", "capability": "read_tone"}, "“Tone” was handed to AI (read tone)"),
    ("engine.DecisionEvaluated", {"decision": "route"}, "The rules of “Routing” decided"),
    ("engine.IncidentRaised", {"message": "No model."}, "This needs a person: No model."),
    ("engine.IncidentResolved", {"how": "skip"}, "went on without it"),
    ("engine.InstanceEnded", {"state": "completed", "parent": None}, "The case was completed"),
    ("engine.InstanceStarted", {"name": "Sending", "parent": 7, "variables": {}}, "“Sending” began"),
    ("engine.InstanceStarted", {"name": "x", "parent": None, "variables": {"draft": 1}},
     "The case began with Drafted answer"),
    ("engine.InstanceEnded", {"state": "failed", "parent": 7, "instance": 9, "key": "sending"}, "“sending” has failed"),
    ("engine.InstanceChanged", {"transition": "suspend", "target": "suspended"}, "The case was suspended"),
    ("engine.ElementPassed", {"type": "boundaryEvent", "name": "No stock", "node": "no_stock"},
     "An error was caught, the case takes the other way: “No stock”"),
    ("engine.ElementPassed", {"type": "exclusiveGateway", "name": "Heavy?", "node": "g", "taken": ["yes"]},
     "Heavy? it is"),
    ("engine.ElementPassed", {"type": "endEvent", "name": "Paid", "node": "paid"}, "“Paid” was reached"),
    ("engine.PlanRefused", {"name": "", "definition": "x", "reason": "No."},
     "wanted to add “x”, which was refused: No."),
    ("item.removed", {"name": "Ask", "reason": "not needed"}, "removed “Ask”: not needed"),
    ("case.changed", {"transition": "close", "reason": ""}, "closed the case for good"),
    ("actor.called", {"version": "abc", "confidence": 0.934}, "answered, 93.4 % sure (version abc)"),
    ("work.fetched", {"actor": "bot", "worker": "desk-3", "version": "abc"},
     "fetched the work by the worker desk-3 (version abc)"),
    ("work.lapsed", {"actor": "bot", "why": "No worker fetched it before its deadline."},
     "bot did not do the work: No worker fetched it before its deadline."),
    ("work.moved", {"from": "bot", "to": ""}, "handed the work of bot to others"),
    ("field.revealed", {"path": "/draft", "reason": "To read it"}, "revealed Drafted answer: “To read it”"),
    ("command.refused", {"reason": "It is over."}, "was refused: It is over."),
])  # fmt: skip
def test_an_event_in_words(action, detail, expected):
    assert words(action, **detail) == expected


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_everything_that_people_and_machines_do_has_words(action):
    assert has_words(action)


def test_machinery_has_none():
    assert not has_words("engine.FactSet")
    assert (
        tell(Entry(1, "engine.FactSet", "system:x", "", "", datetime(2026, 1, 1, tzinfo=UTC), "", [], {}), NAMES)
        is None
    )


def test_what_is_written_just_after_a_decision_was_written_by_the_rules():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    wrote, decided = (
        Entry(number, action, "model:sentiment", "", "", at, "complaint v1", [], detail)
        for number, action, detail in [(2, "engine.VariablesChanged", {"changes": {"draft": 1}}),
                                       (1, "engine.DecisionEvaluated", {"decision": "route"})]
    )  # fmt: skip
    by_rules, by_itself = tell(wrote, NAMES, decided), tell(wrote, NAMES, wrote)
    assert (by_rules.text, by_rules.by_actor) == ("The rules wrote Drafted answer", False)
    assert (by_itself.text, by_itself.by_actor) == ("wrote Drafted answer", True)


def test_an_erased_event_says_that_it_was_erased():
    assert words("engine.TaskOpened", erased=True) == "The content of this event was erased."
