"""How does a person change a field of a case on a page: what it is, what depends on it, then it is done?"""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from casework.access import permissions
from casework.cases.editing import CHANGED, Would, editable, field_edit, form_of, standing
from casework.cases.read.case_view import Look, look
from casework.cases.read.dependents import dependents
from casework.cases.read.touched import anchor
from casework.cases.read.values import values_in_words
from casework.forms.rendering import answers_form
from casework.models import Case
from casework.web.decorators import answered, person, reads_and_writes, refusal
from orchestration.casetypes.case_type import EditableField
from orchestration.casetypes.form_answers import at_path
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

SURE: Final = "sure"


@reads_and_writes
def edit(request: HttpRequest, case_id: int) -> HttpResponse:
    """`?path=`: the field. Sent once it says what the change would do, sent again from there it is done."""
    case = permissions.case_for_user(person(request), case_id, "work")
    seen = look(user=person(request), case=case, now=clock.utc_now())
    field = _field(request, seen)
    context = _context(request, case, seen, field)
    if request.method != "POST":
        return render(request, "cases/edit.html", context)
    back = f"{reverse('case-data', args=[case.pk])}#{anchor(field.path.split('.')[0])}"
    given = request.POST
    outcome = field_edit(
        by=person(request), case=case, path=field.path, value=given.get(field.path, ""), stood=given.get("stood", ""),
        reason=given.get("reason", ""), only_look=given.get(SURE) != field.path,
    )  # fmt: skip
    if isinstance(outcome, Would):
        would = dependents(seen, field.path, outcome.events)
        wanted = _in_words(seen, field, at_path(outcome.changes, field.path))
        return render(request, "cases/edit.html", context | {"would": would, "wanted": wanted})
    if isinstance(outcome, Refused) and outcome.code == CHANGED:
        conflict = {"conflict": outcome.message, "wanted": _typed(request, seen, field)}
        return render(request, "cases/edit.html", context | conflict, status=409)
    if isinstance(outcome, Refused) and outcome.errors:
        form = context["form"].with_errors({path: why for path, why in outcome.errors.items() if path != "reason"})
        wrong = {"form": form, "wrong": outcome.errors.get("reason", ""), "refused": outcome}
        return render(request, "cases/edit.html", context | wrong, status=400)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, back)
    return answered(request, outcome, "The field is changed.", back)


def _field(request: HttpRequest, seen: Look) -> EditableField:
    path = (request.POST if request.method == "POST" else request.GET).get("path", "")
    found = (one for one in editable(seen.case_type, person(request), seen.view, seen.state) if one.path == path)
    field = next(found, None)
    if field is None:
        raise Http404("There is no such field in this case, or you may not change it now.")
    return field


def _context(request: HttpRequest, case: Case, seen: Look, field: EditableField) -> dict[str, Any]:
    asked = form_of(seen.case_type, field)
    now = at_path(seen.view.data, field.path)
    form = answers_form(asked, {field.path: now}, seen.view, request.POST or None)
    return {
        "case": case, "title": seen.view.text(case.title), "edited": field.path, "reason_needed": field.reason,
        "label": asked.fields[0].label, "form": form,
        "now": _in_words(seen, field, now), "depends": dependents(seen, field.path),
        "stood": standing(dict(seen.state.root.variables), field.path), "reason": request.POST.get("reason", ""),
        "sure": SURE,
    }  # fmt: skip


def _typed(request: HttpRequest, seen: Look, field: EditableField) -> Any:
    return _in_words(seen, field, request.POST.get(field.path, ""))


def _in_words(seen: Look, field: EditableField, value: Any) -> Any:
    return values_in_words(seen.case_type)("/" + field.path.replace(".", "/"), value)
