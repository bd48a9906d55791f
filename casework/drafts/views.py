"""How does a page keep what is being typed into it? It sends the form's fields here, a moment after each pause."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from audit.data_keys import KeyFault
from casework.drafts.services import Fields, Kept, Newer, draft_end, draft_keep, drafted_form
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import person, sealed_off
from casework.web.live import presence
from casework.web.unsent import is_kept
from orchestration.ground.refusals import Refused


@never_cache
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """`?form=`: the address that the form is sent to; `?seen=`: the version that the window knows; `?away=1`: forget.

    401 where the session has ended: the page then says so, and the form's own sending keeps the text.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"said": "Your session has ended."}, status=401)
    form = drafted_form(person(request), request.GET.get("form", ""))
    if request.GET.get("away"):
        draft_end(by=person(request), address=form.address)
        return redirect(form.page)
    seen = number_in(request.GET.get("seen", ""), COUNTED)
    try:
        outcome = draft_keep(by=person(request), form=form, fields=_typed(request), seen=seen)
    except KeyFault as fault:
        return JsonResponse({"said": sealed_off(fault)}, status=503)
    if isinstance(outcome, Refused):
        return JsonResponse({"said": outcome.message}, status=410)
    if isinstance(outcome, Newer):
        return JsonResponse(_told(outcome.there), status=409)
    presence.writes(form.case.instance_id, person(request).pk)
    return JsonResponse({"version": outcome.version, "at": _at(outcome)})


def _typed(request: HttpRequest) -> Fields:
    return tuple((name, text) for name, texts in request.POST.lists() for text in texts if is_kept(name))


def _told(there: Kept) -> dict[str, object]:
    return {"version": there.version, "at": _at(there), "fields": there.fields}


def _at(kept: Kept) -> str:
    return timezone.localtime(kept.at).strftime("%H:%M:%S")
