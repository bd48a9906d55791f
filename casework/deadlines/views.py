"""Where do people see by when things must be done, and why; and where are deadlines and calendars changed?"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from casework.access import permissions, trail
from casework.cases.list_live import list_states
from casework.deadlines.calendars import SHOWN, WEEKDAYS, asked, in_words, moves
from casework.deadlines.changing import Wish, deadline_change
from casework.deadlines.models import WorkingCalendar
from casework.deadlines.read import DUE, MOST, STATE, explanation, listed, order_of
from casework.deadlines.standing import FIELDS, calendar_of
from casework.lists.controls import header
from casework.people.second_person import Waits, setting_change
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import answered, page_or_part, person, reads, reads_and_writes, wants_part
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

FURTHEST: Final = 10_000
"""Deadlines that one pages over at most: what is further down is sooner found in the other order."""


@reads
def deadlines(request: HttpRequest) -> HttpResponse:
    """The open ones of all cases that the reader sees. `?sort=`: `due` or `state`, with `-` before it the other way
    round; `?from=`: how many stand before the first one shown."""
    user, order = person(request), order_of(request.GET.get("sort", ""))
    trail.list_read(request, "deadlines")
    seen = "" if wants_part(request) else list_states([user.pk])[user.pk]
    start = min(number_in(request.GET.get("from", ""), COUNTED), FURTHEST)
    rows, more = listed(user, clock.utc_now(), order, start)
    context = {
        "rows": rows, "may_read_calendars": _may_read(request), "seen": seen, "here": _address(str(order), start),
        "due": header(DUE, order, _address), "state": header(STATE, order, _address),
        "next": _address(str(order), start + MOST) if more and start < FURTHEST else "", "first": start == 0,
        "start": _address(str(order)),
    }  # fmt: skip
    return page_or_part(request, "deadlines/list.html", "deadlines/_list.html", context)


def _address(sort: str, start: int = 0) -> str:
    """Of the list in this order."""
    return f"{reverse('deadlines')}?sort={sort}" + (f"&from={start}" if start else "")


@reads_and_writes
def deadline(request: HttpRequest, case_id: int, key: str) -> HttpResponse:
    """One deadline with each term of it; those who give out the work change it."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "assign" if request.method == "POST" else "view")
    found = explanation(user, case, key, clock.utc_now())
    if found is None:
        raise Http404("This case has no such deadline.")
    outcome: object = None
    if request.method == "POST":
        outcome = deadline_change(by=user, case=case, key=key, wish=_wish(request))
        if not (isinstance(outcome, Refused) and outcome.errors):
            return answered(request, outcome, "The deadline is changed.", request.path)
    context = {
        "case": case, "found": found, "may_change": permissions.may(user, "assign", case), "given": request.POST,
        "calendars": WorkingCalendar.objects.order_by("title"),
        "wrong": outcome.errors if isinstance(outcome, Refused) else {},
    }  # fmt: skip
    return render(request, "deadlines/one.html", context, status=400 if outcome else 200)


def _wish(request: HttpRequest) -> Wish:
    form = request.POST
    amount = number_in(form.get("amount", "").strip(), COUNTED)
    kind, office = form.get("wish", ""), form.get("calendar", "")
    return Wish(kind, amount if kind == "extend" else 0, office if kind == "hand-over" else "", form.get("reason", ""))


@reads
def calendars(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        raise PermissionDenied("Calendars are shown to administrators and auditors.")
    rows = [(row, [in_words(spans) for spans in row.hours]) for row in WorkingCalendar.objects.order_by("title")]
    may_change = permissions.may_publish(person(request))
    return render(request, "deadlines/calendars.html", {"rows": rows, "weekdays": WEEKDAYS, "may_change": may_change})


@reads_and_writes
def calendar(request: HttpRequest, key: str = "") -> HttpResponse:
    """A new one, or one that is there: checked, then with all that it moves, then saved."""
    user = person(request)
    if not permissions.may_publish(user):
        raise PermissionDenied("Only administrators change calendars.")
    row = get_object_or_404(WorkingCalendar, key=key) if key else None
    context: dict[str, Any] = {"row": row, "weekdays": WEEKDAYS}
    if request.method != "POST":
        return _form(request, context | {"given": _standing(row)})
    form = asked(request.POST.dict(), key)
    context |= {"given": request.POST, "wrong": form.wrong, "reason": request.POST.get("reason", "")}
    if form.wrong:
        return _form(request, context, 400)
    expected = request.POST.get("sure", "")
    if expected.isdecimal() and len(expected) < 9:
        outcome = setting_change(
            by=user, kind="calendar", name=form.values["key"], change={**form.values, "moves": int(expected)},
            reason=context["reason"],
        )  # fmt: skip
        if not isinstance(outcome, Refused):
            saved = f"The calendar “{form.values['title']}” is saved."
            said = outcome.said if isinstance(outcome, Waits) else saved
            return answered(request, outcome, said, reverse("calendars"))
        context["refused"] = outcome
    found = [move for _, move in moves(calendar_of(form.values))]
    context |= {"preview": True, "moves": found[:SHOWN], "many": len(found)}
    return _form(request, context, 409 if "refused" in context else 200)


def _form(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    given, wrong = context["given"], context.get("wrong", {})
    days = [
        (f"hours-{place}", day, given.get(f"hours-{place}", ""), wrong.get(f"hours-{place}", ""))
        for place, day in enumerate(WEEKDAYS)
    ]
    return render(request, "deadlines/calendar.html", context | {"days": days}, status=status)


def _standing(row: WorkingCalendar | None) -> dict[str, str]:
    if row is None:
        return {f"hours-{day}": "09:00-17:00" for day in range(5)}
    given = {name: getattr(row, name) for name in FIELDS}
    lists = {name: "\n".join(given[name]) for name in ("closed", "opened")}
    return given | lists | {f"hours-{day}": in_words(spans) for day, spans in enumerate(row.hours)}


def _may_read(request: HttpRequest) -> bool:
    return permissions.may_publish(person(request)) or permissions.may_audit(person(request))
