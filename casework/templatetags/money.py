"""How are costs, spans of time and who asked for something written, the same on every page of the ledger?"""

from __future__ import annotations

from typing import Any, Final

from django import template

from casework.actors.ledger.money import amount_words

register = template.Library()

HEADINGS: Final = {"day": "Day", "actor": "Actor", "case-type": "Case type", "case": "Case"}
KINDS: Final = {"person": "", "model": "the machine ", "system": "Casewright: ", "operator": "at the machine: "}


@register.filter
def span(seconds: float | None) -> str:
    """A short span of time: "12 ms", "3.4 s", "2 min"; "not known" is no zero."""
    if seconds is None:
        return "not known"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


@register.filter
def milliseconds(value: float | None) -> str:
    """The same of milliseconds."""
    return span(None if value is None else value / 1000)


@register.filter
def call_cost(call: Any) -> str:
    """What a call cost: "unknown" where nobody knows, "none" where no machine was called."""
    if call.cost is not None:
        return amount_words(call.cost, call.currency)
    return "unknown" if call.actor else "none"


@register.filter
def asker(origin: str) -> str:
    """Who set something off, as the history names them: "person:anna" -> "anna"."""
    kind, _, name = origin.partition(":")
    return KINDS.get(kind, f"{kind} ") + name if origin else "not known"


@register.filter
def group_heading(by: str) -> str:
    return HEADINGS.get(by, "Group")
