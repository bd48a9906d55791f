"""Which listeners only set variables, so that they can run here, and when?

`flowable:executionListener` and `taskListener`, Camunda 7's too: with an expression or a script that sets variables and
does nothing else. Any other one calls code, and is not run; `remarks` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orchestration.engine.dialect.scripts import script
from orchestration.engine.dialect.values import Moved, Script
from orchestration.engine.dialect.vendors import vendor_elements
from orchestration.engine.expressions import BadExpression
from orchestration.engine.xml import Element

KINDS: Final = ("executionListener", "taskListener")
LIFECYCLE: Final = ("planItemLifecycleListener", "caseLifecycleListener")
_LOCAL: Final = re.compile(r"""planItemInstance\.set(?:VariableLocal|LocalVariable)\(\s*['"]([^'"]+)['"]""")
_MOMENTS: Final = {
    ("executionListener", "start"): "start",
    ("taskListener", "create"): "start",
    ("taskListener", "complete"): "end",
    ("executionListener", "end"): "end",
    ("executionListener", "take"): "take",
    ("executionListener", None): "take",
}
"""What listens to which event -> the moment here, in the order in which the engines call them."""


def listening(element: Element) -> Iterator[tuple[str, Script]]:
    """The moment ("start", "end", "take") and what is set then, in the order in which the engines do it."""
    for kind, event in _MOMENTS:
        for child in vendor_elements(element, kind):
            if child.get("event") == event and (found := heard(child)) is not None:
                yield found


def heard(listener: Element) -> tuple[str, Script] | None:
    """When one listener runs and what it sets; None where it cannot run here."""
    moment = _MOMENTS.get((listener.name, listener.get("event")))
    text, format = _written(listener)
    if moment is None or not text or listener.get("delegateExpression"):
        return None
    try:
        found = script(text, format)
    except BadExpression:
        return None
    reads = {name for each in found.assignments for name in each.value.names}
    return (moment, found) if found.assignments and found.result is None and "task" not in reads else None


def lifecycle(element: Element) -> Iterator[Moved]:
    """What life-cycle listeners of a plan item or case set."""
    for child in vendor_elements(element, *LIFECYCLE):
        if (found := moved(child)) is not None:
            yield found


def moved(listener: Element) -> Moved | None:
    """What one of them sets; None where it would call code."""
    text, format = _written(listener)
    if not text or listener.name not in LIFECYCLE or listener.get("delegateExpression"):
        return None
    try:
        found = script(text, format)
    except BadExpression:
        return None
    if not found.assignments or found.result is not None:
        return None
    here = frozenset(_LOCAL.findall(text))
    return Moved(listener.get("sourceState") or "", listener.get("targetState") or "", found, here)


def _written(listener: Element) -> tuple[str, str]:
    """The text and the language: of an attribute, a script inside, or the fields of Flowable's script listeners."""
    fields = {child.get("name"): child for child in listener.all("field")}
    body = listener.first("script")
    if listener.get("expression"):
        return listener.get("expression") or "", "juel"
    if body is not None and body.get("resource") is None:
        return body.text, body.get("scriptFormat") or body.get("language") or "juel"
    if (listener.get("class") or "").endswith(("ScriptTaskListener", "ScriptExecutionListener")):
        return _field(fields.get("script")), _field(fields.get("language")) or "groovy"
    return "", ""


def _field(element: Element | None) -> str:
    if element is None:
        return ""
    body = element.first("string", "expression")
    return element.get("stringValue") or (body.text if body is not None else "")
