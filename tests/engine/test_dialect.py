"""Do the extensions of Flowable, Activiti, Camunda, Zeebe and our own say the same thing in one form?"""

from __future__ import annotations

import pytest

from orchestration.engine.dialect import extensions, script, vendor
from orchestration.engine.expressions import BadExpression
from orchestration.engine.xml import parse

SPACES = (
    'xmlns:cw="urn:casewright:model:1" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:activiti="http://activiti.org/bpmn" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
)


def read(attributes="", inner=""):
    element = parse(
        f'<task id="t" {SPACES} {attributes}><extensionElements>{inner}</extensionElements></task>'.encode()
    )
    found, faults = extensions(element)
    assert faults == ()
    return found


def texts(formulas):
    return [formula.text for formula in formulas]


@pytest.mark.parametrize("prefix", ["cw", "flowable", "activiti", "camunda"])
def test_who_does_a_task(prefix):
    found = read(f'{prefix}:assignee="kermit" {prefix}:candidateUsers="a, b" {prefix}:candidateGroups="${{groups}}"')
    assert found.assignee.constant == "kermit"
    assert [user.constant for user in found.candidate_users] == ["a", "b"]
    assert texts(found.candidate_groups) == ["${groups}"]


def test_zeebe_says_so_in_elements():
    found = read(
        inner='<zeebe:assignmentDefinition assignee="=boss" candidateGroups="sales" />'
        '<zeebe:formDefinition formKey="f1" /><zeebe:taskSchedule dueDate="=due" />'
        '<zeebe:priorityDefinition priority="50" />'
    )
    assert found.assignee.text == "=boss"
    assert [group.constant for group in found.candidate_groups] == ["sales"]
    assert (found.form.constant, found.due.text, found.priority.constant) == ("f1", "=due", "50")


@pytest.mark.parametrize(
    ("attributes", "inner", "capability"),
    [
        ('cw:capability="ocr"', "", "ocr"),
        ('camunda:type="external" camunda:topic="ocr"', "", "ocr"),
        ('flowable:type="mail"', "", "mail"),
        ('flowable:class="org.acme.Ship"', "", "org.acme.Ship"),
        ('flowable:delegateExpression="${shipper}"', "", "shipper"),
        ("", '<zeebe:taskDefinition type="ocr" retries="3" />', "ocr"),
    ],
)
def test_what_kind_of_machine_work_it_is(attributes, inner, capability):
    assert read(attributes, inner).capability.constant == capability


@pytest.mark.parametrize(
    ("inner", "source", "target"),
    [
        ('<cw:input name="x" value="=a + 1" />', "=a + 1", "x"),
        ('<flowable:in source="a" target="x" />', "a", "x"),
        ('<flowable:in sourceExpression="${a + 1}" target="x" />', "${a + 1}", "x"),
        ('<camunda:in source="a" target="x" />', "a", "x"),
        (
            '<camunda:inputOutput><camunda:inputParameter name="x">${a}</camunda:inputParameter></camunda:inputOutput>',
            "${a}",
            "x",
        ),
        ('<zeebe:ioMapping><zeebe:input source="=a" target="x" /></zeebe:ioMapping>', "=a", "x"),
    ],
)
def test_what_goes_in(inner, source, target):
    (transfer,) = read(inner=inner).inputs
    assert (transfer.source.text, transfer.target.constant) == (source, target)


@pytest.mark.parametrize(
    "inner",
    [
        '<cw:output name="x" value="=a" />',
        '<flowable:out source="a" target="x" />',
        '<camunda:inputOutput><camunda:outputParameter name="x">${a}</camunda:outputParameter></camunda:inputOutput>',
        '<zeebe:ioMapping><zeebe:output source="=a" target="x" /></zeebe:ioMapping>',
    ],
)
def test_what_comes_out(inner):
    (transfer,) = read(inner=inner).outputs
    assert transfer.target.constant == "x"


def test_everything_may_go_in_and_come_out():
    assert read('flowable:inheritVariables="true"').inherit_variables
    assert read(inner='<camunda:in variables="all" /><camunda:out variables="all" />').inherit_variables
    assert read(inner='<camunda:out variables="all" />').return_all


def test_collections_of_a_loop():
    found = read('flowable:collection="people" flowable:elementVariable="person"')
    assert (found.collection.text, found.element_variable) == ("people", "person")
    zeebe = read(
        inner='<zeebe:loopCharacteristics inputCollection="=people" inputElement="person" '
        'outputCollection="votes" outputElement="=vote" />'
    )
    assert (zeebe.collection.text, zeebe.element_variable) == ("=people", "person")
    assert [(name, each.text) for name, each in zeebe.collected] == [("votes", "=vote")]
    assert (found.first_index, zeebe.first_index) == (0, 1)


def test_other_attributes_are_kept_by_their_local_name():
    assert read('flowable:counterVariable="n"').attributes["counterVariable"] == "n"


def test_our_own_word_comes_before_a_vendors():
    element = parse(f'<task {SPACES} flowable:assignee="them" cw:assignee="us" />'.encode())
    assert vendor(element, "assignee") == "us"


def test_an_expression_that_would_need_java_is_a_fault_of_its_element():
    element = parse(f'<task id="t" {SPACES} flowable:assignee="${{bean.pick()}}" />'.encode())
    (fault,) = extensions(element)[1]
    assert fault.element == "t"
    assert "would call Java code" in fault.sentence


@pytest.mark.parametrize("format", ["python", "xpath", "text/x-ruby"])
def test_scripts_in_other_languages_are_refused(format):
    with pytest.raises(BadExpression, match="do not run here"):
        script("1", format)
