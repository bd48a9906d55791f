"""Where do administrators say how much of what machines suggest is put to people otherwise?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.actors.views import may_change, may_read
from casework.agents import shares
from casework.agents.shares import Share, Wished
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
        return _page(request, outcome)
    if isinstance(outcome, Proposal):
        messages.success(request, PROPOSED)
        return redirect("model-proposal", outcome.pk)
    messages.success(request, REGISTERED.format(outcome.version))
    return redirect("actor-version", outcome.actor.key, outcome.pk)


def _wished(request: HttpRequest) -> Proposal | ActorVersion | Refused:
    what, _, number = request.POST.get("of", "").partition(":")
    wished = _wished_in(request)
    if what == "type" and number in _numbers(shares.of_types()):
        return shares.type_propose(by=person(request), definition=int(number), wished=wished)
    if what == "agent" and number in _numbers(shares.of_agents()):
        return shares.agent_register(by=person(request), version=int(number), wished=wished)
    raise Http404("There is no such question, and no such agent in use.")


def _wished_in(request: HttpRequest) -> Wished:
    return Wished(*(request.POST.get(name, "").strip() for name in ("blind", "known", "why")))


def _numbers(found: list[Share]) -> set[str]:
    return {str(one.of) for one in found}


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    """With what was typed where it was refused."""
    context = {
        "types": _rows(shares.of_types(), request, refused), "agents": _rows(shares.of_agents(), request, refused),
        "wrong": refused and (refused.errors.get("0") or refused.message),
        "may_change": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "agents/shares.html", context, status=_status(refused))


def _rows(found: list[Share], request: HttpRequest, refused: Refused | None) -> Iterator[dict[str, Any]]:
    for one in found:
        if refused is not None and request.POST["of"] == one.place:
            wished = _wished_in(request)
            typed = replace(one, blind=wished.blind, known=wished.known)
            yield {"one": typed, "why": wished.why, "errors": refused.errors}
        else:
            yield {"one": one}


def _status(refused: Refused | None) -> int:
    if refused is None:
        return 200
    return 409 if refused.code == "overtaken" else 400
