"""Where does one see how good machines are, by version and over time, and which threshold is good enough?"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from casework.access import permissions
from casework.actors.capability_names import capability_names
from casework.actors.ledger import measures as read
from casework.actors.ledger.curve import curve
from casework.actors.ledger.drift import TOO_FEW, drifts
from casework.actors.ledger.proposal import drafts
from casework.web.decorators import person, reads
from orchestration.actors.calibration import Judged, above, surest, threshold
from orchestration.ground import clock
from orchestration.models import Actor

LOOKED_AT: Final = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
ERROR: Final = 5.0
"""Per cent of wrong answers that is wished for at first."""


@reads
def measures(request: HttpRequest) -> HttpResponse:
    """Every version, and every step whose answers people judged."""
    _may_see(request)
    limit, wrong = _percent(request.GET.get("over", ""), read.OVERRIDDEN * 100)
    now = clock.utc_now()
    names, found = dict(Actor.objects.values_list("key", "name")), drifts(now)
    versions = [(names.get(one.actor, one.actor), one) for one in read.versions(now)]
    context = {
        "versions": [(name, one) for name, one in versions if one.accuracy.n],
        "unjudged": [(name, one) for name, one in versions if not one.accuracy.n],
        "drifts": [(names.get(one.actor, one.actor), one) for one in found if one.sign != TOO_FEW],
        "too_few": [names.get(one.actor, one.actor) for one in found if one.sign == TOO_FEW],
        "steps": read.steps(now, limit / 100), "names": capability_names(), "limit": limit,
        "wrong": wrong, "enough": read.ENOUGH, "on_samples": read.on_samples(now),
    }  # fmt: skip
    return render(request, "actors/ledger/measures.html", context)


@reads
def actor_measures(request: HttpRequest, key: str) -> HttpResponse:
    """One actor: its reliability curve, its accuracy over time, and a threshold for a wished error rate."""
    _may_see(request)
    actor, now = get_object_or_404(Actor, key=key), clock.utc_now()
    versions = read.versions(now, key)
    judged = read.judged_of(key, now)
    shown = _version(request, judged)
    sure = next((one.calibration for one in versions if one.version == shown), None)
    wished, wrong = _percent(request.GET.get("error", ""), ERROR)
    context: dict[str, Any] = {
        "actor": actor, "versions": versions, "weeks": read.weeks(key, now), "shown": shown, "sure": sure,
        "curve": None if sure is None else curve(sure), "judged": list(judged), "wished": wished, "wrong": wrong,
        "on_samples": read.on_samples(now, key), **_proposed(actor, judged.get(shown, []), wished, request),
        "may_change": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "actors/ledger/actor_measures.html", context)


def _proposed(actor: Actor, judged: list[Judged], wished: float, request: HttpRequest) -> dict[str, Any]:
    """The threshold, what holds at others, and the rules that it would change."""
    found = threshold(judged, wished / 100)
    compared = [above(judged, at) for at in LOOKED_AT]
    rules = () if found is None else drafts(actor, found.at, clock.utc_now())
    nearest = None if found else surest(judged)
    return {"found": found, "nearest": nearest, "compared": [one for one in compared if one.wrong.n], "rules": rules}


def _version(request: HttpRequest, judged: dict[str, list[Judged]]) -> str:
    asked = request.GET.get("version", "")
    return asked if asked in judged else max(judged, key=lambda version: len(judged[version]), default="")


def _percent(text: str, otherwise: float) -> tuple[float, str]:
    """A share in per cent as somebody typed it, and what is wrong with it."""
    if not text.strip():
        return otherwise, ""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        found = -1.0
    return (found, "") if 0 < found < 100 else (otherwise, "Write a number of per cent between 0 and 100.")


def _may_see(request: HttpRequest) -> None:
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Measures are shown to administrators and auditors.")
