"""Which icon and which words stand for a stage, a step, a change of a case or something that is waited for?

Django template filters that turn a status into a `Sign`, so that a template has one `{% icon %}` and one word where a
choice of five would stand. What is drawn (icons, times, badges) is in `casewright`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from casework.templatetags.casewright import percent, shown

register = template.Library()


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon of static/icons.txt with the words beside it."""

    icon: str
    words: str


STAGES: Final = {
    "done": Sign("check", "done"),
    "active": Sign("player-play", "at work"),
    "ahead": Sign("circle-dashed", "ahead"),
}
LEFT_OUT: Final = Sign("circle-dashed", "not needed")

STEPS: Final = {
    "done": Sign("circle-check", "done"),
    "active": Sign("player-play", "at work"),
    "stopped": Sign("circle-x", "not finished"),
    "waiting": Sign("hand-stop", "to be started by hand"),
}
POSSIBLE: Final = Sign("circle-dashed", "possible")
WAITS: Final = Sign("hourglass", "waits")

CHANGES: Final = {
    "hasten": Sign("flag", "Put it before others"),
    "calm": Sign("hourglass", "Take it in its turn"),
    "suspend": Sign("player-pause", "Suspend"),
    "resume": Sign("player-play", "Resume"),
    "terminate": Sign("x", "End it now"),
    "reactivate": Sign("refresh", "Open it again"),
    "close": Sign("archive", "Close it for good"),
}

WAITED_FOR: Final = {"message": "Waits for a message", "signal": "Waits for a signal"}

NOTES: Final = {"error": "alert-triangle", "warning": "alert-triangle"}
MODELS: Final = {"decision": "table", "form": "clipboard-check"}
LINES: Final = {"+": "plus", "-": "minus", "@": "at"}


@register.filter
def stage_sign(stage: Any) -> Sign:
    """How far a stage is (`progress.Stage`)."""
    return STAGES.get(stage.status, LEFT_OUT)


@register.filter
def step_sign(step: Any) -> Sign:
    """How far a step of a process is (`progress.Step`); a detour is the way out of the ordinary."""
    sign = WAITS if step.status == "active" and step.waits else STEPS.get(step.status, POSSIBLE)
    if not step.detour:
        return sign
    return Sign("alert-triangle" if step.status == "done" else sign.icon, f"other way, {sign.words}")


@register.filter
def change_sign(transition: str) -> Sign:
    """A transition of the case itself (CMMN 8.4.1), as its button says it."""
    return CHANGES[transition]


@register.filter
def waited_sign(coming: Any) -> Sign:
    """An event that is waited for (`waiting.Coming`); of a timer the template adds the moment."""
    if coming.kind == "timer":
        return Sign("clock", "Goes on by itself")
    words = WAITED_FOR.get(coming.kind, "Waits for a condition")
    return Sign("hourglass", f"{words}: {coming.name}" if coming.name else words)


@register.filter
def whose(task: Any) -> str:
    """Who has a task, or for whom it is."""
    if task.mine:
        return "yours"
    return f"with {task.assignee}" if task.assignee else f"for {', '.join(task.groups)}"


@register.filter
def note_icon(level: str) -> str:
    """The icon of a message of Django's by its level tag."""
    return NOTES.get(level, "circle-check")


@register.filter
def model_icon(kind: str) -> str:
    """The icon of a kind of models: decisions, forms, everything that flows."""
    return MODELS.get(kind, "git-branch")


@register.filter
def line_class(line: str) -> str:
    """The class of a line of a unified diff by its first sign."""
    return LINES.get(line[:1], "")


@register.simple_tag
def inside(part: str) -> SafeString:
    """The part of a case that something belongs to, with what sets it apart from the name that follows."""
    return format_html('<span class="quiet">{} ›</span> ', part) if part else SafeString("")


@register.filter
def rules_named(fired: Iterable[Any]) -> str:
    """The rules that decided: "rules 1, 3 and 5 of Route, rule 1 of Risk"."""
    tables = groupby(fired, key=lambda one: one.decision)
    return ", ".join(_numbered([str(one.number) for one in rules], table) for table, rules in tables)


def _numbered(numbers: list[str], table: str) -> str:
    *before, last = numbers
    return f"rules {', '.join(before)} and {last} of {table}" if before else f"rule {last} of {table}"


