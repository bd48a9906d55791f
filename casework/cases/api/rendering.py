"""How do cases, tasks and histories read as JSON? Always by way of `casework.selectors`, which mask for the reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response

from audit.selectors import timeline
from casework.access import permissions
from casework.cases.api import shapes
from casework.cases.read.case_page import case_page
from casework.cases.read.case_view import look
from casework.cases.read.timeline import Full, full
from casework.models import Case
from orchestration.ground import clock

Json = Any


def person(request: Request) -> User:
    """Who asks: nobody gets here without having signed in."""
    assert isinstance(request.user, User)
    return request.user


def case_in_full(by: User, case: Case) -> Response:
    return Response(shapes.Case(case_page(user=by, case=case, now=clock.utc_now())).data)


def progress(case: Case) -> Response:
    """Where the case stands now, which may not be where it stood when it was fetched."""
    case.refresh_from_db(fields=["state", "closed"])
    return Response({"case": case.pk, "state": case.state, "closed": case.closed})


def history(by: User, case: Case, *, actor: str, action: str, after: int, limit: int) -> Response:
    """A page of a case's history, the oldest first: for auditors as it is kept, for others what has plain words."""
    entries = timeline(case.instance_id, actor=actor, action=action, after=after, limit=limit + 1)
    page, more = entries[:limit], entries[limit:]
    seen = replace(look(user=by, case=case, now=clock.utc_now()), history=tuple(page))
    seen = replace(seen, history=seen.told(page))
    told = {row.sequence: row for row in full(seen)}
    in_full = permissions.may(by, "audit", case)
    rows = [_entry(told[entry.sequence], in_full) for entry in seen.history if in_full or told[entry.sequence].line]
    return Response({"results": rows, "next": page[-1].sequence if more else None})


def _entry(row: Full, in_full: bool) -> dict[str, Json]:
    words = "" if row.line is None else f"{row.line.who} {row.line.told.in_full}".strip()
    detail = orjson.loads(row.detail) if in_full else {}
    shown = {"words": words, "detail": detail, "at": row.at.isoformat().replace("+00:00", "Z")}
    return shown | {name: getattr(row, name) for name in HISTORY_TEXTS}


HISTORY_TEXTS = ("sequence", "actor", "on_behalf_of", "cause", "action", "version", "rules")
