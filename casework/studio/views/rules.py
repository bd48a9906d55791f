"""How does an admin read, change, try and publish rules?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from casework.access import permissions
from casework.models import Proposal
from casework.studio.decision_table_edit import (
    Draft,
    changes,
    columns,
    draft,
    edited,
    example_errors,
    examples,
    rows_from,
    tried,
)
from casework.studio.golden_decisions import Held, of_files, unseen
from casework.studio.publishing import change_propose, note_error, proposals_waiting
from casework.studio.rule_versions import TableOf, tables_by_file, versions
from casework.web.decorators import person, reads, reads_and_writes, refusal
from orchestration.casetypes.case_type import by_definition, current
from orchestration.casetypes.deployment import deploy
from orchestration.casetypes.offered import unoffered
from orchestration.ground.refusals import Refused
from orchestration.models import Actor, Definition


@reads
def rules(request: HttpRequest) -> HttpResponse:
    may_read(request)
    may_publish = permissions.may_publish(person(request))
    context = {
        "versions": versions(), "may_publish": may_publish, "proposals": proposals_waiting() if may_publish else (),
    }  # fmt: skip
    return render(request, "studio/rules/list.html", context)


@reads_and_writes
def rules_version(request: HttpRequest, definition_id: int) -> HttpResponse:
    """What a version's rules say; one that was replaced can be put back in force, as the newest version."""
    may_read(request)
    definition = get_object_or_404(Definition.objects.select_related("deployed_by"), pk=definition_id)
    if request.method == "POST":
        return _put_back(request, definition)
    context = {
        "definition": definition, "tables": tables_by_file(definition), "newest": current(definition.key),
        "may_publish": permissions.may_publish(person(request)),
    }  # fmt: skip
    return render(request, "studio/rules/version.html", context)


@reads_and_writes
def rules_edit(request: HttpRequest, definition_id: int, table_id: str) -> HttpResponse:
    """One table as a form. Every button sends the whole form, so that nothing that was typed is lost."""
    if not permissions.may_publish(person(request)):
        raise PermissionDenied("Only administrators change rules.")
    definition = get_object_or_404(Definition, pk=definition_id)
    found = _table(definition, table_id)
    do = request.POST.get("do", "")
    rows = edited(rows_from(request.POST.dict(), found.table), found.table, do) if do else list(found.table.rows)
    if definition.pk != current(definition.key).pk and do not in ("publish", "review", "try"):
        messages.info(request, "This version is not in force any more, so it is shown here and cannot be changed.")
        return redirect("rules-version", definition.pk)
    groups = frozenset(Group.objects.values_list("name", flat=True))
    actors = frozenset(Actor.objects.values_list("key", flat=True))
    made = draft(definition.files, found.file, found.table, rows, groups, actors)
    if do == "publish" and made.is_sound and (wrong := note_error(_note(request))):
        return _form(request, definition, made, note_error=wrong)
    held = of_files(definition.key, made.files) if do in ("publish", "review") and made.is_sound else None
    if do == "publish" and held is not None and not unseen(held, request.POST.get("golden", "")):
        return _published(request, definition, made)
    return _form(request, definition, made, trial=do == "try", review=do == "review", held=held)


def _put_back(request: HttpRequest, definition: Definition) -> HttpResponse:
    user, note = person(request), _note(request)
    if not permissions.may_publish(user):
        raise PermissionDenied("Only administrators change rules.")
    if wrong := note_error(note):
        messages.error(request, wrong)
        return redirect("rules-version", definition.pk)
    said = f"Version {definition.version} put back in force: {note}"[:500]
    newest = current(definition.key)
    if settings.SECOND_PERSON:
        kept = change_propose(by=user, base=newest, files=definition.files, why=said)
        return _waits(request, kept, reverse("rules-version", args=[definition.pk]))
    outcome = deploy(definition.files, permissions.origin_of(user), by=user, note=said, based_on=newest.version)
    if isinstance(outcome, Refused):
        return refusal(request, outcome, reverse("rules-version", args=[definition.pk]))
    done = f"What version {definition.version} says is in force again, as version {outcome.definition.version}."
    messages.success(request, done)
    return redirect("rules-version", outcome.definition.pk)