@register.filter
def saw(rule: Any) -> str:
    """What an applicability rule saw: "(amount is 12, tone is not known)"; nothing if it looked at nothing."""
    told = ", ".join(f"{label} is {_value(value)}" for label, value in rule.saw)
    return f"({told})" if told else ""


def _value(value: Any) -> str:
    return "not known" if value is None else Truncator(shown(value)).chars(80)


@register.filter
def came_from(known: Any) -> str:
    """Where an input of a decision came from, and how sure a model was of it."""
    sure = f"{percent(known.confidence)} sure" if known.confidence else ""
    told = ", ".join(filter(None, (known.source, sure)))
    return f"({told})" if told else ""


@register.filter
def named_values(pairs: Iterable[tuple[str, Any]]) -> str:
    """Names with their values in one line of text."""
    return "; ".join(f"{name} {Truncator(shown(value) or 'none').chars(200)}" for name, value in pairs)


@register.filter
def asked_whom(trace: Any) -> str:
    """Which actor answered, in which part; or which capability was asked for."""
    where = f" in {trace.part}" if trace.part else ""
    who = f"by {trace.actor}, version {trace.version}" if trace.actor else ""
    return f"{where}, {who or f'asked for {trace.capability}, not answered yet'}"


@register.simple_tag
def cell_changes(cells: Iterable[tuple[str, str, str]]) -> SafeString:
    """What changed in the cells of a rule: each column with the text before and after, where there is one."""
    return format_html_join(
        "; ", "{} {} {}", ((name, _code("was", old), _code("now", new)) for name, old, new in cells)
    )


def _code(tone: str, text: str) -> SafeString:
    return format_html('<code class="{}">{}</code>', tone, Truncator(text).chars(80)) if text else SafeString("")


@register.filter
def with_code(text: str) -> SafeString:
    """A plain text in which what stands between backticks is code."""
    parts = re.split(r"`+([^`]+)`+", text)
    coded = (format_html("<code>{}</code>", part) if at % 2 else part for at, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in coded))


@register.simple_tag
def event_links(case_id: int, references: Iterable[Any], kind: str, otherwise: str = "") -> SafeString:
    """Links to events of a case's history, in one line; `otherwise` where there are none."""
    links = format_html_join(", ", "{}", ((event_link(case_id, reference, kind),) for reference in references))
    return links or SafeString(otherwise)


@register.simple_tag
def event_link(case_id: int, reference: Any, kind: str) -> SafeString:
    """A link to one event among those of its kind, or its words alone where it has no number."""
    if not reference.sequence:
        return format_html("{}", reference.label)
    place = reverse("history", args=[case_id])
    return format_html(
        '<a href="{}?before={}&amp;show={}#event-{}">{}<span class="visually-hidden">: event</span>'
        ' <span class="num">#{}</span></a>',
        place, reference.sequence + 1, kind, reference.sequence, reference.label, reference.sequence,
    )  # fmt: skip


@register.simple_tag
def reveal_url(case_id: int, pointer: str, task: int | str = "") -> str:
    """Where one masked field is asked for; `task` where the wish comes from a task's page."""
    wanted = {"path": pointer, "task": task} if task else {"path": pointer}
    return f"{reverse('case-reveal', args=[case_id])}?{urlencode(wanted)}"


@register.simple_tag
def edit_url(case_id: int, pointer: str) -> str:
    """Where a field is changed outside a task."""
    path = pointer.removeprefix("/").replace("/", ".")
    return f"{reverse('case-edit', args=[case_id])}?{urlencode({'path': path})}"


@register.simple_tag
def event_url(case_id: int, sequence: int) -> str:
    """Where an event stands in the history of its case."""
    return f"{reverse('history', args=[case_id])}?show=all&before={sequence + 1}#event-{sequence}"


@register.filter
def verdict_sign(verdict: Any) -> Mapping[str, str]:
    """How the outcome of a check of the history is shown: class, role and icon."""
    if verdict.ok:
        return {"tone": "success", "role": "status", "icon": "shield-check"}
    return {"tone": "error", "role": "alert", "icon": "alert-triangle"}


@register.simple_tag
def compared(pieces: Iterable[Any]) -> SafeString:
    """Two texts in one (`sent_texts.Piece`): what is gone struck through, what is new underlined."""
    marks = {"gone": "<del>{}</del>", "new": "<ins>{}</ins>"}
    return format_html_join("", "{}", ((format_html(marks.get(piece.how, "{}"), piece.text),) for piece in pieces))
