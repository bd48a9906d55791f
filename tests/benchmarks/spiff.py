"""What does SpiffWorkflow take for the same processes, saved to one JSON row and with no history at all?"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import psycopg

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="m" targetNamespace="urn:benchmark"
                  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">
  <bpmn:process id="orders" isExecutable="true">
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="price"/>
    <bpmn:scriptTask id="price" name="Price it"><bpmn:script>price = amount * 2</bpmn:script></bpmn:scriptTask>
    <bpmn:sequenceFlow id="f2" sourceRef="price" targetRef="judge"/>
    <bpmn:businessRuleTask id="judge" name="Judge it"><bpmn:extensionElements>
      <spiffworkflow:calledDecisionId>lane</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>
    <bpmn:sequenceFlow id="f3" sourceRef="judge" targetRef="split"/>
    <bpmn:exclusiveGateway id="split" default="f5"/>
    <bpmn:sequenceFlow id="f4" sourceRef="split" targetRef="work">
      <bpmn:conditionExpression>lane == "direct"</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f5" sourceRef="split" targetRef="e"/>
    {work}
    <bpmn:sequenceFlow id="f6" sourceRef="work" targetRef="e"/>
    <bpmn:endEvent id="e"/>
  </bpmn:process>
</bpmn:definitions>"""
SCRIPT = '<bpmn:scriptTask id="work" name="Book it"><bpmn:script>booked = price + 1</bpmn:script></bpmn:scriptTask>'
PERSON = '<bpmn:manualTask id="work" name="Check it"/>'
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Lane" namespace="urn:benchmark">
  <decision id="lane" name="Lane"><decisionTable id="t" hitPolicy="FIRST">
    <input id="c1" label="amount">
      <inputExpression id="x1" typeRef="number"><text>amount</text></inputExpression></input>
    <input id="c2" label="segment">
      <inputExpression id="x2" typeRef="string"><text>segment</text></inputExpression></input>
    <output id="o1" label="lane" name="lane" typeRef="string"/>{rules}
  </decisionTable></decision></definitions>"""
RULES = [("? &lt; 10", '"small"', "tiny"), ("10 &lt;= ? &lt; 100", '"small"', "direct"),
         ("10 &lt;= ? &lt; 100", '"large"', "review"), ("100 &lt;= ? &lt; 1000", "", "review"),
         ("? &gt;= 1000", "", "board")]  # fmt: skip


def orders(dsn: str, *, person: bool) -> Callable[[], None]:
    """A call runs one process (through a person: saved, loaded, completed) with its state in one JSON row.

    Raises ImportError where SpiffWorkflow is not installed (requirements-bench.txt).
    """
    from lxml import etree
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.spiff.parser import SpiffBpmnParser
    from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
    from SpiffWorkflow.util.task import TaskState

    logging.getLogger("spiff").setLevel(logging.WARNING)  # it logs each change of a task: not what is measured
    rules = "".join(
        f'<rule id="r{n}"><inputEntry id="a{n}"><text>{amount}</text></inputEntry><inputEntry id="b{n}"><text>{segment}'
        f'</text></inputEntry><outputEntry id="z{n}"><text>"{lane}"</text></outputEntry></rule>'
        for n, (amount, segment, lane) in enumerate(RULES)
    )
    parser = SpiffBpmnParser()
    parser.add_dmn_xml(etree.fromstring(TABLE.format(rules=rules).encode()))
    parser.add_bpmn_xml(etree.fromstring(MODEL.format(work=PERSON if person else SCRIPT).encode()))
    spec, parts = parser.get_spec("orders"), parser.get_subprocess_specs("orders")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
    connection = psycopg.connect(dsn, autocommit=True)
    connection.execute("create table if not exists spiff_orders (id bigserial primary key, state text)")

    def save(workflow: Any) -> int:
        state = serializer.serialize_json(workflow)
        row = connection.execute("insert into spiff_orders (state) values (%s) returning id", [state])
        return int(row.fetchone()[0])  # type: ignore[index]

    def run() -> None:
        workflow = BpmnWorkflow(spec, parts)
        workflow.task_tree.data.update({"amount": 50, "segment": "small"})
        workflow.do_engine_steps()
        number = save(workflow)
        if person:
            row = connection.execute("select state from spiff_orders where id = %s for update", [number]).fetchone()
            workflow = serializer.deserialize_json(row[0])  # type: ignore[index]
            task = next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)))
            task.data.update({"checked": True})
            task.run()
            workflow.do_engine_steps()
            state = serializer.serialize_json(workflow)
            connection.execute("update spiff_orders set state = %s where id = %s", [state, number])
        assert workflow.is_completed() and json.dumps(workflow.data)

    return run
