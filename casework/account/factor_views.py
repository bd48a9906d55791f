"""Where do I set up a second factor (an app for codes, a passkey), and remove one?

Each change asks for a fresh sign-in, which for who has a second factor is one with it.
"""

from __future__ import annotations

from typing import Final

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import codes, passkeys
from casework.access.factor_models import CodeApp, Passkey, RecoveryCode
from casework.access.factors import has_second, must_have_second
from casework.access.permissions import origin_of
from casework.access.second_wall import stands
from casework.access.step_up import asked_again
from casework.web.asked import number_in
from casework.web.decorators import person, reads_and_writes
from orchestration.ground.refusals import Refused

PENDING: Final = "code-app-pending"


@reads_and_writes
def second(request: HttpRequest) -> HttpResponse:
    """What there is; `do`: app (keep the one that shows this code), app-off, codes (new ones), key, key-off."""
    if again := asked_again(request, reverse("account-second")):
        return again
    if request.method != "POST":
        return _page(request)
    match request.POST.get("do"):
        case "app":
            return _app(request)
        case "key":
            return _key(request)
        case "codes" if has_second(person(request)):
            made = codes.recovery_make(person=person(request), origin=origin_of(person(request)))
            return _page(request, made)
        case "app-off" | "key-off":
            return _off(request)
    return _page(request, wrong="Nothing was asked for.")


def _app(request: HttpRequest) -> HttpResponse:
    user, secret = person(request), request.session.get(PENDING, "")
    code = request.POST.get("code", "")[:20]
    made = codes.app_keep(person=user, secret=secret, code=code, origin=origin_of(user)) if secret else None
    if made is None:
        return _page(request, wrong_code="These are not the digits of now. Look at the app again.")
    del request.session[PENDING]
    stands(request)
    return _page(request, made)


def _key(request: HttpRequest) -> HttpResponse:
    user, first = person(request), not has_second(person(request))
    name, answer = request.POST.get("name", ""), request.POST.get("passkey", "")
    kept = passkeys.passkey_keep(request=request, person=user, name=name, answer=answer, origin=origin_of(user))
    if isinstance(kept, Refused):
        return _page(request, wrong_key=kept.message)
    stands(request)
    if first:
        return _page(request, codes.recovery_make(person=user, origin=origin_of(user)))
    messages.success(request, f"“{kept.name}” signs you in from now on.")
    return redirect("account-second")


def _off(request: HttpRequest) -> HttpResponse:
    user, number = person(request), request.POST.get("key", "")
    if must_have_second(user) and _count(request) < 2:
        return _page(request, wrong="Your group asks for a second factor. Set up another before you remove this one.")
    if request.POST.get("do") == "app-off":
        codes.app_remove(person=user, origin=origin_of(user))
    else:
        pk = number_in(number)
        passkeys.passkey_remove(
            row=get_object_or_404(Passkey.objects.select_related("person"), person=user, pk=pk), origin=origin_of(user)
        )
    messages.success(request, "Removed.")
    return redirect("account-second")


def _count(request: HttpRequest) -> int:
    user = person(request)
    return CodeApp.objects.filter(person=user).count() + Passkey.objects.filter(person=user).count()


def _page(request: HttpRequest, made: list[str] | None = None, **wrong: str) -> HttpResponse:
    user = person(request)
    app = CodeApp.objects.filter(person=user).first()
    secret = "" if app else request.session.setdefault(PENDING, codes.secret_new())
    address = codes.address_of(secret, user) if secret else ""
    context = {
        "app": app, "secret": secret, "picture": segno.make(address).svg_data_uri(scale=5) if address else "",
        "keys": Passkey.objects.filter(person=user).order_by("pk"), "made": made, "must": must_have_second(user),
        "left": RecoveryCode.objects.filter(person=user).count(), "new_key": passkeys.registration(request, user),
    } | wrong  # fmt: skip
    return render(request, "account/second.html", context, status=400 if wrong else 200)
