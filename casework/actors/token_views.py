"""Which tokens do the workers of an actor have? Administrators make them, see each once, and take them back."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from casework.access import permissions
from casework.actors.views import may_change
from casework.web.decorators import person, reads_and_writes, writes
from orchestration.actors import kinds
from orchestration.actors.tokens import token_make, token_revoke
from orchestration.ground import clock
from orchestration.models import Actor, Job, WorkerToken

DAYS = 365


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name", help_text="Where it is used: “robot room, machine 3”.")
    days = forms.IntegerField(
        min_value=1, max_value=3650, initial=DAYS, label="Good for so many days", help_text="Then it ends by itself."
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not name.isprintable():
            raise forms.ValidationError("Use letters that can be read.")
        return name


@reads_and_writes
def worker_tokens(request: HttpRequest, key: str) -> HttpResponse:
    """The tokens of an actor whose work is fetched. A new one is shown in the answer to its form, and never again."""
    may_change(request)
    actor = _fetched(key)
    if request.method != "POST":
        return _page(request, actor, TokenForm())
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=400)
    expires = clock.utc_now() + timedelta(days=form.cleaned_data["days"])
    made, secret = token_make(actor, form.cleaned_data["name"], expires, permissions.origin_of(person(request)))
    return _page(request, actor, TokenForm(), made=made, secret=secret)


@writes
def worker_token_revoke(request: HttpRequest, key: str, token: int) -> HttpResponse:
    """Take a token back at once: the next call with it is refused."""
    may_change(request)
    row = get_object_or_404(WorkerToken.objects.select_related("actor"), actor=_fetched(key), pk=token)
    if token_revoke(row, permissions.origin_of(person(request))):
        messages.success(request, f"The token “{row.name}” was taken back. Its worker gets nothing any more.")
    return redirect("worker-tokens", key)


def _fetched(key: str) -> Actor:
    actor = get_object_or_404(Actor, key=key)
    if not kinds.is_fetched(actor.kind):
        raise Http404("The work of this actor is not fetched from outside, so it has no tokens.")
    return actor


def _page(
    request: HttpRequest, actor: Actor, form: TokenForm, *, made: WorkerToken | None = None, secret: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    offered = Job.objects.filter(actor=actor.key, state=Job.State.OFFERED).count()
    running = Job.objects.filter(actor=actor.key, state=Job.State.RUNNING).count()
    context = {
        "actor": actor, "form": form, "tokens": actor.tokens.order_by("revoked", "-created"), "made": made,
        "secret": secret, "now": clock.utc_now(), "offered": offered, "running": running,
    }  # fmt: skip
    return render(request, "actors/tokens.html", context, status=status)
