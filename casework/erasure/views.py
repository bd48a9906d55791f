"""Where is it said how long cases are kept, and where is a person's data found and erased?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from casework.access import permissions
from casework.erasure import read
from casework.erasure.finding import Traces, marks_of
from casework.erasure.mention_read import mentions_of
from casework.erasure.models import ErasureOrder, LegalHold, RetentionRule
from casework.erasure.orders import due_ask, due_cases, order_ask, order_decide, person_search
from casework.erasure.rules import ended_cases, hold_lift, hold_place, standings
from casework.people.second_person import Waits, setting_change
from casework.web.decorators import answered, person, reads, reads_and_writes, writes
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition

PREVIEWED = 100
DECISIONS = ("agree", "refuse")


@reads
def keeping(request: HttpRequest) -> HttpResponse:
    """How long each type is kept, what is held, what was ordered."""
    _looks(request)
    context = {
        "kept": read.kept(), "orders": read.orders(), "holds": read.holds(), "erased": read.erased_count(),
        "may_erase": permissions.may_erase(person(request)), "may_audit": permissions.may_audit(person(request)),
    }  # fmt: skip
    return render(request, "erasure/keeping.html", context)


@reads_and_writes
def keeping_rule(request: HttpRequest, key: str) -> HttpResponse:
    """How long cases of one type are kept, and which of them have to go."""
    _erases(request)
    definition, form = _case_type(key), request.POST
    if request.method != "POST":
        return _rule_page(request, definition)
    change = {
        "floor": _days(form.get("floor", "")), "keep": _days(form.get("keep", "")), "law": form.get("law", "").strip()
    }  # fmt: skip
    outcome = setting_change(
        by=person(request), kind="keeping", name=key, change=change, reason=form.get("reason", "")
    )  # fmt: skip
    if not isinstance(outcome, Refused):
        done = "Nothing differs." if outcome is False else "How long they are kept is changed."
        said = outcome.said if isinstance(outcome, Waits) else done
        return answered(request, outcome, said, request.path)
    written = {name: form[name] for name in ("floor", "keep", "law") if name in form}
    return _rule_page(request, definition, wrong=outcome.errors, written=written, reason=form.get("reason", ""))


def _case_type(key: str) -> Definition:
    definition = Definition.objects.filter(key=key).order_by("-version").first()
    if definition is None:
        raise Http404("There is no such case type.")
    return definition


def _rule_page(request: HttpRequest, definition: Definition, **said: Any) -> HttpResponse:
    """`said`: what was `written` and is `wrong` of the rule, or `due_wrong` of asking for what has to go."""
    key = definition.key
    given = RetentionRule.objects.filter(pk=key).first()
    due = due_cases(key) if given else []
    proposed = None if given else by_definition(definition.pk).keeping
    stands = {"floor": given.floor_days, "keep": given.keep_days, "law": given.law} if given else {}
    stands = stands if proposed is None else asdict(proposed)
    context = {
        "key": key, "name": definition.name, "rule": given, "proposed": proposed, "due": len(due), "wrong": {},
        "shown": stands | said.get("written", {}),
        "first": [case for case, one in standings(ended_cases(key)[:PREVIEWED], clock.utc_now()) if one.due],
    }  # fmt: skip
    return render(request, "erasure/rule.html", context | said, status=400 if said else 200)


@writes
def keeping_due(request: HttpRequest, key: str) -> HttpResponse:
    """Ask to have erased what has to go by the rule."""
    _erases(request)
    definition, reason = _case_type(key), request.POST.get("reason", "")
    asked = due_ask(by=person(request), case_type=key, reason=reason)
    if isinstance(asked, Refused) and asked.errors:
        return _rule_page(request, definition, due_wrong=asked.errors["reason"], due_reason=reason)
    back = reverse("keeping-order", args=[asked.pk]) if isinstance(asked, ErasureOrder) else reverse("keeping")
    return answered(request, asked, "A second person has to agree now.", back)


@reads_and_writes
def keeping_person(request: HttpRequest) -> HttpResponse:
    """Find a person everywhere, then ask to have their cases erased."""
    _erases(request)
    form, reason = request.POST, request.POST.get("reason", "")
    context: dict[str, Any] = {"given": form, "reason": reason, "wrong": {}}
    if request.method != "POST":
        return render(request, "erasure/person.html", context)
    marks = marks_of(form.get("marks", ""))
    found = marks if isinstance(marks, Refused) else person_search(by=person(request), marks=marks, why=reason)
    if isinstance(marks, Refused) or isinstance(found, Refused):
        refused = marks if isinstance(marks, Refused) else found
        context["wrong"] = refused.errors if isinstance(refused, Refused) else {}
        return render(request, "erasure/person.html", context, status=400)
    if form.get("do") == "ask":
        chosen = [case for case in found.cases if str(case) in form.getlist("case")]
        named = [case for case in found.cases if str(case) in form.getlist("mention")]
        asked = order_ask(by=person(request), reason=reason, cases=chosen, marks=marks, beside=found, mentions=named)
        back = reverse("keeping-order", args=[asked.pk]) if isinstance(asked, ErasureOrder) else request.path
        return answered(request, asked, "A second person has to agree now.", back)
    return render(request, "erasure/person.html", context | _shown(found, marks))


def _shown(found: Traces, marks: tuple[str, ...]) -> dict[str, Any]:
    cases = read.found_cases(found, marks)
    goes = bool(found.letters or found.forms) or any(
        one.standing.may or (one.mention and one.mention.standing.may) for one in cases
    )
    return {"searched": True, "found": found, "cases": cases, "goes": goes}


@reads_and_writes
def keeping_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: who asked, what goes and what stays; another person agrees or refuses."""
    _looks(request)
    order = get_object_or_404(ErasureOrder, pk=order_id)
    if request.method == "POST":
        how = request.POST.get("how")
        if how not in DECISIONS:
            raise BadRequest("Say whether you agree or refuse. Nothing was decided.")
        outcome = order_decide(by=person(request), order_id=order_id, agree=how == "agree")
        return answered(request, outcome, "The order is decided.", request.path)
    own = order.by == permissions.origin_of(person(request)).actor
    cases = read.order_cases(order)
    page = Paginator(cases, PREVIEWED).get_page(request.GET.get("page"))
    context = {
        "row": read.order_row(order), "own": own, "goes": sum(one.may for one in cases), "page": page,
        "cases": read.titled(person(request), page.object_list), "mentions": mentions_of(order),
        "along": read.order_along(cases),
    }  # fmt: skip
    return render(request, "erasure/order.html", context)


