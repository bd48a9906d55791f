"""What have people put on the case that a page is of: tags, and whether its reader follows it?"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from casework.lists.tag_words import LONGEST
from casework.lists.tags import marks_of
from casework.models import Case
from orchestration.models import GoldenCase

register = template.Library()


@register.inclusion_tag("cases/_golden.html", takes_context=True)
def case_golden(context: Context, number: int) -> dict[str, Any]:
    """Whether a closed case is golden, and the button that makes it so."""
    golden = GoldenCase.objects.filter(instance__case=number).first()
    return {"number": number, "golden": golden, "csrf_token": context.get("csrf_token"), "request": context["request"]}


@register.inclusion_tag("cases/_marks.html", takes_context=True)
def case_marks(context: Context, number: int, may: frozenset[str]) -> dict[str, Any]:
    """`may`: what the reader may do to the case."""
    request: Any = context["request"]
    marks = marks_of(Case(pk=number), request.user)
    return {
        "marks": marks, "number": number, "may_tag": "work" in may, "longest": 10 * LONGEST, "request": request,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
