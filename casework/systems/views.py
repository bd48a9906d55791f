"""Where do people see copies beside what their owners have, heal them, and send changes to the owners?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions, trail
from casework.cases.read.case_view import Look, look
from casework.cases.read.values import values_in_words
from casework.forms.rendering import answers_form
from casework.models import Case
from casework.systems.changing import change_ask, change_form, changeable
from casework.systems.comparing import comparison_ask, owner_of
from casework.systems.healing import copies_heal, copies_keep
from casework.systems.read import apart, copies_page, stood
from casework.web.decorators import answered, person, reads, reads_and_writes, refusal
from orchestration.casetypes.case_type import by_definition
from orchestration.casetypes.form_answers import at_path
from orchestration.casetypes.owners import Owner
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.privacy.classification import pointer_of

DONE: Final[dict[str, tuple[Callable[..., object], str]]] = {
    "heal": (copies_heal, "The copies are as {} has them."),
    "keep": (copies_keep, "The copies stay as history beside what {} has."),
}


@reads
def systems(request: HttpRequest) -> HttpResponse:
    """Cases whose copies differ from what their owners have."""
    trail.list_read(request, "copies")
    return render(request, "systems/list.html", {"rows": apart(person(request), clock.utc_now())})


@reads_and_writes
def copies(request: HttpRequest, case_id: int) -> HttpResponse:
    """`wish`: compare with an owner, take over what it has, or note that the copies of an ended case stay."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "work" if request.method == "POST" else "view")
    if request.method != "POST":
        return _shown(request, case)
    owner = _owner(case, request.POST.get("owner", ""))
    wish = request.POST.get("wish")
    if wish not in ("heal", "keep"):
        comparison_ask(case.instance_id, owner, permissions.origin_of(user).actor)
        messages.success(request, f"{owner.system} is being asked.")
        return redirect(request.path)
    reason = request.POST.get("reason", "")
    does, said = DONE[wish]
    outcome = does(by=user, case=case, owner=owner, told=request.POST.get("told", ""), reason=reason)
    if isinstance(outcome, Refused) and outcome.errors:
        return _shown(request, case, {"wrong": outcome.errors, "wrong_at": owner.key, "reason": reason}, 400)
    return answered(request, outcome, said.format(owner.system), request.path)


def _shown(request: HttpRequest, case: Case, more: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    page = copies_page(user=person(request), case=case, now=clock.utc_now())
    return render(request, "systems/case.html", {"page": page, **(more or {})}, status=status)


def _owner(case: Case, key: str) -> Owner:
    owner = owner_of(by_definition(case.instance.definition_id), key)
    if owner is None:
        raise Http404("This kind of case has no such owner.")
    return owner


@reads_and_writes
def change(request: HttpRequest, case_id: int) -> HttpResponse:
    """`owner`, `path`: the field that is to be changed where it is owned."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "work")
    given = request.POST if request.method == "POST" else request.GET
    owner, path = _owner(case, given.get("owner", "")), given.get("path", "")
    seen = look(user=user, case=case, now=clock.utc_now())
    if changeable(owner, path, user, seen.view) is None:
        raise Http404("There is no such field in this case, or you may not have it changed.")
    context = _context(request, seen, owner, path)
    if request.method != "POST":
        return render(request, "systems/change.html", context)
    outcome = change_ask(
        by=user, case=case, owner=owner, path=path, value=given.get(path, ""), stood=given.get("stood", ""),
        reason=given.get("reason", ""),
    )  # fmt: skip
    back = reverse("case-copies", args=[case.pk])
    if isinstance(outcome, Refused) and outcome.errors:
        fields = {name: why for name, why in outcome.errors.items() if name != "reason"}
        wrong = {"form": context["form"].with_errors(fields), "wrong": outcome.errors.get("reason", "")}
        return render(request, "systems/change.html", context | wrong | {"refused": outcome}, status=400)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, back)
    return answered(request, outcome, f"The change is on its way to {owner.system}.", back)


def _context(request: HttpRequest, seen: Look, owner: Owner, path: str) -> dict[str, Any]:
    asked, now = change_form(seen.case_type, path), at_path(seen.view.data, path)
    return {
        "case": seen.case, "title": seen.view.text(seen.case.title), "owner": owner, "path": path,
        "label": asked.fields[0].label, "now": values_in_words(seen.case_type)(pointer_of(path), now),
        "form": answers_form(asked, {path: now}, seen.view, request.POST or None), "stood": stood(seen, path),
        "ended": seen.state.root.state != "active",
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
