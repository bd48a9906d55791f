"""How does every form say for whom it was made? `{% csrf_token %}` writes that field, too (CSRF; made_for).

The tag takes the place of Django's own in every template (a built-in in settings.TEMPLATES): no form can forget it.
"""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casework.web.made_for import HEADER, hidden_field, mark_of

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """The two hidden fields of a form: Django's token, and for whom the page was made."""
    return SafeString(CsrfTokenNode().render(context) + hidden_field(_reader(context)))


@register.simple_tag(takes_context=True)
def page_headers(context: Context) -> SafeString:
    """The attributes of a page's body: what its own requests carry, where somebody has signed in."""
    mark = mark_of(_reader(context))
    if not mark:
        return SafeString("")
    headers = json.dumps({"X-CSRFToken": str(context.get("csrf_token", "")), HEADER: mark})
    return format_html('hx-headers="{}" data-made-for="{}"', headers, mark)


def _reader(context: Context) -> Any:
    request = context.get("request")
    return context.get("user") or getattr(request, "user", None)
