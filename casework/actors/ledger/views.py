"""Where do people see what machines and people cost, down to the single call, and take it away as a file?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from casework.access import permissions, trail
from casework.actors.ledger import people, read
from casework.actors.ledger.amounts import amount_of, currency_of
from casework.actors.ledger.call import call_page
from casework.actors.ledger.csv_file import csv_answer
from casework.cases.services import case_viewed
from casework.studio.rule_versions import newest_versions
from casework.web.asked import day_in, number_in
from casework.web.decorators import person, reads, reads_and_writes
from casework.web.taking_away import takes_away
from orchestration.ground import clock
from orchestration.models import Actor

DAYS: Final = 7
TABS: Final = {**read.GROUPS, "calls": "Single calls", "people": "People"}
OUTCOMES: Final = {
    "done": "done", "suggested": "suggested to a person", "handed": "handed to a person", "failed": "failed",
    "refused": "came too late, or not taken", "contained": "held back: its actor was stopped",
    "lost": "never came back",
}  # fmt: skip


@reads
def ledger(request: HttpRequest) -> HttpResponseBase:
    """Calls of machines and work of people, added up or one by one; with `as=csv` a file of what is shown."""
    user, wanted = person(request), _wanted(request)
    found = read.calls(user, wanted)
    trail.list_read(request, "ledger")
    if request.GET.get("as") == "csv":
        takes_away(request)
        return csv_answer(_file(user, wanted), f"ledger-{wanted.by}")
    names = dict(Actor.objects.order_by("name").values_list("key", "name"))
    context: dict[str, Any] = {
        "wanted": wanted, "tabs": _tabs(request, wanted), "query": _query(request), "outcomes": OUTCOMES.items(),
        "actors": names.items(), "case_types": newest_versions(),
        "until": timezone.localtime(wanted.until).date() - timedelta(days=1), "all": read.sees_all(user),
        "may_change": permissions.may_publish(user), "units": read.units_seen(user),
    }  # fmt: skip
    if wanted.by == "calls":
        page = read.single(found, request.GET.get("after", ""))
        rows = [
            (row, names.get(row.actor, row.actor), read.asked_for(row), OUTCOMES.get(row.outcome, row.outcome))
            for row in page.rows
        ]
        context |= {"page": page, "rows": rows, "next": _query(request, after=page.following)}
    else:
        context |= _added_up(request, wanted, names if wanted.by == "actor" else {})
    return render(request, "actors/ledger/list.html", context)


def _added_up(request: HttpRequest, wanted: read.Wanted, names: Mapping[str, str]) -> dict[str, Any]:
    """The tables of groups, each row with its name, where `names` has one, and the address of what is behind it."""
    user, found = person(request), {}
    if wanted.by != "people":
        rows = read.groups(read.calls(user, wanted), wanted.by)
        shown = [
            (one, names.get(one.key, one.label), _behind(request, wanted.by, one.key)) for one in rows[: read.MOST]
        ]
        found = {"rows": shown, "together": read.together(rows), "more": len(rows) - len(shown)}
    work = () if wanted.actor or wanted.outcome else people.work(people.tasks(user, wanted), wanted.by)
    rates = people.rates() if wanted.by == "people" else ()
    return {**found, "work": work[: read.MOST], "work_together": people.together(work), "rates": rates}


def _wanted(request: HttpRequest) -> read.Wanted:
    asked = request.GET
    by = asked.get("by", "day")
    first, last = read.span(DAYS, clock.utc_now())
    since, until = day_in(asked.get("from", "")), day_in(asked.get("to", ""))
    case = asked.get("case", "")
    return read.Wanted(
        by if by in TABS else "day",
        first if since is None else read.midnight(since),
        last if until is None else read.midnight(until + timedelta(days=1)),
        asked.get("actor", "")[:100], asked.get("type", "")[:64],
        number_in(case) or None, asked.get("outcome", "")[:20],
        asked.get("unit", "").replace("\0", "")[:100],
    )  # fmt: skip


def _query(request: HttpRequest, **changed: str) -> str:
    """The address of this page with something changed; empty values are left out."""
    names = ("by", "from", "to", "actor", "type", "case", "outcome", "unit")
    given = {name: request.GET.get(name, "") for name in names} | changed
    return "?" + urlencode({name: value for name, value in given.items() if value})


def _tabs(request: HttpRequest, wanted: read.Wanted) -> list[tuple[str, str, bool]]:
    return [(_query(request, by=key), label, key == wanted.by) for key, label in TABS.items()]


def _behind(request: HttpRequest, by: str, key: str) -> str:
    """Where a row leads: to its single calls."""
    narrower = {
        "day": {"from": key, "to": key}, "actor": {"actor": key}, "case-type": {"type": key}, "unit": {"unit": key},
        "case": {"case": key},
    }[by]  # fmt: skip
    return "" if key in ("", "None") else _query(request, by="calls", **narrower)


def _file(user: Any, wanted: read.Wanted) -> Iterator[list[str]]:
    if wanted.by == "calls":
        return read.as_lines(read.calls(user, wanted))
    if wanted.by == "people":
        return _work_lines(people.work(people.tasks(user, wanted), wanted.by))
    return _group_lines(wanted.by, read.groups(read.calls(user, wanted), wanted.by))


def _group_lines(by: str, rows: Iterable[read.Group]) -> Iterator[list[str]]:
    yield [by, "calls", "failed", "mean seconds", "mean wait seconds", "cost", "calls of unknown cost"]
    for one in rows:
        means = ("" if value is None else f"{value:.3f}" for value in (one.seconds, one.waited))
        yield [one.key, str(one.calls), str(one.failed), *means, one.cost.words, str(one.cost.unknown)]


def _work_lines(rows: Iterable[people.Work]) -> Iterator[list[str]]:
    yield ["group", "tasks", "hours (estimate)", "cost (estimate by time)", "tasks without a rate"]
    for one in rows:
        yield [one.label, str(one.tasks), f"{one.hours:.2f}", one.cost.words, str(one.cost.unknown)]


@reads
def call(request: HttpRequest, number: int) -> HttpResponse:
    """One call: whose, why this actor, what the guardrails said, what it cost."""
    user, asked_sent = person(request), "sent" in request.GET
    page = call_page(user, number, clock.utc_now(), with_sent=asked_sent)
    if page is None:
        raise Http404("There is no such call, or you may not see it.")
    if page.may_open:
        case_viewed(by=user, case=page.call.instance.case)
    context = {"page": page, "outcome": OUTCOMES.get(page.call.outcome), "asked_sent": asked_sent}
    return render(request, "actors/ledger/call.html", context)


@reads_and_writes
def rate(request: HttpRequest, group_id: int) -> HttpResponse:
    """Say what an hour of a group's work is taken to cost."""
    user = person(request)
    if not permissions.may_publish(user):
        raise PermissionDenied("Only administrators set rates.")
    group = get_object_or_404(Group.objects.select_related("rate"), pk=group_id)
    given = getattr(group, "rate", None)
    context: dict[str, Any] = {
        "group": group, "amount": "" if given is None else given.amount,
        "currency": "EUR" if given is None else given.currency,
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "actors/ledger/rate.html", context)
    written, money = request.POST.get("amount", "").strip(), request.POST.get("currency", "").strip().upper()
    amount, wrong = amount_of(written, whole=8)
    wrong = wrong if written else ""
    wrong = wrong or currency_of(money)
    if wrong:
        context |= {"wrong": wrong, "amount": written, "currency": money}
        return render(request, "actors/ledger/rate.html", context, status=400)
    people.rate_set(group, amount, money, permissions.origin_of(user))
    messages.success(request, f"An hour of {group.name} counts as {f'{amount} {money}' if amount else 'unknown'}.")
    return redirect("/ledger/?by=people")
