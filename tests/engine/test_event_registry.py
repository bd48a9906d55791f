"""Do events of Flowable's event registry reach, begin and leave cases as its models say?"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from orchestration.engine import events as e
from orchestration.engine.compile_models import build
from orchestration.engine.compiled_models import CompiledModels
from orchestration.scenario import Engine, Refused
from tests.engine.models import cmmn, item
from tests.engine.vendors import Run, bpmn, flows, line

ORDER = orjson.dumps(
    {
        "key": "order",
        "correlationParameters": [{"name": "customer", "type": "string"}],
        "payload": [{"name": "amount", "type": "integer"}, {"name": "note", "type": "string"}],
    }
)


def extended(kind: str, id: str, *inside: str, attributes: str = "") -> str:
    return f'<{kind} id="{id}" {attributes}><extensionElements>{"".join(inside)}</extensionElements></{kind}>'


def event(name: str, *more: str) -> tuple[str, ...]:
    return (f"<flowable:eventType>{name}</flowable:eventType>", *more)


def by(name: str, value: str, kind: str = "eventCorrelationParameter") -> str:
    return f'<flowable:{kind} name="{name}" value="{value}"/>'


def out(source: str, target: str, more: str = "") -> str:
    return f'<flowable:eventOutParameter source="{source}" target="{target}" {more}/>'


def given(source: str, target: str) -> str:
    return f'<flowable:eventInParameter source="{source}" target="{target}"/>'


def running(**files: bytes) -> Engine:
    built = build({name.replace("_", "."): source for name, source in files.items()})
    assert isinstance(built, CompiledModels), built
    engine = Engine()
    engine.library = built
    return engine


def open_tasks(engine: Engine) -> list[list[str]]:
    """The names of the open tasks of each case, in the order in which the cases began."""
    seen = [engine.snapshot(f"{number}/1") for number in range(len(engine.known))]
    return [[task["def"] for task in one["tasks"]] for one in seen]


def variables(engine: Engine, number: int = 0) -> dict[str, Any]:
    return engine.snapshot(f"{number}/1")["variables"]


# -- events that come in


def waiting_for(*inside: str) -> bytes:
    task = extended("receiveTask", "t", *event("order", *inside))
    return bpmn('<startEvent id="s"/>', task, '<userTask id="after"/>', flows("s", "t", "after"))


def test_an_event_goes_to_the_case_whose_data_it_has_and_leaves_only_what_is_mapped():
    engine = running(p_bpmn=waiting_for(by("customer", "${who}"), out("amount", "sum"), out("absent", "kept")))
    for who in ("ann", "ben"):
        engine.start("process", "p", {"who": who, "kept": 1})
    engine.publish("order", {"customer": "ben", "amount": 3, "note": "x"})
    assert open_tasks(engine) == [[], ["after"]]
    assert variables(engine, 1) == {"who": "ben", "kept": 1, "sum": 3}
    engine.publish("order", {"customer": "nobody", "amount": 3})
    assert open_tasks(engine) == [[], ["after"]]


def test_an_event_without_correlation_reaches_every_case_that_waits():
    engine = running(p_bpmn=waiting_for())
    for _ in range(3):
        engine.start("process", "p", {})
    engine.publish("order", {"customer": "ann"})
    assert open_tasks(engine) == [["after"]] * 3
    assert variables(engine) == {}


def test_a_number_and_its_text_are_one_correlation_value():
    engine = running(p_bpmn=waiting_for(by("customer", "${who}")))
    engine.start("process", "p", {"who": 12})
    engine.publish("order", {"customer": "12"})
    assert open_tasks(engine) == [["after"]]


def test_a_case_that_does_not_know_its_correlation_value_hears_no_event():
    engine = running(p_bpmn=waiting_for(by("customer", "${who}")))
    engine.start("process", "p", {})
    engine.publish("order", {"customer": None})
    engine.publish("order", {})
    assert open_tasks(engine) == [[]]


def test_what_is_taken_as_transient_is_gone_when_the_step_is_over():
    flow = '<sequenceFlow id="f" sourceRef="t" targetRef="after"><conditionExpression>${p == 1}</conditionExpression>'
    task = extended("receiveTask", "t", *event("order", out("amount", "p", 'transient="true"')))
    model = bpmn('<startEvent id="s"/>', task, '<userTask id="after"/>', flows("s", "t"), flow + "</sequenceFlow>")
    engine = running(p_bpmn=model)
    engine.start("process", "p", {})
    engine.publish("order", {"amount": 1})
    assert open_tasks(engine) == [["after"]]
    assert variables(engine) == {}


def test_each_boundary_event_hears_what_has_all_that_it_asks_for():
    asked = {"one": ("id",), "two": ("id", "last"), "three": ("last",), "none": ()}
    borders = [
        extended(
            "boundaryEvent",
            f"b{name}",
            *event("customer", *(by(each, f"${{{each}}}") for each in names)),
            attributes='attachedToRef="t" cancelActivity="false"',
        )
        + f'<userTask id="{name}"/>{flows(f"b{name}", name)}'
        for name, names in asked.items()
    ]
    engine = running(p_bpmn=line('<userTask id="t"/>', *borders))
    engine.start("process", "p", {"id": "7", "last": "Bee"})
    engine.publish("customer", {"id": "7"})
    assert sorted(open_tasks(engine)[0]) == ["none", "one", "t"]
    engine.publish("customer", {"id": "7", "last": "Bee"})
    assert sorted(open_tasks(engine)[0]) == ["none", "none", "one", "one", "t", "three", "two"]


def test_an_event_sub_process_and_a_gateway_wait_for_events():
    handler = extended("startEvent", "hs", *event("stop", out("why", "why")))
    inside = f'<subProcess id="h" triggeredByEvent="true">{handler}<userTask id="x"/>{flows("hs", "x")}</subProcess>'
    gateway = '<eventBasedGateway id="t"/>' + extended("intermediateCatchEvent", "c", *event("order"))
    model = bpmn('<startEvent id="s"/>', gateway, '<userTask id="u"/>', flows("s", "t", "c", "u"), inside)
    engine = running(p_bpmn=model)
    engine.start("process", "p", {})
    engine.publish("order", {})
    assert open_tasks(engine) == [["u"]]
    engine.publish("stop", {"why": "enough"})
    assert open_tasks(engine) == [["x"]]
    assert variables(engine) == {"why": "enough"}


# -- events that begin something


def test_each_event_begins_a_process_also_where_one_that_runs_takes_it_in():
    border = extended("boundaryEvent", "b", *event("order"), attributes='attachedToRef="t"') + '<userTask id="late"/>'
    start = extended("startEvent", "s", *event("order", by("customer", "ann"), out("amount", "sum")))
    engine = running(p_bpmn=bpmn(start, '<userTask id="t"/>', border, flows("s", "t"), flows("b", "late")))
    engine.publish("order", {"customer": "ben"})
    assert open_tasks(engine) == []
    engine.publish("order", {"customer": "ann", "amount": 5, "note": "x"})
    engine.publish("order", {"customer": "ann", "amount": 6})
    assert open_tasks(engine) == [["late"], ["t"]]
    assert (variables(engine, 0), variables(engine, 1)) == ({"sum": 5}, {"sum": 6})


UNIQUE = "<flowable:startEventCorrelationConfiguration>storeAsUniqueReferenceId"
UNIQUE += "</flowable:startEventCorrelationConfiguration>"


def test_an_event_begins_no_second_process_while_the_one_for_the_same_customer_lives():
    start = extended("startEvent", "s", *event("order", UNIQUE))
    engine = running(p_bpmn=bpmn(start, '<userTask id="t"/>', flows("s", "t")), o_event=ORDER)
    for customer in ("ann", "ann", "ben", "ann", "ben"):
        engine.publish("order", {"customer": customer})
    assert len(engine.known) == 2
    engine.complete("0/1", "#t", {})
    engine.publish("order", {"customer": "ann"})
    assert [engine.snapshot(f"{number}/1")["state"] for number in range(3)] == ["completed", "active", "active"]


def test_where_nothing_says_how_events_are_told_apart_each_begins_one_with_a_warning():
    start = extended("startEvent", "s", *event("order", UNIQUE))
    engine = running(p_bpmn=bpmn(start, '<userTask id="t"/>', flows("s", "t")))
    (warning,) = [one for one in engine.library.warnings if one.element == "p"]
    assert "told from another" in warning.sentence
    engine.publish("order", {"customer": "ann"})
    engine.publish("order", {"customer": "ann"})
    assert len(engine.known) == 2


def test_a_start_that_is_subscribed_by_hand_begins_nothing_by_itself():
    manual = UNIQUE.replace("storeAsUniqueReferenceId", "manualSubscription")
    engine = running(p_bpmn=bpmn(extended("startEvent", "s", *event("order", manual)), '<userTask id="t"/>'))
    engine.publish("order", {})
    assert engine.known == []


PLAN = item("h") + '<humanTask id="human"/>'


@pytest.mark.parametrize("said", ['flowable:startEventType="order"', ""])
def test_an_event_begins_a_case(said):
    inside = "".join((*event("order"), out("amount", "sum"))) if not said else out("amount", "sum")
    model = cmmn(PLAN, before=f"<extensionElements>{inside}{by('customer', 'ann')}</extensionElements>", flowable=True)
    engine = running(c_cmmn=model.replace(b'<case id="c"', f'<case id="c" {said}'.encode()), o_event=ORDER)
    engine.publish("order", {"customer": "ben"})
    engine.publish("order", {"customer": "ann", "amount": "7"})
    assert open_tasks(engine) == [["human"]]
    assert variables(engine) == {"sum": 7}


# -- events that a case waits for, and sends


def test_a_listener_of_a_case_hears_the_event_that_has_its_data_and_again():
    rule = '<itemControl><repetitionRule flowable:counterVariable="n"/></itemControl>'
    listener = extended("eventListener", "l", *event("order", by("customer", "${who}"), out("amount", "sum")))
    sentry = (
        '<sentry id="x"><planItemOnPart sourceRef="li"><standardEvent>occur</standardEvent></planItemOnPart></sentry>'
    )
    plan = (
        item("a", "first") + item("li", "l", rule) + item("b", "second", rule + '<entryCriterion sentryRef="x"/>')
        + f'{sentry}<humanTask id="first"/>{listener}<humanTask id="second"/>'
    )  # fmt: skip
    engine = running(c_cmmn=cmmn(plan, flowable=True))
    engine.start("case", "c", {"who": "ann"})
    engine.publish("order", {"customer": "ben", "amount": 1})
    assert open_tasks(engine) == [["first"]]
    engine.publish("order", {"customer": "ann", "amount": 2, "note": "x"})
    engine.publish("order", {"customer": "ann", "amount": 3})
    assert open_tasks(engine) == [["first", "second", "second"]]
    assert variables(engine) == {"who": "ann", "sum": 3}


def thrown(engine: Engine) -> list[tuple[str, dict[str, Any]]]:
    events = (event for root in engine.known for event in root.events)
    return [(one.name, one.variables) for one in events if isinstance(one, e.MessageThrown)]


def test_a_task_sends_an_event_with_texts_and_values_in_the_types_of_its_description():
    task = extended(
        "serviceTask",
        "t",
        *event("order", given("written", "note"), given("${n}", "amount"), given("${n}", "more")),
        attributes='flowable:type="send-event"',
    )
    engine = running(p_bpmn=line(task), o_event=ORDER)
    engine.start("process", "p", {"n": "4"})
    assert thrown(engine) == [("order", {"note": "written", "amount": 4})]
    assert engine.snapshot("0/1")["state"] == "completed"


def test_a_case_sends_an_event_that_begins_a_process_and_reaches_one_that_waits():
    task = extended("task", "t", *event("order", given("${n}", "amount")), attributes='flowable:type="send-event"')
    begins = extended("startEvent", "s", *event("order", out("amount", "sum")))
    engine = running(
        c_cmmn=cmmn(item("a", "t") + task, flowable=True),
        p_bpmn=bpmn(begins, '<userTask id="begun"/>', flows("s", "begun")),
        q_bpmn=waiting_for(out("amount", "got")).replace(b"id='p'", b"id='q'"),
    )
    engine.start("process", "q", {})
    engine.start("case", "c", {"n": 2})
    assert open_tasks(engine) == [["after"], [], ["begun"]]
    assert (variables(engine, 0), variables(engine, 2)) == ({"got": 2}, {"sum": 2})


def test_a_task_that_sends_may_wait_for_the_event_that_answers():
    task = extended(
        "serviceTask",
        "t",
        *event("asked", given("${n}", "n"), "<flowable:triggerEventType>answered</flowable:triggerEventType>"),
        by("n", "${n}", "triggerEventCorrelationParameter"),
        out("text", "reply"),
        attributes='flowable:type="send-event" flowable:triggerable="true"',
    )
    engine = running(p_bpmn=line(task))
    engine.start("process", "p", {"n": 1})
    assert thrown(engine) == [("asked", {"n": 1})]
    assert engine.snapshot("0/1")["waiting"] == ["t"]
    engine.publish("answered", {"n": 2, "text": "no"})
    assert engine.snapshot("0/1")["state"] == "active"
    engine.publish("answered", {"n": 1, "text": "yes"})
    assert engine.snapshot("0/1")["state"] == "completed"
    assert variables(engine) == {"n": 1, "reply": "yes"}


@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_an_event_of_the_process_sends_too(kind):
    last = extended(kind, "t", *event("order", given("${n}", "amount")))
    engine = running(p_bpmn=bpmn('<startEvent id="s"/>', last, flows("s", "t")))
    engine.start("process", "p", {"n": 2})
    assert thrown(engine) == [("order", {"amount": 2})]


def test_a_person_may_bring_what_a_task_waits_for_to_that_task():
    run = Run(waiting_for(by("customer", "${who}"), out("amount", "sum")), {"who": "ann"})
    run.engine.message(run.id, "order", "t", {"amount": 3})
    assert run.data == {"who": "ann", "sum": 3}


def test_a_case_that_stands_still_hears_no_event():
    engine = running(p_bpmn=waiting_for())
    engine.start("process", "p", {})
    engine.suspend("0/1", None)
    engine.publish("order", {})
    engine.resume("0/1", None)
    assert open_tasks(engine) == [[]]
    with pytest.raises(Refused):
        engine.start_message("order", {})


# -- the files of the registry


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"{", "no JSON"),
        (b"[]", "no key"),
        (b'{"key": "order", "payload": [{"type": "string"}]}', "no name"),
        (b'{"key": "order", "payload": {}}', "no list"),
    ],
)
def test_a_file_of_the_registry_that_cannot_be_read_is_refused(source, says):
    built = build({"o.event": source})
    assert isinstance(built, list)
    assert says in built[0].sentence


def test_two_files_for_one_event_are_refused():
    built = build({"o.event": ORDER, "p.event": ORDER})
    assert isinstance(built, list)
    assert "two files" in built[0].sentence


def test_channels_are_kept_as_declared():
    channel = b'{"key": "in", "channelType": "inbound", "type": "jms", "destination": "q"}'
    built = build({"in.channel": channel, "o.event": ORDER})
    assert isinstance(built, CompiledModels)
    assert (built.channels["in"].way, built.channels["in"].kind) == ("inbound", "jms")
    assert built.events["order"].correlated == ("customer",)


@pytest.mark.parametrize(
    ("kind", "given", "read"),
    [
        ("string", 12, "12"), ("integer", "12", 12), ("double", "1.5", 1.5), ("boolean", "true", True),
        ("json", '{"a": [1]}', {"a": [1]}), ("integer", "many", "many"), ("string", None, None),
    ],
)  # fmt: skip
def test_a_field_comes_in_its_type(kind, given, read):
    described = orjson.dumps(
        {"key": "order", "payload": [{"name": "f", "type": kind}, {"name": "all", "isFullPayload": True}]}
    )
    task = extended("receiveTask", "t", *event("order", out("f", "f"), out("all", "all")))
    engine = running(
        p_bpmn=bpmn('<startEvent id="s"/>', task, '<userTask id="u"/>', flows("s", "t", "u")), o_event=described
    )
    engine.start("process", "p", {})
    engine.publish("order", {"f": given})
    assert variables(engine) == {"f": read, "all": {"f": given}}
