"""Is a wrong process refused when it is deployed, with every fault, its element and a sentence?"""

from __future__ import annotations

import pytest

from orchestration.engine.bpmn.compile_processes import check_references, compile_processes
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.xml import parse

OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:cw="urn:casewright:model:1" xmlns:t="urn:t" id="d" targetNamespace="urn:t">'
)
FRAME = '<startEvent id="s" /><endEvent id="e" />'


def flows(*pairs):
    return "".join(
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}" />' for source, target in pairs
    )


def compiled(body, head="", key="p"):
    text = f'{OPEN}{head}<process id="{key}">{body}</process></definitions>'
    return compile_processes(parse(text.encode()), "wrong.bpmn")


def faults(body, head=""):
    """What is said of each element, severe or not, as one text."""
    found = {}
    for fault in compiled(body, head)[1]:
        key = (fault.element, fault.severe)
        found[key] = " ".join(filter(None, [found.get(key), fault.sentence]))
    return found


@pytest.mark.parametrize(
    ("body", "element", "sentence"),
    [
        (FRAME + flows(("s", "e"), ("s", "nowhere")), "s_nowhere", "joins 'nowhere', which is no flow node"),
        (FRAME + '<task id="s" />' + flows(("s", "e")), "s", "used twice"),
        (FRAME + '<exclusiveGateway id="g" />' + flows(("s", "g")), "g", "no way out"),
        (FRAME + '<task id="a" default="e" />' + flows(("s", "a"), ("a", "e")), "a", "'e' does not leave this element"),
        (FRAME + '<receiveTask id="r" messageRef="m" />' + flows(("s", "r"), ("r", "e")), "r", "which is not there"),
        (FRAME + '<boundaryEvent id="b" attachedToRef="x"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
         "</timerEventDefinition></boundaryEvent>" + flows(("s", "e")), "b", "must be attached to an activity"),
        (FRAME + '<intermediateCatchEvent id="c"><timerEventDefinition><timeDuration>soon</timeDuration>'
         "</timerEventDefinition></intermediateCatchEvent>" + flows(("s", "c"), ("c", "e")), "c", "'soon' is no date"),
        (FRAME + '<intermediateCatchEvent id="c"><cancelEventDefinition /></intermediateCatchEvent>'
         + flows(("s", "c"), ("c", "e")), "c", "cannot be a cancel event"),
        (FRAME + '<scriptTask id="x" scriptFormat="python"><script>1</script></scriptTask>'
         + flows(("s", "x"), ("x", "e")), "x", "scripts in python do not run here"),
        (FRAME + '<serviceTask id="x" flowable:expression="${bean.go(1) + 1}" />' + flows(("s", "x"), ("x", "e")), "x",
         "would call Java code"),
        (FRAME + '<businessRuleTask id="x" />' + flows(("s", "x"), ("x", "e")), "x", "which decision it evaluates"),
        (FRAME + '<businessRuleTask id="x" flowable:rules="r1" />' + flows(("s", "x"), ("x", "e")), "x", "Rule files"),
        (FRAME + '<callActivity id="x" />' + flows(("s", "x"), ("x", "e")), "x", "must say what it calls"),
        (FRAME + '<userTask id="x"><multiInstanceLoopCharacteristics /></userTask>' + flows(("s", "x"), ("x", "e")),
         "x", "needs a cardinality or a collection"),
        (FRAME + '<userTask id="x"><multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="z">'
         "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
         + flows(("s", "x"), ("x", "e")), "x", "as its instances complete"),
        (FRAME + '<task id="x"><dataInputAssociation><sourceRef>a</sourceRef><targetRef>${odd(</targetRef>'
         "</dataInputAssociation></task>" + flows(("s", "x"), ("x", "e")), "x", "not closed with a brace"),
        (FRAME + '<eventBasedGateway id="g" eventGatewayType="Parallel" />' + flows(("s", "g")), "g", "all its events"),
        (FRAME + '<task id="x" isForCompensation="true" />' + flows(("s", "x"), ("x", "e")), "x", "outside the normal"),
        (FRAME + '<choreographyTask id="x" />' + flows(("s", "e")), "x", "is not supported in a process"),
        (FRAME + '<eventBasedGateway id="g" /><task id="a" />' + flows(("s", "g"), ("g", "a"), ("a", "e")), "g",
         "Only events and receive tasks may follow"),
        (FRAME + '<subProcess id="x" triggeredByEvent="true"><startEvent id="xs" /></subProcess>' + flows(("s", "e")),
         "x", "exactly one start event, with a trigger"),
        (FRAME + '<subProcess id="x"><task id="y" />' + flows(("y", "y")) + "</subProcess>"
         + flows(("s", "x"), ("x", "e")), "x", "nothing to begin with"),
        (FRAME + '<endEvent id="c"><cancelEventDefinition /></endEvent>' + flows(("s", "c")), "c", "a transaction"),
        (FRAME + '<intermediateThrowEvent id="l"><linkEventDefinition name="x" /></intermediateThrowEvent>'
         + flows(("s", "l")), "l", "exactly one catching link"),
        (FRAME + '<task id="a" /><boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition /></boundaryEvent>'
         + flows(("s", "a"), ("a", "e")), "b", "an association to its handler"),
        ('<task id="a" />' + flows(("a", "a")), "p", "no way in"),
        ('<startEvent id="s2" />' + FRAME + flows(("s", "e"), ("s2", "e")), "p", "several start events without"),
    ],
)  # fmt: skip
def test_a_wrong_element_is_a_fault(body, element, sentence):
    found = faults(body)
    assert sentence in found[(element, True)]


