"""How are icons, times, states and confidence drawn, the same on every page?"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

from django import template
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil

from casework.access import permissions
from casework.access.reach import Membership
from casework.access.units import administered
from casework.cases.read import attention
from casework.lists.counts import AtLeast
from casework.runtime.stand_ins.remote import stand_ins_here
from casework.web import unsent
from casework.web.help import linked, place_of
from orchestration.ground import clock
from orchestration.jobs import stopping
from orchestration.models import Stop
from orchestration.view.decisions import Row, Table

register = template.Library()

SCHEMES: Final = (("system", "As the system", "settings"), ("light", "Light", "sun"), ("dark", "Dark", "moon"))
STATE_TONES: Final = {
    "Needs attention": "bad",
    "Ended early": "wait",
    "Failed": "bad",
    "Closed": "done",
    "Completed": "done",
    "Awaiting external data": "wait",
    "Suspended": "wait",
    "Pending review": "work",
    "Being sent": "work",
    "Being paid": "work",
}
BELOW: Final = {
    "inbox": ("/tasks/",),
    "cases": ("/cases/", "/systems/"),
    "knowledge": ("/knowledge/",),
    "rules": ("/rules/", "/models/", "/giving/"),
    "actors": ("/actors/", "/agents/"),
    "ledger": ("/ledger/",),
    "controls": ("/changes/", "/reviews/"),
    "people": ("/people/",),
}
WAITING: Final = (
    ("comments-told", "For you", "bell", "comments"),
    ("attention", "Needs attention", "alert-triangle", "troubles"),
)
"""Places that are shown while something waits there, and what is counted of it."""
GO: Final = {"inbox": "g i", "cases": "g c"}
"""The keys that go to a place."""
LABEL: Final = re.compile(r"[a-z][a-z0-9_]*")
SAMPLE: Final = 987_654_321_987_654_321
"""A number that stands in no address."""
SURE: Final = 0.75
UNSURE: Final = 0.5


@register.simple_tag
def demo_can_fail() -> bool:
    """Whether systems of the demo stand beside the product, which can be made to fail."""
    return stand_ins_here()


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str) -> SafeString:
    """An icon of static/icons.txt; decoration only, the words stand beside it."""
    sprite = static("vendor/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag
def address(route: str, number: int) -> SafeString:
    """The address of what has this number, as `{% url %}` writes it; a list asks for three in each of its rows."""
    before, after = _around(route, get_script_prefix())
    return SafeString(f"{before}{number}{after}")


@lru_cache(maxsize=64)
def _around(route: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the number. `prefix`: below which path this process answers, of which it depends."""
    before, _, after = reverse(route, args=[SAMPLE]).partition(str(SAMPLE))
    return str(escape(before)), str(escape(after))


HTMX: Final = {
    "includeIndicatorStyles": False, "allowEval": False, "allowScriptTags": False, "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "responseHandling": [{"code": "204", "swap": False}, {"code": "[234]..", "swap": True},
                         {"code": "5..", "swap": False, "error": True}],
}  # fmt: skip
"""What the content security policy allows htmx to do, and which answers it shows (htmx.org/reference/#config)."""


@register.simple_tag
def time_zone() -> str:
    """The time zone in which people type times here."""
    return str(settings.TIME_ZONE)


@register.simple_tag
def htmx_config() -> str:
    """The settings of htmx as JSON."""
    return json.dumps(HTMX)


@register.filter
def guide_links(text: str) -> SafeString:
    """A plain text in which the name of a file of docs/ leads to its page of help."""
    return linked(text)


@register.simple_tag(takes_context=True)
def help_here(context: Context) -> str:
    """Where the help for this page is."""
    match = context["request"].resolver_match
    return reverse("help-page", args=[place_of(match.url_name if match else None)])


@register.simple_tag(takes_context=True)
def scheme_attribute(context: Context) -> SafeString:
    """` data-scheme="dark"` on the page's root when the reader chose one; nothing where the system decides."""
    chosen = _scheme(context.get("request"))
    return format_html(' data-scheme="{}" data-bs-theme="{}"', chosen, chosen) if chosen != "system" else SafeString("")


def _scheme(request: HttpRequest | None) -> str:
    chosen = request.COOKIES.get(settings.SCHEME_COOKIE_NAME, "") if request is not None else ""
    return chosen if chosen in ("light", "dark") else "system"


def _waiting(request: HttpRequest) -> attention.Waiting:
    """As it is when this page first asks."""
    if "waiting" not in request.__dict__:
        request.__dict__["waiting"] = attention.waiting(cast(User, request.user), clock.utc_now())
    return cast(attention.Waiting, request.__dict__["waiting"])


