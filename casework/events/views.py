"""Where do administrators see and say which events come in and go out, and send one again?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from audit.services import Origin
from casework.access import permissions
from casework.events.forms import Described, InletForm, SubscriberForm
from casework.web.asked import numbers_in
from casework.web.decorators import person, reads, reads_and_writes, writes
from orchestration.ground.refusals import Refused
from orchestration.messaging import registering, subscribers
from orchestration.models import EventDelivery, EventSubscriber, Inlet, Receipt

SHOWN = 100


def _admin(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Events are set up by administrators.")


@reads
def events(request: HttpRequest) -> HttpResponse:
    """Both directions on one page."""
    _admin(request)
    state = EventDelivery.State
    context = {
        "inlets": Inlet.objects.annotate(taken=Count("receipts")).order_by("key"),
        "subscribers": EventSubscriber.objects.annotate(
            delivered=Count("deliveries", filter=Q(deliveries__state=state.DELIVERED)),
            waiting=Count("deliveries", filter=Q(deliveries__state=state.WAITING)),
            failed=Count("deliveries", filter=Q(deliveries__state=state.FAILED)),
        ).order_by("key"),
        "receipts": Receipt.objects.select_related("inlet", "letter").order_by("-at")[:20],
        "root": request.build_absolute_uri("/hooks/"),
    }
    return render(request, "events/events.html", context)


@reads_and_writes
def inlet_new(request: HttpRequest) -> HttpResponse:
    form = InletForm(request.POST or None)
    heading, said = "Take events from another system", "may hand in events now"
    return _new(request, form, heading, said, lambda origin: registering.inlet_add(form.inlet(), origin))


@reads_and_writes
def subscriber_new(request: HttpRequest) -> HttpResponse:
    form = SubscriberForm(request.POST or None)
    heading, said = "Tell another system of events", "is told from the next event on"
    return _new(request, form, heading, said, lambda origin: registering.subscriber_add(form.subscriber(), origin))


def _new(request: HttpRequest, form: Described, heading: str, said: str, add: Callable[[Origin], Any]) -> HttpResponse:
    """Ask about it, and add it; what is wrong stands beside its field."""
    _admin(request)
    outcome = add(permissions.origin_of(person(request))) if request.method == "POST" and form.is_valid() else None
    if isinstance(outcome, Refused):
        form.with_errors(dict(outcome.errors))
    elif outcome is not None:
        messages.success(request, f"{outcome.name} {said}.")
        return redirect("events")
    status = 400 if request.method == "POST" else 200
    return render(request, "events/new.html", {"form": form, "heading": heading}, status=status)


@writes
def inlet_switch(request: HttpRequest, key: str) -> HttpResponse:
    _admin(request)
    row = get_object_or_404(Inlet, key=key)
    registering.switch(row, request.POST.get("enabled") == "yes", permissions.origin_of(person(request)))
    messages.success(request, f"{row.name} {'takes events again' if row.enabled else 'takes no events any more'}.")
    return redirect("events")


@writes
def subscriber_switch(request: HttpRequest, key: str) -> HttpResponse:
    _admin(request)
    row = get_object_or_404(EventSubscriber, key=key)
    registering.switch(row, request.POST.get("enabled") == "yes", permissions.origin_of(person(request)))
    messages.success(request, f"{row.name} {'is told again' if row.enabled else 'is not told any more'}.")
    return redirect("events")


@reads
def subscriber(request: HttpRequest, key: str) -> HttpResponse:
    """The delivery log of one subscriber, the newest first."""
    _admin(request)
    row = get_object_or_404(EventSubscriber, key=key)
    found = row.deliveries.order_by("-pk")
    wanted = request.GET.get("state", "")
    if wanted in EventDelivery.State.values:
        found = found.filter(state=wanted)
    context = {"subscriber": row, "deliveries": found[:SHOWN], "state": wanted, "states": EventDelivery.State.choices,
               "words": subscribers.TYPES}  # fmt: skip
    return render(request, "events/subscriber.html", context)


@writes
def send_again(request: HttpRequest, key: str) -> HttpResponse:
    """Chosen events of the log go out once more."""
    _admin(request)
    row = get_object_or_404(EventSubscriber, key=key)
    chosen = numbers_in(request.POST.getlist("delivery"))
    many = subscribers.send_again(row.deliveries.filter(pk__in=chosen).values_list("pk", flat=True))
    if many:
        messages.success(request, f"{many} {'goes' if many == 1 else 'go'} out once more.")
    else:
        messages.error(request, "Choose at least one that is not on its way already.")
    return redirect(reverse("subscriber", args=[row.key]))