def test_all_faults_come_at_once_with_their_lines():
    found = compiled('\n<exclusiveGateway id="g" />\n<callActivity id="c" />' + FRAME + flows(("s", "g"), ("g", "c")))[
        1
    ]
    assert [(fault.element, fault.line, fault.file) for fault in found if fault.severe] == [("c", 3, "wrong.bpmn")]
    two = faults('<exclusiveGateway id="g" /><callActivity id="c" />' + FRAME + flows(("s", "g"), ("s", "c")))
    assert {("g", True), ("c", True)} <= set(two)


def test_what_can_never_be_reached_is_said_but_does_no_harm():
    found = faults(FRAME + '<task id="lost" name="Lost" />' + flows(("s", "e"), ("lost", "e")))
    assert found == {("lost", False): "Nothing leads to 'Lost': it can never be reached."}


def test_what_other_engines_run_is_a_warning_only():
    joins = '<parallelGateway id="g" /><parallelGateway id="j" />' + flows(("s", "g"), ("g", "j"))
    joins += '<sequenceFlow id="again" sourceRef="g" targetRef="j" />'
    assert ("j", False) in faults(FRAME + joins)
    thrown = '<endEvent id="t"><messageEventDefinition /></endEvent>'
    assert ("t", False) in faults('<startEvent id="s" />' + thrown + flows(("s", "t")))


def test_what_is_empty_is_over_at_once_and_does_no_harm():
    assert faults("") == {("p", False): "The process is empty: it is over as soon as it has begun."}
    inside = FRAME + '<subProcess id="x" />' + flows(("s", "x"), ("x", "e"))
    assert faults(inside) == {("x", False): "The sub-process is empty: it is over as soon as it has begun."}


def test_a_call_that_names_nothing_has_one_fault():
    text = f'{OPEN}<process id="p">{FRAME}<callActivity id="c" />{flows(("s", "c"))}</process></definitions>'
    assert [fault.element for fault in build({"p.bpmn": text.encode()}) if fault.severe] == ["c"]


def test_a_sound_process_has_no_faults():
    assert faults(FRAME + '<userTask id="a" />' + flows(("s", "a"), ("a", "e"))) == {}


def test_references_to_other_files_are_checked_together():
    body = FRAME + '<callActivity id="c" calledElement="t:other" /><businessRuleTask id="b" cw:decision="rate" />'
    processes, wrong = compiled(body + flows(("s", "c"), ("c", "b"), ("b", "e")))
    assert wrong == []
    missing = check_references(processes["p"], CompiledModels(processes=processes))
    assert {fault.element: fault.sentence for fault in missing} == {
        "c": "It calls the process 'other', which is not deployed.",
        "b": "It evaluates the decision 'rate', which is not deployed.",
    }


def test_a_wrong_file_deploys_nothing():
    good = f'{OPEN}<process id="good">{FRAME}{flows(("s", "e"))}</process></definitions>'.encode()
    bad = f'{OPEN}<process id="bad">{FRAME}<callActivity id="c" />{flows(("s", "c"))}</process></definitions>'.encode()
    assert isinstance(build({"good.bpmn": good}), CompiledModels)
    assert isinstance(build({"good.bpmn": good, "bad.bpmn": bad}), list)


def test_a_file_of_something_else_is_refused():
    found = compile_processes(parse(b"<html />"), "x.bpmn")
    assert found[0] == {}
    assert "no BPMN 2.0 file" in found[1][0].sentence


def test_a_process_that_is_not_executable_is_passed_by():
    text = f'{OPEN}<process id="p" isExecutable="false"><task id="t" /></process></definitions>'
    processes, faults = compile_processes(parse(text.encode()), "x.bpmn")
    assert processes == {} and not [fault for fault in faults if fault.severe]


def test_a_file_in_which_nothing_can_run_is_a_warning_and_a_drawing_beside_a_process_is_none():
    drawn, runs = (f'<process id="{id}" isExecutable="{flag}"><startEvent/></process>' for id, flag in
                   (("d", "false"), ("r", "true")))  # fmt: skip
    opening = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
    for inside, said in ((drawn, ["d"]), (drawn + runs, []), (runs, []), ("", ["definitions#1"])):
        built = build({"m.bpmn": f"{opening}{inside}</definitions>".encode()})
        assert isinstance(built, CompiledModels)
        nothing = [warning.element for warning in built.warnings if "can run" in warning.sentence]
        assert nothing == said, inside
