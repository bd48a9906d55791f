"""Which calls read the documents of a case and add to them?"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers as s
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions, trail
from casework.actors.ledger.csv_file import csv_answer
from casework.cases import services as cases
from casework.cases.api import requests, shapes
from casework.cases.api.rendering import person
from casework.cases.read.actor_names import actor_names
from casework.cases.read.case_view import look
from casework.documents.labels import COLUMNS, labels_of
from casework.documents.models import Document
from casework.documents.read import document_for_user, documents_of, listed
from casework.documents.services import document_add, document_downloaded
from casework.documents.sight import files_given, takes_file
from casework.documents.viewer import viewer
from casework.documents.views import PARTED, as_download
from casework.models import Case
from casework.web.api.docs import described
from casework.web.api.errors import refusal
from orchestration.documents.kinds import LARGEST, MB
from orchestration.documents.store import Damaged
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.privacy.classification import LEVELS


class DocumentShape(shapes.Shape):
    id = s.IntegerField()
    hidden = s.BooleanField(help_text="You may know that it is there, and no more: name and content are not yours.")
    name = s.CharField()
    digest = s.CharField(help_text="SHA-256 of the content, as the history has it.")
    size = s.IntegerField(help_text="Bytes.")
    kind = s.CharField(help_text="Told from the content.")
    pages = s.IntegerField()
    level = s.ChoiceField(choices=LEVELS)
    purposes = s.ListField(child=s.CharField(), help_text="For these alone it is read; none: for any.")
    added = s.DateTimeField()
    by = s.CharField()


class FieldFound(shapes.Shape):
    name = s.CharField()
    value = s.CharField(help_text="As it was read, or as a person has corrected it.")
    sure = s.FloatField()
    page = s.IntegerField()
    state = s.CharField(help_text="`found`, `accepted` or `corrected`.")


class DocumentInFull(DocumentShape):
    reading = s.CharField(help_text="`waiting`, `reading`, `read` or `failed`.")
    how_far = s.CharField(help_text="How far it is read, as a sentence; empty where it could not be.")
    said = s.CharField(help_text="Why it could not be read.")
    fields_found = FieldFound(many=True)
    file_given = s.BooleanField(help_text="Whether you get the file; otherwise `content/` answers 409.")


class DocumentList(s.Serializer[object]):
    results = DocumentShape(many=True)


class DocumentAdded(shapes.Shape):
    id = s.IntegerField()
    digest = s.CharField(help_text="SHA-256 of the content, as the history has it.")
    created = s.BooleanField(help_text="False where this content was in the case before.")


class DocumentSent(requests.Sent):
    file = s.FileField(help_text=f"At most {LARGEST // MB} MB; its kind is told from its content.", max_length=500)
    level = s.ChoiceField(choices=LEVELS, required=False, default="", help_text="Left out: as the case type says.")


class LabelShape(shapes.Shape):
    document = s.IntegerField()
    digest = s.CharField(help_text="SHA-256 of the document.")
    kind = s.CharField()
    page = s.IntegerField()
    box = s.ListField(child=s.FloatField(), help_text="Left, upper, right, lower edge as fractions of the page.")
    field = s.CharField()
    found = s.CharField(help_text="As it was read.")
    sure = s.FloatField()
    finder = s.CharField(help_text="What found it, and in which version.")
    state = s.CharField(help_text="`accepted` or `corrected`.")
    right = s.CharField(help_text="What a person says that it is.")
    in_case = s.CharField(help_text="What stands in the data of the case now, where the field is read for it.")


class LabelList(s.Serializer[object]):
    results = LabelShape(many=True)
    following = s.IntegerField(help_text="`after` of the next page; 0 on the last.")


class LabelsWanted(requests.Sent):
    after = s.IntegerField(required=False, default=0, min_value=0)
    form = s.ChoiceField(choices=("json", "csv"), required=False, default="json", help_text="`csv`: a file.")


class LabelsView(APIView):
    @described(
        "Export what people made of documents", {200: LabelList, (200, "text/csv"): OpenApiTypes.STR}, 400,
        parameters=[LabelsWanted],
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponseBase:
        """Labelled data for what reads: each field that somebody accepted or corrected, of what you may see.
        A page at a time; as CSV safe to open in a spreadsheet."""
        given = LabelsWanted.query(request)
        trail.list_read(request, "document-labels")
        found = labels_of(person(request), given["after"])
        if given["form"] == "csv":
            return csv_answer([COLUMNS, *(one.cells() for one in found.rows)], "document-labels")
        return Response(LabelList({"results": found.rows, "following": found.following}).data)


class TheFile(DefaultContentNegotiation):
    """The file is what it is, whatever a client says that it accepts; errors are JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


