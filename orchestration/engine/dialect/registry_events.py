"""Which event of Flowable's event registry does an element wait for, or send?

Event registry: `eventType` on catching events, receive tasks, event listeners and cases; `flowable:type="send-event"`
on tasks. Correlation parameters say which event is meant, out parameters which of its content become variables, in
parameters what an event that is sent carries (Flowable's user guide, "Event registry"). Channels stay outside: an event
is a message here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestration.engine import juel
from orchestration.engine.dialect.texts import Texts
from orchestration.engine.dialect.values import Heard, Sent, Transfer
from orchestration.engine.dialect.vendors import vendor, vendor_elements
from orchestration.engine.expressions import Formula, plain
from orchestration.engine.xml import Element

SEND: Final = "send-event"
LISTENER_TYPES: Final = frozenset({"signal", "variable", "reactivate", "intent"})
"""What `eventType` may say of a listener that waits for no event of the registry."""
_THROWS: Final = ("intermediateThrowEvent", "endEvent")
_UNIQUE: Final = ("storeAsUniqueReferenceId", "storeAsBusinessKey")
_BY_HAND: Final = "manualSubscription"


def sends(element: Element) -> bool:
    """Whether the element sends an event: a task of that type, or an event that throws."""
    return vendor(element, "type") == SEND or (element.name in _THROWS and bool(_event(element)))


def heard(texts: Texts) -> Heard | None:
    """What the element waits for; for a task that sends, what has to come back before it goes on."""
    element = texts.element
    if sends(element):
        if vendor(element, "triggerable") != "true":
            return None
        name = _said(element, "triggerEventType") or _event(element)
        own = "triggerEventCorrelationParameter"
        correlated = own if vendor_elements(element, own) else "eventCorrelationParameter"
    else:
        name, correlated = _event(element) or vendor(element, "startEventType") or "", "eventCorrelationParameter"
    if not name or name in LISTENER_TYPES:
        return None
    value = texts.value(name)
    return None if value is None else _heard(texts, value, correlated)


def _heard(texts: Texts, name: Formula, correlated: str) -> Heard:
    out = vendor_elements(texts.element, "eventOutParameter")
    begins = _said(texts.element, "startEventCorrelationConfiguration")
    return Heard(
        name,
        tuple(_matching(texts, correlated)),
        tuple(transfer for child in out if (transfer := _taken(texts, child)) is not None),
        frozenset(
            child.get("target") or child.get("source") or "" for child in out if child.get("transient") == "true"
        ),
        unique=begins in _UNIQUE,
        by_hand=begins == _BY_HAND,
    )


def sent(texts: Texts) -> Sent | None:
    """The event that the task sends."""
    element = texts.element
    if not sends(element):
        return None
    name = texts.value(_event(element))
    if name is None or name.constant == "":
        texts.fault("The task sends an event and does not say which (eventType).")
        return None
    given = [transfer for child in vendor_elements(element, "eventInParameter") if (transfer := _given(texts, child))]
    return Sent(name, tuple(given), _said(element, "channelKey"))


def _event(element: Element) -> str:
    return _said(element, "eventType")


def _said(element: Element, name: str) -> str:
    """An extension, as an element or as an attribute."""
    held = next((child.text.strip() for child in vendor_elements(element, name)), "")
    return held or (vendor(element, name) or "").strip()


def _matching(texts: Texts, kind: str) -> Iterator[tuple[str, Formula]]:
    for child in vendor_elements(texts.element, kind):
        value = texts.value(child.get("value") or child.get("expression") or child.text.strip())
        if value is not None:
            yield child.get("name") or "", value


def _taken(texts: Texts, child: Element) -> Transfer | None:
    """An out parameter: `source` is a name of the content, or an expression over it."""
    source, target = child.get("source") or child.get("sourceExpression") or "", child.get("target")
    value = texts.reference(source) if source else None
    to = plain(target or source) if not juel.holds_juel(target or "") else texts.value(target)
    return None if value is None or to is None else Transfer(value, to)


def _given(texts: Texts, child: Element) -> Transfer | None:
    """An in parameter: its `source` is a text, perhaps with expressions in it; a name alone is that text."""
    value = texts.value(child.get("source") or child.get("sourceExpression") or "")
    target = child.get("target")
    if target is None:
        texts.fault("A parameter of the event does not say where its value goes (no target).")
        return None
    return None if value is None else Transfer(value, plain(target))
