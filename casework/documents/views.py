"""How does a person see the documents of a case, add to them and take one away?"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, urlencode

from casework.access import permissions
from casework.cases import services as cases
from casework.cases.document_words import levels_seen
from casework.cases.read.case_view import Look, look
from casework.documents.bundles import bundles_of
from casework.documents.checking import field_check, next_unchecked
from casework.documents.models import Document
from casework.documents.pictures import WIDTHS, picture_of
from casework.documents.progress import under_way_in
from casework.documents.read import document_for_user, documents_of, name_for
from casework.documents.services import Added, document_add, document_downloaded
from casework.documents.sight import (
    begins_shown,
    blackened,
    dark_places,
    files_given,
    hidden_from,
    takes_file,
)
from casework.documents.viewer import viewer
from casework.models import Case
from casework.web.decorators import answered, page_or_part, person, reads, reads_and_writes, refusal, writes
from casework.web.partial import part_of
from casework.web.taking_away import takes_away
from orchestration.documents import store
from orchestration.documents.confined import Unreadable
from orchestration.documents.kinds import KINDS, LARGEST, MB, TAKEN
from orchestration.documents.store import Damaged
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.privacy.classification import LEVELS, rank

MOST_AT_ONCE: Final = 20
"""Files that one form brings."""
PARTED: Final = Refused(
    "masked",
    "Something in this document is not yours to see, or nobody has read it yet, so you do not get the file."
    " What you may see of it stands on its pages.",
)
PARTED_FIELD: Final = Refused("masked", "What stands there is not yours to see: somebody else has to say what it is.")
STRICT: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""What a browser is told of every content that is not ours: nothing in it runs, nothing takes it for something else."""


@reads_and_writes
def case_documents(request: HttpRequest, case_id: int) -> HttpResponse:
    """The documents of a case. A form brings more of them, several at once."""
    user = person(request)
    case = permissions.case_for_user(user, case_id, "work" if request.method == "POST" else "view")
    if request.method == "POST":
        return _brought(request, case)
    cases.case_viewed(by=user, case=case)
    seen = look(user=user, case=case, now=clock.utc_now(), most=1)
    least, documents = seen.case_type.document_level, documents_of(seen)
    numbers = [one.id for one in documents if not one.hidden]
    context: dict[str, Any] = {
        "case": case, "title": seen.view.text(case.title), "documents": documents,
        "bundles": partial(bundles_of, seen, documents), "under_way": partial(under_way_in, numbers, clock.utc_now()),
        "given": partial(files_given, seen, numbers), "drawn": partial(begins_shown, seen, numbers),
        "may_add": bool(least) and permissions.may(user, "work", case),
        "may_ask": permissions.may(user, "work", case), "takes": bool(least), "taken": TAKEN,
        "largest": LARGEST // MB, "most": MOST_AT_ONCE, "levels": _choices(least, seen),
        "purposes": ", ".join(sorted(seen.case_type.document_purposes)),
    }  # fmt: skip
    return page_or_part(request, "documents/list.html", "documents/_beside.html", context)


def _choices(least: str, seen: Look) -> list[tuple[str, str]]:
    """How secret a new document may be said to be, with what that means for who says it."""
    own = levels_seen(seen.case_type, seen.view.principal)
    levels = LEVELS[rank(least) :] if least else ()
    return [(one, one if one in own else f"{one}: you will not see it yourself") for one in levels]


def _brought(request: HttpRequest, case: Case) -> HttpResponse:
    files = request.FILES.getlist("files")
    back = reverse("case-documents", args=[case.pk])
    if not files:
        return refusal(request, Refused("invalid", "Choose at least one file."), back)
    if len(files) > MOST_AT_ONCE:
        return refusal(request, Refused("invalid", f"At most {MOST_AT_ONCE} files are taken at once."), back)
    outcomes = [(file, _added(request, case, file)) for file in files]
    if len(files) == 1 and isinstance(outcomes[0][1], Refused):
        return refusal(request, outcomes[0][1], back)
    for file, outcome in outcomes:
        _tell(request, (file.name or "")[:100], outcome)
    return redirect(back)


def _added(request: HttpRequest, case: Case, file: UploadedFile[Any]) -> Added | Refused:
    level = request.POST.get("level", "")[:20]
    return document_add(by=person(request), case=case, name=file.name or "", content=file.read(), level=level)


