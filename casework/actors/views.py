"""Which machine actors may be used, and with which model?"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from casework.access import permissions
from casework.actors.read import actor_list, policy
from casework.web.decorators import person, reads, writes
from orchestration.actors.registry import activate_model_version, actor_enable
from orchestration.ground import clock
from orchestration.models import Actor, ModelVersion


@reads
def actors(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Actors are shown to administrators and auditors.")
    context = {"actors": actor_list(clock.utc_now()), "policy": policy(), "may_change": permissions.may_publish(user)}
    return render(request, "actors/list.html", context)


@writes
def actor_switch(request: HttpRequest, key: str) -> HttpResponse:
    _may_change(request)
    actor = get_object_or_404(Actor, key=key)
    enabled = request.POST.get("enabled") == "yes"
    actor_enable(actor.key, enabled, permissions.origin_of(person(request)))
    messages.success(request, f"{actor.name} {'may be used' if enabled else 'is not used any more'}.")
    return redirect("actors")


@writes
def model_activate(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    _may_change(request)
    row = get_object_or_404(
        ModelVersion.objects.select_related("actor").defer("artefact"), actor__key=key, pk=version_id
    )
    if not row.active:
        activate_model_version(row, permissions.origin_of(person(request)))
    messages.success(request, f"{row.actor.name} works with version {row.version} from the next case on.")
    return redirect("actors")


def _may_change(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators change actors.")
