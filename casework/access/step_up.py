"""Has this person shown who they are a short while ago? If not, they are asked again (step-up)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from casework.access.sessions import FRESH_FOR, is_fresh
from casework.web.decorators import wants_part


def asked_again(request: HttpRequest, back: str) -> HttpResponse | None:
    """To where they are asked once more, and from there `back`; None where they have shown it.

    A form that was opened in time may be sent for as long again.
    """
    if is_fresh(request, FRESH_FOR if request.method != "POST" else 2 * FRESH_FOR):
        return None
    address = f"{reverse('account-again')}?{urlencode({'next': back})}"
    return HttpResponse(headers={"HX-Redirect": address}) if wants_part(request) else redirect(address)
