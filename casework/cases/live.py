"""When has a case changed, and who may still see it? Every change of a case is an event of its history."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from casework.access import permissions
from casework.web.decorators import person
from casework.web.live import live_answer
from orchestration.models import Instance


class CaseChanges:
    """Subjects are root instances; what stands for the state of one is the number of its last event."""

    name = "cases"

    def concerned(self, changed: frozenset[int], watched: Collection[int]) -> Collection[int]:
        return changed.intersection(watched)

    def look(self, subjects: Collection[int]) -> dict[int, str]:
        heads = Instance.objects.filter(pk__in=subjects).values_list("pk", "head_sequence")
        return {root: str(head) for root, head in heads}

    def visible(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        return permissions.who_may_view(pairs)


CASE_CHANGES = CaseChanges()


@login_required
@require_safe
def case_live(request: HttpRequest, case_id: int) -> HttpResponse:
    case = permissions.case_for_user(person(request), case_id, "view")
    return live_answer(request, CASE_CHANGES, case.instance_id, in_company=True)
