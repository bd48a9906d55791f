"""Where do administrators say how much of what machines suggest is put to people otherwise?"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.actors.views import may_change, may_read
from casework.agents import shares
from casework.agents.shares import Wished
from casework.models import Proposal
from casework.web.decorators import person, reads_and_writes
from orchestration.ground.refusals import Refused
from orchestration.models import ActorVersion

REGISTERED = "Version {} is registered. It is not used until you take it on."
PROPOSED = "Nothing has changed yet: look at it, and have it published."


@reads_and_writes
def shares_of(request: HttpRequest) -> HttpResponse:
    """The shares of each question and of each agent; whoever may publish proposes others."""
    may_read(request)
    if request.method != "POST":
        return _page(request)
    may_change(request)
    outcome = _wished(request)
    if isinstance(outcome, Refused):
        return _page(request, outcome.errors.get("0") or outcome.message, 409 if outcome.code == "overtaken" else 400)
    if isinstance(outcome, Proposal):
        messages.success(request, PROPOSED)
        return redirect("model-proposal", outcome.pk)
    messages.success(request, REGISTERED.format(outcome.version))
    return redirect("actor-version", outcome.actor.key, outcome.pk)


def _wished(request: HttpRequest) -> Proposal | ActorVersion | Refused:
    what, _, number = request.POST.get("of", "").partition(":")
    wished = Wished(*(request.POST.get(name, "").strip() for name in ("blind", "known", "why")))
    if what == "type" and number in _numbers(shares.of_types()):
        return shares.type_propose(by=person(request), definition=int(number), wished=wished)
    if what == "agent" and number in _numbers(shares.of_agents()):
        return shares.agent_register(by=person(request), version=int(number), wished=wished)
    raise Http404("There is no such question, and no such agent in use.")


def _numbers(found: list[shares.Share]) -> set[str]:
    return {str(one.of) for one in found}


def _page(request: HttpRequest, wrong: str = "", status: int = 200) -> HttpResponse:
    context = {
        "types": shares.of_types(), "agents": shares.of_agents(), "wrong": wrong, "given": request.POST,
        "may_change": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "agents/shares.html", context, status=status)
