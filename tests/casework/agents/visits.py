"""Visits to a customer, a plan or a process: what a test gives to an agent that may start, skip and finish steps."""

from __future__ import annotations

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" xmlns:casewright="urn:casewright:model:1"
             id="visit_model" name="Visit" targetNamespace="urn:casewright:visit">
  <case id="visit" name="Visit">
    <casePlanModel id="plan" name="Visit">
      <planItem id="watch" definitionRef="watch_task"/>
      <planItem id="call" definitionRef="call_task">
        <itemControl><manualActivationRule id="m1"/></itemControl>
      </planItem>
      <planItem id="letter" definitionRef="letter_task">
        <itemControl><manualActivationRule id="m2"/></itemControl>
      </planItem>
      <planItem id="wait" definitionRef="wait_task"/>
      <planItem id="talks" definitionRef="talks_stage"/>
      <task id="watch_task" name="Watch" isBlocking="true" casewright:capability="watch-over">
        <extensionElements>
          <casewright:input name="topic" value="=topic"/><casewright:output name="seen" value="=result.outcome"/>
        </extensionElements>
      </task>
      <humanTask id="call_task" name="Call"/>
      <humanTask id="letter_task" name="Write a letter"/>
      <task id="wait_task" name="Let it rest" isBlocking="true"/>
      <stage id="talks_stage" name="Talks" autoComplete="false">
        <planItem id="chat" definitionRef="chat_task">
          <itemControl><manualActivationRule id="m3"/></itemControl>
        </planItem>
        <humanTask id="chat_task" name="Chat"/>
      </stage>
    </casePlanModel>
  </case>
</definitions>
"""
PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:casewright="urn:casewright:model:1"
             id="visit_model" name="Visit" targetNamespace="urn:casewright:visit">
  <process id="visit" name="Visit" isExecutable="true">
    <startEvent id="begun"/>
    <parallelGateway id="both"/>
    <userTask id="call" name="Call"/>
    <userTask id="letter" name="Write a letter"/>
    <serviceTask id="watch" name="Watch" casewright:capability="watch-over">
      <extensionElements>
        <casewright:input name="topic" value="=topic"/><casewright:output name="seen" value="=result.outcome"/>
      </extensionElements>
    </serviceTask>
    <endEvent id="called"/><endEvent id="written"/><endEvent id="watched"/>
    <sequenceFlow id="f1" sourceRef="begun" targetRef="both"/>
    <sequenceFlow id="f2" sourceRef="both" targetRef="call"/>
    <sequenceFlow id="f3" sourceRef="both" targetRef="letter"/>
    <sequenceFlow id="f4" sourceRef="both" targetRef="watch"/>
    <sequenceFlow id="f5" sourceRef="call" targetRef="called"/>
    <sequenceFlow id="f6" sourceRef="letter" targetRef="written"/>
    <sequenceFlow id="f7" sourceRef="watch" targetRef="watched"/>
  </process>
</definitions>
"""
CONTRACT = """
key: watch-over
title: Watch over it
purpose: a test
input: {type: object, properties: {topic: {type: string, x-classification: public}}}
output:
  type: object
  properties:
    outcome: {enum: [reached, given-up, asks, stopped], x-classification: public}
    why: {type: string, x-classification: public}
guardrails: {after: [schema]}
fails: {then: person}
"""
FORMS = """
note: {fields: [{path: note, label: What was said, choices: {He is well.: He is well, He is ill.: He is ill}}]}
signed: {signs: true, fields: [{path: note, label: What was said}]}
other: {fields: [{path: topic, label: About what}]}
words: {fields: [{path: note, label: What was said, widget: textarea, fills: [topic]}]}
"""
FILES = {
    "watch-over.capability.yaml": CONTRACT,
    "manifest.yaml": (
        "key: visit\nname: Visit\ncase: visit\nschema: data.schema.json\n"
        "states:\n  - {name: Open, when: otherwise}\n"
        "roles:\n  Analysts: {may: [view, work], clearance: internal}\n"
        "  Senior analysts: {may: [view], clearance: internal}\nfallback_group: Analysts\nmay_open: [Analysts]\n"
    ),
    "forms.yaml": FORMS,
    "data.schema.json": (
        '{"type": "object", "properties": {"seen": {"type": "string", "x-classification": "public"}, '
        '"note": {"type": "string", "maxLength": 50}, "topic": {"type": "string", "x-classification": "public"}}}'
    ),
}
PLAN, FLOW, TWICE = "plan", "process", "process with two calls"
CALLS = """<userTask id="call" name="Call" casewright:form="note"><multiInstanceLoopCharacteristics>
<loopCardinality>=2</loopCardinality></multiInstanceLoopCharacteristics></userTask>"""
MODELS = {
    PLAN: ("visit.cmmn", MODEL),
    FLOW: ("visit.bpmn", PROCESS),
    TWICE: ("visit.bpmn", PROCESS.replace('<userTask id="call" name="Call"/>', CALLS)),
}
NOTED = {"complete:call": {"arguments": {"note": {"choose": {"type": "string", "minLength": 3}}}}}
TOOLS = ("start:call", "disable:letter", "complete:wait", "complete:talks")
