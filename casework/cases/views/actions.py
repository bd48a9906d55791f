"""What can be done to a case from its page?"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from audit.data_keys import KeyFault
from casework.access import permissions
from casework.access.step_up import asked_again
from casework.cases import services
from casework.cases.read.case_view import SHUT, Look, look
from casework.cases.read.change_page import change_page
from casework.cases.read.fields import fields
from casework.cases.reveal_reasons import KINDS, OTHER
from casework.cases.revealing import field_reveal
from casework.cases.views.pages import shown
from casework.drafts.services import draft_end, keeping
from casework.forms.answer_validation import without_absent
from casework.forms.rendering import RevealForm, answers_form
from casework.models import Case
from casework.web.asked import COUNTED, number_in
from casework.web.decorators import answered, page_or_part, person, reads_and_writes, refusal, writes
from orchestration.casetypes.case_type import External
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask
from orchestration.view.available_actions import CHANGES, URGENCY

KNOWN = {*CHANGES, *URGENCY}


@writes
def plan(request: HttpRequest, case_id: int) -> HttpResponse:
    case = permissions.case_for_user(person(request), case_id, "work")
    definition, within = request.POST.get("definition", ""), number_in(request.POST.get("within", ""), COUNTED) or None
    outcome = services.item_plan(by=person(request), case=case, definition=definition, within=within)
    return case_answered(request, case, outcome, "The step was added.")


@writes
def item(request: HttpRequest, case_id: int, number: int) -> HttpResponse:
    """Something is done by hand to an open item (0: the case itself), or an added step is taken away."""
    case = permissions.case_for_user(person(request), case_id, "work")
    how, by = request.POST.get("how", ""), person(request)
    if how != "remove":
        outcome = services.item_do(by=by, case=case, item=number, how=how)
        return case_answered(request, case, outcome, "That is done.")
    outcome = services.item_remove(by=by, case=case, item=number, reason=request.POST.get("reason", ""))
    return case_answered(request, case, outcome, "The step was removed.")


@reads_and_writes
def change(request: HttpRequest, case_id: int) -> HttpResponse:
    """The whole case is suspended, resumed, ended, opened again or closed: what it means, why, then it is done."""
    case = permissions.case_for_user(person(request), case_id, "work")
    how = (request.POST if request.method == "POST" else request.GET).get("transition", "")
    reason, back = request.POST.get("reason", ""), reverse("case", args=[case.pk])
    if how not in KNOWN and request.method == "POST":
        unknown = services.case_change(by=person(request), case=case, transition=how, reason=reason)
        return answered(request, unknown, "", back)
    if how not in KNOWN:
        raise Http404("A case cannot be changed in that way.")
    page = change_page(user=person(request), case=case, how=how, now=clock.utc_now())
    if request.method != "POST":
        return render(request, "cases/change.html", {"page": page})
    outcome = services.case_change(by=person(request), case=case, transition=how, reason=reason)
    if isinstance(outcome, Refused) and outcome.errors:
        context = {"page": page, "reason": reason, "wrong": outcome.errors.get("reason", "")}
        return render(request, "cases/change.html", context, status=400)
    return answered(request, outcome, page.done, back)


def case_answered(request: HttpRequest, case: Case, outcome: object, said: str) -> HttpResponse:
    """The answer to a form of the case page: the case as it is now, or why it was refused."""

    def part(status: int) -> HttpResponse:
        return shown(request, permissions.case_for_user(person(request), case.pk, "view"), status)

    return answered(request, outcome, said, reverse("case", args=[case.pk]), part)


@reads_and_writes
def reveal(request: HttpRequest, case_id: int) -> HttpResponse:
    """Ask for the reason, then show the field for a while."""
    case = permissions.case_for_user(person(request), case_id, "reveal")
    if again := asked_again(request, _question(request)):
        return again
    item = _item_of_task(request, case)
    seen = look(user=person(request), case=case, now=clock.utc_now(), item=item)
    path = (request.POST if request.method == "POST" else request.GET).get("path", "")
    field = next((each for each in fields(seen) if each.pointer == path), None)
    if field is None:
        raise Http404("There is no such field in this case.")
    form = RevealForm(KINDS, request.POST or None, initial={"path": path, "kind": OTHER}, label_suffix="")
    context = {"form": form, "field": field, "case": case, "title": seen.view.text(case.title), "next": _next(request)}
    if request.method != "POST":
        return page_or_part(request, "cases/reveal.html", "cases/_reveal.html", context)
    kind, reason = request.POST.get("kind", OTHER), request.POST.get("reason", "")
    outcome = field_reveal(by=person(request), case=case, path=path, reason=reason, kind=kind, item=item)
    if isinstance(outcome, Refused) and outcome.errors:
        form.full_clean()
        for name, told in outcome.errors.items():
            form.add_error(name, told)
        return render(request, "cases/reveal.html", context, status=400)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("case", args=[case.pk]))
    return redirect(_next(request) or reverse("case-data", args=[case.pk]))


def _question(request: HttpRequest) -> str:
    """The address of the question, which a form that came too late goes back to."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = {name: sent[name] for name in ("path", "task") if name in sent}
    return f"{request.path}?{urlencode(asked)}"


