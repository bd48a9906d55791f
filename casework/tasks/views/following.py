"""Which task comes next for somebody who asks, and where are they then?

Asking takes nothing: the task opens, and whoever wants it takes it there.
"""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from casework.lists.choosable import choosable
from casework.tasks.grouped import groupings_of_tasks
from casework.tasks.next_task import next_task
from casework.tasks.place import LATE, Place
from casework.web.decorators import person, reads
from orchestration.ground import clock


@reads
def open_next(request: HttpRequest) -> HttpResponse:
    """The next task of the list that is asked for; where nothing is one's own, of one's groups."""
    by, asked = person(request), replace(Place.of(request.GET), after="")
    for place in (asked, replace(asked, tab="groups")) if asked.tab == "mine" else (asked,):
        if (found := following(by, place)) is not None:
            return redirect(reverse("task", args=[found]) + place.carry)
    messages.info(request, "Nothing is left to do in this list: what is in it is with others, snoozed or suspended.")
    return redirect(asked.address)


def following(user: User, place: Place) -> int | None:
    """The number of the task of this list that they go on with; None where none is left."""
    columns, by_what = choosable(user, groupings_of_tasks)
    return next_task(
        user=user, tab=place.tab, now=clock.utc_now(), after=place.after, latest_first=place.sort == LATE,
        reference=place.reference, asked=place.asked(columns, by_what),
    )  # fmt: skip