def _entry(request: HttpRequest, name: str, label: str, sign: str) -> dict[str, Any]:
    """One place of the bar. `count`: how much waits there; None where nothing is counted."""
    counted = next((field for place, _, _, field in WAITING if place == name), None)
    here = request.resolver_match.url_name if request.resolver_match else ""
    return {
        "url": reverse(name), "label": label, "icon": sign, "here": _here(name, here, request.path), "name": name,
        "key": GO.get(name, ""), "count": getattr(_waiting(request), counted) if counted else None,
    }  # fmt: skip


@register.inclusion_tag("partials/bar_news.html", takes_context=True)
def bar_news(context: Context) -> dict[str, Any]:
    """What the bar counts, for a part of a page that is fetched anew: it takes the place of what stands there."""
    request: HttpRequest = context["request"]
    return {"entries": [_entry(request, name, label, sign) for name, label, sign, _ in WAITING], "anew": True}


@register.simple_tag(takes_context=True)
def proposals_waiting(context: Context) -> int:
    """How many proposals of agents wait for the reader."""
    return _waiting(context["request"]).proposals


@register.inclusion_tag("partials/navigation.html", takes_context=True)
def navigation(context: Context) -> dict[str, Any]:
    """The places that this person can go to."""
    request: HttpRequest = context["request"]
    user: Any = request.user
    places = [("inbox", "Inbox", "inbox"), ("cases", "Cases", "briefcase"), ("knowledge", "Knowledge", "book")]
    places += [(name, label, sign) for name, label, sign, _ in WAITING]
    if permissions.may_publish(user) or permissions.may_audit(user):
        places.insert(0, ("today", "Today", "home"))
        places += [
            ("rules", "Rules", "table"),
            ("actors", "Actors", "robot"),
            ("ledger", "Ledger", "list"),
            ("controls", "Changes", "history"),
        ]
    if permissions.may_publish(user):
        places.insert(-1, ("events", "Events", "broadcast"))
    if administered(user) or permissions.may_audit(user):
        places.append(("people", "People", "users"))
    here = request.resolver_match.url_name if request.resolver_match else ""
    return {
        "entries": [_entry(request, *place) for place in places],
        "name": user.get_full_name() or user.get_username(), "groups": list(permissions.groups_of(user).values()),
        "query": request.GET.get("q", "") if here == "search" else "", "path": request.get_full_path(),
        "schemes": SCHEMES, "scheme": _scheme(request), "csrf_token": context.get("csrf_token"),
        "user": user, "request": request,
    }  # fmt: skip


@register.filter
def memberships(user: User) -> tuple[Membership, ...]:
    """The groups that somebody is in, as this page knows them already."""
    return permissions.reach_seen(user).memberships


@register.inclusion_tag("actors/_stopped.html", takes_context=True)
def stopped_actors(context: Context) -> dict[str, Any]:
    """What an administrator has stopped together, on every page of every administrator until it is let loose."""
    user: Any = context["request"].user if "request" in context else None
    if user is None or not user.is_authenticated or not permissions.may_publish(user):
        return {"stops": []}
    return {"stops": [(stopping.told(one.scope), one.reason) for one in Stop.objects.order_by("at")]}


def _here(place: str, here: str | None, path: str) -> str:
    """For `aria-current`: the page itself, or ("true") a page below it; empty elsewhere."""
    return "page" if here == place else "true" if path.startswith(BELOW.get(place, ())) else ""


@register.simple_tag
def when(moment: datetime | None) -> SafeString:
    """A moment as people say it ("2 hours ago"), with the exact time on it."""
    if moment is None:
        return SafeString("")
    now = clock.utc_now()
    words = f"{timesince(moment, now, depth=1)} ago" if moment <= now else f"in {timeuntil(moment, now, depth=1)}"
    words = "just now" if words.startswith("0\xa0minutes") else words
    return _time(moment, words, " data-when")


@register.simple_tag
def exactly_when(moment: datetime | None) -> SafeString:
    """A moment to come, as one writes it down ("on 3 Dec 2026 at 14:00, in 5 days")."""
    if moment is None:
        return SafeString("")
    soon = f", in {timeuntil(moment, depth=1)}" if moment > clock.utc_now() else ", any moment"
    return _time(moment, f"on {_written(moment)}{soon}")


@register.simple_tag
def written(moment: datetime) -> SafeString:
    """A moment as one writes it down ("3 Dec 2026 at 14:00")."""
    return _time(moment, _written(moment))


def _written(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y} at {local:%H:%M}"


