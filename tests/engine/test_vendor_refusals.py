"""Is an extension that does not run here refused or remarked, with its element and what to do?"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.casetypes.scenario_engine import START
from orchestration.engine import commands as c
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.execute import execute
from tests.engine.vendors import activity, line, sentences

# -- whatever an extension says

SAID = st.one_of(
    st.sampled_from(
        ["${a.b()}", "${", "=", "=f(1)", "#{a ? b}", "0 0 0 ? * 9", "a..b", "-1", "true", "R/PT1H until x"]
    ),
    st.text(alphabet="ab1 =${}().,'\"[]*/?:-", max_size=24),
)
ATTRIBUTES = (
    "assignee",
    "candidateGroups",
    "dueDate",
    "priority",
    "formKey",
    "class",
    "delegateExpression",
    "expression",
    "type",
    "topic",
    "resultVariable",
    "skipExpression",
    "collection",
    "elementVariable",
    "decisionRef",
    "mapDecisionResult",
    "businessKey",
    "initiator",
)
INSIDE = {
    "flowable:field": ("name", "expression"),
    "flowable:in": ("sourceExpression", "target"),
    "flowable:executionListener": ("event", "expression"),
    "zeebe:taskDefinition": ("type", "retries"),
    "zeebe:assignmentDefinition": ("assignee", "candidateUsers"),
    "zeebe:calledElement": ("processId", "propagateAllChildVariables"),
}


@given(
    st.sampled_from(["userTask", "serviceTask", "scriptTask", "sendTask", "businessRuleTask", "callActivity"]),
    st.dictionaries(st.tuples(st.sampled_from(["flowable", "camunda"]), st.sampled_from(ATTRIBUTES)), SAID, max_size=3),
    st.lists(st.tuples(st.sampled_from(sorted(INSIDE)), SAID, SAID), max_size=2),
    st.one_of(st.none(), SAID),
)
def test_any_extension_is_refused_with_its_element_or_runs(kind, attributes, inside, parameter):
    said = " ".join(f"{prefix}:{name}={quoteattr(text)}" for (prefix, name), text in attributes.items())
    held = "".join(
        f"<{name} {INSIDE[name][0]}={quoteattr(one)} {INSIDE[name][1]}={quoteattr(other)}/>"
        for name, one, other in inside
    )
    if parameter is not None:
        held += f"<camunda:inputOutput><camunda:inputParameter name='x'>{escape(parameter)}</camunda:inputParameter>"
        held += f"</camunda:inputOutput><zeebe:ioMapping><zeebe:output source={quoteattr(parameter)} target='y.z'/>"
        held += "</zeebe:ioMapping>"
    built = build({"p.bpmn": line(activity(kind, said, held))})
    if isinstance(built, CompiledModels):
        assert execute(built, None, c.StartProcess("p", {"a": 1}, by="ann"), START).state.instances is not None
    else:
        assert all(fault.element and fault.sentence for fault in built)


# -- what is refused, and what is only remarked


@pytest.mark.parametrize(
    ("task", "severe", "says"),
    [
        (activity("serviceTask", 'flowable:type="send-event"'), True, "does not say which"),
        (activity("callActivity", 'calledElement="p" camunda:variableMappingClass="x"'), True, "use in and out"),
        (activity("scriptTask", 'scriptFormat="groovy" camunda:resource="x.groovy"'), True, "into the model"),
        (
            activity(
                "userTask",
                "",
                '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="js" '
                'resource="x.js"/></camunda:inputParameter></camunda:inputOutput>',
            ),
            True,
            "into the model",
        ),
        (
            activity("adHocSubProcess", "", '<zeebe:taskDefinition type="x"/>', '<task id="a"/>'),
            True,
            "steps of a case",
        ),
        (
            activity("businessRuleTask", 'camunda:decisionRef="d" camunda:mapDecisionResult="all"'),
            True,
            "no form 'all'",
        ),
        (
            activity("userTask", "", '<zeebe:ioMapping><zeebe:input source="=1" target="a..b"/></zeebe:ioMapping>'),
            True,
            "no name, nor a path of names",
        ),
        (
            activity("userTask", "", '<zeebe:ioMapping><zeebe:output source="=1" target="in.x"/></zeebe:ioMapping>'),
            True,
            "is not FEEL",
        ),
        (activity("userTask", "", '<camunda:taskListener event="create" class="x"/>'), False, "as a task"),
        (activity("userTask", "", '<camunda:formData><camunda:formField id="x"/></camunda:formData>'), False, "form"),
        (
            activity(
                "serviceTask",
                "",
                '<zeebe:executionListeners><zeebe:executionListener type="x"/></zeebe:executionListeners>'
                '<zeebe:taskDefinition type="x"/>',
            ),
            False,
            "as a task",
        ),
        (
            activity(
                "userTask",
                "",
                "",
                '<multiInstanceLoopCharacteristics><extensionElements><flowable:collection flowable:class="x">'
                "<flowable:string>[]</flowable:string></flowable:collection></extensionElements>"
                "<loopCardinality>1</loopCardinality></multiInstanceLoopCharacteristics>",
            ),
            True,
            "give a list",
        ),
    ],
)
def test_what_does_not_run_here_is_named_with_what_to_do(task, severe, says):
    found = sentences(line(task))["t"]
    assert any(one is severe and says in sentence for one, sentence in found), found
