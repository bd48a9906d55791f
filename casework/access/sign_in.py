"""Who is it? By name and password in the browser, by token in the API; each bounded, and each failure kept."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from casework.access import sign_in_limits as limits
from casework.access import trail
from casework.access.addresses import client_address
from casework.access.client_models import ServicePrincipal
from casework.access.models import ApiToken
from casework.access.tokens import token_of
from casework.access.within import limit

SCHEMES: Final = frozenset({"bearer", "token"})


AWAY: Final = (
    "The directory that keeps passwords does not answer now, so nobody can say whether this is yours. Try again later."
)


class SignInForm(AuthenticationForm):
    """`wait`: seconds until the next attempt is looked at, where this one was not."""

    wait = 0
    away = False
    """Whether nobody could look at the password."""

    def confirm_login_allowed(self, user: User) -> None:
        """No service, whatever password somebody gave it."""
        super().confirm_login_allowed(user)
        if ServicePrincipal.objects.filter(person=user.pk).exists():
            raise self.get_invalid_login_error()

    def clean(self) -> dict[str, Any]:
        name, address = str(self.cleaned_data.get("username", "")), client_address(self.request)
        if not (name and self.cleaned_data.get("password")):
            return super().clean()  # nobody is tried
        self.wait = limits.attempt(name, address)
        if self.wait:
            trail.sign_in_failed(request=self.request, name=name, locked=True)
            raise ValidationError(f"Too many attempts. Try again in {in_words(self.wait)}.", code="wait")
        try:
            cleaned = super().clean()
        except ValidationError:
            away = getattr(self.request, "directory_away", "")
            if not away:
                raise
            self.away = True
            if away == "theirs":  # who has a password here may be guessed at meanwhile, so that counts
                limits.not_looked_at(name, address)
            raise ValidationError(AWAY, code="away") from None
        limits.came_in(name, address)
        return cleaned


def in_words(seconds: int) -> str:
    """A time to wait, for people."""
    minutes = -(-seconds // 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"


class TokenAuthentication(BaseAuthentication):
    """By `Authorization: Bearer <token>` (RFC 6750) or `Token <token>`; `request.auth` is the token.

    A token that is none is kept; an address that goes on with such is told to wait, and not kept any more. Of the uses
    one an hour is kept for each address that they come from.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in SCHEMES:
            return None
        token = token_of(secret.strip())
        if token is None:
            self._refuse(request)
            raise exceptions.AuthenticationFailed("There is no such token.")
        limit(token.person, token.case_types, token.purposes)
        trail.token_used(request, token)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def _refuse(self, request: Request) -> None:
        if wait := limits.attempt("", client_address(request)):
            raise exceptions.Throttled(wait)
        trail.token_refused(request)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its __init_subclass__
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of a person or program."}
