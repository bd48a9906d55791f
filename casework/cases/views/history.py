"""Who or what did what in a case, in full?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audit.selectors import entries_before
from casework.access import permissions
from casework.cases import services, visits
from casework.cases.narration import KINDS
from casework.cases.read.case_view import AT_MOST, SHOWN, Look, look
from casework.cases.read.changes import EARLIER, Changes
from casework.cases.read.past import WRITTEN
from casework.cases.read.timeline import (
    ALL,
    Full,
    Line,
    Wanted,
    actors_and_actions,
    every,
    fields_written,
    timeline,
)
from casework.cases.read.touched import Places, task_numbers
from casework.models import Case
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import page_or_part, person, reads
from orchestration.ground import clock

NEW: Final = "new"
BUSINESS, TECHNICAL = "business", "technical"
PAGE: Final = 50
"""Events on a page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `show`: a kind of events, `new` or `all`; `before`: only events before this one."""

    view: str = ""
    show: str = ""
    actor: str = ""
    action: str = ""
    field: str = ""
    q: str = ""
    before: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        return cls(**{name: request.GET.get(name, "")[:200] for name in cls.__slots__})

    @property
    def end(self) -> int | None:
        """The event before which the page ends; None: at the newest, also where nobody can read what is asked."""
        end = number_in(self.before, COUNTED)
        return end if end > 1 else None

    @property
    def is_sought(self) -> bool:
        """Whether only some events are asked for, so that many are gone through."""
        return bool(self.actor or self.action or self.field or self.q or self.show in (*KINDS, NEW))

    def address(self, case: Case, **changed: str) -> str:
        given = {name: value for name, value in asdict(replace(self, **changed)).items() if value}
        return reverse("history", args=[case.pk]) + ("?" + urlencode(given) if given else "")


@reads
def history(request: HttpRequest, case_id: int) -> HttpResponse:
    """For everybody who may view the case the history in plain words; for auditors also every event as it is kept."""
    case = permissions.case_for_user(person(request), case_id, "view", whole=True)
    services.case_viewed(by=person(request), case=case)
    asked, auditor = Asked.of(request), permissions.may(person(request), "audit", case)
    most = AT_MOST if asked.is_sought else SHOWN
    seen = look(user=person(request), case=case, now=clock.utc_now(), before=asked.end, most=most)
    technical = auditor and asked.view != BUSINESS
    found = _rows(seen, asked) if technical else _lines(person(request), seen, asked)
    context = _controls(seen, case, asked) | {
        "may_ask": permissions.may(person(request), "work", case),
        "auditor": auditor, "technical": technical, "rows": found if technical else (),
        "lines": () if technical else found, "older": _older(seen, found), "events": case.instance.head_sequence,
    }  # fmt: skip
    context["older_address"] = asked.address(case, before=str(context["older"])) if context["older"] else ""
    return page_or_part(request, "cases/history.html", "cases/_history.html", context)


def _controls(seen: Look, case: Case, asked: Asked) -> dict[str, Any]:
    """What the filters of the page offer, and what is chosen."""
    actors, actions = actors_and_actions(seen)
    kinds = [("", "The main points"), *KINDS.items(), (ALL, "All"), (NEW, "Since you last looked")]
    return {
        "case": case, "title": seen.view.text(case.title), "asked": asked, "actor": asked.actor, "action": asked.action,
        "q": asked.q, "kind": asked.show, "actors": actors, "actions": actions, "fields": fields_written(seen),
        "kinds": [(asked.address(case, show=kind, before=""), label, kind == asked.show) for kind, label in kinds],
        "views": [
            (asked.address(case, view=view, before=""), label, view)
            for view, label in ((TECHNICAL, "Every event as it is kept"), (BUSINESS, "In plain words"))
        ],
    }  # fmt: skip


def _rows(seen: Look, asked: Asked) -> tuple[Full, ...]:
    return tuple(islice(every(seen, actor=asked.actor, action=asked.action, text=asked.q), PAGE))


def _lines(by: User, seen: Look, asked: Asked) -> tuple[Line, ...]:
    field = asked.field if asked.field in dict(fields_written(seen)) else ""
    wanted = Wanted(asked.show, asked.actor, field)
    if asked.show == NEW:
        wanted = replace(
            wanted, kind=ALL, after=visits.seen_before(by, seen.case), unless_by=permissions.origin_of(by).actor
        )
    first = seen.history[0].sequence if seen.history else 1
    earlier = entries_before(seen.case.instance_id, first, WRITTEN, EARLIER) if first > 1 else ()
    return tuple(islice(timeline(seen, wanted, Changes(seen, earlier), Places(seen, task_numbers(seen))), PAGE))


def _older(seen: Look, found: tuple[Full, ...] | tuple[Line, ...]) -> int:
    """The event before which there is more to read; 0 where this is the beginning."""
    first = found[-1].sequence if len(found) == PAGE else seen.history[0].sequence if seen.history else 0
    return first if first > 1 else 0
