"""How does somebody set a password by the link that they were given?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from casework.access import people
from casework.access.permissions import origin_of


def address_for(user: User) -> str:
    """The path of a link by which this person sets a password, once."""
    named = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password-link", args=[named, default_token_generator.make_token(user)])


class PasswordLink(PasswordResetConfirmView):
    """The token moves from the address into the session at once, so that no other site learns it as a referrer."""

    template_name = "access/password_link.html"

    def get_user(self, uidb64: str) -> User | None:
        """Nobody who is kept out."""
        user: User | None = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def render_to_response(self, context: dict[str, Any], **how: Any) -> HttpResponse:
        if not context.get("validlink"):
            how["status"] = 404
        return super().render_to_response(context, **how)

    def form_valid(self, form: SetPasswordForm[Any]) -> HttpResponse:
        """Their sessions end; they sign in with it."""
        user, password = form.user, form.cleaned_data["new_password1"]
        people.password_set(user=user, password=password, origin=origin_of(user))
        self.request.session.flush()
        messages.success(self.request, "Your password is set. Sign in with it.")
        return redirect("login")
