"""How does an administrator add an actor, and stop all of a kind, or all, by one act?"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.actors.capability_page import capability_keys
from casework.actors.version_form import ActorForm
from casework.actors.views import WRONG_REASON, is_no_reason, may_change
from casework.actors.words import kind_words
from casework.people.second_person import Waits, setting_change
from casework.web.decorators import person, reads_and_writes, refusal, writes
from orchestration.actors import registration
from orchestration.ground.refusals import Refused
from orchestration.jobs import stopping
from orchestration.models import Actor, Job, Stop


@reads_and_writes
def actor_new(request: HttpRequest) -> HttpResponse:
    """Register an actor, with its first version where its kind needs one."""
    may_change(request)
    form = ActorForm(request.POST, request.FILES) if request.method == "POST" else ActorForm()
    if form.is_valid():
        outcome = registration.actor_register(by=permissions.origin_of(person(request)), **form.given())
        if isinstance(outcome, Actor):
            messages.success(request, f"{outcome.name} is registered. Fill in its card, then put its version to work.")
            return redirect("actor", outcome.key)
        form.refuse(outcome)
    context = {"form": form, "capabilities": capability_keys()}
    return render(request, "actors/new.html", context, status=400 if form.errors else 200)


@reads_and_writes
def stop(request: HttpRequest) -> HttpResponse:
    """Which actors are stopped together, and the form that stops all of a kind, or all."""
    may_change(request)
    if request.method != "POST":
        return _page(request)
    scope, reason = request.POST.get("scope", "")[:60], request.POST.get("reason", "").strip()
    if scope not in dict(_scopes()):
        raise Http404("There is no such kind of actor.")
    if is_no_reason(reason):
        return _page(request, scope=scope, reason=reason[:500], wrong=WRONG_REASON)
    outcome = stopping.stop(scope, permissions.origin_of(person(request)), reason)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("actors-stop"))
    messages.success(request, f"{len(outcome.actors)} stopped. Nothing that they still give reaches a case.")
    return redirect("actors-stop")


@writes
def stop_end(request: HttpRequest) -> HttpResponse:
    """Let loose what was stopped together; what was held back is done."""
    may_change(request)
    scope = request.POST.get("scope", "")[:60]
    outcome = setting_change(by=person(request), kind="loose-together", name=scope, change={}, reason="")
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("actors-stop"))
    messages.success(request, outcome.said if isinstance(outcome, Waits) else "They work again.")
    return redirect("actors-stop")


@writes
def actor_others(request: HttpRequest, key: str) -> HttpResponse:
    """Give to others what is held for a stopped actor."""
    may_change(request)
    found = get_object_or_404(Actor, key=key)
    outcome = stopping.give_to_others(found.key, permissions.origin_of(person(request)))
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("actor", args=[key]))
    messages.success(request, f"{outcome} given to others.")
    return redirect("actor", key)


def _page(request: HttpRequest, **more: str) -> HttpResponse:
    stops = [(one, stopping.told(one.scope)) for one in Stop.objects.order_by("at")]
    keys = [key for one, _ in stops for key in one.actors]
    work = Job.objects.filter(actor__in=keys, state__in=(Job.State.RUNNING, Job.State.HELD)).defer("input")
    names = dict(Actor.objects.filter(key__in=keys).values_list("key", "name"))
    held = [(job, names[job.actor]) for job in work.order_by("actor", "pk")[:100]]
    context = {"stops": stops, "held": held, "scopes": _scopes(), **more}
    return render(request, "actors/stop.html", context, status=400 if "wrong" in more else 200)


def _scopes() -> list[tuple[str, str]]:
    kinds = sorted(set(Actor.objects.order_by().values_list("kind", flat=True)))
    return [(stopping.ALL, "All actors"), *((stopping.scope_of(kind), f"All: {kind_words(kind)}") for kind in kinds)]
