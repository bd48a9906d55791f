"""How does somebody tag cases, follow them, and see what happened in the cases that they follow?"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from casework.access import permissions, trail
from casework.cases.list_live import list_states
from casework.lists.following import followed
from casework.lists.tags import case_follow, case_tag
from casework.lists.tags_in_use import AT_ONCE, Replaced, tag_replace, tags_in_use
from casework.web.asked import number_in
from casework.web.decorators import answered, page_or_part, person, reads, reads_and_writes, wants_part, writes
from orchestration.ground import clock
from orchestration.ground.counts import counted


@writes
def tags(request: HttpRequest, case_id: int) -> HttpResponse:
    """`add`: tags with commas between them; `remove`: one that is taken off."""
    case = permissions.case_for_user(person(request), case_id, "work")
    add = [text for text in request.POST.get("add", "").split(",") if text.strip()]
    outcome = case_tag(by=person(request), case=case, add=add, remove=request.POST.getlist("remove"))
    return answered(request, outcome, "The tags of the case are changed.", reverse("case", args=[case.pk]))


@reads_and_writes
def tags_all(request: HttpRequest) -> HttpResponse:
    """Those in use; `tag`: one that becomes `new`, or where that is empty none, in all cases that they may work.

    `after`: in those behind this case, where a change went through many and there are more.
    """
    refused = None
    if request.method == "POST":
        tag, new = request.POST.get("tag", ""), request.POST.get("new", "")
        outcome = tag_replace(by=person(request), tag=tag, new=new, after=_case_in(request.POST))
        if isinstance(outcome, Replaced):
            return answered(request, None, _said(outcome), _where_to_go_on(tag, new, outcome))
        refused = outcome
    trail.list_read(request, "tags")
    asked = request.GET if refused is None else request.POST
    context = {
        "tags": tags_in_use(person(request)), "refused": refused, "given": asked, "after": _case_in(asked),
        "at_once": AT_ONCE,
    }  # fmt: skip
    return render(request, "lists/tags.html", context, status=200 if refused is None else 400)


def _case_in(asked: QueryDict) -> int:
    """Behind which case a change goes on; 0 at the beginning, also where nobody can read what is asked."""
    return number_in(asked.get("after", ""))


def _where_to_go_on(tag: str, new: str, outcome: Replaced) -> str:
    """The page, which offers to go on behind the last case where there are more."""
    going_on = "" if outcome.upto is None else "?" + urlencode({"tag": tag, "new": new, "after": str(outcome.upto)})
    return reverse("tags") + going_on


WHY_LEFT: Final = (
    "you may not work on them, they refused it, their key is not there, or somebody took the tag off meanwhile."
)


def _said(outcome: Replaced) -> str:
    left = f" {outcome.left} more stay as they are: {WHY_LEFT}" if outcome.left else ""
    more = " There are more cases with it." if outcome.upto else ""
    return f"The tag is changed in {counted(outcome.done, 'case')}.{left}{more}"


@writes
def follow(request: HttpRequest, case_id: int) -> HttpResponse:
    """`following`: yes or no."""
    case = permissions.case_for_user(person(request), case_id, "view")
    wanted = request.POST.get("following", "yes") != "no"
    case_follow(by=person(request), case=case, following=wanted)
    said = "You follow this case." if wanted else "You do not follow this case any more."
    return answered(request, None, said, reverse("case", args=[case.pk]))


@reads
def following(request: HttpRequest) -> HttpResponse:
    trail.list_read(request, "followed")
    user = person(request)
    seen = "" if wants_part(request) else list_states([user.pk])[user.pk]
    context = {"cases": followed(user, clock.utc_now()), "seen": seen}
    return page_or_part(request, "lists/following.html", "lists/_following.html", context)
