"""May every name of a model be one with spaces, signs, digits and words of FEEL in it? (DMN 1.5, 10.3.1.2: rule 27)"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest

from orchestration.engine.dmn import compile_model, parse
from tests.engine.dmn.samples import definitions, literal, table

NAMES = ["unit price", "net-price", "o'neil", "a.b", "price/unit", "a+b", "x*y", "line 2", "price and tax",
         "stock for sale", "date", "für alle", "e-mail", "time offset"]  # fmt: skip
INPUT = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
DECISION = '<informationRequirement><requiredDecision href="#d"/></informationRequirement>'
KNOWLEDGE = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'

pytestmark = pytest.mark.parametrize("name", NAMES)


def element(kind, id, name, body="", type_ref=""):
    typed = f" typeRef={quoteattr(type_ref)}" if type_ref else ""
    return f'<{kind} id="{id}" name={quoteattr(name)}><variable name={quoteattr(name)}{typed}/>{body}</{kind}>'


def decided(*parts, logic, requires="", **inputs):
    """What a decision gives that has this logic."""
    of = compile_model(parse(definitions(*parts, element("decision", "r", "result", requires + logic))))
    evaluation = of.evaluate("r", inputs)
    assert evaluation.problems == (), evaluation.problems
    return evaluation.value


def d(logic):
    return element("decision", "d", "d", logic)


def knowledge(name, parameter, text):
    body = f"<formalParameter name={quoteattr(parameter)}/>{literal(text)}"
    return element("businessKnowledgeModel", "k", name, f"<encapsulatedLogic>{body}</encapsulatedLogic>")


def test_of_input_data(name):
    data = element("inputData", "i", name)
    assert decided(data, logic=literal(f"{name} * 2"), requires=INPUT, **{name: 3}) == 6
    assert decided(data, logic=table([name], [""], [[f"? = {name}", "1"]]), requires=INPUT, **{name: 3}) == 1


def test_of_a_decision(name):
    assert decided(element("decision", "d", name, literal("5")), logic=literal(f"{name} + 1"), requires=DECISION) == 6


def test_of_an_output(name):
    outputs = table(["1"], [name, "other"], [["-", "5", "6"]])
    assert decided(d(outputs), logic=literal(f"d.{name} + 1"), requires=DECISION) == 6


def test_of_a_component_of_a_type(name):
    item = f'<itemDefinition name="t"><itemComponent name={quoteattr(name)}><typeRef>number</typeRef></itemComponent>'
    data = element("inputData", "i", "x", type_ref="t")
    found = decided(item + "</itemDefinition>", data, logic=literal(f"x.{name} + 1"), requires=INPUT, x={name: 3})
    assert found == 4


def test_of_a_type(name):
    item = f"<itemDefinition name={quoteattr(name)}><typeRef>number</typeRef></itemDefinition>"
    assert decided(item, logic=literal("5", name)) == 5
    assert decided(item, logic=literal(f"5 instance of {name}")) is True


def test_of_an_entry_of_a_context(name):
    entry = f"<contextEntry><variable name={quoteattr(name)}/>{literal('4')}</contextEntry>"
    result = f"<contextEntry>{literal(f'{name} + 1')}</contextEntry>"
    assert decided(logic=f"<context>{entry}{result}</context>") == 5
    assert decided(d(f"<context>{entry}</context>"), logic=literal(f"d.{name} + 1"), requires=DECISION) == 5


def test_of_a_column_of_a_relation(name):
    relation = f"<relation><column name={quoteattr(name)}/><row>{literal('4')}</row></relation>"
    assert decided(d(relation), logic=literal(f"d[1].{name} + 1"), requires=DECISION) == 5
    assert decided(d(relation), logic=literal(f"count(d[{name} = 4])"), requires=DECISION) == 1


def test_of_a_knowledge_model_and_its_parameter(name):
    assert decided(knowledge(name, "x", "x + 1"), logic=literal(f"{name}(3)"), requires=KNOWLEDGE) == 4
    given = knowledge("f", name, f"{name} + 1")
    assert decided(given, logic=literal("f(3)"), requires=KNOWLEDGE) == 4
    assert decided(given, logic=literal(f"f({name}: 3)"), requires=KNOWLEDGE) == 4


def test_of_a_decision_service(name):
    service = element("decisionService", "k", name, '<outputDecision href="#d"/>')
    assert decided(d(literal("7")), service, logic=literal(f"{name}()"), requires=KNOWLEDGE) == 7


def test_of_an_iterator(name):
    logic = (
        f"<for iteratorVariable={quoteattr(name)}><in>{literal('[1]')}</in><return>{literal(f'{name} + 1')}</return>"
    )
    assert decided(logic=f"{logic}</for>") == [2]


def test_a_name_behind_a_dot_does_not_hide_an_operation(name):
    """Where `a+b` is the name of an entry, `a + b` of two variables is their sum."""
    outputs = d(table(["1"], [name, "a+b"], [["-", "5", "6"]]))
    context = f"<context>{_entry('a', '1')}{_entry('b', '2')}<contextEntry>{literal('a+b')}</contextEntry></context>"
    assert decided(outputs, logic=context) == 3


def _entry(name, text):
    return f'<contextEntry><variable name="{name}"/>{literal(text)}</contextEntry>'
