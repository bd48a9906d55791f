"""What does a file say, as it stands in the world: in the standard's words, in vendors', and damaged?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.engine.bpmn.compile_processes import compile_processes
from orchestration.engine.xml import Element, XmlRefused, parse

HERE = Path(__file__).parents[1] / "scenarios" / "bpmn"
MODELS = sorted(HERE.glob("*.bpmn"))
OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:t="urn:t" id="d" targetNamespace="urn:t">'
)


def node(element, head=""):
    text = (
        f'{OPEN}{head}<process id="p"><startEvent id="s" />{element}<endEvent id="e" />'
        '<sequenceFlow id="f" sourceRef="s" targetRef="x" /><sequenceFlow id="g" sourceRef="x" targetRef="e" />'
        "</process></definitions>"
    )
    processes, faults = compile_processes(parse(text.encode()), "x.bpmn")
    assert faults == []
    return processes["p"].nodes["x"]


def test_the_standards_own_performers():
    found = node(
        '<userTask id="x"><humanPerformer><resourceAssignmentExpression><formalExpression>${boss}</formalExpression>'
        "</resourceAssignmentExpression></humanPerformer><potentialOwner><resourceAssignmentExpression>"
        "<formalExpression>user(kermit), group(management), sales</formalExpression></resourceAssignmentExpression>"
        "</potentialOwner></userTask>"
    )
    assert found.extensions.assignee.text == "${boss}"
    assert [user.constant for user in found.extensions.candidate_users] == ["kermit"]
    assert [group.constant for group in found.extensions.candidate_groups] == ["management", "sales"]


def test_references_may_be_qualified_names():
    found = node(
        '<intermediateCatchEvent id="x"><messageEventDefinition messageRef="t:m" /></intermediateCatchEvent>',
        '<message id="m" name="the message" />',
    )
    assert found.definitions[0].name.constant == "the message"


def test_an_event_definition_may_stand_beside_the_processes():
    found = node(
        '<intermediateCatchEvent id="x"><eventDefinitionRef>tick</eventDefinitionRef></intermediateCatchEvent>',
        '<timerEventDefinition id="tick"><timeDuration>PT1H</timeDuration></timerEventDefinition>',
    )
    assert found.definitions[0].schedule.constant == "PT1H"


def test_data_associations_are_mappings():
    found = node(
        '<dataObject id="order" name="order" /><userTask id="x"><ioSpecification><dataInput id="di" name="what" />'
        '<dataOutput id="do" name="made" /></ioSpecification>'
        "<dataInputAssociation><sourceRef>order</sourceRef><targetRef>di</targetRef></dataInputAssociation>"
        "<dataOutputAssociation><sourceRef>do</sourceRef><targetRef>order</targetRef></dataOutputAssociation>"
        "</userTask>"
    )
    assert [(one.source.text, one.target.constant) for one in found.inputs] == [("order", "what")]
    assert [(one.source.text, one.target.constant) for one in found.outputs] == [("made", "order")]


def test_zeebes_scripts_calls_and_decisions():
    script = '<zeebe:script expression="=1 + 1" resultVariable="n" />'
    found = node(f'<scriptTask id="x"><extensionElements>{script}</extensionElements></scriptTask>')
    assert found.script.result.text == "=1 + 1"
    assert found.extensions.result_variable == "n"
    called = '<zeebe:calledElement processId="p" propagateAllChildVariables="true" />'
    call = node(f'<callActivity id="x"><extensionElements>{called}</extensionElements></callActivity>')
    assert call.called.constant == "p"
    assert call.extensions.return_all


def test_elements_without_ids_are_numbered():
    text = f'{OPEN}<process id="p"><startEvent id="s" /><endEvent id="e" /><sequenceFlow sourceRef="s" targetRef="e" />'
    processes, faults = compile_processes(parse(f"{text}</process></definitions>".encode()), "x.bpmn")
    assert faults == []
    assert processes["p"].nodes["s"].outgoing[0].id == "sequenceFlow#1"


def written(element: Element) -> str:
    """The element as XML again, with its namespaces."""
    names = " ".join(f'xmlns:n{n}="{uri}"' for n, uri in enumerate(spaces(element)))
    return inner(element, list(spaces(element)), names)


def spaces(element: Element) -> dict[str, None]:
    found = {one.namespace: None for one in element.walk()}
    for one in element.walk():
        found |= {key[1:].partition("}")[0]: None for key in one.attributes if key.startswith("{")}
    return found


def inner(element: Element, known: list[str], names: str = "") -> str:
    def name(full: str) -> str:
        space, _, local = full[1:].partition("}")
        return f"n{known.index(space)}:{local}" if full.startswith("{") else full

    tag = f"n{known.index(element.namespace)}:{element.name}"
    attributes = " ".join(f'{name(key)}="{escaped(value)}"' for key, value in element.attributes.items())
    content = escaped(element.text) + "".join(inner(child, known) for child in element.children)
    return f"<{tag} {names} {attributes}>{content}</{tag}>"


def escaped(text: str) -> str:
    for sign, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, safe)
    return text


def test_the_name_of_a_link_and_of_what_is_called_is_a_text_whatever_is_in_it():
    link = '<linkEventDefinition name="${odd(" />'
    body = f'<intermediateThrowEvent id="a">{link}</intermediateThrowEvent>'
    body += (
        f'<intermediateCatchEvent id="b">{link}</intermediateCatchEvent><callActivity id="c" calledElement="x:=1+" />'
    )
    text = f'{OPEN}<process id="p"><startEvent id="s" />{body}</process></definitions>'
    processes, faults = compile_processes(parse(text.encode()), "odd.bpmn")
    assert [fault for fault in faults if fault.severe] == []
    assert processes["p"].body.links == {"${odd(": "b"}
    call: Any = processes["p"].nodes["c"]
    assert call.called.constant == "=1+"


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(MODELS),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5), st.integers(0, 400)), max_size=6),
)
def test_a_damaged_model_is_read_or_its_faults_are_named(path, damages):
    root = parse(path.read_bytes())
    for place, damage, other in damages:
        elements = root.walk()
        one, two = elements[place % len(elements)], elements[other % len(elements)]
        keys = list(one.attributes)
        if damage == 0 and one.children:
            one.children.pop(other % len(one.children))
        elif damage == 1 and keys:
            del one.attributes[keys[other % len(keys)]]
        elif damage == 2 and keys:
            one.attributes[keys[other % len(keys)]] = two.get("id") or "odd"
        elif damage == 3:
            one.name = two.name
        elif damage == 4 and one not in two.walk():
            one.children.append(two)
        elif damage == 5:
            one.parts = ["${odd("]
    try:
        again = parse(written(root).encode())
    except XmlRefused:
        return
    processes, faults = compile_processes(again, path.name)
    assert all(fault.element and fault.sentence for fault in faults)
    assert isinstance(processes, dict)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_our_own_scenario_models_have_no_faults_at_all(path):
    assert compile_processes(parse(path.read_bytes()), path.name)[1] == []
