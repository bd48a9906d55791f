"""How are costs, spans of time and who asked for something written, the same on every page of the ledger?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casework.access import permissions
from casework.actors.ledger.budget_pages import warnings
from casework.actors.ledger.money import amount_words
from orchestration.actors.calibration import Share
from orchestration.ground import clock
from orchestration.models import Budget

register = template.Library()

THEIRS: Final = ("/actors/", "/ledger/", "/rules/", "/models/", "/changes/")
"""Where the pages of administrators are."""
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
def money(amount: Decimal, currency: str) -> str:
    return amount_words(amount, currency)


@register.filter
def beyond_words(beyond: str) -> str:
    """To whom work goes when a budget is used up."""
    return f"to {dict(Budget.Beyond.choices).get(beyond, beyond)}"


@register.filter
def scope_words(scope: str) -> str:
    """What has a budget: "actor:intent" -> "the actor intent"."""
    kind, _, key = scope.partition(":")
    return f"the actor {key}" if kind == "actor" else f"the case type {key}"


@register.simple_tag
def share(found: Share, what: str) -> SafeString:
    """A share with its interval and of how many it is one: "92.0 % (85.0 to 95.9; of 100 judged)"."""
    if found.value is None:
        return format_html('<span class="quiet">none {}</span>', what)
    return format_html(
        '{} % <span class="quiet">({} to {}; of {} {})</span>',
        f"{found.value * 100:.1f}", f"{found.low * 100:.1f}", f"{found.high * 100:.1f}", found.n, what,
    )  # fmt: skip


@register.inclusion_tag("actors/ledger/_banner.html", takes_context=True)
def budget_banner(context: Context) -> dict[str, Any]:
    """What administrators should know of budgets, on the pages that are theirs."""
    request = context.get("request")
    user = getattr(request, "user", None)
    here = request is not None and request.path.startswith(THEIRS)
    if not here or user is None or not permissions.may_publish(user):
        return {"warned": []}
    return {"warned": warnings(clock.utc_now())}


@register.filter
def asker(origin: str) -> str:
    """Who set something off, as the history names them: "person:anna" -> "anna"."""
    kind, _, name = origin.partition(":")
    return KINDS.get(kind, f"{kind} ") + name if origin else "not known"


@register.filter
def setter_off(origin: str) -> str:
    """Who or what brought a case to where it asked for this call: of a machine it was its answer to the step before."""
    told = asker(origin)
    return f"the answer of {told} to the step before" if origin.startswith("model:") else told


@register.filter
def group_heading(by: str) -> str:
    return HEADINGS.get(by, "Group")
