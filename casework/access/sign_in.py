"""Who is it? By name and password in the browser, by token in the API; each bounded, and each failure kept."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from rest_framework import exceptions
from rest_framework.authentication import TokenAuthentication
from rest_framework.request import Request

from casework.access import sign_in_limits as limits
from casework.access import trail
from casework.access.addresses import client_address


class SignInForm(AuthenticationForm):
    """`wait`: seconds until the next attempt is looked at, where this one was not."""

    wait = 0

    def clean(self) -> dict[str, Any]:
        name, address = str(self.cleaned_data.get("username", "")), client_address(self.request)
        if not (name and self.cleaned_data.get("password")):
            return super().clean()  # nobody is tried
        self.wait = limits.attempt(name, address)
        if self.wait:
            trail.sign_in_failed(request=self.request, name=name, locked=True)
            raise ValidationError(f"Too many attempts. Try again in {in_words(self.wait)}.", code="wait")
        cleaned = super().clean()
        limits.came_in(name, address)
        return cleaned


def in_words(seconds: int) -> str:
    """A time to wait, for people."""
    minutes = -(-seconds // 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"


class BoundedTokenAuthentication(TokenAuthentication):
    """A token that is none is kept; an address that goes on with such is told to wait, and not kept any more."""

    def authenticate(self, request: Request) -> Any:
        try:
            return super().authenticate(request)
        except exceptions.AuthenticationFailed:
            address = client_address(request)
            if wait := limits.attempt("", address):
                raise exceptions.Throttled(wait) from None
            trail.token_refused(request)
            raise
