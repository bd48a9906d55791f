"""Where do administrators and auditors see what waits and what was changed by whom, and auditors who came in?"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audit.verifier import __file__ as VERIFIER
from casework.access import permissions
from casework.governance.proof import completeness, public_key, signings
from casework.governance.read import PAGE, accesses, changes
from casework.governance.register import REGISTERS
from casework.governance.register_page import may_look_up
from casework.governance.today import parts
from casework.proof import histories
from casework.web.asked import COUNTED, moment_in, number_in
from casework.web.decorators import answered, person, reads, reads_and_writes, wants_part
from orchestration.ground.clock import utc_now

SHOWN: Final = 6
"""Changes on the page that one lands on."""
REGISTERS_FIRST: Final = ("reveals", "denials", "ai", "exports")
"""Registers that an auditor opens from here."""


@reads
def today(request: HttpRequest) -> HttpResponse:
    """What an administrator and an auditor look at first; to anybody else this says nothing, and their inbox opens."""
    user = person(request)
    found = parts(user, utc_now())
    if not found:
        return redirect("inbox")
    context = {
        "parts": found, "looks_up": may_look_up(user), "lines": changes()[:SHOWN],
        "registers": [(key, REGISTERS[key][0]) for key in REGISTERS_FIRST],
    }  # fmt: skip
    return render(request, "governance/today.html", context)


@reads
def controls(request: HttpRequest) -> HttpResponse:
    """Changes of rules, models, actors, people and groups."""
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Changes of rules and rights are shown to administrators and auditors.")
    found = changes(number_in(request.GET.get("before", ""), COUNTED) or None)
    older = str(found[-1].sequence) if len(found) == PAGE and found[-1].sequence > 1 else ""
    context = {"lines": found, "older": older, "access": False, "may_audit": permissions.may_audit(user)}
    return render(request, "governance/controls.html", context)


@reads
def access(request: HttpRequest) -> HttpResponse:
    """Who came in and who did not, what was denied, who read lists."""
    user = person(request)
    if not permissions.may_audit(user):
        raise PermissionDenied("Who came in is shown to auditors.")
    found = accesses(moment_in(request.GET.get("before", "")))
    older = found[-1].at.isoformat() if len(found) == PAGE else ""
    context = {"lines": found, "older": older, "access": True, "may_audit": True}
    return render(request, "governance/controls.html", context)


@reads_and_writes
def proof(request: HttpRequest) -> HttpResponse:
    """What was verified and signed, by which key, and how to check it without the product; sent to: verify now."""
    if not permissions.may_audit(person(request)):
        raise PermissionDenied("What is proven is shown to auditors.")
    if request.method == "POST":
        asked = histories.ask(whole=request.POST.get("whole") == "on")
        return answered(request, asked, "A worker verifies all histories now.", reverse("proof"))
    verified = {"complete": completeness(), "at_work": histories.at_work()}
    if wants_part(request):
        return render(request, "governance/_verified.html", verified)
    key, lacking = public_key()
    context = {"signings": signings(), "key": key, "lacking": lacking, **verified}
    return render(request, "governance/proof.html", context)


@reads
def verifier(request: HttpRequest) -> HttpResponse:
    """The one file that checks evidence, to take away."""
    if not permissions.may_audit(person(request)):
        raise PermissionDenied("The verifier is given to auditors.")
    attached = {"Content-Disposition": 'attachment; filename="verifier.py"'}
    return HttpResponse(Path(VERIFIER).read_bytes(), content_type="text/x-python", headers=attached)
