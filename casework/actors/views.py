"""Which machine actors may be used, and with which model?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from casework.access import permissions
from casework.actors.incidents import retry_failed, waiting_for
from casework.actors.read import actor_list, policy
from casework.forms.answer_validation import text_errors
from casework.web.decorators import person, reads, reads_and_writes, writes
from orchestration.actors.registry import activate_model_version, actor_enable
from orchestration.ground import clock
from orchestration.jobs.runner import let_loose
from orchestration.models import Actor, ActorVersion


@reads
def actors(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Actors are shown to administrators and auditors.")
    context = {"actors": actor_list(clock.utc_now()), "policy": policy(), "may_change": permissions.may_publish(user)}
    return render(request, "actors/list.html", context)


@reads_and_writes
def actor_switch(request: HttpRequest, key: str) -> HttpResponse:
    """Switch an actor on or off. Off asks first, says what that does, and keeps why."""
    _may_change(request)
    actor = get_object_or_404(Actor, key=key)
    if request.method != "POST":
        return render(request, "actors/switch_off.html", {"actor": actor, "waiting": waiting_for(actor)})
    enabled, reason = request.POST.get("enabled") == "yes", request.POST.get("reason", "").strip()[:500]
    if not enabled and (len(reason) < 3 or text_errors({"reason": reason})):
        wrong = "Say in 3 to 500 characters why: it is kept with the change."
        context = {"actor": actor, "waiting": waiting_for(actor), "reason": reason, "wrong": wrong}
        return render(request, "actors/switch_off.html", context, status=400)
    actor_enable(actor.key, enabled, permissions.origin_of(person(request)), reason)
    if enabled:
        let_loose(actor.key)
    messages.success(request, f"{actor.name} {'may be used' if enabled else 'is not used any more'}.")
    return redirect("actors")


@writes
def actor_retry(request: HttpRequest, key: str) -> HttpResponse:
    """Have all that failed for want of this actor tried again, in cases that the administrator need not see."""
    _may_change(request)
    actor = get_object_or_404(Actor, key=key)
    tried, refused = retry_failed(actor.capability, permissions.origin_of(person(request)))
    if refused:
        messages.error(request, f"{refused} could not be tried again: their cases have gone on or are suspended.")
    if tried or not refused:
        messages.success(request, f"{tried} tried again.")
    return redirect("actors")


@writes
def model_activate(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    _may_change(request)
    row = get_object_or_404(
        ActorVersion.objects.select_related("actor").defer("artefact"), actor__key=key, pk=version_id
    )
    if not row.active:
        activate_model_version(row, permissions.origin_of(person(request)))
    messages.success(request, f"{row.actor.name} works with version {row.version} from the next case on.")
    return redirect("actors")


def _may_change(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators change actors.")
