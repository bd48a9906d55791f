"""Where do administrators and auditors ask who can see a case, and through what?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access.seers import seers
from casework.models import Case
from casework.people.rights import looks
from casework.web.asked import number_in
from casework.web.decorators import person, reads


@reads
def who_sees(request: HttpRequest) -> HttpResponse:
    """Of the case of a number. Nothing of the case itself is shown: administrators need not see it."""
    looks(person(request))
    asked = request.GET.get("case", "").strip().lstrip("#")
    case = Case.objects.filter(pk=number_in(asked)).first()
    context = {"asked": asked, "case": case, "seers": [] if case is None else seers(case)}
    return render(request, "people/who.html", context, status=404 if asked and case is None else 200)
