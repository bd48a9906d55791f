"""Where does an auditor look through what happened in all cases?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from typing import Any, Final
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from casework.access import permissions, trail
from casework.access.units import unit_tree
from casework.actors.ledger.csv_file import csv_answer
from casework.governance.event_log import Happened, as_ocel, as_xes, happened
from casework.governance.register import AT_MOST, LOOKED, PAGE, REGISTERS, Found, Wanted, found, words_of
from casework.web.asked import day_in, moment_in, number_in
from casework.web.decorators import person, reads
from casework.web.taking_away import takes_away
from orchestration.casetypes.effective import Days
from orchestration.ground import clock
from orchestration.models import Definition

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
FIELDS = ("who", "case", "since", "until", "version", "rule", "action", "field", "reason", "unit", "holds_since",
          "holds_until", "before")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, as it was typed."""

    register: str
    who: str = ""
    case: str = ""
    since: str = ""
    until: str = ""
    version: str = ""
    rule: str = ""
    action: str = ""
    field: str = ""
    reason: str = ""
    unit: str = ""
    holds_since: str = ""
    holds_until: str = ""
    before: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        register = request.GET.get("register", "")
        return cls(
            register if register in REGISTERS else next(iter(REGISTERS)),
            **{name: request.GET.get(name, "").strip()[:200] for name in FIELDS},
        )

    def wanted(self) -> Wanted:
        """What cannot be read as a day, a moment or a number counts as not asked for."""
        ends = (moment_in(self.before), _after(self.until), clock.utc_now() + timedelta(days=1))
        return Wanted(
            self.register, min(end for end in ends if end is not None), _day(self.since) or FIRST,
            self.who if not self.who or ":" in self.who else f"person:{self.who}",
            number_in(self.case), self.version, self.rule,
            self.action, self.field, self.reason, self.unit.replace("\0", ""),
            Days(day_in(self.holds_since), day_in(self.holds_until)),
        )  # fmt: skip

    def query(self, **changed: str) -> str:
        given = {"register": self.register, **{name: getattr(self, name) for name in FIELDS}, **changed}
        return "?" + urlencode({name: value for name, value in given.items() if value})


@reads
def register(request: HttpRequest) -> HttpResponseBase:
    """One register, filtered; `as=csv`: as a sheet."""
    if not may_look_up(person(request)):
        raise PermissionDenied("What happened in all cases is shown to auditors who may read them all.")
    asked = Asked.of(request)
    wanted = asked.wanted()
    rows = found(wanted, person(request))
    if request.GET.get("as") == "csv":
        takes_away(request)
        lines = [("event", "when", "who", "on behalf of", "what", "version", "case", "reason"), *map(_cells, rows)]
        return csv_answer(lines, f"register-{asked.register}")
    context: dict[str, Any] = {
        "rows": rows, "asked": asked, "opens": wanted.looks_in, "named": REGISTERS[asked.register][0],
        "tabs": [(asked.query(register=key, before=""), name, key) for key, (name, _) in REGISTERS.items()],
        "older": asked.query(before=rows[-1].at.isoformat()) if len(rows) == PAGE else "",
        "sheet": asked.query() + "&as=csv", "case_types": _case_types(),
        "actions": sorted(((one, words_of(one)) for one in REGISTERS[asked.register][1]), key=itemgetter(1)),
        "looked": LOOKED, "opened": AT_MOST, "units": [(unit.key, unit.name) for unit in unit_tree()],
    }  # fmt: skip
    return render(request, "governance/register.html", context)


LOGS: Final[Mapping[str, tuple[str, Callable[[Iterable[list[Happened]]], Iterator[bytes]]]]] = {
    "xes": ("application/xml", as_xes), "ocel": ("application/json", as_ocel),
}  # fmt: skip


@reads
def event_log(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """All histories of a case type for a program that mines processes; that somebody took them is kept."""
    if not may_look_up(person(request)):
        raise PermissionDenied("What happened in all cases is given to auditors who may read them all.")
    if form not in LOGS or key not in dict(_case_types()):
        raise Http404("There is no such log.")
    media, written = LOGS[form]
    attached = f'attachment; filename="{key}.{form}{".json" if form == "ocel" else ""}"'
    headers = {"Content-Disposition": attached}
    if request.method == "HEAD":
        return HttpResponse(content_type=media, headers=headers)
    takes_away(request)
    trail.downloaded(request, f"all histories of {key}, as {form.upper()}")
    return StreamingHttpResponse(_portions(written(happened(key))), content_type=media, headers=headers)


async def _portions(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each is read when the one before it was sent, so that no log is held whole."""
    following: Callable[[], bytes | None] = partial(next, parts, None)
    while (part := await sync_to_async(following)()) is not None:
        yield part


def _case_types() -> list[tuple[str, str]]:
    return list(Definition.objects.order_by("key", "-version").distinct("key").values_list("key", "name"))


def may_look_up(user: User) -> bool:
    """Whether they look through what happened in all cases: auditors who see every case."""
    return permissions.may_audit(user) and permissions.has_everywhere(user, "casework.view_case")


def _cells(row: Found) -> tuple[str, ...]:
    where = str(row.case or "")
    return str(row.sequence), row.at.isoformat(), row.who, row.behalf, row.words, row.version, where, row.reason


def _day(text: str) -> datetime | None:
    day = day_in(text)
    return None if day is None else datetime.combine(day, time(), UTC)


def _after(text: str) -> datetime | None:
    day = _day(text)
    return None if day is None else day + timedelta(days=1)
