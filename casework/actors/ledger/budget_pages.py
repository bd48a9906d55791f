"""Where do administrators say what an actor, or the cases of a type, may cost in a month?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.actors.ledger.amounts import amount_of, currency_of
from casework.people.second_person import Waits, setting_change
from casework.studio.rule_versions import newest_versions
from casework.web.decorators import person, reads_and_writes
from orchestration.actors.budgets import Use, used
from orchestration.actors.card import card_of
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Actor, Budget

NO_PRICE: Final = "This actor has no price, so nobody knows what its calls cost. Give its card a price first."


@dataclass(frozen=True, slots=True)
class Scope:
    """What may have a budget: an actor or a case type, by its name; `currency` of an actor's price."""

    key: str
    name: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form says; `wrong` a sentence for each field that cannot be taken."""

    scope: str
    amount: Decimal | None
    currency: str
    warn_at: int
    beyond: str
    wrong: dict[str, str]


@reads_and_writes
def budgets(request: HttpRequest) -> HttpResponse:
    """The budgets with how much of each is used, and a form that sets one."""
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Budgets are shown to administrators and auditors.")
    scopes = {one.key: one for one in _scopes()}
    if request.method != "POST":
        return _page(request, scopes, {"scope": request.GET.get("scope", "")})
    if not permissions.may_publish(user):
        raise PermissionDenied("Only administrators set budgets.")
    if "remove" in request.POST:
        outcome = setting_change(by=user, kind="budget", name=request.POST["remove"][:300], change={}, reason="")
        if isinstance(outcome, Refused):
            messages.error(request, outcome.message)
        else:
            gone = "The budget is gone; nothing limits it now."
            messages.success(request, outcome.said if isinstance(outcome, Waits) else gone)
        return redirect("budgets")
    asked = _asked(request.POST, scopes)
    if asked.wrong or asked.amount is None:
        return _page(request, scopes, request.POST.dict() | {"wrong": asked.wrong}, status=400)
    change = {
        "amount": f"{asked.amount:.2f}", "currency": asked.currency, "warn_at": asked.warn_at,
        "beyond": str(asked.beyond),
    }  # fmt: skip
    outcome = setting_change(by=user, kind="budget", name=asked.scope, change=change, reason="")
    done = f"{scopes[asked.scope].name} may cost {asked.amount} {asked.currency} a month."
    messages.success(request, outcome.said if isinstance(outcome, Waits) else done)
    return redirect("budgets")


def _page(request: HttpRequest, scopes: dict[str, Scope], given: dict[str, Any], status: int = 200) -> HttpResponse:
    rows = used(clock.utc_now())
    context = {
        "rows": [(row, scopes.get(row.scope, Scope(row.scope, row.scope))) for row in rows], "scopes": scopes.values(),
        "beyond": Budget.Beyond.choices, "given": given | _standing(given.get("scope", ""), rows, given),
        "wrong": given.get("wrong", {}), "may_change": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "actors/ledger/budgets.html", context, status=status)


def _standing(scope: str, rows: tuple[Use, ...], given: dict[str, Any]) -> dict[str, Any]:
    """What the form shows at first of a budget that is there."""
    row = next((one for one in rows if one.scope == scope), None)
    if row is None or "amount" in given:
        return {}
    return {"amount": row.amount, "currency": row.currency, "warn_at": row.warn_at, "beyond": row.beyond}


def _scopes() -> list[Scope]:
    actors = [
        Scope(
            f"actor:{row.key}",
            f"Actor {row.name}",
            "" if (price := card_of(row.card).price) is None else price.currency,
        )
        for row in Actor.objects.order_by("name")
    ]
    return actors + [Scope(f"case-type:{row.key}", f"Cases of the type {row.name}") for row in newest_versions()]


def _asked(form: QueryDict, scopes: dict[str, Scope]) -> Asked:
    """What was sent, checked."""
    scope, warn = form.get("scope", ""), form.get("warn_at", "").strip()
    currency, beyond = form.get("currency", "").strip().upper(), form.get("beyond", "")
    amount, wrong_amount = amount_of(form.get("amount", "").strip())
    wrong = {"amount": wrong_amount, "currency": currency_of(currency)}
    if scope not in scopes:
        wrong["scope"] = "Choose an actor or a case type."
    elif scope.startswith("actor:") and not scopes[scope].currency:
        wrong["scope"] = NO_PRICE
    elif scope.startswith("actor:") and not wrong["currency"] and scopes[scope].currency != currency:
        wrong["currency"] = f"Its price is in {scopes[scope].currency}, so its budget has to be."
    if not (warn.isdecimal() and len(warn) < 4 and 1 <= int(warn) <= 100):
        wrong["warn_at"] = "Write a whole number from 1 to 100."
    if beyond not in Budget.Beyond.values:
        wrong["beyond"] = "Choose what holds when it is used up."
    wrong = {name: sentence for name, sentence in wrong.items() if sentence}
    return Asked(scope, amount, currency, int(warn) if "warn_at" not in wrong else 0, beyond, wrong)


def warnings(now: datetime) -> list[Use]:
    """The budgets of which so much is used that somebody should know."""
    return [one for one in used(now) if one.warns]
