"""Where does a person look at prompts, compare two, and try one on a recorded job?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.actors import prompts as read
from casework.actors.views import may_change, may_read
from casework.web.asked import number_in
from casework.web.decorators import person, reads, reads_and_writes, refusal
from orchestration.jobs import side_by_side
from orchestration.models import ActorVersion, Job


@reads
def prompts(request: HttpRequest) -> HttpResponse:
    """Each capability for which there is a prompt."""
    may_read(request)
    return render(
        request, "actors/prompts/list.html", {"listed": read.prompt_list(), "may_change": _may_publish(request)}
    )


@reads_and_writes
def prompt(request: HttpRequest, capability: str) -> HttpResponse:
    """The prompts for one capability, two of them compared, one tried beside the version in use."""
    may_read(request)
    found = read.prompts_of(capability)
    if not found:
        raise Http404
    if request.method == "POST":
        may_change(request)
        return _tried(request, capability)
    jobs = side_by_side.recorded(capability)
    one, other = (_chosen(found, request.GET.get(name, ""), at) for name, at in (("from", 0), ("to", -1)))
    context: dict[str, Any] = {
        "capability": capability, "prompts": found, "one": one, "other": other, "jobs": jobs,
        "lines": read.difference(one, other), "may_change": _may_publish(request),
    }  # fmt: skip
    version, job = _version(capability, request.GET.get("version", "")), _job(jobs, request.GET.get("job", ""))
    if version is not None and job is not None:
        context |= {"tried": read.side_by_side_of(version, job, person(request)), "version": version}
    return render(request, "actors/prompts/prompt.html", context)


def _tried(request: HttpRequest, capability: str) -> HttpResponse:
    version = _version(capability, request.POST.get("version", ""))
    job = _job(side_by_side.recorded(capability), request.POST.get("job", ""))
    if version is None:
        raise Http404
    back = reverse("prompt", args=[capability])
    if refused := side_by_side.ask(version, job):
        return refusal(request, refused, back)
    assert job is not None
    messages.success(request, "It is being asked. What it gives shows here, and goes nowhere else.")
    return redirect(f"{back}?version={version.pk}&job={job.pk}#tried")


def _chosen(found: list[read.Prompt], digest: str, otherwise: int) -> read.Prompt:
    return next((one for one in found if one.digest == digest), found[otherwise])


def _version(capability: str, number: str) -> ActorVersion | None:
    rows = ActorVersion.objects.filter(actor__capability=capability, actor__kind=read.KIND)
    return rows.select_related("actor").defer("artefact").filter(pk=number_in(number)).first()


def _job(jobs: list[Job], number: str) -> Job | None:
    return next((one for one in jobs if str(one.pk) == number), None)


def _may_publish(request: HttpRequest) -> bool:
    return permissions.may_publish(person(request))
