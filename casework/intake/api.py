"""Which calls bring cases in, and find them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from django.contrib.auth.models import User
from rest_framework import serializers as s
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.access import permissions, trail
from casework.access.client_models import ServicePrincipal
from casework.cases.api import requests, shapes
from casework.cases.api.examples import BROUGHT, CASES, NEW_CASE, RECEIPT
from casework.cases.api.rendering import person
from casework.cases.listing_place import CasesPlace
from casework.cases.read.case_list import case_list
from casework.cases.read.grouped import groupings_of_cases
from casework.documents.services import File, file_of
from casework.intake.addressed import unit_of_mail
from casework.intake.fields import field_errors
from casework.intake.samples import may_start, samples_open
from casework.intake.services import case_open
from casework.lists.api import saved_alone, without_fault
from casework.lists.asked import given_filters, is_filter
from casework.lists.choosable import choosable
from casework.lists.columns import Column, chosen
from casework.lists.state import CASES as LIST_OF_CASES
from casework.web.api.docs import described, example
from casework.web.api.errors import error, refusal
from orchestration.casetypes.case_type import CaseType, by_definition, current
from orchestration.documents.kinds import LARGEST, MB
from orchestration.documents.store import digest_of
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition

NOT_DEPLOYED: Final = {"case_type": "This case type is not deployed."}
MAY_NOT: Final = "You may not bring in cases of this type. An administrator can give you the right."


class CasesView(APIView):
    @described(
        "Find cases", {200: shapes.CaseList}, 400, 404, parameters=[requests.CaseFilter],
        examples=(example("One case", CASES, "200"),),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The cases that you may see, newest first.

        Filters on the fields that case types list come beside these, by their dotted places, as for tasks:
        `is.channel=web`, `from.amount=500`, `to.received=2026-11-29`, `begins.purchase.receipt=A-`, `tag=vip`, and
        `is.@unit=north`: a business unit with what is below it. A field that you may not read, or that is not there, is
        refused.
        """
        given = requests.CaseFilter.query_with(request, is_filter)
        trail.list_read(request, "cases")
        columns, by_what = choosable(person(request), groupings_of_cases)
        place = _saved(request, given["view"], columns) if given["view"] else _place(request, given)
        sought = without_fault(place.filters, place.sort, columns)
        page = case_list(
            user=person(request), now=clock.utc_now(), reference=place.reference, kind=place.kind,
            state=place.state_name, which=place.which, after=given["after"], limit=given["limit"],
            asked=replace(sought, within=place.asked(columns, by_what).within), columns=chosen(columns, place.columns),
        )  # fmt: skip
        return Response(shapes.CaseList(page).data)

    @described(
        "Bring a case in", {201: shapes.Receipt, 200: shapes.Receipt}, 400, 403, 409, request=requests.NewCase,
        examples=(
            example("A complaint", NEW_CASE, request=True),
            example("It is there now", RECEIPT, "201"),
            example("It was there already", RECEIPT | {"created": False}, "200"),
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Idempotent: send the same `source`, `reference` and `data` again when you are not sure that they arrived.
        Other data under a reference that is there changes nothing and is answered with 409, code `clash`."""
        given = requests.NewCase.body(request)
        return brought_in(person(request), **given)


class FromDocument(requests.Sent):
    case_type = s.CharField(max_length=64)
    file = s.FileField(help_text=f"At most {LARGEST // MB} MB; its kind is told from its content.", max_length=500)
    reference = s.CharField(
        required=False, default="", max_length=100,
        help_text="The sender's own. Left out: told from the content, so that the same file twice is one case.",
    )  # fmt: skip
    source = s.CharField(required=False, default="", max_length=requests.SOURCE_MOST)  # type: ignore[assignment]


class DocumentsView(APIView):
    parser_classes = [MultiPartParser]

    @described(
        "Bring a case in with its document", {201: shapes.Receipt, 200: shapes.Receipt}, 400, 403, 409,
        request={"multipart/form-data": FromDocument},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A file, as multipart/form-data, of a case type that begins with one: an invoice, or the e-mail that it came
        with. Idempotent as any other case that is brought in."""
        given = FromDocument.body(request)
        content = given["file"].read()
        file = file_of(given["file"].name or "", content)
        if isinstance(file, Refused):
            return refusal(file)
        reference = given["reference"] or digest_of(content)[:32]
        return brought_in(person(request), given["case_type"], reference, {}, given["source"], file)


class SamplesView(APIView):
    @described(
        "Start a case type with its samples", {200: shapes.Brought}, 400, 403, 409, request=requests.OfCaseType,
        examples=(example("The refunds", {"case_type": "refund"}, request=True), example("Eight", BROUGHT, "200")),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The rows of the samples in the newest version become cases, each once, with the source `sample`. Where `more`
        is true, the time of one request was over: send it again to go on. 409, code `off`: samples are not offered."""
        case_type = _case_type(requests.OfCaseType.body(request)["case_type"])
        if case_type is None:
            return error(400, "invalid", "There is no such case type.", NOT_DEPLOYED)
        if not may_start(person(request), case_type):
            return error(403, "denied", MAY_NOT)
        outcome = samples_open(by=person(request), case_type=case_type)
        return refusal(outcome) if isinstance(outcome, Refused) else Response(asdict(outcome))


def _case_type(key: str) -> CaseType | None:
    try:
        return by_definition(current(key).pk)
    except Definition.DoesNotExist:
        return None


def _place(request: Request, given: dict[str, Any]) -> CasesPlace:
    """The list that a call asks for itself."""
    return CasesPlace(
        which={None: "all", True: "closed", False: "open"}[given["closed"]], reference=given["reference"],
        kind=given["kind"], state_name=given["state"], sort=given["sort"],
        columns=tuple(given["columns"].split(",")), filters=given_filters(request.query_params.lists()),
    )  # fmt: skip


def _saved(request: Request, number: int, columns: Sequence[Column]) -> CasesPlace:
    """The list that a saved view keeps. Raises Http404, or ValidationError where more is asked for beside it."""
    return CasesPlace.of(saved_alone(request, number, LIST_OF_CASES, columns).asked)


def brought_in(
    by: User, case_type: str, reference: str, data: dict[str, Any], source: str = "", file: File | None = None
) -> Response:
    """A case by a program's call, as its receipt; or why not."""
    model = _case_type(case_type)
    if model is None:
        return error(400, "invalid", "There is no such case type.", NOT_DEPLOYED)
    if not permissions.may_open(by, model):
        return error(403, "denied", MAY_NOT)
    source = source or permissions.own_source(by)
    errors = {"data." + path: sentence for path, sentence in field_errors(data, model.intake).items()}
    if len(source) > requests.SOURCE_MOST:
        errors["source"] = f"Give a source of at most {requests.SOURCE_MOST} characters."
    elif not permissions.may_send_as(by, source):
        own = permissions.own_source(by)
        errors["source"] = f"Yours is {own}; for a system that you speak for, put its name behind it: {own}/branch-12."
    if errors:
        return error(400, "invalid", "This could not be taken in. Correct it and send it again.", errors)
    unit = unit_of_mail(file) if file is not None and ServicePrincipal.objects.filter(person=by).exists() else ""
    outcome = case_open(by=by, case_type=case_type, reference=reference, source=source, data=data, file=file, unit=unit)
    if isinstance(outcome, Refused):
        return refusal(outcome, "data.")
    receipt = {name: getattr(outcome.case, name) for name in ("id", "case_type", "reference", "source")}
    return Response(receipt | {"created": outcome.created}, status=201 if outcome.created else 200)