def _found(request: Request, case: int, document: int) -> Document:
    by = person(request)
    return document_for_user(by, permissions.case_for_user(by, case, "view"), document)


class DocumentsView(APIView):
    parser_classes = [MultiPartParser]

    @described("List a case's documents", {200: DocumentList}, 404)
    def get(self, request: Request, case: int) -> Response:
        """The newest first. Of what is above your clearance, or for other purposes, you read that it is there."""
        by = person(request)
        found = permissions.case_for_user(by, case, "view")
        cases.case_viewed(by=by, case=found)
        seen = look(user=by, case=found, now=clock.utc_now(), most=1)
        return Response(DocumentList({"results": documents_of(seen)}).data)

    @described(
        "Add a document", {201: DocumentAdded, 200: DocumentAdded}, 400, 403, 404, 409,
        request={"multipart/form-data": DocumentSent},
    )  # fmt: skip
    def post(self, request: Request, case: int) -> Response:
        """A file, as multipart/form-data. Who sent the case in may add to it, too. The same content twice is one."""
        by = person(request)
        found: Case = permissions.case_for_user(by, case, "reply")
        given = DocumentSent.body(request)
        file: UploadedFile[Any] = given["file"]
        outcome = document_add(by=by, case=found, name=file.name or "", content=file.read(), level=given["level"])
        if isinstance(outcome, Refused):
            return refusal(outcome)
        told = {"id": outcome.document.pk, "digest": outcome.document.digest, "created": outcome.new}
        return Response(DocumentAdded(told).data, status=201 if outcome.new else 200)


class DocumentView(APIView):
    @described("Read what a document is", {200: DocumentInFull}, 403, 404)
    def get(self, request: Request, case: int, document: int) -> Response:
        """What is known of a document and was found in it; `content/` below it is the file."""
        found = _found(request, case, document)
        seen = look(user=person(request), case=found.case, now=clock.utc_now(), most=1)
        view = viewer(seen, found, {}, user_may_work=False)
        told = DocumentShape(listed(found, seen, actor_names({found.by: True}))).data
        row = view.reading
        more = {
            "reading": row.state if row else "", "how_far": view.progress.how_far if view.progress else "",
            "said": row.said if row else "", "fields_found": view.fields,
            "file_given": bool(files_given(seen, [found.pk])),
        }  # fmt: skip
        return Response(DocumentInFull(told | more).data)


class ContentView(APIView):
    content_negotiation_class = TheFile

    @described("Download a document", {(200, "application/octet-stream"): OpenApiTypes.BINARY}, 403, 404, 409)
    def get(self, request: Request, case: int, document: int) -> Response | HttpResponse:
        """The file as it came in. That you took it is kept in the case's history. 409, code `masked`: something in it
        is not yours to see."""
        found, by = _found(request, case, document), person(request)
        if not takes_file(by, found):
            return refusal(PARTED)
        try:
            return as_download(by, found, document_downloaded(by=by, document=found))
        except Damaged as error:
            return refusal(Refused("damaged", f"{error} Tell an administrator."))
