"""Who or what did what in a case, in full?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from casework import permissions, services
from casework.selectors.look import look
from casework.selectors.thread import actors_and_actions, full, lines
from casework.views.doors import page_or_part, person, reads
from casework.wording import KINDS


@reads
def history(request: HttpRequest, case_id: int) -> HttpResponse:
    """For everybody who may view the case the history in plain words; for auditors every event as it is kept."""
    case = permissions.case_for_user(person(request), case_id, "view")
    services.case_viewed(by=person(request), case=case)
    case = permissions.case_for_user(person(request), case_id, "view")
    seen = look(user=person(request), case=case, now=timezone.now())
    auditor = permissions.may(person(request), "audit", case)
    actor, action, text = (request.GET.get(name, "")[:200] for name in ("actor", "action", "q"))
    actors, actions = actors_and_actions(seen)
    kind = request.GET.get("show", "")
    context = {
        "case": case, "title": seen.view.text(case.title), "auditor": auditor, "actor": actor, "action": action,
        "q": text, "actors": actors, "actions": actions, "kinds": KINDS.items(), "kind": kind,
        "rows": full(seen, actor=actor, action=action, text=text) if auditor else (),
        "lines": () if auditor else lines(seen, kind=kind), "events": case.instance.head_sequence,
    }  # fmt: skip
    return page_or_part(request, "cases/history.html", "cases/_history.html", context)
