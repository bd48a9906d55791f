"""What is held of a person, in one file that they can be given (GDPR, articles 15 and 20)?

Their own cases whole, as far as who makes the copy may see or reveal it; of cases that are somebody else's only where
they are named; details of others are masked, in documents too, and people of the house are called that. What may not be
in it is counted, so that nobody takes a part for the whole. Each case keeps in its history that it was copied, and the
control chain who copied what, for whom by keyed digest.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Final

import orjson
from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string

from audit.services import Fact, record_control
from casework.access import permissions
from casework.access.permissions import origin_of
from casework.cases.read.case_view import look
from casework.documents.models import Document
from casework.erasure.copied_case import CopiedCase, as_theirs, copied_case
from casework.erasure.copied_documents import Given, given
from casework.erasure.finding import Traces, digests, traces
from casework.erasure.mentions import Mention, mentions
from casework.erasure.own_data import stands_in
from casework.erasure.rules import invalid, reason_amiss
from casework.models import Case
from orchestration.ground.refusals import Refused
from orchestration.models import Outbox
from orchestration.shell import services

FORMAT: Final = "casewright-copy/1"
MOST: Final = 200_000_000
"""Bytes of documents in one copy."""
IN_MEMORY: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A case of somebody else's that names the person."""

    number: int
    case_type: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message from outside that belongs to no case: what stands in it of the person."""

    name: str
    at: datetime
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """How much else names the person and is not in the copy. `withheld` cases may not be opened by who made it."""

    withheld: int
    forms: int
    knowledge: int
    standing: int


@dataclass(frozen=True, slots=True)
class Held:
    """All that the file says. `documents`: where they were asked for, what of each is in it."""

    marks: tuple[str, ...]
    made: datetime
    reason: str
    cases: tuple[CopiedCase, ...]
    elsewhere: tuple[Elsewhere, ...]
    letters: tuple[Letter, ...]
    beside: Beside
    documents: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """The file, and what it has."""

    file: IO[bytes]
    name: str
    held: Held


def person_copy(
    *, by: User, marks: tuple[str, ...], own: Collection[int], reason: str, now: datetime, files: bool = False
) -> Copy | Refused:
    """A copy of what is held of a person. `own`: numbers of the chains of their own cases; `files`: their documents,
    too, whole or masked (`copied_documents`)."""
    reason = reason.strip()
    if wrong := reason_amiss(reason):
        return invalid(wrong)
    found = traces(marks)
    theirs, others, withheld = _opened(by, found, own)
    if files and sum(Document.objects.filter(case__in=theirs).values_list("size", flat=True)) > MOST:
        return Refused("too-large", f"The documents of these cases are more than {MOST // 1_000_000} MB together.")
    shown = [as_theirs(by=by, case=case, marks=marks, now=now) for case in theirs]
    copied = tuple(map(copied_case, shown))
    asked = zip(shown, copied, strict=True) if files else ()
    papers = [paper for seen, case in asked for paper in given(seen.papers, case.documents)]
    held = Held(
        marks=marks, made=now, reason=reason, cases=copied,
        elsewhere=tuple(_elsewhere(by, case, marks, now) for case in others), letters=tuple(_letters(found, marks)),
        beside=Beside(withheld, len(found.forms), len(found.knowledge), len(found.standing)),
        documents=tuple(one for one, _ in papers),
    )  # fmt: skip
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    contents = {one.file: content for one, content in papers if one.file}
    digest = _pack(file, held, contents)
    _record(by, held, theirs, digest, len(contents))
    file.seek(0)
    return Copy(file, f"copy-of-data-{now:%Y-%m-%d}.zip", held)


def _opened(by: User, found: Traces, own: Collection[int]) -> tuple[list[Case], list[Case], int]:
    """The person's own cases and those of others that this reader may view, and how many they may not."""
    seen = Case.objects.filter(permissions.cases_with_right(by, "view"), instance__in=list(found.cases))
    cases = list(seen.select_related("instance").order_by("pk"))
    theirs = [case for case in cases if case.instance_id in own]
    return theirs, [case for case in cases if case.instance_id not in own], len(found.cases) - len(cases)


def _elsewhere(by: User, case: Case, marks: tuple[str, ...], now: datetime) -> Elsewhere:
    seen = look(user=by, case=case, now=now, most=1)
    return Elsewhere(case.pk, seen.case_type.name, mentions(seen, marks))


def _letters(found: Traces, marks: tuple[str, ...]) -> Iterator[Letter]:
    for row in Outbox.objects.filter(pk__in=found.letters).order_by("pk"):
        yield Letter(row.name, row.created, stands_in((orjson.loads(bytes(row.variables)),), marks))


def _pack(file: IO[bytes], held: Held, contents: dict[str, bytes]) -> str:
    """Writes the zip; the digest of what it says, in hex."""
    told = {"format": FORMAT, **asdict(held), "files": sorted(contents)}
    machine = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("copy.json", machine)
        packed.writestr("copy.html", render_to_string("erasure/copy.html", {"held": held}))
        for name, content in contents.items():
            packed.writestr(name, content)
    return sha256(machine).hexdigest()


@transaction.atomic
def _record(by: User, held: Held, theirs: list[Case], digest: str, files: int) -> None:
    origin = origin_of(by)
    for case, copied in zip(theirs, held.cases, strict=True):
        told = {"reason": held.reason, "revealed": sorted(copied.opened), "masked": len(copied.hidden)}
        services.record(case.instance_id, [Fact("subject.copied", told)], origin)
    said = {
        "marks": digests(held.marks), "cases": [case.instance_id for case in theirs], "reason": held.reason,
        "named": [one.number for one in held.elsewhere], "withheld": held.beside.withheld, "digest": digest,
        "files": files,
    }  # fmt: skip
    record_control([Fact("subject.copied", said)], origin, held.made)
