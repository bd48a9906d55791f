"""Where does somebody look after their own sign-in? All below `/account/`."""

from __future__ import annotations

from django.urls import URLPattern, path

from casework.account import factor_views as factors
from casework.account import machine_views as machines
from casework.account import provider_views as provider
from casework.account import token_views as tokens
from casework.account import views

urlpatterns: list[URLPattern] = [
    path("", views.account, name="account"),
    path("sessions/", views.sessions_end, name="account-sessions"),
    path("password/", views.password, name="account-password"),
    path("again/", views.again, name="account-again"),
    path("second/", factors.second, name="account-second"),
    path("provider/", provider.unlink, name="account-provider"),
    path("machines/", machines.account_machines, name="account-machines"),
    path("tokens/", tokens.account_tokens, name="account-tokens"),
    path("tokens/<number:token>/", tokens.account_token, name="account-token"),
]
