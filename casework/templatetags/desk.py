"""Which keys does a page know, and how dense are its rows?"""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from casework.access.desk import KEYS, desk_of, is_open

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_attributes(context: Context) -> SafeString:
    """What scripts and styles go by, on the body of a page."""
    liked = desk_of(context.get("request"))
    return format_html(
        ' data-keys="{}" data-rows="{}" data-preview="{}" data-desk="{}" data-views="{}"',
        "on" if liked.keys else "off", "compact" if liked.compact else "roomy", "on" if liked.preview else "off",
        reverse("desk"), reverse("views"),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def fold(context: Context, name: str, at_first: str = "") -> SafeString:
    """On a panel that can be folded: its name, and whether it is open: as its reader left it, else as it is `at_first`
    ("open", or closed)."""
    shown = is_open(context.get("request"), name, at_first == "open")
    return format_html(' data-fold="{}"{}', name, " open" if shown else "")


@register.inclusion_tag("partials/keys.html")
def keys() -> dict[str, Any]:
    """All keys, in a dialogue that the key `?` and the menu open."""
    return {"places": KEYS}


@register.inclusion_tag("partials/preview_switch.html", takes_context=True)
def preview_switch(context: Context) -> dict[str, Any]:
    """Above a list: whether the case of a row stands beside it."""
    request = context["request"]
    return {
        "desk": desk_of(request), "path": request.get_full_path(), "csrf_token": context.get("csrf_token"),
        "request": request,
    }  # fmt: skip


@register.inclusion_tag("partials/desk_menu.html", takes_context=True)
def desk_menu(context: Context) -> dict[str, Any]:
    """What somebody may choose of their desk, in the menu of the bar."""
    request = context.get("request")
    return {
        "desk": desk_of(request), "path": context["path"], "csrf_token": context.get("csrf_token"), "request": request,
        "may_mail": bool(settings.EMAIL_URL),
    }  # fmt: skip
