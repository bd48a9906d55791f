"""How does an administrator make a system or an actor of the demo fail, to see what a case does then?

Only where the product was started with its stand-ins, and never in production: elsewhere there is no such page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.actors.views import may_change
from casework.runtime.stand_ins.faults import SYSTEMS
from casework.runtime.stand_ins.remote import Standing, Unreachable, set_fault, stand_ins_here, standing
from casework.web.decorators import reads_and_writes
from orchestration.actors import disturbed
from orchestration.ground import clock

NAMES: Final = {
    "orders": "Order system", "customers": "Salesforce", "payments": "Payment system",
    "ledger": "Old ledger of goodwill", "core": "Core system of a bank", "policies": "Policy system",
    "mail": "Mail system", "erp": "ERP", "azure": "Azure AI services",
    "shop": "Shop", "scores": "Scores of a vendor", "screening": "Lists of a vendor",
}  # fmt: skip
ACTORS: Final = {"sentiment": "Tone model", "goodwill-bot": "Bot for goodwill", "core-loan-bot": "Core system bot"}
"""Actors of the product itself, which can be made slow and wrong here, and are switched off on their own pages."""
FAULTS: Final = {
    "down": "Away: it hangs up", "slow": "Slow: it waits before it does anything", "silent": "Silent: it never answers",
    "wrong": "Wrong: it answers something else", "error": "Failing: it answers 503, then works again",
}  # fmt: skip
SECONDS: Final = {"5": "5 seconds", "30": "30 seconds", "120": "2 minutes"}
TIMES: Final = {"1": "once", "3": "3 times", "20": "20 times"}
LASTS: Final = {"60": "a minute", "300": "5 minutes", "900": "15 minutes", "0": "until it is switched off"}
COUNTED: Final = {
    "payments": "payments made", "entries": "entries in the ledger", "loans": "loans entered",
    "claims": "claims noted in the policy system", "messages": "messages sent",
    "erp_invoices": "invoices in the ERP", "erp_payments": "payments by the ERP",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class System:
    """A system of the demo as it is now. `left`: the seconds until it works again by itself."""

    key: str
    name: str
    fault: str
    left: int | None


@reads_and_writes
def demo_faults(request: HttpRequest) -> HttpResponse:
    """How the demo's systems stand, and the form that makes one fail for a time."""
    may_change(request)
    if not stand_ins_here():
        raise Http404("There are no stand-ins here.")
    try:
        return _set(request) if request.method == "POST" else _page(request, standing())
    except Unreachable:
        return _page(request, None)


def _set(request: HttpRequest) -> HttpResponse:
    system, fault = request.POST.get("system", ""), request.POST.get("fault", "")
    if system in ACTORS and disturbed.is_possible():
        return _disturb(request, system, fault)
    if system not in NAMES or fault not in {*FAULTS, "none"}:
        raise Http404("There is no such system, or no such fault.")
    chosen = {name: _one_of(request, name, values) for name, values in _choices().items()}
    if not set_fault({"system": system, "fault": fault, **chosen}):
        raise Http404("The stand-ins know no such fault.")
    return _told(request, NAMES[system], fault)


def _disturb(request: HttpRequest, key: str, fault: str) -> HttpResponse:
    """Make an actor slow or wrong, or well again; of what else there is it is said where that is done."""
    if fault not in {*FAULTS, "none"}:
        raise Http404("There is no such fault.")
    if fault not in {*disturbed.FAULTS, "none"}:
        messages.error(request, f"{ACTORS[key]} can be made slow or wrong here. It is switched off on its own page.")
        return redirect("demo-faults")
    lasts = float(_one_of(request, "lasts", LASTS))
    until = clock.utc_now().timestamp() + lasts if lasts else 0
    wanted = disturbed.Disturbance(fault, float(_one_of(request, "seconds", SECONDS)), until)
    disturbed.disturb(key, None if fault == "none" else wanted)
    return _told(request, ACTORS[key], fault)


def _told(request: HttpRequest, name: str, fault: str) -> HttpResponse:
    said = "works again" if fault == "none" else f"is {FAULTS[fault].partition(':')[0].lower()} now"
    messages.success(request, f"{name} {said}.")
    return redirect("demo-faults")


def _choices() -> dict[str, Mapping[str, str]]:
    return {"seconds": SECONDS, "times": TIMES, "lasts": LASTS}


def _one_of(request: HttpRequest, name: str, values: Mapping[str, str]) -> str:
    """What was chosen of a list; its first where it is none of them."""
    given = request.POST.get(name, "")
    return given if given in values else next(iter(values))


def _page(request: HttpRequest, now: Standing | None) -> HttpResponse:
    context: dict[str, Any] = {
        "systems": [] if now is None else [*_systems(now), *_actors()], "away": now is None,
        "names": NAMES | (ACTORS if disturbed.is_possible() else {}), "faults": FAULTS,
        "counted": [] if now is None else [(words, now.counts.get(name, 0)) for name, words in COUNTED.items()],
        "may_change": True, **_choices(),
    }  # fmt: skip
    return render(request, "actors/faults.html", context, status=200 if now is not None else 503)


def _systems(now: Standing) -> Iterator[System]:
    for key in SYSTEMS:
        told = now.faults.get(key, {})
        fault = str(told.get("fault", "none"))
        yield System(key, NAMES.get(key, key), FAULTS.get(fault, ""), told.get("left"))


def _actors() -> Iterator[System]:
    found = disturbed.disturbances()
    for key, name in ACTORS.items() if disturbed.is_possible() else ():
        one = found.get(key)
        left = round(one.until - clock.utc_now().timestamp()) if one is not None and one.until else None
        yield System(key, name, "" if one is None else FAULTS[one.fault], left)