@reads_and_writes
def case_hold(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep a case from being erased, or let it go again: for those who may audit it."""
    case = permissions.case_for_user(person(request), case_id, "audit")
    hold = LegalHold.objects.filter(case=case).first()
    outcome: object = None
    if request.method == "POST":
        change, reason = hold_lift if hold else hold_place, request.POST.get("reason", "")
        outcome = change(by=person(request), case=case, reason=reason)
        if not (isinstance(outcome, Refused) and outcome.errors):
            return answered(request, outcome, "The hold is lifted." if hold else "The case is held.", request.path)
    ((_, found),) = standings([case], clock.utc_now())
    context = {
        "case": case, "hold": hold, "standing": found, "reason": request.POST.get("reason", ""),
        "wrong": outcome.errors if isinstance(outcome, Refused) else {},
    }  # fmt: skip
    return render(request, "erasure/hold.html", context, status=400 if outcome else 200)


def _looks(request: HttpRequest) -> None:
    if not (permissions.may_erase(person(request)) or permissions.may_audit(person(request))):
        raise PermissionDenied("How long cases are kept is shown to those who may have them erased, and to auditors.")


def _erases(request: HttpRequest) -> None:
    if not permissions.may_erase(person(request)):
        raise PermissionDenied("Only those who may have a person's data erased do this.")


def _days(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None
