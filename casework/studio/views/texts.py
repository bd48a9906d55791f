"""Where do administrators and auditors read all texts that are kept as templates?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework.access import permissions
from casework.studio.texts import text_tables
from casework.studio.views.rules import may_read
from casework.web.decorators import person, reads


@reads
def texts(request: HttpRequest) -> HttpResponse:
    """Each with the rule that takes it; whoever may publish goes on from there to change it."""
    may_read(request)
    context = {"tables": text_tables(), "may_publish": permissions.may_publish(person(request))}
    return render(request, "studio/rules/texts.html", context)
