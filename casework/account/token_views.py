"""With which tokens do programs come in as me? I make, replace and take them back, and see each new one once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import tokens
from casework.access.models import ApiToken
from casework.access.permissions import origin_of
from casework.access.second_wall import SHOWN
from casework.access.step_up import asked_again
from casework.studio.rule_versions import newest_versions
from casework.web.decorators import person, reads_and_writes, refusal, writes
from orchestration.ground.refusals import Refused


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name", help_text="Where it is used: “reports, nightly”.")
    scope = forms.ChoiceField(
        choices=ApiToken.Scope.choices, label="What it may do", help_text="Never more than you may at that moment."
    )
    days = forms.IntegerField(
        min_value=1, max_value=tokens.LONGEST_DAYS, initial=90, label="Good for so many days",
        help_text="Then it ends by itself.",
    )  # fmt: skip


@reads_and_writes
def account_tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens. A new one is shown in the answer to its form, and never again; it asks for a fresh sign-in."""
    if again := asked_again(request, reverse("account-tokens")):
        return again
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=400)
    user = person(request)
    types = request.POST.getlist("case_types")
    made = tokens.token_make(
        person=user, origin=origin_of(user), case_types=types, purposes=request.POST.getlist("purposes"),
        second=_shown(request), **form.cleaned_data,
    )  # fmt: skip
    if isinstance(made, Refused):
        for name, told in made.errors.items():
            form.add_error(name if name in form.fields else None, told)
        return (
            _page(request, form, status=400, wrong=made.errors)
            if made.errors
            else refusal(request, made, reverse("account-tokens"))
        )
    return _page(request, TokenForm(), made)


@writes
def account_token(request: HttpRequest, token: int) -> HttpResponse:
    """Replace one of one's tokens (`do`: replace), which asks for a fresh sign-in, or take it back at once."""
    user = person(request)
    row = get_object_or_404(ApiToken.objects.select_related("person"), person=user, pk=token)
    if request.POST.get("do") == "replace":
        return _replaced(request, row)
    if tokens.token_revoke(row=row, origin=origin_of(user)):
        messages.success(request, f"The token “{row.name}” was taken back. Its program gets nothing any more.")
    return redirect("account")


def _replaced(request: HttpRequest, row: ApiToken) -> HttpResponse:
    if again := asked_again(request, reverse("account-tokens")):
        return again
    made = tokens.token_replace(row=row, origin=origin_of(row.person), second=_shown(request))
    if isinstance(made, Refused):
        return refusal(request, made, reverse("account-tokens"))
    return _page(request, TokenForm(), made, replaced=True)


def _shown(request: HttpRequest) -> bool:
    return bool(request.session.get(SHOWN))


def _page(
    request: HttpRequest,
    form: TokenForm,
    made: tokens.Made | None = None,
    *,
    replaced: bool = False,
    status: int = 200,
    wrong: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    live = tokens.tokens_live(person(request))
    context = {
        "form": form, "tokens": live, "made": made, "replaced": replaced, "types": newest_versions(),
        "wrong_types": wrong.get("case_types", ""), "wrong_purposes": wrong.get("purposes", ""),
        "types_chosen": () if made else request.POST.getlist("case_types"),
        "purposes": sorted(tokens.purposes_held(person(request))),
        "purposes_chosen": () if made else request.POST.getlist("purposes"),
    }  # fmt: skip
    return render(request, "account/tokens.html", context, status=status)
