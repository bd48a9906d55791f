"""Is what somebody signs what stood on their screen?

A form may say that whoever finishes it signs what is shown (`signs`). Its page carries a mark of each value as this
person sees it, masks included, and of what is behind the mask, of each document that they see, and of the version of
the rules. They come back with the answer: where one is another now, nothing is done, and it is said which. Marks are
keyed and tell nothing; what the form itself asks for is not marked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import orjson
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac

from audit.services import Fact
from casework.cases.answers import Seen
from casework.cases.document_words import levels_seen
from casework.cases.read.decisions import titles
from casework.documents.models import Document
from orchestration.casetypes.case_type import Form
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask

Json = Any
Marks = Mapping[str, str]

NOT_SEEN: Final = "not-what-was-seen"
VERSION: Final = "version"
DOCUMENTS: Final = "documents"
LETTERS: Final = 24
"""Hexadecimal digits of a mark."""
MOST: Final = 100_000
"""Characters of what comes back."""


def marks(by: User, task: HumanTask, form: Form, look: Seen) -> dict[str, str]:
    """The mark of each thing that this person sees, by its place."""
    asked = {each.path.split(".")[0] for each in form.fields}
    return marks_of(f"{task.instance_id}/{task.item}/{by.pk}", task.instance_id, look, {}, asked)


def marks_of(
    key: str, instance: int, look: Seen, more: Mapping[str, Json], without: Collection[str] = (), documents: bool = True
) -> dict[str, str]:
    """The same of any page about a case; `more`: what else stands on it; `without`: fields that are not marked.

    `documents`: whether those of the case are read from the database, and marked.
    """
    seen = {f"/{name}": value for name, value in look.view.data.items() if name not in without}
    leaves = {pointer: value for name, whole in seen.items() for pointer, value in _leaves(name, whole)}
    clear = {f"/{name}": value for name, value in look.data.items() if f"/{name}" in seen}
    behind = {
        pointer: value for name, whole in clear.items() for pointer, value in _leaves(name, whole)
        if not look.view.is_absent(pointer)
    }  # fmt: skip
    leaves |= {place: [leaves[place], value] for place, value in behind.items() if leaves.get(place, value) != value}
    said = {**leaves, VERSION: look.case_type.label, **more}
    if documents:
        said[DOCUMENTS] = _documents(instance, look)
    return {place: _mark(key, place, value) for place, value in sorted(said.items())}


def _leaves(pointer: str, value: Json) -> Iterator[tuple[str, Json]]:
    """Values of mappings each by itself; a list is one."""
    if isinstance(value, Mapping) and value:
        for name, below in value.items():
            yield from _leaves(f"{pointer}/{name}", below)
    else:
        yield pointer, value


def _documents(instance: int, look: Seen) -> list[tuple[int, str]]:
    levels = levels_seen(look.case_type, look.view.principal)
    found = Document.objects.filter(case__instance=instance, level__in=levels).order_by("pk")
    return list(found.values_list("pk", "digest"))


def _mark(key: str, place: str, value: Json) -> str:
    said = orjson.dumps([key, place, value], option=orjson.OPT_SORT_KEYS)
    return salted_hmac("casework.signing", said, algorithm="sha256").hexdigest()[:LETTERS]


def carried(found: Marks) -> str:
    """As a page carries them."""
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode()


def not_as_seen(sent: str, found: Marks, look: Seen) -> Refused | None:
    """Why what was sent back signs nothing; None where all is as it was on the screen."""
    before = _read(sent)
    if not before:
        return Refused(NOT_SEEN, "Finishing this signs what stands on its page, so open the page and finish it there.")
    apart = [place for place in {**before, **found} if before.get(place) != found.get(place)]
    if not apart:
        return None
    named = titles(look.case_type) | {f"/{VERSION}": "Rules and model", f"/{DOCUMENTS}": "Documents"}
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


def signed(row: HumanTask, form: Form, found: Marks, answers: Mapping[str, Json]) -> Fact:
    """What the history says of a signature: a mark of all that was seen, and which choice was made."""
    whole = hashlib.sha256(carried(found).encode()).hexdigest()[:LETTERS]
    chosen = {each.path: answers.get(each.path) for each in form.fields if each.choices}
    told = {"task": row.name, "item": row.item, "definition": row.definition_item, "form": form.key}
    return Fact("approval.signed", {**told, "seen": whole, "things": len(found), "chosen": chosen})
