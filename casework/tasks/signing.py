"""Is what somebody signs what stood on their screen?

A form may say that whoever finishes it signs what is shown (`signs`). Its page carries a mark of each value as this
person sees it, masks included, and of what is behind the mask, of each document that they see, and of the version of
the rules. They come back with the answer: where one is another now, nothing is done, and it is said which. Marks are
keyed and tell nothing; what the form itself asks for is not marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.contrib.auth.models import User

from audit.services import Fact
from casework.cases import shown
from casework.cases.answers import Seen
from casework.cases.read.decisions import titles
from casework.cases.shown import Marks
from orchestration.casetypes.case_type import Form
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

Json = Any

NOT_SEEN: Final = "not-what-was-seen"
MOST: Final = 100_000
"""Characters of what comes back."""


def marks(by: User, task: HumanTask, form: Form, look: Seen) -> dict[str, str]:
    """The mark of each thing that this person sees, by its place."""
    return shown.marks_of(_key(by, task), look, shown.papers_in(task.instance_id), without=_asked(form))


def _key(by: User, task: HumanTask) -> str:
    return f"{task.instance_id}/{task.item}/{by.pk}"


def _asked(form: Form) -> set[str]:
    """What the form itself asks for."""
    return {each.path.split(".")[0] for each in form.fields}


def not_as_seen(sent: str, found: Marks, look: Seen) -> Refused | None:
    """Why what was sent back signs nothing; None where all is as it was on the screen."""
    before = _read(sent)
    if not before:
        return Refused(NOT_SEEN, "Finishing this signs what stands on its page, so open the page and finish it there.")
    apart = [place for place in {**before, **found} if before.get(place) != found.get(place)]
    if not apart:
        return None
    named = titles(look.case_type) | {f"/{shown.VERSION}": "Rules and model", f"/{shown.DOCUMENTS}": "Documents"}
    words = dict.fromkeys(_words(place, named) for place in sorted(apart))
    said = f"This has changed since you opened the page: {', '.join(words)}. Look at it again, then decide."
    return Refused(NOT_SEEN, said)


def _read(sent: str) -> dict[str, str]:
    try:
        found = orjson.loads(sent[:MOST]) if sent else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _words(place: str, named: Mapping[str, str]) -> str:
    """The title of a place; of one that nobody named what it stands in. What was sent is never repeated."""
    pointer = place if place.startswith("/") else f"/{place}"
    while pointer and pointer not in named:
        pointer = pointer.rpartition("/")[0]
    return named.get(pointer, "something else")


def signed(by: User, row: HumanTask, form: Form, look: Seen, found: Marks, answers: Mapping[str, Json]) -> Fact:
    """What the history says of a signature: a mark of all that was seen, with which eyes, and which choice was made."""
    chosen = {each.path: answers.get(each.path) for each in form.fields if each.choices}
    told = {"task": row.name, "item": row.item, "definition": row.definition_item, "form": form.key}
    eyes = shown.eyes(_key(by, row), row.instance.case.pk, look, row.item, _asked(form))
    return Fact("approval.signed", {**told, **shown.kept(found, eyes), "chosen": chosen})
