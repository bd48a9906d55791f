"""Events of an event registry begin cases and reach those that wait, each once, through the outbox."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from casework.models import Case
from orchestration import tasks
from orchestration.engine.commands import StartProcess
from orchestration.ground import clock
from orchestration.models import Definition, HumanTask, Instance, Outbox, Subscription
from orchestration.shell import services
from orchestration.shell.selectors import data_of
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(db: None) -> Definition:
    return deployed("orders.bpmn", "ordered.event", root="shop")


def ordered(definition: Definition, number: Any) -> int:
    """A shop sends an order; a worker brings it."""
    done = services.start(definition, StartProcess("shop", {"number": number}), TEST)
    assert isinstance(done, Done)
    tasks.deliver_outbox()
    return done.instance


def paid(sender: int, content: dict[str, Any]) -> None:
    Outbox.objects.create(
        sender_id=sender, kind="message", name="paid", variables=orjson.dumps(content), created=clock.utc_now()
    )
    tasks.deliver_outbox()


def test_an_event_begins_one_case_for_each_order_while_that_lives(orders: Definition) -> None:
    for number in ("A-1", "A-1", "A-2"):
        ordered(orders, number)
    cases = Case.objects.order_by("pk")
    assert [case.source for case in cases] == ["message", "message"]
    waiting = Subscription.objects.filter(kind="message").order_by("instance")
    assert [one.correlation for one in waiting] == ['{"number":"A-1"}', '{"number":"A-2"}']
    assert all(verify(Instance.objects.get(pk=case.instance_id)).ok for case in cases)


def test_an_event_reaches_only_the_case_that_it_is_about_and_leaves_what_is_mapped(orders: Definition) -> None:
    ordered(orders, "A-1")
    sender = ordered(orders, "A-2")
    paid(sender, {"number": "A-2", "amount": 5, "note": "x"})
    (task,) = HumanTask.objects.all()
    root = Instance.objects.get(pk=task.instance_id)
    assert data_of(root) == {"number": "A-2", "amount": 5}
    assert verify(root).ok


def test_an_event_for_nobody_is_delivered_and_begins_nothing(orders: Definition) -> None:
    sender = ordered(orders, "A-1")
    paid(sender, {"number": "B-9"})
    assert not HumanTask.objects.exists() and not Outbox.objects.filter(delivered=None).exists()


def test_what_is_no_event_file_is_refused_with_its_name() -> None:
    from orchestration.casetypes.deployment import deploy
    from tests.orchestration.case_types import files

    outcome = deploy({**files("orders.bpmn", root="shop"), "broken.event": "{}"}, TEST)
    assert "broken.event" in str(outcome)