def may_read(request: HttpRequest) -> None:
    if not (permissions.may_publish(person(request)) or permissions.may_audit(person(request))):
        raise PermissionDenied("Rules are shown to administrators and auditors.")


def _table(definition: Definition, table_id: str) -> TableOf:
    for found in tables_by_file(definition):
        if found.table.id == table_id:
            return found
    raise Http404("This version has no such table.")


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").strip()


def _waits(request: HttpRequest, kept: Proposal | Refused, back: str) -> HttpResponse:
    if isinstance(kept, Refused):
        return refusal(request, kept, back)
    messages.success(request, "Nothing has changed yet: it waits until somebody else publishes it.")
    return redirect("model-proposal", kept.pk)


def _published(request: HttpRequest, definition: Definition, made: Draft) -> HttpResponse:
    user = person(request)
    if settings.SECOND_PERSON:
        why = f"a table of {definition.key}: {_note(request)}"
        kept = change_propose(by=user, base=definition, files=made.files, why=why)
        return _waits(request, kept, reverse("rules"))
    outcome = deploy(
        made.files, permissions.origin_of(user), by=user, note=_note(request)[:500], based_on=definition.version
    )
    if isinstance(outcome, Refused) and outcome.code == "overtaken":
        return refusal(request, outcome, reverse("rules"))
    if isinstance(outcome, Refused):
        return _form(request, definition, made, faults=tuple(outcome.errors.values()) or (outcome.message,))
    if outcome.created:
        said = f"Version {outcome.definition.version} is published. New cases follow it; running ones stay on theirs."
        messages.success(request, said)
        for _, words in unoffered(outcome.case_type):
            messages.warning(request, words)
    else:
        messages.info(request, "Nothing was changed, so there is no new version.")
    return redirect("rules-version", outcome.definition.pk)


def _form(
    request: HttpRequest, definition: Definition, made: Draft, *, trial: bool = False, review: bool = False,
    note_error: str = "", faults: tuple[str, ...] = (), held: Held | None = None,
) -> HttpResponse:  # fmt: skip
    asked = examples(by_definition(definition.pk), made.table)
    given = {each.path: request.POST.get(f"try.{each.path}", "")[:200] for each in asked}
    missing = example_errors(asked, given) if trial else {}
    outcome = tried(made, asked, given) if trial and made.is_sound and not missing else None
    changed = changes(made.table, made.rows)
    context: dict[str, Any] = {
        "definition": definition, "newest": current(definition.key), "draft": made, "columns": columns(made.table),
        "rows": [_cells(made, number) for number in range(1, len(made.rows) + 1)],
        "faults": made.faults + faults, "asked": [(each, given[each.path], missing.get(each.path)) for each in asked],
        "trial": outcome, "changes": changed, "review": review and made.is_sound,
        "note": request.POST.get("note", ""), "note_error": note_error, "wrong": len(made.wrong), "held": held,
    }  # fmt: skip
    return render(request, "studio/rules/edit.html", context, status=200 if made.is_sound and not note_error else 400)


def _cells(made: Draft, number: int) -> dict[str, Any]:
    """One rule for the template: its number and id, and each cell with its column and what is wrong with it."""
    row = made.rows[number - 1]
    texts = (*row.cells, *("",) * (len(columns(made.table)) - len(row.cells)))
    cells = [_cell(made, number, index, texts[index]) for index in range(len(columns(made.table)))]
    return {"number": number, "id": row.id, "cells": cells}


def _cell(made: Draft, number: int, index: int, text: str) -> dict[str, Any]:
    place = (number, index)
    said = {"wrong": made.wrong.get(place), "words": made.words.get(place), "doubt": made.doubts.get(place)}
    return {"name": f"r{number}.{index}", "column": columns(made.table)[index], "text": text} | said
