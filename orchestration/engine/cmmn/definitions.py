"""What does a plan item definition say that belongs to its type alone?

Tasks: what is called, what goes in and comes out (5.4.10). Listeners and milestones: what they wait for
(5.4.2, 5.4.3). Stages: when they complete (5.4.8). Vendors' extensions come from `dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from orchestration.engine import juel
from orchestration.engine.cmmn.model import CaseFileItem, Timer
from orchestration.engine.cmmn.reading import Reader, below, extension, local
from orchestration.engine.dialect import (
    Extensions,
    Script,
    Transfer,
    clock,
    extensions,
    script,
    vendor,
    vendor_elements,
)
from orchestration.engine.expressions import BadExpression, Formula
from orchestration.engine.timers import BadTimer, schedule
from orchestration.engine.xml import Element

_CALLS: Final = {
    "processTask": ("processRef", "processRefExpression"),
    "caseTask": ("caseRef", "caseRefExpression"),
    "decisionTask": ("decisionRef", "decisionRefExpression"),
}
_CALL_FIELDS: Final = ("decisionTableReferenceKey", "decisionServiceReferenceKey", "decisionReferenceKey")
_OWN_WORK: Final = frozenset({"script", "java"})
_PAGE: Final = "casePage"
_LIKE_A_TIME: Final = re.compile(r"\d|[-+]?P[T\d]|R-?\d*/")
_LISTENS: Final = {"signal": "signal", "variable": "variable", "reactivate": "reactivate", "intent": ""}


@dataclass(slots=True)
class Definitions:
    """Reads definitions of one case. `outside`: processes, cases and decisions declared beside it, by id."""

    reader: Reader
    outside: Mapping[str, Element]
    files: Mapping[str, CaseFileItem]

    def read(self, kind: str, element: Element) -> dict[str, Any]:
        """Fields of a `Node` that depend on the type of definition."""
        found, faults = extensions(element)
        for fault in faults:
            self.reader.fault(element, fault.sentence, fault.severe)
        details: dict[str, Any] = {"extensions": found}
        if kind in ("stage", "planFragment"):
            details["auto_complete"] = _said(element, "autoComplete") == "true"
            details["auto_complete_condition"] = self.text(element, vendor(element, "autoCompleteCondition"))
        elif kind == "milestone":
            details["milestone_variable"] = self.text(element, vendor(element, "milestoneVariable"), value=True)
        elif kind.endswith("Listener"):
            details.update(self.listener(kind, element, found))
        else:
            details.update(self.task(kind, element, found))
        return details

    def text(self, element: Element, text: str | None, value: bool = False) -> Formula | None:
        return self.reader.formula(element, text, value)

    # -- tasks

    def task(self, kind: str, element: Element, found: Extensions) -> dict[str, Any]:
        condition = vendor(element, "isBlockingExpression", "blockingExpression")
        details: dict[str, Any] = {
            "blocking": _said(element, "isBlocking") != "false",
            "blocking_condition": self.text(element, condition),
        }
        if kind == "task":
            details.update(self.work(element, found))
        if kind in _CALLS:
            details["called"] = self.called(kind, element, found)
            details.update(self.mappings(kind, element, found))
        return details

    def work(self, element: Element, found: Extensions) -> dict[str, Any]:
        """A plain task: a script, work for a machine actor, or something that is waited for."""
        kind = vendor(element, "type")
        if found.sent is not None:
            return {}
        if kind == _PAGE:
            return {"page": True}
        if kind != "script" and found.expression is not None:
            return {"script": found.expression}
        text = self.script_text(element) if kind == "script" else None
        if text is not None:
            return {"script": self.script(element, text)}
        if kind == "script":
            self.reader.fault(element, "The script task has no script.")
        said = vendor(element, "capability", "topic", "class", "delegateExpression", "expression")
        if said is None and kind in _OWN_WORK:
            self.reader.fault(element, "The service task does not say what is to be done.")
        return {"capability": found.capability}

    def script_text(self, element: Element) -> str | None:
        for child in vendor_elements(element, "field"):
            body = child.first("string", "expression")
            if child.get("name") == "script":
                return body.text if body is not None else child.get("stringValue")
        return None

    def script(self, element: Element, text: str) -> Script | None:
        """FEEL when the format says so, else what can be translated; the language may stand in the class (Flowable)."""
        format = vendor(element, "scriptFormat") or vendor(element, "class") or "javascript"
        stores = not self.reader.flowable or vendor(element, "autoStoreVariables") == "true"
        try:
            return script(text, format, stores)
        except BadExpression as error:
            self.reader.fault(element, f"{error}")
            return None

    def called(self, kind: str, element: Element, found: Extensions) -> Formula | None:
        """The key of the case, process or decision that is called."""
        attribute, computed = _CALLS[kind]
        written = element.first(computed)
        if written is not None and written.text.strip():
            text = written.text.strip()
            plain = not text.startswith("=") and not juel.holds_juel(text)
            return self.text(element, local(text) if plain else text, value=True)
        for name in _CALL_FIELDS:
            if name in found.fields:
                return found.fields[name]
        reference = element.get(attribute)
        if not reference:
            self.reader.fault(element, f"The {kind} does not say what it calls ({attribute}).")
            return None
        declared = self.outside.get(local(reference))
        external = declared.get("externalRef") if declared is not None and declared.name != "case" else None
        return self.text(element, local(external or reference), value=True)

    def mappings(self, kind: str, element: Element, found: Extensions) -> dict[str, Any]:
        """Parameter mappings (5.4.10): into the task's inputs, out of its outputs; and vendors' in and out."""
        inputs = dict(self.parameters(element, "input", "inputParameter"))
        outputs = dict(self.parameters(element, "output", "outputParameter"))
        called = dict(self.called_parameters(kind, element))
        into, out = list(found.inputs), list(found.outputs)
        for mapping in element.all("parameterMapping"):
            source, target = local(mapping.get("sourceRef") or ""), local(mapping.get("targetRef") or "")
            change = mapping.first("transformation")
            if source in inputs or (source not in outputs and target not in outputs):
                into.extend(self.transfer(mapping, inputs.get(source, source), called.get(target, target), change))
            else:
                out.extend(self.transfer(mapping, called.get(source, source), outputs.get(target, target), change))
        return {"inputs": tuple(into), "outputs": tuple(out)}

    def parameters(self, element: Element, *names: str) -> Iterator[tuple[str, str]]:
        for parameter in element.all(*names):
            bound = self.files.get(local(parameter.get("bindingRef") or ""))
            own = parameter.get("name") or parameter.get("id") or ""
            yield parameter.get("id") or own, bound.name if bound is not None else own

    def called_parameters(self, kind: str, element: Element) -> Iterator[tuple[str, str]]:
        """Parameter id -> name of the process or decision that is declared beside the case."""
        declared = self.outside.get(local(element.get(_CALLS[kind][0]) or ""))
        if declared is not None and declared.name != "case":
            yield from self.parameters(declared, "input", "output")

    def transfer(self, owner: Element, source: str, target: str, change: Element | None) -> Iterator[Transfer]:
        value = self.reader.expression(owner, change) if change is not None else self.text(owner, source)
        to = self.text(owner, target, value=True)
        if value is not None and to is not None:
            yield Transfer(value, to)

    # -- event listeners

    def listener(self, kind: str, element: Element, found: Extensions) -> dict[str, Any]:
        available = self.text(element, vendor(element, "availableCondition"))
        details: dict[str, Any] = {"available": available}
        named = extension(element, "eventType") or ""
        if kind == "timerEventListener":
            details["timer"] = self.timer(element)
        elif extension(element, "reactivateEventListener") == "true":
            details["listens"] = "reactivate"
        elif found.heard is not None:
            details["listens"] = "event"
        elif named:
            details["listens"] = _LISTENS.get(named, "")
            details["signal"] = self.text(element, extension(element, "signalRef"), value=True)
            details["variable"] = extension(element, "variableName") or ""
            details["change"] = extension(element, "variableChangeType") or "all"
            if named == "signal" and details["signal"] is None:
                self.reader.fault(element, "The signal listener names no signal.")
            if named == "variable" and not details["variable"]:
                self.reader.fault(element, "The variable listener names no variable.")
        return details

    def timer(self, element: Element) -> Timer | None:
        holder = element.first("timerExpression")
        text = clock(holder) if holder is not None else ""
        if not text:
            self.reader.fault(element, "The timer has no expression, so it never occurs.", False)
            return None
        written = text.startswith("=") or juel.holds_juel(text) or self.is_time(element, text)
        value = self.text(element, text, value=True) if written else self.reader.expression(element, holder)
        return None if value is None else Timer(value, self.trigger(element))

    def is_time(self, element: Element, text: str) -> bool:
        """Whether the text itself is the time; a fault where it only looks so. Else it is an expression."""
        try:
            schedule(text, datetime(2000, 1, 1, tzinfo=UTC))
        except BadTimer as error:
            if _LIKE_A_TIME.match(text) is None:
                return False
            self.reader.fault(element, str(error))
        return True

    def trigger(self, element: Element) -> tuple[str, str, bool] | None:
        for child in element.all("planItemStartTrigger", "caseFileItemStartTrigger"):
            event = child.first("standardEvent")
            on_file = child.name == "caseFileItemStartTrigger"
            return local(child.get("sourceRef") or ""), event.text.strip() if event is not None else "", on_file
        return None

    # -- reactivation of a finished case (Flowable)

    def reactivation(self, holders: Iterable[Element]) -> dict[str, Formula]:
        """`activate`, `ignore`, `default` conditions of the first reactivation rule, those that are there."""
        names = ("reactivationRule", "defaultReactivationRule")
        rules = (below(holder, name) for holder in holders for name in names)
        rule = next((each for each in rules if each is not None), None)
        return {} if rule is None else dict(self.reactivation_conditions(rule))

    def reactivation_conditions(self, rule: Element) -> Iterator[tuple[str, Formula]]:
        for name in ("activate", "ignore", "default"):
            text = rule.get(f"{name}Condition")
            value = self.text(rule, text and (text if juel.holds_juel(text) else f"={text}"), value=True)
            if value is not None:
                yield name, value


def _said(element: Element, name: str) -> str | None:
    """An attribute of the standard; Flowable reads it in its own namespace as well."""
    return element.get(name) or vendor(element, name)
