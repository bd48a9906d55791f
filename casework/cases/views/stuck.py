"""Where is it stuck?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions, trail
from casework.cases.listing_place import CasesPlace
from casework.cases.read.stuck import MOST, stuck
from casework.studio.rule_versions import newest_types
from casework.web.decorators import person, reads


@reads
def stuck_page(request: HttpRequest) -> HttpResponse:
    """`?kind=`: the case type; without it the first."""
    trail.list_read(request, "stuck")
    types = [case_type for _, case_type in newest_types()]
    kind = next((one for one in types if one.key == request.GET.get("kind")), types[0] if types else None)
    stages = () if kind is None else stuck(permissions.readers(person(request)), kind.key)
    rows = [(one, CasesPlace(kind=kind.key, state_name=one.name).address) for one in stages] if kind else []
    whole = sum(one.whole.cases for one in stages)
    context = {"types": types, "kind": kind, "rows": rows, "whole": whole, "most": MOST, "all": whole >= MOST}
    return render(request, "cases/stuck.html", context)
