"""How is what is declared of an actor changed?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from casework.actors.card_form import CardForm, initial
from casework.actors.changes import Place, differences
from casework.actors.views import may_change
from casework.people.second_person import Waits, setting_change
from casework.web.decorators import person, reads_and_writes
from orchestration.actors.registry import CHANGEABLE
from orchestration.ground.refusals import Refused
from orchestration.models import Actor


@reads_and_writes
def actor_card(request: HttpRequest, key: str) -> HttpResponse:
    """The card as a form. It is shown what would change before it is kept, with the reason."""
    may_change(request)
    actor = get_object_or_404(Actor, key=key)
    if request.method != "POST":
        return _page(request, actor, CardForm(initial=initial(actor)))
    form = CardForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=400)
    changed = _changes(actor, form)
    if request.POST.get("do") != "keep":
        return _page(request, actor, form, changed=changed, reviewed=True)
    outcome = setting_change(
        by=person(request), kind="card", name=key, reason=form.cleaned_data["reason"],
        change={"card": form.card(actor.card), "fields": form.fields_of_actor()},
    )  # fmt: skip
    if isinstance(outcome, Refused):
        _tell(form, outcome)
        return _page(request, actor, form, changed=changed, status=400)
    changed_now = f"The card of {form.cleaned_data['name']} was changed." if outcome else "Nothing differs."
    messages.success(request, outcome.said if isinstance(outcome, Waits) else changed_now)
    return redirect("actor", key)


def _changes(actor: Actor, form: CardForm) -> list[Place]:
    fields = form.fields_of_actor()
    before = {name: getattr(actor, name) for name in CHANGEABLE} | actor.card
    return list(differences(before, fields | form.card(actor.card)))


def _tell(form: CardForm, refused: Refused) -> None:
    """Each sentence at the field that it speaks of, else over the form."""
    for path, sentence in refused.errors.items():
        name = path.removeprefix("card.").partition(".")[0].replace("-", "_")
        form.add_error(name if name in form.fields else None, sentence)


def _page(
    request: HttpRequest, actor: Actor, form: CardForm, *, changed: list[Place] | None = None, reviewed: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {"actor": actor, "form": form, "changed": changed, "reviewed": reviewed}
    return render(request, "actors/card.html", context, status=status)
