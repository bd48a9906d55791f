"""Where do administrators and auditors read all texts that are kept as templates?"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions
from casework.studio.texts import text_tables
from casework.studio.views.rules import may_read
from casework.web.decorators import person, reads

LONGEST: Final = 100
"""Letters of what is looked for."""


@reads
def texts(request: HttpRequest) -> HttpResponse:
    """Each with the rule that takes it; whoever may publish goes on from there to change it."""
    may_read(request)
    sought = request.GET.get("q", "").strip()[:LONGEST]
    by_type = groupby(text_tables(sought), key=lambda one: one.case_type)
    context = {
        "types": [(case_type, list(found)) for case_type, found in by_type], "q": sought,
        "may_publish": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "studio/rules/texts.html", context)
