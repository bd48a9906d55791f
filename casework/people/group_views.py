"""Where does an administrator see and change groups: what each sees, and what it may?"""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from casework.access import permissions
from casework.people import services
from casework.people.read import RIGHTS, group_row, group_rows
from casework.people.rights import changes, looks
from casework.people.views import WAITS
from casework.web.decorators import answered, form_status, person, reads_and_writes
from orchestration.ground.refusals import NO_SUCH, Refused


@reads_and_writes
def groups(request: HttpRequest) -> HttpResponse:
    """All groups; its form makes one."""
    by = looks(person(request))
    if request.method != "POST":
        return _list(request)
    changes(person(request))
    name, reason = request.POST.get("name", ""), request.POST.get("reason", "")
    made = services.group_make(by=by, name=name, reason=reason)
    return _list(request, made) if isinstance(made, Refused) else redirect("people-group", made.pk)


def _list(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    context = {
        "groups": group_rows(), "may_change": permissions.may_administer(person(request)), "refused": refused,
        "given": request.POST,
    }  # fmt: skip
    return render(request, "people/groups.html", context, status=form_status(refused))


@reads_and_writes
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group with its members; its form changes what it sees and may."""
    by = looks(person(request))
    found = get_object_or_404(Group, pk=group_id)
    if request.method != "POST":
        return _group(request, found)
    changes(person(request))
    sent = request.POST
    outcome = services.group_change(
        by=by, group=found, level=sent.get("clearance", ""), rights=sent.getlist("rights"),
        purposes=_lines(sent.get("purposes", "")), reason=sent.get("reason", ""), version=sent.get("version", ""),
    )  # fmt: skip
    if isinstance(outcome, Refused) and outcome.code != NO_SUCH:
        return _group(request, found, outcome)
    waits = not isinstance(outcome, Refused) and outcome.waiting
    return answered(request, outcome, f"Done.{WAITS if waits else ''}", f"/people/groups/{found.pk}/")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _group(request: HttpRequest, found: Group, refused: Refused | None = None) -> HttpResponse:
    row = group_row(found)
    members = found.user_set.filter(is_active=True).order_by("username")
    chosen = request.POST.getlist("rights") if refused else row.rights
    context = {
        "group": row, "members": members, "rights": RIGHTS.items(), "chosen": chosen, "levels": permissions.LEVELS,
        "level": request.POST.get("clearance") if refused else row.clearance, "refused": refused,
        "purposes": request.POST.get("purposes", "") if refused else "\n".join(row.purposes),
        "may_change": permissions.may_administer(person(request)), "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "people/group.html", context, status=form_status(refused))
