"""How does it read that a task was given to somebody, hurried, or put off?

Pure. Part of what `narration` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from casework.cases.handoff_words import Told

Detail = Mapping[str, Any]
NEVER: Final = 9999
"""The year of a task that has no date."""
NORMAL: Final = 50


def _assigned(detail: Detail) -> Told:
    task, note = f"“{detail.get('task', 'a task')}”", detail.get("note", "")
    by_rule = f"{detail.get('how', 'by rule')}, {detail['rule']}" if detail.get("rule") else ""
    said = f": {note or by_rule}" if note or by_rule else ""
    if (detail.get("withdrawn") or {}).get("right"):
        said += f"; {detail.get('had') or 'who had it'} may not see the case any more"
    if detail.get("to"):
        return Told("people", "user-check", f"gave {task} to {detail.get('name') or detail['to']}{said}")
    return Told("people", "users", f"took {task} from {detail.get('had') or 'somebody'} for its group{said}")


def _hurried(detail: Detail) -> Told:
    priority = detail.get("priority", NORMAL)
    how = "urgent" if priority > NORMAL else "normal" if priority == NORMAL else "less urgent than others"
    return Told("people", "flag", f"made “{detail.get('task', 'a task')}” {how}")


def _hastened(detail: Detail) -> Told:
    said = "are urgent with it" if detail.get("urgent") else "have their own priority again"
    return Told("people", "flag", f"The open tasks of the case {said}", by_actor=False, notable=False)


def _put_off(detail: Detail) -> Told:
    return Told("people", "clock", f"had “{detail.get('task', 'a task')}” due {_when(detail.get('due'))}")


def _when(text: object) -> str:
    """A time of the history as people write it; a history may hold anything."""
    try:
        due = datetime.fromisoformat(str(text))
    except ValueError:
        return "at another time"
    return "at no date" if due.year == NEVER else f"{due.day} {due:%B %Y, %H:%M %Z}".strip()


def _near(detail: Detail) -> Told:
    title, due = detail.get("title", "A deadline"), _when(detail.get("due"))
    return Told("rules", "hourglass", f"warned: “{title}” is due {due}", by_actor=False)


def _missed(detail: Detail) -> Told:
    title, due = detail.get("title", "A deadline"), _when(detail.get("due"))
    return Told("rules", "alert-triangle", f"“{title}” was missed: it was due {due}", by_actor=False)


def _deadline_changed(detail: Detail) -> Told:
    did = {"extend": "extended", "pause": "let stand still", "resume": "let go on", "hand-over": "handed over"}
    due = f"due {_when(detail['due'])}" if detail.get("due") else "not due while it stands still"
    verb = did.get(str(detail.get("wish")), "changed")
    return Told(
        "people", "calendar", f"{verb} “{detail.get('title', 'a deadline')}”, now {due}: {detail.get('reason', '')}"
    )


def _deadline_moved(detail: Detail) -> Told:
    was, due = _when(detail.get("was")), _when(detail.get("due"))
    words = f"“{detail.get('title', 'A deadline')}” moved from {was} to {due}, because a calendar was changed"
    return Told("rules", "calendar", words, by_actor=False)


def _far_off_again(detail: Detail) -> Told:
    words = f"“{detail.get('title', 'A deadline')}” is far off again, due {_when(detail.get('due'))}"
    return Told("rules", "calendar", words, by_actor=False)


def _signed(detail: Detail) -> Told:
    mark = f", which has the mark {detail['seen']}" if detail.get("seen") else ""
    return Told("people", "fingerprint", f"signed what “{detail.get('task', 'a task')}” showed{mark}")


def _for_somebody(detail: Detail) -> Told:
    words = f"acted for {detail.get('name') or detail.get('for') or 'somebody'} in “{detail.get('task', 'a task')}”"
    return Told("people", "users", words)


def tags_changed(detail: Detail) -> str:
    """Which tags were put on a case, and which were taken off."""
    ways = (("added", "put on"), ("removed", "took off"))
    said = [f"{verb} {', '.join(map(str, detail[name]))}" for name, verb in ways if detail.get(name)]
    return f"changed the tags: {'; '.join(said)}"


TASKS: Final[Mapping[str, Callable[[Detail], Told]]] = {
    "task.assigned": _assigned,
    "task.priority": _hurried,
    "tasks.hastened": _hastened,
    "task.due": _put_off,
    "approval.signed": _signed,
    "task.delegated": _for_somebody,
    "deadline.warned": _near,
    "deadline.breached": _missed,
    "deadline.changed": _deadline_changed,
    "deadline.moved": _deadline_moved,
    "deadline.anew": _far_off_again,
}
