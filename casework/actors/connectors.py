"""How does an administrator bring a connector in, from a file or a description of a system, and try it out before?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from casework.access import permissions
from casework.actors.capability_names import capability_names, declared_capability
from casework.web.decorators import person, reads_and_writes, writes
from orchestration.actors.card import card_of
from orchestration.actors.connectors import Wanted, connector_register, connector_try, health_of
from orchestration.actors.contract import version_of
from orchestration.actors.kinds.declared import FILE_KINDS, file_faults
from orchestration.actors.kinds.files import FileRefused, read_file
from orchestration.actors.kinds.http_connector.fitted import fitted
from orchestration.actors.kinds.http_connector.openapi import OpenApi, Operation, draft, example_text
from orchestration.actors.kinds.soap.wsdl import SoapOperation, Wsdl
from orchestration.actors.kinds.sql.drafting import SqlStatement, drafted, is_statement, operations_of
from orchestration.ground.refusals import Refused
from orchestration.models import Actor

Json = Any
Described = Operation | SoapOperation | SqlStatement
FIELDS: Final = ("kind", "key", "name", "owner", "text", "input")
LONGEST: Final = {"text": 200_000, "document": 2_000_000}
SHORT: Final = 200
NO_OPERATION: Final = (
    "No operation that can be called stands in this document. What it refers to by an import has to stand in it."
)


@reads_and_writes
def connector_new(request: HttpRequest) -> HttpResponse:
    """Paste or upload a file; check it, try it out, or register it as a version of an actor."""
    _may_change(request)
    if request.method != "POST":
        return _page(request, _begun(request))
    given = _given(request)
    kind, content = given["kind"], given["text"].encode()
    faults = file_faults(kind, content)
    if faults:
        return _page(request, given, status=400, faults=faults)
    if not given["input"].strip():
        given["input"] = example_text(read_file(content).get("input", {}))
    match request.POST.get("do"):
        case "try":
            return _tried(request, given, content)
        case "register":
            return _registered(request, given, content)
    return _page(request, given, sound=True)


def _begun(request: HttpRequest) -> dict[str, str]:
    """An empty form, or that of an actor whose file is to be changed."""
    given = dict.fromkeys(FIELDS, "") | {"kind": "http"}
    actor = Actor.objects.filter(key=request.GET.get("actor", ""), kind__in=FILE_KINDS).first()
    if actor is None:
        return given
    version = actor.versions.order_by("-created", "-pk").first()
    text = "" if version is None else bytes(version.artefact).decode("utf-8", "replace")
    return given | {"kind": actor.kind, "key": actor.key, "name": actor.name, "owner": actor.owner, "text": text}


def _given(request: HttpRequest) -> dict[str, str]:
    given = {name: request.POST.get(name, "")[: LONGEST.get(name, LONGEST["text"])] for name in FIELDS}
    given |= {name: given[name].strip()[:SHORT].replace("\0", "") for name in ("kind", "key", "name", "owner")}
    upload = request.FILES.get("file")
    if upload is not None:
        given["text"] = upload.read(LONGEST["text"] + 1).decode("utf-8", "replace")
    return given


def _tried(request: HttpRequest, given: dict[str, str], content: bytes) -> HttpResponse:
    try:
        input = json.loads(given["input"])
    except (ValueError, RecursionError):
        return _page(request, given, status=400, input_error="This is no JSON.")
    actor = Actor.objects.filter(key=given["key"]).first()
    card = card_of(FILE_KINDS[given["kind"]].card if actor is None else actor.card)
    tried = connector_try(given["kind"], content, input, card, permissions.origin_of(person(request)))
    output = None if tried.output is None else json.dumps(tried.output, indent=2, ensure_ascii=False)
    return _page(request, given, sound=True, tried=tried, output=output)


def _registered(request: HttpRequest, given: dict[str, str], content: bytes) -> HttpResponse:
    use = request.POST.get("use") == "yes" and not settings.SECOND_PERSON
    wanted = Wanted(given["kind"], given["key"], content, given["name"], given["owner"], use=use)
    outcome = connector_register(wanted, permissions.origin_of(person(request)))
    if isinstance(outcome, Refused):
        return _page(request, given, status=409, sound=True, refused=outcome)
    at_work = "at work from the next job on" if outcome.active else "registered, and not at work yet"
    if settings.SECOND_PERSON and not outcome.active:
        at_work += ": somebody else takes it on"
    messages.success(request, f"Version {outcome.version} of {outcome.actor.name} is {at_work}.")
    return redirect("actor", outcome.actor.key)


def _page(request: HttpRequest, given: dict[str, str], *, status: int = 200, **more: Any) -> HttpResponse:
    kinds = [(kind, one.words) for kind, one in FILE_KINDS.items()]
    version = version_of(given["text"].encode()) if more.get("sound") else ""
    context = {"given": given, "kinds": kinds, "version": version, **more}
    return render(request, "actors/connector.html", context, status=status)


# ---------------------------------------------------------------- from an OpenAPI document, a WSDL or a statement


@reads_and_writes
def connector_openapi(request: HttpRequest) -> HttpResponse:
    """Paste or upload a description, choose an operation: its draft is shown on the page for files."""
    _may_change(request)
    if request.method != "POST":
        return _openapi(request, "")
    upload = request.FILES.get("file")
    most = LONGEST["document"]
    text = (
        request.POST.get("document", "")[:most] if upload is None else upload.read(most + 1).decode("utf-8", "replace")
    )
    try:
        kind, operations, drafts = _described(text)
        if not operations:
            raise FileRefused([NO_OPERATION])
        chosen = next((one for one in operations if one.name == request.POST.get("operation")), None)
        if chosen is None:
            return _openapi(request, text, operations=operations, is_sql=kind == "sql")
        base, capability = (request.POST.get(name, "").strip()[:SHORT] for name in ("base", "capability"))
        file = drafts(chosen, capability or "call-" + chosen.method, base)
        if kind == "http" and (contract := declared_capability(capability)) is not None:
            file = fitted(file, contract)
    except FileRefused as refused:
        return _openapi(request, text, faults=refused.faults, status=400)
    except (KeyError, TypeError, AttributeError, ValueError):
        return _openapi(request, text, faults=["The document is not as OpenAPI or WSDL says."], status=400)
    return drafted_page(request, kind, file, chosen.name)


def _described(text: str) -> tuple[str, Sequence[Described], Callable[..., str]]:
    """The kind of connector that a description is for, its operations, and what drafts one of them. XML is a WSDL,
    what begins as a statement does is SQL.

    Raises FileRefused, and what a document that is not sound leads to.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        wsdl = Wsdl(text.lstrip("\ufeff \t\r\n").encode())
        return "soap", wsdl.operations(), wsdl.draft
    if is_statement(text):
        return "sql", operations_of(text), partial(drafted, text)
    api = OpenApi(text.encode())
    return "http", api.operations(), partial(draft, api)


def drafted_page(request: HttpRequest, kind: str, text: str, source: str) -> HttpResponse:
    """The page for files with a file that was drafted, to be looked through."""
    given = dict.fromkeys(FIELDS, "") | {"kind": kind, "text": text}
    return _page(request, given, faults=file_faults(kind, text.encode()), drafted=source)


def _openapi(request: HttpRequest, text: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"document": text, "capabilities": capability_names() if "operations" in more else {}, **more}
    return render(request, "actors/openapi.html", context, status=status)


# ---------------------------------------------------------------- is it there?


@writes
def actor_health(request: HttpRequest, key: str) -> HttpResponse:
    """Ask now whether what an actor depends on can be reached."""
    _may_change(request)
    actor = get_object_or_404(Actor, key=key)
    said = health_of(actor)
    if said is None:
        messages.info(request, f"{actor.name} depends on nothing that could be asked, or has no version in use.")
    elif said:
        messages.error(request, f"{actor.name}: {said}")
    else:
        messages.success(request, f"{actor.name} can be reached.")
    return redirect("actor", key)


def _may_change(request: HttpRequest) -> None:
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators bring connectors in.")
