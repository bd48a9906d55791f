"""How does an admin look at models, take them away as a file, and bring changed ones in?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import permissions, trail
from casework.models import Proposal
from casework.studio import publishing
from casework.studio.golden_decisions import NOTHING, Held, of_files, unseen
from casework.studio.model_overview import overview
from casework.studio.outlines import drafted
from casework.studio.publishing import needs_another, note_error
from casework.studio.rule_versions import newest_versions
from casework.studio.upload_archive import MOST_UNPACKED, MOST_UPLOADED, zipped
from casework.web.decorators import person, reads, reads_and_writes, refusal
from casework.web.taking_away import takes_away
from orchestration.casetypes.case_type import Faulty, current
from orchestration.casetypes.files import READ
from orchestration.casetypes.offered import unoffered
from orchestration.ground.refusals import Refused
from orchestration.modelling.picture import pictures_of
from orchestration.models import Definition


@reads
def models(request: HttpRequest, definition_id: int) -> HttpResponse:
    definition = _definition(request, definition_id)
    context = {
        "definition": definition, "newest": current(definition.key), "overview": overview(definition),
        "may_publish": permissions.may_publish(person(request)), "pictures": pictures_of(definition.files),
    }  # fmt: skip
    return render(request, "studio/models/version.html", context)


@reads
def download(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The version as a zip of its files, as they were deployed."""
    definition = _definition(request, definition_id)
    takes_away(request)
    trail.downloaded(request, str(definition))
    response = HttpResponse(zipped(definition.files), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{definition.key}-v{definition.version}.zip"'
    return response


@reads_and_writes
def model_import(request: HttpRequest) -> HttpResponse:
    """Choose a file; what is wrong in it is shown here, what can be published on a page of its own."""
    _may_publish(request, "upload models")
    belongs_to = request.POST.get("belongs_to", request.GET.get("type", ""))[:64].replace("\0", "")
    if request.method != "POST":
        return _form(request, belongs_to)
    upload = request.FILES.get("file")
    if upload is None:
        return _form(request, belongs_to, file_error="Choose a file.")
    outcome = publishing.proposal_make(
        by=person(request), name=upload.name or "", content=upload.read(), belongs_to=belongs_to
    )
    if isinstance(outcome, Refused):
        return _form(request, belongs_to, faults=publishing.faults_of(outcome), source=upload.name)
    return redirect("model-proposal", outcome.pk)


@reads_and_writes
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """What an upload would change, and the button that puts it in force."""
    _may_publish(request, "publish models")
    found = get_object_or_404(Proposal.objects.select_related("by"), pk=proposal_id)
    do = request.POST.get("do", "")
    if do == "discard":
        publishing.proposal_discard(by=person(request), proposal=found)
        messages.info(request, f"{found.source} was discarded. Nothing has changed.")
        return redirect("rules")
    if do == "publish":
        return _published(request, found)
    return _review(request, found)


def _published(request: HttpRequest, found: Proposal) -> HttpResponse:
    note = request.POST.get("note", "").strip()
    if not note_error(note) and unseen(_held(found), request.POST.get("golden", "")):
        return _review(request, found)
    outcome = publishing.proposal_publish(by=person(request), proposal=found, note=note)
    if isinstance(outcome, Refused) and outcome.code == "invalid":
        return _review(request, found, note_error=outcome.message)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("model-import"))
    if outcome.created:
        said = f"Version {outcome.definition.version} is published. New cases follow it; running ones stay on theirs."
        messages.success(request, said)
        for _, words in unoffered(outcome.case_type):
            messages.warning(request, words)
    else:
        messages.info(request, "Nothing was changed, so there is no new version.")
    return redirect("models", outcome.definition.pk)


def _review(request: HttpRequest, found: Proposal, note_error: str = "") -> HttpResponse:
    try:
        review = publishing.proposal_review(found)
    except Faulty as wrong:
        return refusal(request, Refused("faulty", " ".join(wrong.faults)), reverse("model-import"))
    context: dict[str, Any] = {
        "review": review, "note": request.POST.get("note", ""), "note_error": note_error,
        "held": _held(found), "drafted": drafted(found), "pictures": pictures_of(found.files),
        "needs_another": needs_another(person(request), found),
    }  # fmt: skip
    return render(request, "studio/models/review.html", context, status=400 if note_error else 200)


def _held(found: Proposal) -> Held:
    """What golden cases say of it; nothing where a later release cannot read it, which publishing then says."""
    try:
        return of_files(found.key, found.files)
    except Faulty:
        return NOTHING


def _form(request: HttpRequest, belongs_to: str, file_error: str = "", **more: Any) -> HttpResponse:
    context = {
        "types": newest_versions(), "belongs_to": belongs_to, "file_error": file_error,
        "most": MOST_UPLOADED // 2**20, "most_unpacked": MOST_UNPACKED // 2**20, "suffixes": READ, **more,
    }  # fmt: skip
    return render(request, "studio/models/import.html", context, status=400 if file_error or more else 200)


def _definition(request: HttpRequest, definition_id: int) -> Definition:
    user = person(request)
    if not (permissions.may_publish(user) or permissions.may_audit(user)):
        raise PermissionDenied("Models are shown to administrators and auditors.")
    return get_object_or_404(Definition.objects.select_related("deployed_by"), pk=definition_id)


def _may_publish(request: HttpRequest, what: str) -> None:
    user = person(request)
    if not permissions.may_publish(user):
        raise PermissionDenied(f"Only administrators {what}.")
