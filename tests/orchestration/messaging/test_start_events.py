"""A message or signal begins the processes that say so, each a case that people find, and each once."""

from __future__ import annotations

import orjson
import pytest

from casework.models import Case
from orchestration import tasks
from orchestration.engine.commands import StartProcess
from orchestration.ground import clock
from orchestration.models import Definition, HumanTask, Instance, Outbox
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed

pytestmark = pytest.mark.django_db


@pytest.fixture
def returns(db: None) -> Definition:
    return deployed("returns.bpmn", root="return")


def thrown(definition: Definition, kind: str, name: str) -> None:
    """Some case has thrown this; a worker brings it, and by mistake once more."""
    sender = services.start(definition, StartProcess("return"), TEST)
    assert isinstance(sender, Done)
    Outbox.objects.create(
        sender_id=sender.instance, kind=kind, name=name, variables=orjson.dumps({"number": "R-1"}),
        created=clock.utc_now(),
    )  # fmt: skip
    tasks.deliver_outbox()
    tasks.deliver_outbox()


def test_a_message_that_nobody_waits_for_begins_one_case(returns: Definition) -> None:
    thrown(returns, "message", "parcel came back")
    case = Case.objects.get()
    assert (case.source, case.closed) == ("message", False)
    assert HumanTask.objects.get(instance=case.instance_id).name == "Unpack it"
    assert verify(Instance.objects.get(pk=case.instance_id)).ok


def test_a_signal_begins_its_process(returns: Definition) -> None:
    thrown(returns, "signal", "recall")
    assert HumanTask.objects.get(instance=Case.objects.get().instance_id).name == "Check the stock"


def test_only_the_newest_version_begins(returns: Definition) -> None:
    files = {**returns.files, "manifest.yaml": returns.files["manifest.yaml"].replace("A trial", "A newer trial")}
    from orchestration.casetypes.deployment import Published, deploy

    newer = deploy(files, TEST)
    assert isinstance(newer, Published)
    thrown(returns, "message", "parcel came back")
    assert Case.objects.get().instance.definition == newer.definition


def test_a_case_type_that_cannot_be_read_does_not_keep_another_from_beginning(returns: Definition) -> None:
    Definition.objects.create(
        key="a_broken_one", version=1, name="Broken", content_hash="", files={}, deployed_at=clock.utc_now()
    )
    thrown(returns, "message", "parcel came back")
    assert Case.objects.get().source == "message"


def test_what_no_process_knows_begins_nothing(returns: Definition) -> None:
    thrown(returns, "message", "something else")
    assert not Case.objects.exists() and not Outbox.objects.filter(delivered=None).exists()
