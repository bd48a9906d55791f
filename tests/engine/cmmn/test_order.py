"""In which order do sentries fire? What docs/engine.md says, held."""

from __future__ import annotations

from orchestration.engine import commands as c
from orchestration.engine import events as e
from tests.engine.models import HUMAN, Hand, cmmn, entry, item, library, on

MARK = '<milestone id="mark"/>'


def told(case: Hand, command: c.Command) -> list[str]:
    """The transitions of one command, in order: "item transition"."""
    nodes = {each.id: each.node for each in case.state.items.values()}
    outcome = case.do(command)
    lines = []
    for event in outcome.events:
        if isinstance(event, e.ItemOpened):
            nodes[event.item] = event.node
        elif isinstance(event, e.ItemChanged):
            lines.append(f"{nodes[event.item]} {event.transition}")
    return lines


def test_criteria_fire_in_the_order_of_the_model_not_of_the_sentries():
    plan = item("a") + item("x", "human", entry("s2")) + item("y", "human", entry("s1"))
    case = Hand(library(m_cmmn=cmmn(plan + on("s1", "a") + on("s2", "a") + HUMAN))).start()
    assert told(case, c.CompleteTask(case.item("a"))) == ["a complete", "x start", "y start"]


def test_what_follows_from_the_first_comes_after_the_second():
    plan = item("a") + item("x", "mark", entry("s1")) + item("y", "mark", entry("s2")) + item("z", "human", entry("s3"))
    plan += on("s1", "a") + on("s2", "a") + on("s3", "x", "occur") + HUMAN + MARK
    case = Hand(library(m_cmmn=cmmn(plan))).start()
    assert told(case, c.CompleteTask(case.item("a"))) == ["a complete", "x occur", "y occur", "z start"]


def test_an_item_enters_before_it_leaves():
    leave = '<exitCriterion id="out" sentryRef="s"/>'
    plan = item("hold") + item("a") + item("x", "human", entry("s") + leave) + on("s", "a") + HUMAN
    case = Hand(library(m_cmmn=cmmn(plan))).start()
    assert told(case, c.CompleteTask(case.item("a"))) == ["a complete", "x start", "x exit"]


def test_children_leave_before_their_stage():
    stage = '<stage id="st">' + item("p") + item("q", "inner") + '<stage id="inner">' + item("r") + "</stage></stage>"
    plan = item("hold") + item("a", "st", '<exitCriterion id="out" sentryRef="s"/>') + item("b")
    case = Hand(library(m_cmmn=cmmn(plan + on("s", "b") + stage + HUMAN))).start()
    assert told(case, c.CompleteTask(case.item("b"))) == ["b complete", "p exit", "r exit", "q exit", "a exit"]


def test_conditions_are_looked_at_before_a_stage_completes():
    stage = '<stage id="st" autoComplete="true">' + item("p") + item("q", "human", entry("s"))
    stage += '<sentry id="s"><ifPart><condition>more = true</condition></ifPart></sentry></stage>'
    case = Hand(library(m_cmmn=cmmn(item("a", "st") + stage + HUMAN))).start()
    assert told(case, c.CompleteTask(case.item("p"), {"more": True})) == ["p complete", "q start"]


def test_stages_complete_from_the_inside_out_and_the_case_last():
    stage = '<stage id="st">' + item("q", "inner") + '<stage id="inner">' + item("r") + "</stage></stage>"
    case = Hand(library(m_cmmn=cmmn(item("a", "st") + stage + HUMAN))).start()
    assert told(case, c.CompleteTask(case.item("r"))) == ["r complete", "q complete", "a complete"]
    assert case.state.root.state == "completed"


def test_a_sentry_on_the_inner_stage_keeps_the_outer_one_open():
    inner = '<stage id="inner">' + item("r") + "</stage>"
    stage = '<stage id="st">' + item("q", "inner") + item("n", "human", entry("s")) + on("s", "q") + inner + "</stage>"
    case = Hand(library(m_cmmn=cmmn(item("a", "st") + stage + HUMAN))).start()
    assert told(case, c.CompleteTask(case.item("r"))) == ["r complete", "q complete", "n start"]


def test_conditions_fire_oldest_item_first():
    never = '<sentry id="{}"><ifPart><condition>go = true</condition></ifPart></sentry>'
    plan = item("x", "human", entry("s1")) + item("y", "human", entry("s2")) + never.format("s1") + never.format("s2")
    case = Hand(library(m_cmmn=cmmn(plan + HUMAN))).start()
    assert told(case, c.SetVariables({"go": True})) == ["x start", "y start"]


def test_the_history_tells_which_criterion_let_an_item_in():
    case = Hand(library(m_cmmn=cmmn(item("a") + item("x", "human", entry("s")) + on("s", "a") + HUMAN))).start()
    outcome = case.do(c.CompleteTask(case.item("a")))
    reasons = {event.transition: event.reason for event in outcome.events if isinstance(event, e.ItemChanged)}
    assert reasons == {"complete": "", "start": "in_s"}


ENDS_AT_ONCE = """<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" targetNamespace="t"
 xmlns:flowable="http://flowable.org/cmmn"><case id="c"><casePlanModel id="plan" autoComplete="true">
<planItem id="reached" definitionRef="d_reached"/>
<planItem id="left" definitionRef="d_left"><entryCriterion id="c1" sentryRef="never"/></planItem>
<planItem id="other" definitionRef="d_other"><entryCriterion id="c2" sentryRef="never"/></planItem>
<planItem id="listener" definitionRef="d_listener"/>
<sentry id="never"><ifPart><condition>${a == 1}</condition></ifPart></sentry><milestone id="d_reached"/>
<stage id="d_left" autoComplete="true"><planItem id="t1" definitionRef="d_t1"/><humanTask id="d_t1"/></stage>
<stage id="d_other" autoComplete="true"><planItem id="t2" definitionRef="d_t2">
<entryCriterion id="c3" sentryRef="exits"/></planItem>
<sentry id="exits"><planItemOnPart sourceRef="left"><standardEvent>exit</standardEvent></planItemOnPart></sentry>
<humanTask id="d_t2" isBlocking="false"/></stage>
<userEventListener id="d_listener" flowable:availableCondition="${a == 1}"/></casePlanModel></case></definitions>"""


def test_what_leaves_with_its_case_begins_nothing_in_it_any_more():
    case = Hand(library(m_cmmn=ENDS_AT_ONCE.encode())).start("c")
    assert case.state.root.state == "completed" and not case.state.items
