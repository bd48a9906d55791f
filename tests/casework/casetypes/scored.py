"""What do the stories of scored cases start from? A case type as it ships, its model and its systems."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES, ensure_score
from casework.actors.shipped import ensure_shipped
from casework.models import Case
from casework.tasks.services import task_complete
from orchestration.actors.bundled import build_score, shipped_scores
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.score.schema import Schema
from orchestration.actors.kinds.score.training import Trained
from orchestration.actors.registry import register_model_version
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.shell.services import Done
from tests.casework.actions import as_seen, open_task
from tests.casework.stand_ins import Demo, know
from tests.orchestration.machines import work_jobs


@cache
def trained(folder: str) -> tuple[Schema, Trained]:
    """The score that a case type brings along, trained once."""
    (schema,) = shipped_scores(CASE_TYPES / folder / "training")
    return schema, build_score(schema)


def set_up(folder: str, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deploy a case type with its score and its connectors, which ask the stand-ins of this test."""
    know(demo.url, monkeypatch)
    split = urlsplit(demo.url)
    host_allow(str(split.hostname), split.port, private=True, origin=Origin("system:test"))
    outcome = deploy(folder_files(CASE_TYPES / folder), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    schema, score = trained(folder)
    ensure_score(schema)
    register_model_version(schema.name, score.version, score.artefact, score.metrics, activate=True)
    ensure_shipped(CASE_TYPES / folder / "actors")


def finish(case: Case, who: User, name: str, **answers: object) -> Case:
    """Have a person finish the open task, and machines do what follows."""
    task = open_task(case)
    assert task.name == name
    given = {path.replace("__", "."): value for path, value in answers.items()}
    outcome = task_complete(by=who, task=task, answers=given, seen_as=as_seen(who, task))
    assert isinstance(outcome, Done), outcome
    work_jobs(case.instance_id)
    return Case.objects.get(pk=case.pk)
