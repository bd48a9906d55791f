"""How does somebody save a list as a view, and change or remove it; and how is a filter kept that they have begun?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from casework.lists.begun import begun_end, begun_keep
from casework.lists.models import SavedView
from casework.lists.saved import default_set, view_change, view_for_user, view_remove, view_save
from casework.lists.state import KINDS, Kind
from casework.web.asked import number_in
from casework.web.decorators import person, refusal, writes
from orchestration.ground.refusals import Refused


@writes
def views(request: HttpRequest) -> HttpResponse:
    """Save one: `kind` of list, `state` of its address, `name`, `group`, `default`. With `begun` in place of a
    name: keep the filter that is being set ("on"), show it, or forget it."""
    by, given = person(request), request.POST
    kind = KINDS.get(given.get("kind", ""))
    if kind is None:
        raise Http404("There is no such list.")
    state = given.get("state", "")
    if "begun" in given:
        return _begun(request, kind, state)
    outcome = view_save(
        by=by, kind=kind, name=given.get("name", ""), query=state, group=number_in(given.get("group", ""))
    )  # fmt: skip
    if isinstance(outcome, Refused):
        return refusal(request, outcome, f"{reverse(kind.key)}?{state}")
    if "default" in given:
        default_set(by=by, view=outcome, on=True)
    messages.success(request, f"The view “{outcome.name}” is saved.")
    return redirect(address_of(outcome))


def _begun(request: HttpRequest, kind: Kind, state: str) -> HttpResponse:
    if (do := request.POST["begun"]) != "on":
        query = begun_end(by=person(request), kind=kind)
        return redirect(f"{reverse(kind.key)}?{query}" if do == "show" else kind.key)
    outcome = begun_keep(by=person(request), kind=kind, query=state)
    if isinstance(outcome, Refused):
        return JsonResponse({"said": outcome.message}, status=409)
    return JsonResponse({"at": timezone.localtime(outcome).strftime("%H:%M:%S")})


@writes
def view(request: HttpRequest, view_id: int) -> HttpResponse:
    """`do`: "save" its name and whom it is shared with, "keep" what is set now (`state`), "remove" it, "default" or
    "no-default"."""
    found = view_for_user(person(request), view_id)
    outcome = _done(request, found)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, address_of(found))
    messages.success(request, outcome)
    return redirect(reverse(KINDS[found.kind].key) if found.pk is None else address_of(found))


def _done(request: HttpRequest, found: SavedView) -> str | Refused:
    """What was done, in words."""
    by, given = person(request), request.POST
    match given.get("do", ""):
        case "save":
            return _saved(request, found, given)
        case "keep":
            outcome = view_change(by=by, view=found, query=given.get("state", ""))
            return outcome if isinstance(outcome, Refused) else f"“{found.name}” keeps what is set now."
        case "remove":
            return view_remove(by=by, view=found) or f"The view “{found.name}” is gone."
        case "default" | "no-default" as do:
            default_set(by=by, view=found, on=do == "default")
            opens = f"Your {KINDS[found.kind].title} opens"
            return f"{opens} with “{found.name}” now." if do == "default" else f"{opens} as it does at first again."
        case _:
            return Refused("invalid", "This cannot be done to a view.")


def _saved(request: HttpRequest, found: SavedView, given: QueryDict) -> str | Refused:
    group = number_in(given.get("group", ""))
    outcome = view_change(by=person(request), view=found, name=given.get("name", ""), group=group)
    return outcome if isinstance(outcome, Refused) else f"The view “{found.name}” is changed."


def address_of(view: SavedView) -> str:
    return f"{reverse(KINDS[view.kind].key)}?view={view.pk}"
