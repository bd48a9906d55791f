"""What does the knowledge base say to a question, which documents are in it, and how do administrators see to it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access import permissions
from casework.access.unit_models import BusinessUnit
from casework.access.units import unit_tree
from casework.knowledge.of_units import in_reach
from casework.knowledge.progress import progress_for, told_of, under_way
from casework.models import Case
from casework.web.decorators import person, reads, reads_and_writes, refusal, wants_part, writes
from orchestration.documents.kinds import KINDS, LARGEST
from orchestration.ground.refusals import Refused
from orchestration.knowledge import embeddings, vectors
from orchestration.knowledge.register import knowledge_add, knowledge_withdraw
from orchestration.knowledge.search import Reader, find
from orchestration.knowledge.uses import Use, uses_of
from orchestration.models import KnowledgeDocument
from orchestration.privacy.classification import LEVELS

Json = Any
NO_UNIT: Final = Refused("invalid", "There is no such business unit.", {"unit": "There is no such business unit."})
NO_GROUP: Final = Refused("invalid", "There is no such group.", {"groups": "There is no such group. Choose again."})
MOST_FOUND: Final = 8
MOST_PIECES: Final = 200
USUAL_LEVEL: Final = "internal"


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a list shows it. `readable`: whether this person may read what it says. `how_far`: it is read."""

    row: KnowledgeDocument
    kind: str
    readable: bool
    how_far: str


@reads_and_writes
def knowledge(request: HttpRequest) -> HttpResponse:
    """Ask; the documents; and for administrators the form that adds one."""
    if request.method == "POST":
        _may_change(request)
        return _added(request)
    return _under_way(request) if wants_part(request) else _page(request)


def _under_way(request: HttpRequest) -> HttpResponse:
    """What a page that is open asks now and then."""
    progress = progress_for(may_change=permissions.may_publish(person(request)))
    return render(request, "knowledge/_progress.html", {"progress": progress, "anew": True})


def _added(request: HttpRequest) -> HttpResponse:
    asked = ("name", "level", "text", "unit", "base")
    given = {name: request.POST.get(name, "").replace("\0", "").strip() for name in asked}
    unit, groups = request.POST.get("unit", "").strip(), request.POST.getlist("groups")
    if refused := _unknown(unit, groups):
        return _page(request, given=given | {"groups": groups}, refused=refused)
    upload = request.FILES.get("file")
    content = given["text"].encode() if upload is None else upload.read(LARGEST + 1)
    name = given["name"] or ("" if upload is None else str(upload.name))
    outcome = knowledge_add(
        name=name, content=content, level=given["level"], groups=groups, by=permissions.origin_of(person(request)),
        unit=unit, base=given["base"],
    )  # fmt: skip
    if isinstance(outcome, Refused):
        return _page(request, given=given | {"groups": groups}, refused=outcome)
    messages.success(request, f"{outcome.name} is added. It can be found as soon as it is read, in a moment.")
    return redirect("knowledge")


def _unknown(unit: str, groups: list[str]) -> Refused | None:
    """Why it is not added: for whom it was meant is not known any more, and left out it would be for more people."""
    if unit and unit not in BusinessUnit.objects.values_list("key", flat=True):
        return NO_UNIT
    known = set(Group.objects.values_list("name", flat=True))
    return None if known.issuperset(groups) else NO_GROUP


def _page(request: HttpRequest, given: dict[str, Json] | None = None, refused: Refused | None = None) -> HttpResponse:
    user, question = person(request), request.GET.get("q", "").strip()[:1000]
    may_change, base = permissions.may_publish(user), request.GET.get("base", "").replace("\0", "")[:40]
    reader, documents = replace(reader_of(user), base=base), _listed(user, may_change=may_change)
    context = {
        "progress": progress_for(may_change=may_change),
        "question": question, "found": find(question, reader, MOST_FOUND) if question else (),
        "base": base, "bases": sorted({one.row.base for one in documents} - {""}),
        "documents": documents, "may_change": may_change,
        "given": given or {"level": USUAL_LEVEL}, "refused": refused, "levels": LEVELS,
        "of_many": embeddings.MANY in embeddings.names(),
        "lacking": "" if vectors.compares() else vectors.LACKING,
        "units": [(unit.key, unit.name) for unit in unit_tree()] if may_change else (),
        "groups": Group.objects.order_by("name").values_list("name", flat=True) if may_change else (),
    }  # fmt: skip
    return render(request, "knowledge/knowledge.html", context, status=200 if refused is None else 400)