@register.simple_tag
def exactly(moment: datetime | None) -> SafeString:
    """A moment to the second."""
    if moment is None:
        return SafeString("")
    return _time(moment, timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S"))


def _time(moment: datetime, words: str, goes_on: str = "") -> SafeString:
    """`goes_on`: the attribute by which the page keeps the words true while it is open. Nothing here is a text of
    anybody's, and a list has fifty: nothing is escaped."""
    exact = timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")
    return SafeString(f'<time datetime="{moment.isoformat()}" title="{exact}"{goes_on}>{words}</time>')


@register.inclusion_tag("partials/due.html")
def due(moment: datetime | None, overdue: bool, at_risk: bool = False) -> dict[str, Any]:
    """Until when; `at_risk`: little of the time is left."""
    return {"due": moment, "overdue": overdue, "at_risk": at_risk}


@register.simple_tag
def state_tag(state: str, closed: bool = False) -> SafeString:
    """A case's named state as a badge."""
    tone = STATE_TONES.get(state, "done" if closed else "work")
    return format_html('<span class="sign-tag sign-tag-{}">{}{}</span>', tone, _state_icon(tone), state)


def _state_icon(tone: str) -> SafeString:
    return icon({"done": "circle-check", "wait": "hourglass", "bad": "alert-triangle"}.get(tone, "player-play"))


@register.simple_tag
def sure(confidence: float | None) -> SafeString:
    """A confidence as a bar and a figure."""
    if confidence is None:
        return SafeString("")
    return format_html(
        '<span class="sure sure-{}"><progress max="100" value="{}" aria-label="Confidence"></progress>{} %</span>',
        sure_level(confidence), round(confidence * 100), f"{confidence * 100:.1f}",
    )  # fmt: skip


@register.filter
def sure_level(confidence: float) -> str:
    """Whether a confidence is high, middle or low."""
    return "high" if confidence >= SURE else "middle" if confidence >= UNSURE else "low"


@register.filter
def capped(count: int) -> str:
    """A count that is not counted beyond a thousand, or that ended before its list did."""
    return "1000+" if count > 1000 else f"{count}+" if isinstance(count, AtLeast) else str(count)


@register.filter
def shown(value: Any) -> str:
    """A value of a case's data as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(shown(each) for each in value)
    if isinstance(value, dict) and value.keys() == {"label", "confidence"}:
        return f"{words(str(value['label']))} {percent(value['confidence'])}"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown(each)}" for name, each in value.items())
    return "" if value is None else str(value)


@register.filter
def words(label: str) -> str:
    """A label of a model in words: card_not_working -> Card not working. Whatever is no label stays as it is."""
    return label.replace("_", " ").capitalize() if LABEL.fullmatch(label) else label


@register.filter
def named(key: str, names: dict[str, str]) -> str:
    """What something is called; its key where nobody has named it."""
    return names.get(key, key)


@register.filter
def key_words(key: str) -> str:
    """The key of a capability in words: read-document -> Read document."""
    return key.replace("-", " ").replace("_", " ").capitalize()


@register.filter
def field_words(name: str) -> str:
    """The name of a form's field in words: parcel.delivery_date -> Parcel, delivery date."""
    head, *rest = name.split(".")
    return ", ".join((words(head), *(part.replace("_", " ") for part in rest)))


@register.filter
def percent(share: float) -> str:
    """What is more than nothing is not said to be nothing."""
    if 0 < share < 0.0005:
        return "under 0.1 %"
    return f"{share * 100:.1f} %"


@register.filter
def asks_nothing(fired: Any) -> bool:
    """Whether a rule takes everything that comes to it."""
    return all(cell.any for cell in fired.asked)


POLICIES: Final = {
    "FIRST": "the first rule that fits decides", "UNIQUE": "exactly one rule may fit", "ANY": "rules that fit agree",
    "PRIORITY": "of the rules that fit the most important decides", "COLLECT": "all rules that fit are collected",
    "RULE ORDER": "all rules that fit, in order", "OUTPUT ORDER": "all rules that fit, by importance",
}  # fmt: skip


@register.filter
def policy(hit_policy: str) -> str:
    """A hit policy (DMN 8.2.10) in words."""
    return POLICIES.get(hit_policy, hit_policy)


@register.filter
def labelled(table: Table, row: Row) -> list[tuple[str, str]]:
    """The cells of a rule, each with the name of its column."""
    names = [column.name for column in (*table.inputs, *table.outputs, *table.annotations)]
    return list(zip(names, row.cells, strict=False))


@register.inclusion_tag("partials/unsent.html", takes_context=True)
def unsent_form(context: Context) -> dict[str, Any]:
    """What was typed into a form of this page before the session ended."""
    request = context.get("request")
    return {"typed": unsent.found(request) if isinstance(request, HttpRequest) else None}


@register.filter
def is_touched(field: Any) -> bool:
    """Whether somebody has changed what a machine drafted in this field."""
    typed = str(field.value() or "")
    return " ".join(typed.split()) != " ".join(str(field.field.drafted).split())