def _tell(request: HttpRequest, name: str, outcome: Added | Refused) -> None:
    if isinstance(outcome, Refused):
        said = " ".join((outcome.message, *outcome.errors.values()))
        messages.error(request, f"“{name}” was not taken. {said}")
    elif outcome.new:
        messages.success(request, f"“{outcome.document.name}” is in the case.")
    else:
        as_there = name_for(person(request), outcome.document)
        messages.info(request, f"“{name}” is in the case already, as “{as_there}”.")


def found(request: HttpRequest, case_id: int, document_id: int) -> Document:
    case = permissions.case_for_user(person(request), case_id, "view")
    return document_for_user(person(request), case, document_id)


@reads
def document(request: HttpRequest, case_id: int, document_id: int) -> HttpResponse:
    """One document: a page of it beside what was found in it."""
    one = found(request, case_id, document_id)
    cases.case_viewed(by=person(request), case=one.case)
    return _shown(request, one, request.GET.dict())


def _shown(request: HttpRequest, one: Document, asked: dict[str, str], status: int = 200) -> HttpResponse:
    user = person(request)
    seen = look(user=user, case=one.case, now=clock.utc_now(), most=1)
    view = viewer(seen, one, asked, user_may_work=permissions.may(user, "work", one.case))
    context: dict[str, Any] = {
        "case": one.case, "title": seen.view.text(one.case.title), "view": view,
        "given": partial(files_given, seen, [one.pk]),
    }  # fmt: skip
    return page_or_part(request, "documents/document.html", "documents/_viewer.html", context, status)


@writes
def field(request: HttpRequest, case_id: int, document_id: int, name: str) -> HttpResponse:
    """A person accepts or corrects what was found."""
    user, given = person(request), request.POST
    case = permissions.case_for_user(user, case_id, "work")
    one = document_for_user(user, case, document_id)
    outcome = (
        PARTED_FIELD
        if name in hidden_from(user, one)
        else field_check(by=user, document=one, name=name, value=given.get("value", ""), shown=given.get("shown", ""))
    )
    then = next_unchecked(one) if not isinstance(outcome, Refused) else name
    asked = {"page": given.get("page", "")[:5], "large": given.get("large", ""), "field": then}
    back = f"{reverse('case-document', args=[case.pk, one.pk])}?{urlencode(asked)}"
    return answered(request, outcome, "Kept.", back, lambda status: _shown(request, one, asked, status))


@reads
def page_picture(request: HttpRequest, case_id: int, document_id: int, page: int, width: int) -> HttpResponse:
    """A page as a picture, drawn when somebody first looks at it."""
    one = found(request, case_id, document_id)
    if not KINDS[one.kind].has_pages or not 1 <= page <= one.pages or width not in WIDTHS:
        raise Http404("There is no such page.")
    dark = dark_places(person(request), one, page)
    if dark is None:
        raise Http404("This page is shown once it was read: something on it may not be yours to see.")
    try:
        drawn = picture_of(one.digest, one.kind, page, width)
    except (Unreadable, Damaged):
        raise Http404("This page cannot be shown.") from None
    drawn = blackened(drawn, dark) if dark else drawn
    return HttpResponse(drawn, content_type="image/webp", headers=STRICT)


@reads
def sound(request: HttpRequest, case_id: int, document_id: int) -> HttpResponse:
    """A recording, to be played on its page: whole, or the part that a player asks for."""
    one = found(request, case_id, document_id)
    if not KINDS[one.kind].is_heard:
        raise Http404("This document is no recording.")
    if not takes_file(person(request), one):
        raise Http404("Something in this recording is not yours to hear.")
    try:
        content = store.content_of(one.digest)
    except Damaged:
        raise Http404("This recording cannot be played.") from None
    return part_of(content, KINDS[one.kind].media_type, request.headers.get("range", ""), STRICT)


def as_download(user: User, one: Document, content: bytes) -> HttpResponse:
    """A document as a file to keep, named as this reader may read it: nothing that a browser opens by itself."""
    response = HttpResponse(content, content_type=KINDS[one.kind].media_type, headers=STRICT)
    response["Content-Disposition"] = content_disposition_header(True, name_for(user, one))
    patch_cache_control(response, no_store=True, private=True)
    return response


@reads
def content(request: HttpRequest, case_id: int, document_id: int) -> HttpResponseBase:
    """The file itself."""
    one, back = found(request, case_id, document_id), reverse("case-documents", args=[case_id])
    if not takes_file(person(request), one):
        return refusal(request, PARTED, back)
    if request.method == "HEAD":
        return as_download(person(request), one, b"")
    takes_away(request)
    try:
        return as_download(person(request), one, document_downloaded(by=person(request), document=one))
    except Damaged as error:
        return refusal(request, Refused("damaged", f"{error} Tell an administrator."), back)