def _listed(user: User, *, may_change: bool) -> list[Listed]:
    """What may be read; for who sees to the base all of them, by their names."""
    rows, readable = KnowledgeDocument.objects.order_by("withdrawn", "name", "pk"), readable_by(user)
    theirs = set(rows.filter(readable).values_list("pk", flat=True))
    shown = rows if may_change else rows.filter(readable, withdrawn=None, state=KnowledgeDocument.State.READY)
    return [
        Listed(one.row, KINDS[one.row.kind].words, one.row.pk in theirs, one.how_far) for one in told_of(shown[:1000])
    ]


@reads
def knowledge_document(request: HttpRequest, document_id: int) -> HttpResponse:
    """What a document says, piece by piece, and which answers were made from it."""
    user = person(request)
    row = KnowledgeDocument.objects.filter(readable_by(user), pk=document_id).first()
    may_change = permissions.may_publish(user)
    if row is None or (row.withdrawn is not None and not may_change):
        raise Http404("There is no such document, or you may not read it.")
    context = {
        "row": row, "kind": KINDS[row.kind].words, "may_change": may_change,
        "pieces": row.chunks.order_by("number").defer("vector", "wide")[:MOST_PIECES],
        "uses": seen_uses(user, row), "embedded": row.embedded.values(), "under_way": under_way(row),
        "how_far": told_of([row])[0].how_far,
    }  # fmt: skip
    return render(request, "knowledge/document.html", context)


@writes
def knowledge_document_withdraw(request: HttpRequest, document_id: int) -> HttpResponse:
    """Have a document be found no more."""
    _may_change(request)
    if not KnowledgeDocument.objects.filter(pk=document_id).exists():
        raise Http404("There is no such document.")
    reason = request.POST.get("reason", "").replace("\0", "")
    outcome = knowledge_withdraw(pk=document_id, reason=reason, by=permissions.origin_of(person(request)))
    if isinstance(outcome, Refused):
        return refusal(request, outcome, "/knowledge/")
    messages.success(request, f"{outcome.name} is withdrawn: nobody finds it any more.")
    return redirect("knowledge")


def reader_of(user: User) -> Reader:
    """As whom a person asks."""
    return Reader(permissions.clearance(user), tuple(permissions.groups_of(user).values()), user.pk)


def readable_by(user: User) -> Q:
    """Of documents: those whose level, groups and unit let this person read them."""
    reader = reader_of(user)
    allowed = Q(groups=[])
    for name in reader.groups:
        allowed |= Q(groups__contains=[name])
    return allowed & Q(level__in=reader.asked()["levels"]) & in_reach(user)


@dataclass(frozen=True, slots=True)
class SeenUse:
    """An answer that was made from a document, with its case. `review`, `standing`: the case in which a person looks at
    it again since the document was withdrawn, and its state."""

    case: int
    closed: bool
    use: Use
    review: int | None
    standing: str


def seen_uses(user: User, row: KnowledgeDocument) -> tuple[list[SeenUse], int]:
    """The answers that were made from a document, in cases that this person may see; and how many there are
    elsewhere."""
    every = uses_of(row)
    wanted = {use.instance for use in every} | {use.review for use in every}
    cases = Case.objects.filter(permissions.cases_with_right(user, "view"), instance__in=wanted)
    seen = {case.instance_id: case for case in cases.only("pk", "instance", "closed", "state")}
    shown = [
        SeenUse(case.pk, case.closed, use, review.pk if review else None, review.state if review else "")
        for use in every
        if (case := seen.get(use.instance)) is not None
        for review in (seen.get(use.review),)
    ]
    return shown, len(every) - len(shown)


def _may_change(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators add to the knowledge base, or withdraw from it.")
