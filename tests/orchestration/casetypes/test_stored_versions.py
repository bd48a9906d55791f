"""A version that was deployed once goes on running, whatever a later release has come to refuse at deployment."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from casework.actors.bundled import CASE_TYPES
from orchestration.casetypes.case_type import Faulty, by_definition, folder_files, read
from orchestration.casetypes.deployment import deploy
from orchestration.casetypes.files import content_hash
from orchestration.engine.commands import CompleteTask
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Definition, HumanTask, Instance
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, files

pytestmark = pytest.mark.django_db

REMINDER = files("reminder.bpmn", root="reminder")
COMPLAINT = folder_files(CASE_TYPES / "complaint")


def changed(given: Mapping[str, str], file: str, was: str, becomes: str) -> dict[str, str]:
    assert was in given[file], was
    return {**given, file: given[file].replace(was, becomes)}


def stored(given: Mapping[str, str]) -> Definition:
    """As an earlier release deployed it; this one would refuse it."""
    assert isinstance(deploy(given, TEST), Refused)
    return Definition.objects.create(
        key=read(given).key, version=1, name="Old", content_hash=content_hash(given), files=dict(given),
        deployed_at=clock.utc_now(),
    )  # fmt: skip


def runs(version: Definition, data: Mapping[str, str]) -> Instance:
    done = services.start(version, by_definition(version.pk).begin(data), TEST)
    assert isinstance(done, Done), done
    case = Instance.objects.get(pk=done.instance)
    assert verify(case).ok
    return case


@pytest.mark.parametrize(
    ("file", "was", "becomes"),
    [
        ("manifest.yaml", "key: trial", "colour: red\nkey: trial"),
        ("manifest.yaml", "key: trial", "key: trial\nmay_open: [Nobody]"),
        ("manifest.yaml", "name: A trial", "name: " + "A very long trial. " * 20),
        ("forms.yaml", "{}", "act: {fields: [{path: number, label: No, colour: red, widget: slider}]}"),
        ("data.schema.json", '"object"', '"object", "required": "number"'),
        ("reminder.bpmn", "</process>", '<exclusiveGateway id="nowhere"/></process>'),
        ("reminder.bpmn", "</process>", '<choreographyTask id="dance"/></process>'),
        ("reminder.bpmn", "</process>", '<callActivity id="gone" calledElement="nothing"/></process>'),
    ],
)
def test_a_process_with_a_fault_that_only_deployment_refuses(file: str, was: str, becomes: str) -> None:
    case = runs(stored(changed(REMINDER, file, was, becomes)), {"number": "1"})
    task = HumanTask.objects.get(instance=case)
    assert isinstance(services.send(case.pk, CompleteTask(task.item), TEST), Done)


@pytest.mark.parametrize(
    ("file", "was", "becomes"),
    [
        ("manifest.yaml", "label: The", "tint: red, label: The"),
        ("manifest.yaml", "fallback_group: S", "fallback_group: J"),
        ("complaint.cmmn", "</casePlanModel>", '<dance id="none"/></casePlanModel>'),
        ("complaint.cmmn", 'form="question"', 'form="kwestion"'),
    ],
)
def test_a_case_with_a_fault_that_only_deployment_refuses(file: str, was: str, becomes: str) -> None:
    case = runs(stored(changed(COMPLAINT, file, was, becomes)), {"message": "Help!"})
    assert case.status == "active" and case.jobs.count() == 2


def test_more_files_than_a_case_type_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.casetypes.files.MOST_FILES", 1)
    runs(stored(REMINDER), {"number": "1"})


@pytest.mark.parametrize(
    ("file", "was", "becomes"),
    [
        ("data.schema.json", '"confidential"', '"secret"'),
        ("data.schema.json", "{", "", ),
        ("manifest.yaml", "key: complaint", "key: [complaint"),
    ],
)  # fmt: skip
def test_what_cannot_be_masked_or_read_does_not_run(file: str, was: str, becomes: str) -> None:
    """How secret the data is must never be guessed."""
    with pytest.raises(Faulty):
        read(changed(COMPLAINT, file, was, becomes))
