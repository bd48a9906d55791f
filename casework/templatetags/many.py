"""What came of what somebody did to many tasks, on the next page that they see?

Where a chosen task stays chosen is the list's business.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from casework.tasks import snooze
from orchestration.ground import clock

register = template.Library()


@register.inclusion_tag("tasks/_many_results.html", takes_context=True)
def many_results(context: Context) -> dict[str, Any]:
    """On a whole page."""
    return _told_once(context)


@register.inclusion_tag("tasks/_many_part.html", takes_context=True)
def many_results_part(context: Context) -> dict[str, Any]:
    """Where only a part of a page is sent: in place of what it said before, which stays where nothing is new."""
    return _told_once(context)


@register.inclusion_tag("tasks/_snooze_fields.html")
def snooze_fields(prefix: str) -> dict[str, Any]:
    """Until when something can be snoozed. `prefix`: of the fields' ids."""
    return {"presets": snooze.presets(clock.utc_now()), "prefix": prefix, "most": snooze.REASON_MOST}


def _told_once(context: Context) -> dict[str, Any]:
    """The session forgets it with this."""
    request = context.get("request")
    told = request.session.pop("many", None) if request is not None and hasattr(request, "session") else None
    here = _here(context) if told else ""
    return {"told": told, "csrf_token": context.get("csrf_token"), "here": here, "request": request}


def _here(context: Context) -> str:
    """The page that somebody is on; a part of one that answers a form says itself where it stands."""
    request: Any = context["request"]
    return str(context.get("here", "/")) if request.method == "POST" else str(request.get_full_path())
