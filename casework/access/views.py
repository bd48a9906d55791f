"""How does a person come in, go out, and choose light or dark?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.views.decorators.http import require_POST

from casework.access import oidc_provider, saml, second_step
from casework.access.desk import back, remember
from casework.access.factors import has_second
from casework.access.sign_in import SignInForm
from casework.web.decorators import wants_part


class SignIn(LoginView):
    """A part of a page that asks after the session has ended is sent to the whole sign-in page."""

    template_name = "access/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        provider = settings.OIDC_NAME if oidc_provider.is_set() else ""
        saml_name = settings.SAML_NAME if saml.is_set() else ""
        return super().get_context_data(**given) | {"provider": provider, "saml": saml_name}

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if wants_part(request):
            return HttpResponse(headers={"HX-Redirect": resolve_url("login")})
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """In, or on to the second step for who has more than a password."""
        user = form.get_user()
        if has_second(user):
            return second_step.begin(self.request, user, self.get_success_url())
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """The page again; who has to wait is told so in the way of programs as well (429)."""
        response = super().form_invalid(form)
        if isinstance(form, SignInForm) and form.wait:
            response.status_code, response.headers["Retry-After"] = 429, str(form.wait)
        return response


@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or as the system in a cookie."""
    response = back(request)
    chosen = request.POST.get("scheme", "")
    if chosen in ("light", "dark"):
        remember(request, response, settings.SCHEME_COOKIE_NAME, chosen)
    else:
        response.delete_cookie(settings.SCHEME_COOKIE_NAME)
    return response
