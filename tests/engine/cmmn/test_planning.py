"""What may be added to a plan, by whom, and what does a machine's answer add?"""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.engine import commands as c
from orchestration.engine import events as e
from orchestration.engine.cmmn.planning import discretionary_nodes
from orchestration.engine.cmmn.view import planning_tables
from tests.engine.models import HUMAN, NOW, Hand, cmmn, entry, faults, item, library, on

ROLES = '<caseRoles><role id="boss" name="Bosses"/></caseRoles>'
TABLE = """<planningTable id="table">
  <applicabilityRule id="large" name="The amount is large"><condition>amount &gt; 1000</condition></applicabilityRule>
  <discretionaryItem id="ask" name="Ask" definitionRef="human"/>
  <discretionaryItem id="audit" name="Audit" definitionRef="human" applicabilityRuleRefs="large"/>
  <discretionaryItem id="waive" name="Waive" definitionRef="human" authorizedRoleRefs="boss"/>
</planningTable>"""


def reading(plan: str = '<casewright:plan items="ask audit waive" value="=result.plan"/>') -> str:
    return f"""<task id="read" name="Read" casewright:capability="read">
      <extensionElements>{plan}<casewright:output name="amount" value="=result.amount"/></extensionElements></task>"""


def case(amount: int = 5, **more: Any) -> Hand:
    plan = item("a") + item("r", "read") + TABLE + HUMAN + reading()
    return Hand(library(m_cmmn=cmmn(plan, before=ROLES, **more))).start(variables={"amount": amount})


def answer(hand: Hand, *plan: Any, amount: int = 5) -> list[tuple[str, str]]:
    """Have the machine answer; what of its plan was refused, and why."""
    hand.do(c.CompleteJob(hand.wait("job"), {"plan": list(plan), "amount": amount}))
    return [(event.definition, event.reason) for event in hand.events if isinstance(event, e.PlanRefused)]


def open_nodes(hand: Hand) -> set[str]:
    return {item.node for item in hand.state.items.values()}


def test_a_planning_table_says_what_is_offered_and_by_which_rule_and_value_it_is_not() -> None:
    hand = case(amount=5)
    table = {found.node: found for found in planning_tables(hand.models, hand.state, NOW)}
    assert {node: found.is_offered for node, found in table.items()} == {"ask": True, "audit": False, "waive": True}
    (rule,) = table["audit"].conditions
    assert (rule.name, rule.text, rule.holds, rule.values) == (
        "The amount is large", "amount > 1000", False, {"amount": 5}
    )  # fmt: skip
    assert table["waive"].roles == ("Bosses",)


def test_what_is_offered_is_what_the_engine_accepts() -> None:
    for amount in (5, 5000):
        hand = case(amount)
        for found in planning_tables(hand.models, hand.state, NOW):
            wish = c.PlanItem(found.node, found.roles, found.holder, found.instance)
            if found.is_offered:
                case(amount).do(wish)
            else:
                assert hand.refused(wish) == "rule"


def test_a_machine_s_answer_adds_a_step_in_the_same_move() -> None:
    hand = case()
    assert answer(hand, "ask") == []
    assert "ask" in open_nodes(hand) and "r" not in open_nodes(hand)
    assert [event.roles for event in hand.events if isinstance(event, e.ItemPlanned)] == [()]


def test_rules_see_what_the_answer_wrote() -> None:
    hand = case(amount=5)
    assert answer(hand, "audit", amount=5000) == []
    assert "audit" in open_nodes(hand)


@pytest.mark.parametrize(
    ("named", "word"),
    [
        ("audit", "not offered now"),
        ("waive", "Only Bosses"),
        ("a", "does not allow"),
        ("drop database", "does not allow"),
        (7, "does not allow"),
        ({"a": 1}, "does not allow"),
    ],
)
def test_what_is_not_offered_not_allowed_or_nonsense_is_refused_and_kept(named: object, word: str) -> None:
    hand = case()
    before = open_nodes(hand)
    ((_, why),) = answer(hand, named)
    assert word in why
    assert open_nodes(hand) == before - {"r"}


def test_the_same_step_is_not_added_twice() -> None:
    hand = case()
    hand.do(c.PlanItem("ask"))
    ((_, why),) = answer(hand, "ask")
    assert "part of the case already" in why


def test_an_answer_names_twenty_steps_at_most() -> None:
    refused = answer(case(), *["audit"] * 30)
    assert len(refused) == 21 and refused[-1][0] == "10 more"


def test_a_step_is_added_before_the_stage_could_complete() -> None:
    plan = item("r", "read") + TABLE + HUMAN + reading()
    hand = Hand(library(m_cmmn=cmmn(plan, before=ROLES, attributes='autoComplete="true"'))).start()
    answer(hand, "ask")
    assert open_nodes(hand) == {"ask"} and hand.state.root.state == "active"


def test_discretionary_are_what_tables_name_and_what_a_fragment_of_them_holds() -> None:
    fragment = f'<planFragment id="both">{item("x")}{item("y", "human", entry("s"))}{on("s", "x")}</planFragment>'
    table = '<planningTable id="t"><discretionaryItem id="pair" definitionRef="both"/></planningTable>'
    models = library(m_cmmn=cmmn(item("a") + HUMAN + fragment + table))
    assert discretionary_nodes(models.cases["c"]) == {"pair", "x", "y"}


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        ('<casewright:plan items="a"/>', "no discretionary item 'a'"),
        ('<casewright:plan items="ask" value="=1 +"/>', "FEEL"),
    ],
)
def test_a_plan_that_could_never_be_is_found_when_the_model_is_deployed(plan: str, word: str) -> None:
    found = faults(cmmn(item("a") + item("r", "read") + TABLE + HUMAN + reading(plan), before=ROLES))
    assert any(word in fault.sentence for fault in found)


def test_only_a_machine_s_task_has_such_a_plan() -> None:
    person = HUMAN.replace("/>", '><extensionElements><casewright:plan items="ask"/></extensionElements></humanTask>')
    found = faults(cmmn(item("a") + TABLE + person, before=ROLES))
    assert any("machine actor" in fault.sentence for fault in found)
