"""How does an admin come from words to a draft of a case type?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from casework.access import permissions
from casework.models import Case
from casework.studio import from_words
from casework.studio.outlines import LONGEST, NotSound, outline_propose
from casework.studio.words_sample import SAMPLE
from casework.web.decorators import person, reads_and_writes
from orchestration.ground.refusals import Refused


@reads_and_writes
def words(request: HttpRequest) -> HttpResponse:
    """Describe a process, or write its outline by hand; and what came of earlier descriptions."""
    _may_publish(request)
    if request.method != "POST":
        return _page(request)
    if request.POST.get("do") == "check":
        return _checked(request, request.POST.get("outline", ""))
    outcome = from_words.words_send(by=person(request), description=request.POST.get("description", ""))
    if isinstance(outcome, Refused):
        return _page(request, status=409 if outcome.code == "nobody" else 400, refused=outcome)
    messages.success(request, "It is being outlined. What comes of it shows here.")
    return redirect("model-words-run", outcome.pk)


@reads_and_writes
def words_run(request: HttpRequest, case_id: int) -> HttpResponse:
    """What came of a description; the form makes a draft of it that can be published."""
    _may_publish(request)
    case = get_object_or_404(Case.objects.select_related("instance"), pk=case_id, case_type=from_words.KEY)
    if request.method != "POST":
        return _run(request, case)
    outcome = from_words.run_propose(by=person(request), case=case, over=request.POST.get("over", ""))
    if isinstance(outcome, NotSound):
        return _run(request, case, status=409, wrong=outcome.messages, taken=outcome.taken)
    return redirect("model-proposal", outcome.pk)


def _checked(request: HttpRequest, text: str) -> HttpResponse:
    outcome = outline_propose(by=person(request), text=text, over=request.POST.get("over", ""))
    if isinstance(outcome, NotSound):
        return _page(request, 409 if outcome.taken else 400, wrong=outcome.messages, taken=outcome.taken)
    return redirect("model-proposal", outcome.pk)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "able": from_words.those_who_outline(), "runs": from_words.runs(), "least": from_words.SHORTEST,
        "most": from_words.LONGEST_WORDS, "longest": LONGEST, "rounds": from_words.ROUNDS,
        "description": request.POST.get("description", ""), "outline": request.POST.get("outline", "") or SAMPLE,
        **more,
    }  # fmt: skip
    return render(request, "studio/words/page.html", context, status=status)


def _run(request: HttpRequest, case: Case, status: int = 200, **more: Any) -> HttpResponse:
    context = {"run": from_words.run_of(case, person(request)), "rounds": from_words.ROUNDS, **more}
    return render(request, "studio/words/run.html", context, status=status)


def _may_publish(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators draft models.")