def _next(request: HttpRequest) -> str:
    """Back to the task that the reveal was asked from, if it was."""
    task = _task(request)
    return "" if task is None else reverse("task", args=[task])


def _task(request: HttpRequest) -> int | None:
    """The task that the reveal was asked from."""
    given = (request.POST if request.method == "POST" else request.GET).get("task", "")
    return number_in(given) or None


def _item_of_task(request: HttpRequest, case: Case) -> int | None:
    """Where in the case that task stands: it sees the data of its part."""
    found = HumanTask.objects.filter(pk=_task(request) or 0, instance=case.instance_id).only("item").first()
    return None if found is None else found.item


@reads_and_writes
def receive(request: HttpRequest, case_id: int, item: str) -> HttpResponse:
    """Write down what has come in from outside. `?at=` tells several items apart that wait for it."""
    case = permissions.case_for_user(person(request), case_id, "reply")
    at = number_in(request.GET.get("at", ""), COUNTED) or None
    seen = look(user=person(request), case=case, now=clock.utc_now(), item=at)
    waited = _awaited(seen, item)
    back = reverse("case", args=[case.pk])
    address = request.get_full_path()
    asked = without_absent(seen.case_type.forms[waited.form], seen.view)
    kept = keeping(person(request), address, [each.path for each in asked.fields] if request.POST else ())
    form = answers_form(asked, {}, seen.view, request.POST or None, written=kept.texts)
    context = {
        "keeping": kept,
        "form": form,
        "waited": waited,
        "case": case,
        "title": seen.view.text(case.title),
        "back": back,
    }
    if request.method != "POST":
        return render(request, "cases/receive.html", context)
    outcome = services.external_receive(by=person(request), case=case, item=item, answers=form.answers(), at=at)
    if isinstance(outcome, Refused) and outcome.errors:
        return render(request, "cases/receive.html", context | {"form": form.with_errors(outcome.errors)}, status=400)
    if not isinstance(outcome, Refused):
        draft_end(by=person(request), address=address)
    return answered(request, outcome, f"{waited.label} is in the case, which goes on.", back)


def _awaited(seen: Look, item: str) -> External:
    for external in seen.case_type.external:
        if external.item == item:
            return external
    raise Http404("Cases of this kind do not wait for that.")


def _title(user: User, case: Case) -> str:
    try:
        return look(user=user, case=case, now=clock.utc_now()).view.text(case.title)
    except KeyFault:
        return SHUT


@writes
def verify_history(request: HttpRequest, case_id: int) -> HttpResponse:
    """Check the chain of the case and rebuild its state from it; that it was checked is kept as well."""
    case = permissions.case_for_user(person(request), case_id, "audit")
    verdict = services.case_verify(by=person(request), case=case)
    context = {"verdict": verdict, "case": case, "title": _title(person(request), case), "at": clock.utc_now()}
    return page_or_part(request, "cases/verified.html", "cases/_verdict.html", context)
