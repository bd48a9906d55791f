"""Which extensions does this engine not carry out, and what can an author do about it?

What would make the model do something else is a severe fault: the model is refused. What only looks after the work
(how it is tried again, who hears of it) is a remark.
"""

from __future__ import annotations

from typing import Final

from orchestration.engine.dialect.listeners import KINDS, LIFECYCLE, heard, moved
from orchestration.engine.dialect.texts import Texts
from orchestration.engine.dialect.vendors import BPMN, vendor, vendor_elements

_ELEMENTS: Final = {
    "variableOnPart": (True, "It waits for a variable to change; use a condition."),
    "errorEventDefinition": (True, "It turns results into errors by an expression; let the actor report the error."),
    "mapException": (False, "Java exceptions are not known here; let the actor report an error with this code."),
    "formData": (False, "Its form fields are not read; describe the form in the case type."),
    "formProperty": (False, "Its form fields are not read; describe the form in the case type."),
    "failedJobRetryTimeCycle": (False, "Its retry cycle is not read; the actor says how often work is tried again."),
    "adHoc": (False, "What it starts by itself is not read; a person starts the activities."),
}
_ATTRIBUTES: Final = {
    "variableMappingClass": (True, "Its variables are mapped by Java code, which does not run here; use in and out."),
    "variableMappingDelegateExpression": (True, "Its variables are mapped by Java code; use in and out."),
    "calledElementVersion": (False, "It calls the process of its own deployment, whatever version it names."),
    "triggerable": (False, "It goes on when its job is done; nothing triggers it again."),
    "businessCalendarName": (False, "Business calendars are not known here; times are those of ISO 8601."),
}
_LISTENERS: Final = (*KINDS, "caseExecutionListener", *LIFECYCLE, "variableListener")


def remark(texts: Texts) -> None:
    """Add a fault for each extension of the element that is not carried out."""
    if texts.element.name == "adHocSubProcess" and vendor_elements(texts.element, "taskDefinition"):
        texts.fault("A machine actor cannot lead an ad-hoc sub-process; let a task's answer plan the steps of a case.")
    for name, (severe, sentence) in _ELEMENTS.items():
        if vendor_elements(texts.element, name):
            texts.fault(sentence, severe)
    for name, (severe, sentence) in _ATTRIBUTES.items():
        if vendor(texts.element, name) not in (None, "false"):
            texts.fault(sentence, severe)
    held = vendor_elements(texts.element, *(f"{name}s" for name in _LISTENERS), *_LISTENERS)
    listeners = [each for one in held for each in (one.all(*_LISTENERS) if one.name.endswith("s") else [one])]
    for listener in listeners:
        if moved(listener) is None and not (texts.element.namespace == BPMN and heard(listener)):
            texts.fault(f"Its {listener.name} is not run: it would call code; model what it does as a task.", False)
