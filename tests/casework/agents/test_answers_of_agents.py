"""Is what an agent answers in the place of people held to all that they are asked, and kept as theirs is?"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from audit.services import Origin
from casework.access import units
from casework.models import Case
from orchestration.agents import approvals
from orchestration.agents.desk import asked_in, put_into, unanswered
from orchestration.agents.grants import Argument, Grant
from orchestration.agents.judging import Action, with_arguments
from orchestration.agents.tools import Tool
from orchestration.casetypes.forms import Form, FormField
from orchestration.models import AgentProposal, Instance
from orchestration.shell.selectors import state_of
from tests.casework.agents.visits import FLOW

BEN = Origin("person:ben")
NORTH = Origin("system:test")
SCHEMA = {"properties": {"note": {"type": "string", "minLength": 5, "maxLength": 20}}}
FORM = Form("said", (FormField("note", "What was said", "textarea", fills=("name",)),))
TYPE: Any = SimpleNamespace(key="visit", forms={"said": FORM}, schema=SCHEMA)
DATA = {"name": "Mrs Winter", "note": ""}


@pytest.mark.parametrize("note", ["He is well.", "To {name}: yes."])
def test_what_people_could_answer_an_agent_can(note: str) -> None:
    assert unanswered(asked_in(TYPE, "said", None), DATA, {"note": note}) == ""


@pytest.mark.parametrize(
    "note", ["four", "a" + "\u200b" * 9, " " * 9, "To {name}s.", "To {customer}.", "To {iban}: {name}", None]
)
def test_letters_that_nobody_sees_do_not_count_and_what_cannot_be_filled_in_does_not_stand_in_a_text(note: Any) -> None:
    assert unanswered(asked_in(TYPE, "said", None), DATA, {"note": note}) == "What was said"


def test_a_text_is_kept_with_the_value_in_the_place_of_its_name_and_may_not_grow_too_long_by_it() -> None:
    form = asked_in(TYPE, "said", None)
    assert put_into(DATA, form, {"note": " To {name}.\r\n"}) == {"note": "To Mrs Winter."}
    tool = Tool(
        "", Grant("complete", "said", {"note": Argument("choose", {"type": "string"})}), "", form=form, sees=DATA
    )
    assert isinstance(with_arguments(tool, {"note": "To {name}."}, DATA, SCHEMA), Action)
    assert not isinstance(with_arguments(tool, {"note": "To {name}, today."}, DATA, SCHEMA), Action)


@pytest.mark.django_db
@pytest.mark.parametrize(("least", "state"), [(60, "refused"), (11, "done")])
def test_what_the_unit_of_the_case_asks_of_people_it_asks_of_an_agent(
    orchestrated: Callable[..., Case], least: int, state: str
) -> None:
    case = orchestrated("complete:call", call='casewright:form="words"', when="true", within=FLOW)
    north = units.unit_make(key="north", name="North", parent=None, origin=NORTH)
    units.policy_keep(unit=north, kind="justification", subject="visit: note", value=least, origin=NORTH)
    Case.objects.filter(pk=case.pk).update(unit=north)
    row = AgentProposal.objects.get(state="held")
    assert isinstance(approvals.decide(row.pk, approvals.Verdict(True, row.digest), BEN), AgentProposal)
    row.refresh_from_db()
    assert row.state == state, row.outcome
    assert (state_of(Instance.objects.get()).root.variables.get("note") == "He is well.") == (state == "done")
