"""Who or what did what in a case, in full?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from casework.access import permissions
from casework.cases import services
from casework.cases.narration import KINDS
from casework.cases.read.case_view import AT_MOST, SHOWN, Look, look
from casework.cases.read.timeline import actors_and_actions, full, lines
from casework.web.decorators import page_or_part, person, reads
from orchestration.ground import clock


@reads
def history(request: HttpRequest, case_id: int) -> HttpResponse:
    """For everybody who may view the case the history in plain words; for auditors every event as it is kept."""
    case = permissions.case_for_user(person(request), case_id, "view")
    services.case_viewed(by=person(request), case=case)
    before = request.GET.get("before", "")
    end = int(before) if before.isdecimal() and 0 < len(before) < 9 and int(before) > 1 else None
    actor, action, text = (request.GET.get(name, "")[:200] for name in ("actor", "action", "q"))
    kind = request.GET.get("show", "")
    most = AT_MOST if actor or action or text or kind in KINDS else SHOWN
    seen = look(user=person(request), case=case, now=clock.utc_now(), before=end, most=most)
    auditor = permissions.may(person(request), "audit", case)
    actors, actions = actors_and_actions(seen)
    context = {
        "case": case, "title": seen.view.text(case.title), "auditor": auditor, "actor": actor, "action": action,
        "q": text, "actors": actors, "actions": actions, "kinds": KINDS.items(), "kind": kind,
        "rows": full(seen, actor=actor, action=action, text=text) if auditor else (),
        "lines": () if auditor else lines(seen, kind=kind), "older": _older(seen),
        "events": case.instance.head_sequence,
    }  # fmt: skip
    return page_or_part(request, "cases/history.html", "cases/_history.html", context)


def _older(seen: Look) -> int:
    """The event before which there is more to read; 0 where this is the beginning."""
    first = seen.history[0].sequence if seen.history else 0
    return first if first > 1 else 0
