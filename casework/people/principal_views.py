"""Where does an administrator see the services, make one, and give it another secret?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import clients, permissions
from casework.access.client_models import ClientSecret, ServicePrincipal
from casework.access.models import ApiToken
from casework.access.step_up import asked_again
from casework.people import principals
from casework.people.rights import changes, looks
from casework.people.views import WAITS
from casework.studio.rule_versions import newest_versions
from casework.web.asked import number_in
from casework.web.decorators import answered, form_status, person, reads_and_writes, refusal, writes
from orchestration.ground.clock import utc_now
from orchestration.ground.refusals import Refused


@reads_and_writes
def services(request: HttpRequest) -> HttpResponse:
    """All services; its form makes one."""
    looks(person(request))
    if request.method != "POST":
        return _list(request)
    by, sent = changes(person(request)), request.POST
    outcome = principals.service_make(
        by=by, name=sent.get("name", ""), groups=sent.getlist("groups"), scope=sent.get("scope", ""),
        case_types=sent.getlist("case_types"), reason=sent.get("reason", ""),
    )  # fmt: skip
    if isinstance(outcome, Refused):
        return _list(request, outcome)
    waits = WAITS if outcome.waiting else ""
    messages.success(request, f"The service is there. Give it a secret.{waits}")
    return redirect("people-service", outcome.row.pk)


def _list(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    context = _choices(request, refused) | {
        "services": ServicePrincipal.objects.select_related("person", "owner").order_by("person__username"),
        "groups": Group.objects.order_by("name").values_list("name", flat=True),
        "chosen": request.POST.getlist("groups"), "types_chosen": request.POST.getlist("case_types"),
        "scope": request.POST.get("scope", ApiToken.Scope.WORK),
    }  # fmt: skip
    return render(request, "people/services.html", context, status=form_status(refused))


@reads_and_writes
def service(request: HttpRequest, service_id: int) -> HttpResponse:
    """One service with its secrets; its form changes what it may."""
    looks(person(request))
    row = _service(service_id)
    if request.method != "POST":
        return _page(request, row)
    by, sent = changes(person(request)), request.POST
    outcome = principals.service_change(
        by=by, row=row, owner=sent.get("owner", ""), scope=sent.get("scope", ""),
        case_types=sent.getlist("case_types"), reason=sent.get("reason", ""),
    )  # fmt: skip
    if isinstance(outcome, Refused) and outcome.errors:
        return _page(request, row, outcome)
    waits = WAITS if isinstance(outcome, principals.Service) and outcome.waiting else ""
    return answered(request, outcome, f"Changed. Its tokens of now have ended.{waits}", _address(row))


@writes
def service_secret(request: HttpRequest, service_id: int) -> HttpResponse:
    """Another secret, shown in the answer and never again (asks for a fresh sign-in), or one taken back (`revoke`)."""
    by, row = changes(person(request)), _service(service_id)
    origin, which = permissions.origin_of(by), request.POST.get("revoke", "")
    if which:
        secrets = ClientSecret.objects.select_related("principal__person")
        secret = get_object_or_404(secrets, principal=row, pk=number_in(which))
        if clients.secret_revoke(row=secret, origin=origin):
            messages.success(request, "The secret was taken back, and its tokens with it.")
        return redirect(_address(row))
    if again := asked_again(request, _address(row)):
        return again
    made = principals.secret_give(by=by, row=row)
    return refusal(request, made, _address(row)) if isinstance(made, Refused) else _page(request, row, made=made)


def _service(number: int) -> ServicePrincipal:
    return get_object_or_404(ServicePrincipal.objects.select_related("person", "owner"), pk=number)


def _address(row: ServicePrincipal) -> str:
    return reverse("people-service", args=[row.pk])


def _page(
    request: HttpRequest,
    row: ServicePrincipal,
    refused: Refused | None = None,
    *,
    made: clients.NewSecret | None = None,
) -> HttpResponse:
    sent = request.POST if refused is not None else None
    live = ApiToken.objects.filter(person=row.person, client=True, revoked=None, expires__gt=utc_now()).count()
    context = _choices(request, refused) | {
        "service": row, "made": made, "secrets": clients.secrets_live(row), "live": live,
        "types_chosen": sent.getlist("case_types") if sent else row.case_types,
        "scope": sent.get("scope") if sent else row.scope,
        "owner": sent.get("owner") if sent else row.owner.get_username(),
    }  # fmt: skip
    return render(request, "people/service.html", context, status=form_status(refused))


def _choices(request: HttpRequest, refused: Refused | None) -> dict[str, Any]:
    return {
        "may_change": permissions.may_administer(person(request)), "refused": refused, "given": request.POST,
        "scopes": ApiToken.Scope.choices, "types": newest_versions(),
    }  # fmt: skip
