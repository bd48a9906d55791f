"""Where do vendors write their extensions, and which of them says a thing?"""

from __future__ import annotations

from typing import Final

from orchestration.engine.cron import as_quartz
from orchestration.engine.xml import Element

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CASEWRIGHT: Final = "urn:casewright:model:1"
ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
CAMUNDA_7: Final = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://camunda.org/schema/1.0/cmmn",
    "http://operaton.org/schema/1.0/bpmn",
    "http://operaton.org/schema/1.0/cmmn",
)
VENDORS: Final = (
    CASEWRIGHT,
    "http://flowable.org/cmmn",
    "http://flowable.org/bpmn",
    "http://activiti.org/bpmn",
    "http://activiti.org/cmmn",
    *CAMUNDA_7,
    ZEEBE,
)
"""The namespaces that are read as extensions, the first one that says a thing wins."""


def comes_from_flowable(root: Element) -> bool:
    """Whether the file says that it is Flowable's: by its target namespace or by a namespace that it declares."""
    named = (root.get("targetNamespace") or "", *root.prefixes.values())
    return any("flowable.org" in name or "activiti.org" in name for name in named)


def vendor(element: Element, *names: str) -> str | None:
    """The first extension attribute with one of these local names."""
    if not any(name.startswith("{") for name in element.attributes):
        return None  # most elements have none, and each is asked fifty times
    for name in names:
        for namespace in VENDORS:
            found = element.attributes.get(f"{{{namespace}}}{name}")
            if found is not None:
                return found
    return None


def vendor_elements(element: Element, *names: str) -> list[Element]:
    """The extension elements with one of these local names, as they stand in the model."""
    return [
        child
        for holder in element.all("extensionElements")
        for child in holder.children
        if child.name in names and child.namespace in VENDORS
    ]


def clock(holder: Element) -> str:
    """The text of a timer. Flowable and Camunda 7 write cycles as Quartz does, and Flowable may add their end."""
    text, end = holder.text.strip(), vendor(holder, "endDate")
    declared = set(holder.prefixes.values())
    if declared.intersection(VENDORS) - {CASEWRIGHT, ZEEBE}:
        text = as_quartz(text)
    text = f"{text} until {end.strip()}" if end else text
    return _by_calendar(text, holder.attributes.get(f"{{{CASEWRIGHT}}}calendar", "").strip())


def _by_calendar(text: str, key: str) -> str:
    """`casewright:calendar`: by whose office hours and holidays a duration counts (`engine.office_time`)."""
    if not key:
        return text
    return f'=string({text[1:]}) + " by {key}"' if text.startswith("=") else f"{text} by {key}"


def inner(element: Element, name: str, *attributes: str) -> str | None:
    """An attribute of the extension element of this name (Zeebe says most things so)."""
    for child in vendor_elements(element, name):
        for attribute in attributes:
            if (found := child.get(attribute)) is not None:
                return found
    return None
