"""How does an administrator say who can do what, and whether tasks are given out by rule?"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from casework.access.permissions import may_publish
from casework.models import Skill
from casework.tasks.skills import HIGHEST, LONGEST, ruled_types, rules_follow, skill_set
from casework.web.decorators import answered, person, reads_and_writes
from orchestration.ground.refusals import Refused


@reads_and_writes
def giving(request: HttpRequest) -> HttpResponse:
    """`key` and `enabled`: of a case type's rules; else `person`, `skill` and `level`."""
    by, given = person(request), request.POST
    if not may_publish(by):
        raise PermissionDenied("Whom tasks are given by rule is for administrators to say.")
    if request.method != "POST":
        return _page(request)
    if "key" in given:
        enabled = given.get("enabled") == "yes"
        outcome = rules_follow(by=by, key=given["key"], enabled=enabled)
        said = "New tasks are given out by rule from now on." if enabled else "People take their tasks themselves now."
        return answered(request, outcome, said, reverse("giving"))
    level = int(given["level"]) if given.get("level", "") in map(str, range(HIGHEST + 1)) else -1
    outcome = skill_set(by=by, username=given.get("person", ""), name=given.get("skill", ""), level=level)
    if isinstance(outcome, Refused):
        return _page(request, given.dict(), outcome)
    return answered(request, outcome, "The skill is noted.", reverse("giving"))


def _page(request: HttpRequest, given: Mapping[str, str] | None = None, refused: Refused | None = None) -> HttpResponse:
    skills = Skill.objects.select_related("person").order_by("person__first_name", "person__username", "name")
    people = User.objects.filter(is_active=True, groups__isnull=False).distinct()
    context = {
        "types": ruled_types(), "skills": skills, "longest": LONGEST, "levels": range(HIGHEST + 1),
        "people": people.order_by("first_name", "username"), "given": given or {"level": "3"}, "refused": refused,
    }  # fmt: skip
    return render(request, "tasks/giving.html", context, status=200 if refused is None else 400)
