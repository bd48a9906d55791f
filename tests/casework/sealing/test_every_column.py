"""Which columns may hold what a restricted field says? Each is sealed, or it is said here why it need not be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import BinaryField, CharField, Field, JSONField, Model, TextField
from django.test import override_settings

from audit.db.sealed_fields import SealedBytes, SealedJSON, SealedText
from audit.services import Origin
from casework.actors.bundled import CASE_TYPES
from casework.cases.sealed_before import cases_with_texts_in_clear
from casework.documents.models import Document
from casework.documents.reading import read
from casework.erasure.places import MADE_ANEW, NO_CONTENT, _owned
from casework.models import CasePast
from orchestration.actors.hosts.register import host_allow
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.models import Instance
from tests.leaks.drive import overheard
from tests.leaks.marks import Mark, found
from tests.leaks.world import TEST, made, openable, work
from tests.orchestration.actors.connectors.server import running

NEVER_IN_CLEAR = {"casework_draft.fields": "sealed by `drafts.services`"}
NOT_OF_THE_CASE = {
    "of the model": (
        "orchestration_agentproposal.name",
        "orchestration_humantask.name",
        "orchestration_job.name",
        "orchestration_outbox.name",
        "orchestration_subscription.name",
    ),
    "of an actor's card": ("orchestration_agentproposal.price",),
    "numbers": ("orchestration_agentproposal.items",),
    "of its version": ("orchestration_agentrun.limits",),
    "of the case type": ("casework_deadlinenotice.title",),
    "the agent's own name of it": ("orchestration_agentrun.reference",),
    "a key": (
        "casework_comparison.owner",
        "casework_ownerchange.owner",
    ),
    "a keyed digest": (
        "casework_comparison.kept",
        "orchestration_actorcall.input_reference",
    ),
    "counts": ("orchestration_actorcall.usage",),
    "names of actors and rules": (
        "orchestration_actorcall.route",
        "orchestration_job.route",
    ),
    "keys of actors": ("orchestration_job.lapsed",),
    "of a list": (
        "casework_readfield.name",
        "orchestration_incident.resolution",
    ),
    "numbers of pages": ("casework_reading.pictures",),
    "where on the page": ("casework_readfield.box",),
    "paths": ("casework_comparison.differing",),
    "a digest": (
        "casework_comparison.mapping",
        "casework_ownerchange.mapping",
        "orchestration_instance.head_digest",
    ),
    "the client's own": ("casework_taskpush.name",),
}

MASKED_BEFORE = {
    "orchestration_actorcall.error", "orchestration_actorcall.verdicts", "orchestration_job.last_error",
    "orchestration_incident.message", "orchestration_lease.objection", "orchestration_lease.verdicts",
    "orchestration_lease.answer", "casework_taskpush.error", "orchestration_trial.error",
    "orchestration_trial.verdicts",
}  # fmt: skip
"""Errors, and what guardrails say: what a case holds is masked in them before they are written (`privacy.error_texts`).
The test below plants values in every field, has work fail with them, and finds none here."""
BY_WHICH_IT_IS_FOUND = {
    "casework_case.title": "made of the reference alone",
    "casework_case.reference": "the sender's own",
    "casework_barredtask.who": "who works here",
}  # fmt: skip


def _of_a_case() -> Iterator[type[Model]]:
    reached: list[type[Model]] = [Instance]
    for model in reached:
        yield model
        reached += [one.related_model for one in _owned(model) if one.related_model not in reached]


def _has_text(one: Field[object, object]) -> bool:
    return isinstance(one, CharField | TextField | JSONField | BinaryField) and not one.choices


def test_each_column_of_what_goes_with_a_case_is_sealed_or_says_why_not() -> None:
    said = {
        *NEVER_IN_CLEAR,
        *chain(*NOT_OF_THE_CASE.values()),
        *MASKED_BEFORE,
        *BY_WHICH_IT_IS_FOUND,
    }
    open_ones = set()
    for model in _of_a_case():
        for one in model._meta.concrete_fields:
            name = f"{model._meta.db_table}.{one.name}"
            kept = isinstance(one, SealedBytes | SealedText | SealedJSON) or model in {*MADE_ANEW, CasePast}
            if _has_text(one) and not kept and one.name not in NO_CONTENT:
                open_ones.add(name)
    assert (open_ones - said, said - open_ones) == (set(), set())


@pytest.mark.slow
@pytest.mark.django_db
def test_no_table_no_message_and_no_file_says_what_a_restricted_field_of_any_shipped_type_says(tmp_path: Path) -> None:
    folders = [CASE_TYPES / key for key in openable()]
    documents = {**settings.STORAGES["documents"], "OPTIONS": {"location": str(tmp_path / "documents")}}
    own = {"DATA_KEY": str(tmp_path / "data.key"), "DATA_KEYS": str(tmp_path / "keys")}
    with override_settings(STORAGES={**settings.STORAGES, "documents": documents}, **own), running() as system:
        host_allow("127.0.0.1", system.port, private=True, origin=TEST)
        for folder in folders:
            assert isinstance(deploy(folder_files(folder), Origin("system:test")), Published)
        world = made(openable())
        with overheard(world):
            for one in world.planted:
                work(world, one, system, rounds=2)
            for document in Document.objects.values_list("pk", flat=True):
                read(document)
        marks = [mark for mark in world.marks if mark.level == "restricted"]
        assert len(marks) >= 6 and {mark.place.partition(":")[0] for mark in marks} >= {"complaint", "loan", "refund"}
        assert list(_in_clear(marks)) == []
        assert cases_with_texts_in_clear() == []
        beside = {
            place: bodies for place, bodies in world.sent.items() if place in ("broker messages", "logs", "traces")
        }
        assert beside and all(found(b"\n".join(bodies), marks) == set() for bodies in beside.values())


def _in_clear(marks: list[Mark]) -> Iterator[str]:
    """Tables and files in which one of these stands, however it is written."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" t')  # noqa: S608 - of the catalogue
            body = "\n".join(row for (row,) in cursor.fetchall()).encode()
            yield from (f"{mark.place} in {table}" for mark in found(body, marks))
    files = [file for file in Path(settings.STORAGES["documents"]["OPTIONS"]["location"]).rglob("*") if file.is_file()]
    assert files
    for file in files:
        yield from (f"{mark.place} in the file {file.name}" for mark in found(file.read_bytes(), marks))
