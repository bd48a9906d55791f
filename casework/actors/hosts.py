"""Which hosts may connectors call, and how is one added or taken off?"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.people.second_person import Waits, setting_change
from casework.web.decorators import answered, person, reads_and_writes, writes
from orchestration.actors.hosts.addresses import HostRefused, plain_host
from orchestration.actors.hosts.register import host_forget
from orchestration.ground.refusals import Refused
from orchestration.models import AllowedHost

NOTE_MOST: Final[int] = AllowedHost._meta.get_field("note").max_length or 0


@reads_and_writes
def hosts(request: HttpRequest) -> HttpResponse:
    """The list for administrators and auditors; its form for administrators."""
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Hosts are shown to administrators and auditors.")
    if request.method != "POST":
        return _page(request)
    _may_change(request)
    given = {name: request.POST.get(name, "").strip().replace("\0", "")[:255] for name in ("host", "port", "note")}
    private = request.POST.get("private") == "yes"
    if given["port"] and not (given["port"].isascii() and given["port"].isdigit() and len(given["port"]) < 6):
        return _page(request, given | {"private": private}, Refused("port", "", {"port": "A port is a number."}))
    change, name = {"private": private, "note": given["note"][:NOTE_MOST]}, _name(given["host"], given["port"])
    outcome = setting_change(by=user, kind="host", name=name, change=change, reason="")
    if isinstance(outcome, Refused):
        return _page(request, given | {"private": private}, outcome)
    messages.success(
        request, outcome.said if isinstance(outcome, Waits) else f"Connectors may call {name.rstrip(':')}."
    )
    return redirect("hosts")


def _name(host: str, port: str) -> str:
    """What an entry is called, however it is spelt; what is no host is refused by what it was sent as."""
    with suppress(HostRefused):
        host = plain_host(host)
    return f"{host}:{int(port) if port else ''}"


@writes
def host_remove(request: HttpRequest, host_id: int) -> HttpResponse:
    _may_change(request)
    outcome = host_forget(host_id, permissions.origin_of(person(request)))
    return answered(request, outcome, f"Connectors may not call {outcome} any more.", reverse("hosts"))


def _page(request: HttpRequest, given: dict[str, object] | None = None, refused: Refused | None = None) -> HttpResponse:
    context = {
        "hosts": AllowedHost.objects.order_by("host", "port"), "may_change": permissions.may_publish(person(request)),
        "given": given or {}, "refused": refused,
    }  # fmt: skip
    return render(request, "actors/hosts.html", context, status=200 if refused is None else 400)


def _may_change(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators say which hosts may be called.")
