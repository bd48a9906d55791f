"""How does a new version come in, and how is it taken step by step to use, and back?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import permissions, trail
from casework.actors.version_form import VersionForm
from casework.actors.version_page import version_page
from casework.actors.views import may_change, may_read
from casework.governance.read import called
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import page_or_part, person, reads, reads_and_writes, refusal, writes
from casework.web.taking_away import takes_away
from orchestration.actors import registration
from orchestration.actors.golden import CODE
from orchestration.ground.refusals import Refused
from orchestration.jobs import trials
from orchestration.models import Actor, ActorVersion
from orchestration.shell.nudges import nudge_golden


@reads
def version(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    """What is known of a version, and what may be done next."""
    may_read(request)
    row, user = _version(key, version_id), person(request)
    may = permissions.may_publish(user)
    page = version_page(row, permissions.origin_of(user).actor, with_file=may)
    by = called({row.registered_by}).get(row.registered_by, "")
    context = {"page": page, "row": row, "actor": row.actor, "may_change": may, "by": by}
    return page_or_part(request, "actors/version.html", "actors/_trials.html", context)


@reads_and_writes
def version_new(request: HttpRequest, key: str) -> HttpResponse:
    """Hand in what a version is made of, with what was measured."""
    may_change(request)
    actor = get_object_or_404(Actor, key=key)
    form = VersionForm(request.POST, request.FILES) if request.method == "POST" else VersionForm()
    if form.is_valid():
        outcome = registration.version_register(
            actor=actor, by=permissions.origin_of(person(request)), **form.given()
        )  # fmt: skip
        if isinstance(outcome, ActorVersion):
            messages.success(request, f"Version {outcome.version} is registered. It is not used yet.")
            return redirect("actor-version", key, outcome.pk)
        form.refuse(outcome)
    context = {"actor": actor, "form": form}
    return render(request, "actors/version_new.html", context, status=400 if form.errors else 200)


@writes
def version_step(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    """Take a version a step on or back."""
    may_change(request)
    row, share = _version(key, version_id), request.POST.get("share", "")
    outcome = registration.version_step(
        row=row, to=request.POST.get("to", ""), by=permissions.origin_of(person(request)),
        share=number_in(share, COUNTED), reason=request.POST.get("reason", ""),
    )  # fmt: skip
    back = reverse("actor-version", args=[key, version_id])
    if isinstance(outcome, Refused):
        if outcome.code == CODE:
            nudge_golden(row.pk)
            back = reverse("version-passport", args=[key, version_id])
        return refusal(request, outcome, back)
    told = f"{outcome.share} % of cases" if outcome.state == ActorVersion.State.SHARE else outcome.get_state_display()
    messages.success(request, f"Version {outcome.version}: {told}.")
    return redirect(back)


@writes
def version_replay(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    """Have a version tried on the last recorded jobs."""
    may_change(request)
    row, jobs = _version(key, version_id), request.POST.get("jobs", "")
    outcome = trials.replay_begin(row, number_in(jobs, COUNTED), permissions.origin_of(person(request)))
    back = reverse("actor-version", args=[key, version_id])
    if isinstance(outcome, Refused):
        return refusal(request, outcome, back)
    messages.success(request, f"It is tried on {outcome.jobs} recorded jobs; what it gives shows below.")
    return redirect(back)


@reads
def version_file(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    """What a version is made of, as it was handed in."""
    may_change(request)
    row = get_object_or_404(ActorVersion.objects.select_related("actor"), actor__key=key, pk=version_id)
    takes_away(request)
    trail.downloaded(request, f"version {row.version} of {row.actor.key}")
    response = HttpResponse(bytes(row.artefact), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.actor.key}-{row.version}"'
    return response


def _version(key: str, version_id: int) -> ActorVersion:
    rows = ActorVersion.objects.select_related("actor").defer("artefact")
    return get_object_or_404(rows, actor__key=key, pk=version_id)
