"""Where does an administrator see which views groups have, and change them?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from casework.access import permissions
from casework.people.rights import changes, looks
from casework.people.shared_views import shared_open, shared_rename, shared_take_back, shared_view, shared_views
from casework.web.decorators import answered, form_status, person, reads, reads_and_writes
from orchestration.ground.refusals import Refused


@reads
def views(request: HttpRequest) -> HttpResponse:
    """All that are shared."""
    looks(person(request))
    return render(request, "people/views.html", {"views": shared_views()})


@reads_and_writes
def view(request: HttpRequest, view_id: int) -> HttpResponse:
    """One of them; `do`: "rename", "take-back", "open" or "no-open"."""
    looks(person(request))
    if request.method != "POST":
        return _page(request, view_id)
    outcome = _done(request, changes(person(request)), view_id)
    if isinstance(outcome, Refused) and outcome.errors:
        return _page(request, view_id, outcome)
    there = reverse("people-view", args=[view_id]) if shared_view(view_id) else reverse("people-views")
    return answered(request, outcome, str(outcome), there)


def _done(request: HttpRequest, by: User, view_id: int) -> str | Refused:
    reason = request.POST.get("reason", "")
    match request.POST.get("do", ""):
        case "rename":
            return shared_rename(by=by, number=view_id, name=request.POST.get("name", ""), reason=reason)
        case "take-back":
            return shared_take_back(by=by, number=view_id, reason=reason)
        case "open" | "no-open" as do:
            return shared_open(by=by, number=view_id, on=do == "open", reason=reason)
        case _:
            return Refused("invalid", "This cannot be done to a view.")


def _page(request: HttpRequest, view_id: int, refused: Refused | None = None) -> HttpResponse:
    found = shared_view(view_id)
    if found is None:
        raise Http404("There is no such view, or it is not shared.")
    context = {
        "view": found, "refused": refused, "given": request.POST,
        "may_change": permissions.may_administer(person(request)),
    }  # fmt: skip
    return render(request, "people/view.html", context, status=form_status(refused))
