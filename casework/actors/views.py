"""Which machine actors are there, what is known of each, and which may be used?"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.actors import read
from casework.actors.actor_page import actor_page
from casework.actors.capability_names import capability_names
from casework.actors.capability_page import capability_list, policy
from casework.actors.changes import changes_of
from casework.actors.incidents import retry_failed, waiting_for
from casework.actors.ledger.drift import signed
from casework.actors.words import budget_words, kind_words, limit_words, seen_words
from casework.forms.answer_validation import tells, text_errors
from casework.people.second_person import Waits, setting_change, waiting_refuse
from casework.web.decorators import person, reads, reads_and_writes, refusal, writes
from orchestration.actors import versions
from orchestration.actors.budgets import Use, used
from orchestration.actors.kinds.declared import FILE_KINDS
from orchestration.actors.registration import standings, version_step
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.jobs import stopping
from orchestration.models import Actor, ActorVersion, Stop

WRONG_REASON = "Say in 3 to 500 characters why: it is kept with the change."


@reads
def actors(request: HttpRequest) -> HttpResponse:
    """All of them, those that are asked for."""
    may_read(request)
    now = clock.utc_now()
    rows, asked, names = signed(read.actor_list(now), now), _asked(request), capability_names()
    shown = [row for row in rows if asked.takes(row)]
    context = {
        "actors": rows, "shown": len(shown), "groups": read.grouped(shown, asked.group, names), "asked": asked,
        "capabilities": sorted({(names.get(row.capability, row.capability), row.capability) for row in rows}),
        "names": names, "states": read.STATES, "groupings": read.GROUPINGS,
        "kinds": sorted({row.kind: kind_words(row.kind) for row in rows}.items()), "stops": list(Stop.objects.all()),
        "may_change": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "actors/list.html", context)


def _asked(request: HttpRequest) -> read.Filter:
    given = {one.name: request.GET.get(one.name, "")[:100] for one in fields(read.Filter)}
    group = given["group"] if given["group"] in read.GROUPINGS else "kind"
    return read.Filter(given["text"], given["capability"], given["kind"], given["state"], given["overdue"] == "yes",
                       group)  # fmt: skip


@reads
def capabilities(request: HttpRequest) -> HttpResponse:
    """What steps ask for, and what holds for every call."""
    may_read(request)
    return render(
        request,
        "actors/capabilities.html",
        {"capabilities": capability_list(), "policy": policy(), "may_change": permissions.may_publish(person(request))},
    )


@reads
def actor(request: HttpRequest, key: str) -> HttpResponse:
    """What there is to know of one."""
    may_read(request)
    found = get_object_or_404(Actor, key=key)
    now = clock.utc_now()
    page, by = actor_page(found, now), permissions.origin_of(person(request)).actor
    (row,) = signed([page.row], now)
    steps = {pk: list(versions.steps(one, by)) for pk, one in standings(found).items()}
    context = {
        "page": page, "row": row, "card": page.row.card, "seen": seen_words(page.row.card),
        "limits": [*limit_words(page.row.card), budget_words(_budget_of(key))], "changes": changes_of(key),
        "versions": [(row, steps[row.id]) for row in page.versions],
        "may_change": permissions.may_publish(person(request)), "from_file": found.kind in FILE_KINDS,
        "names": capability_names(),
    }  # fmt: skip
    return render(request, "actors/actor.html", context)


def _budget_of(key: str) -> Use | None:
    return next((one for one in used(clock.utc_now()) if one.scope == f"actor:{key}"), None)


@reads_and_writes
def actor_switch(request: HttpRequest, key: str) -> HttpResponse:
    """Switch an actor on or off. Off asks first, says what that does, and keeps why."""
    may_change(request)
    found = get_object_or_404(Actor, key=key)
    if request.method != "POST":
        return render(request, "actors/switch_off.html", _switching(found))
    enabled, reason = request.POST.get("enabled") == "yes", request.POST.get("reason", "").strip()[:500]
    if not enabled and is_no_reason(reason):
        context = _switching(found) | {"reason": reason, "wrong": WRONG_REASON}
        return render(request, "actors/switch_off.html", context, status=400)
    outcome = switched(found, enabled, person(request), reason)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("actors"))
    done = f"{found.name} {'may be used' if enabled else 'is not used any more'}."
    messages.success(request, outcome.said if isinstance(outcome, Waits) else done)
    return redirect("actor", key)


def _switching(found: Actor) -> dict[str, object]:
    called = capability_names().get(found.capability, found.capability)
    return {"actor": found, "capability": called, "waiting": waiting_for(found)}


def switched(found: Actor, enabled: bool, by: User, reason: str) -> object:
    """Off holds at once, and refuses what waits; to let it work again is a setting."""
    if enabled and not found.enabled:
        return setting_change(by=by, kind="loose", name=found.key, change={}, reason=reason)
    with transaction.atomic():
        if not enabled:
            waiting_refuse(by=by, kind="loose", name=found.key, reason=reason)
        return stopping.actor_switch(found.key, enabled, permissions.origin_of(by), reason)


@writes
def actor_retry(request: HttpRequest, key: str) -> HttpResponse:
    """Have all that failed for want of this actor tried again, in cases that the administrator need not see."""
    may_change(request)
    found = get_object_or_404(Actor, key=key)
    tried, refused = retry_failed(found.capability, permissions.origin_of(person(request)))
    if refused:
        messages.error(request, f"{refused} could not be tried again: their cases have gone on or are suspended.")
    if tried or not refused:
        messages.success(request, f"{tried} tried again.")
    return redirect("actor", key)


@writes
def model_activate(request: HttpRequest, key: str, version_id: int) -> HttpResponse:
    """Put a version to work, as the rules of versions allow."""
    may_change(request)
    row = get_object_or_404(
        ActorVersion.objects.select_related("actor").defer("artefact"), actor__key=key, pk=version_id
    )
    if not row.active:
        outcome = version_step(row=row, to=versions.State.IN_USE, by=permissions.origin_of(person(request)))
        if isinstance(outcome, Refused):
            return refusal(request, outcome, reverse("actor", args=[key]))
    messages.success(request, f"{row.actor.name} works with version {row.version} from the next job on.")
    return redirect("actor", key)


def is_no_reason(reason: str) -> bool:
    """Whether this says nothing that could be kept as a reason."""
    return not tells(reason, 3, 500) or bool(text_errors({"reason": reason}))


def may_read(request: HttpRequest) -> None:
    user: Any = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Actors are shown to administrators and auditors.")


def may_change(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators change actors.")
