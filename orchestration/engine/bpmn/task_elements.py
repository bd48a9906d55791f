"""What does a task say beside what every flow node says?

One function for each kind of task (BPMN 2.0, 10.2.3): the message that it sends or awaits, its script, the decision
that it evaluates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from orchestration.engine import dialect
from orchestration.engine.bpmn.model import EventDefinition, Task
from orchestration.engine.bpmn.reading import Reader, of_registry
from orchestration.engine.dialect import Extensions, Sent
from orchestration.engine.xml import Element


def sending(common: dict[str, Any], extensions: Extensions, sent: Sent) -> Task:
    """A task that sends an event of Flowable's event registry, and perhaps waits for one that answers."""
    thrown = EventDefinition("message", sent.name, line=common["line"])
    answer = None if extensions.heard is None else of_registry(extensions.heard, common["line"])
    return Task(**common | {"type": "sendTask"}, message=thrown, answer=answer)


def plain_task(reader: Reader, element: Element, extensions: Extensions) -> dict[str, Any]:
    return {}


def _message(reader: Reader, element: Element, extensions: Extensions) -> dict[str, Any]:
    if extensions.heard is not None:
        return {"message": of_registry(extensions.heard, element.line)}
    by_work = element.name == "sendTask" and extensions.capability is not None
    if element.get("messageRef") is None or by_work:
        return {"instantiate": element.get("instantiate") == "true"}
    message = reader.message(element, element, element.line)
    return {"message": message, "instantiate": element.get("instantiate") == "true"}


def _script(reader: Reader, element: Element, extensions: Extensions) -> dict[str, Any]:
    zeebe = next((child.get("expression") for child in dialect.vendor_elements(element, "script")), None)
    body = element.first("script")
    if zeebe is not None:
        return {"script": reader.tried(element, lambda: dialect.script(zeebe, "feel"))}
    if body is None or not body.text.strip():
        if dialect.vendor(element, "resource") is not None:
            reader.fault(element, "The script stands in a file of its own; write it into the model.")
        elif extensions.capability is None:
            reader.fault(element, "A script task needs a script.")
        return {}
    format = element.get("scriptFormat") or element.get("scriptLanguage") or ""
    stores = dialect.stores_names(element, reader.root)
    return {"script": reader.tried(element, lambda: dialect.script(body.text, format, stores))}


def _service(reader: Reader, element: Element, extensions: Extensions) -> dict[str, Any]:
    return {"script": extensions.expression}


def _decision(reader: Reader, element: Element, extensions: Extensions) -> dict[str, Any]:
    if dialect.vendor(element, "rules", "ruleVariablesInput") is not None:
        reader.fault(element, "Rule files in a language of their own do not run here; DMN decisions do.")
    zeebe = next((child.get("decisionId") for child in dialect.vendor_elements(element, "calledDecision")), None)
    named = zeebe or dialect.vendor(element, "decision", "decisionRef", "decisionTableReferenceKey")
    fields = extensions.fields
    written = fields.get("decisionTableReferenceKey") or fields.get("decisionServiceReferenceKey")
    decision = reader.value(element, named) or written
    if decision is None and extensions.capability is None:
        reader.fault(element, "A business rule task must say which decision it evaluates.")
    return {"decision": decision}


READERS: Final[dict[str, Callable[[Reader, Element, Extensions], dict[str, Any]]]] = {
    "sendTask": _message,
    "receiveTask": _message,
    "scriptTask": _script,
    "serviceTask": _service,
    "businessRuleTask": _decision,
}
