"""How is one thing done to all tasks that somebody chose, and what do they see of what came of it?

The results wait in the session for the next page that shows them, so that a page loaded again does nothing twice. What
could not be done stays chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from casework.lists.tag_words import NOT_A_WORD, tag_of
from casework.tasks.many import MOST, RIGHTS, SAID, Result, Wish, carried_out, titles, undo_word, undone
from casework.tasks.ordering import PRIORITIES
from casework.tasks.place import Place
from casework.tasks.snooze import until_of
from casework.tasks.views.inbox import shown
from casework.web.asked import day_begins, moment_in, numbers_in
from casework.web.decorators import person, wants_part, writes
from orchestration.ground import clock
from orchestration.ground.refusals import Refused

KEPT: Final = "many"
"""Where the session keeps what came of it."""
NOBODY: Final = "-"
"""Stands for giving a task back to its group, in the field `to`."""
SHOWN: Final = 20
"""Tasks whose failure is told one by one."""


@writes
def many(request: HttpRequest) -> HttpResponse:
    by, given = person(request), request.POST
    if given.get("action") == "undo":
        outcome: Sequence[Result] | Refused = undone(by, given.get("word", ""))
    else:
        outcome = _carried_out(by, given)
    request.session[KEPT] = _told(by, given, outcome)
    if "tab" in given and wants_part(request):
        return shown(request, given)
    return redirect(_back(request))


def _carried_out(by: User, given: QueryDict) -> Sequence[Result] | Refused:
    numbers = _numbers(given)
    if not numbers:
        return Refused("invalid", "No task was chosen, so nothing was done.")
    wish = wish_of(given)
    return wish if isinstance(wish, Refused) else carried_out(by, numbers, wish)


def _numbers(given: QueryDict) -> list[int]:
    return numbers_in(given.getlist("tasks")[:MOST])


def wish_of(given: QueryDict) -> Wish | Refused:
    """What a form asks for; or what it lacks."""
    action, note = given.get("action", ""), given.get("note", "")
    match action:
        case "assign":
            return _to_somebody(given.get("to", ""), note)
        case "priority":
            priority = PRIORITIES.get(given.get("priority", ""))
            lacking = Refused("invalid", "Say how urgent it is: nothing was done.")
            return lacking if priority is None else Wish(action, priority=priority)
        case "due":
            due = moment_in(given.get("due", ""))
            return Refused("invalid", "Say when it is due: nothing was done.") if due is None else Wish(action, due=due)
        case "snooze":
            until = until_of(given.get("until", ""), day_begins(given.get("day", "")), clock.utc_now())
            lacking = Refused("invalid", "Say until when it is snoozed: nothing was done.")
            return lacking if until is None else Wish(action, note=given.get("reason", ""), until=until)
        case "tag":
            word = tag_of(given.get("word_of_tag", ""))
            return Wish(action, tag=word) if word else Refused("invalid", f"{NOT_A_WORD} Nothing was done.")
        case _ if action in RIGHTS:
            return Wish(action)
        case _:
            return Refused("invalid", "This cannot be done to many tasks.")


def _to_somebody(name: str, note: str) -> Wish | Refused:
    if name == NOBODY:
        return Wish("assign", note=note)
    to = User.objects.filter(username=name).first() if name and "\0" not in name else None
    return Refused("invalid", "Say who is to have it: nothing was done.") if to is None else Wish("assign", to, note)


def _told(by: User, given: QueryDict, outcome: Sequence[Result] | Refused) -> dict[str, Any]:
    """What the session keeps: JSON."""
    if isinstance(outcome, Refused):
        return {"wrong": outcome.message, "chosen": _numbers(given), "done": 0, "failed": []}
    failed = [each for each in outcome if not each.done]
    named = titles(by, [each.task for each in failed[:SHOWN]])
    return {
        "said": _said(given.get("action", ""), sum(each.done for each in outcome)),
        "done": len(outcome) - len(failed), "chosen": [each.task for each in failed], "failures": len(failed),
        "failed": [(", ".join(named.get(each.task, ())), each.message) for each in failed[:SHOWN]],
        "undo": undo_word(by, outcome), "tasks": [each.task for each in outcome if each.back is not None],
    }  # fmt: skip


def _said(action: str, done: int) -> str:
    """ "1 task is yours now."; "3 tasks: each is yours now." """
    return f"1 task {SAID[action]}." if done == 1 else f"{done} tasks: each {SAID[action]}." if done else ""


def _back(request: HttpRequest) -> str:
    if "tab" in request.POST:
        return Place.of(request.POST).address
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
