"""Messages and signals between cases: brought at least once, received once, and none holds up another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import AuditEvent
from orchestration import tasks
from orchestration.engine.commands import CompleteTask, ResolveIncident, Resume, StartProcess, Suspend, Terminate
from orchestration.ground.refusals import Refused
from orchestration.messaging import outbox, routing
from orchestration.models import Definition, HumanTask, Incident, Instance, Outbox, Subscription
from orchestration.shell import services
from orchestration.shell.services import Done
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.clocks import Clock
from tests.orchestration.real import at_once, real_database, real_template

__all__ = ["real_database", "real_template"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, tasks.deliver_outbox)


@pytest.fixture
def trade(db: None) -> Definition:
    return deployed("trade.bpmn", root="order")


def begin(trade: Definition, process: str, number: str | None = None) -> int:
    done = services.start(trade, StartProcess(process, {} if number is None else {"number": number}), TEST)
    assert isinstance(done, Done), done
    return done.instance


def received(instance: int) -> int:
    return AuditEvent.objects.filter(chain=instance, action="engine.SignalReceived").count()


def refusals(instance: int) -> int:
    return AuditEvent.objects.filter(chain=instance, action="command.refused").count()


def status(instance: int) -> str:
    return Instance.objects.get(pk=instance).status


def open_tasks(instance: int) -> list[str]:
    return list(HumanTask.objects.filter(instance=instance, state="open").values_list("name", flat=True))


def finish(instance: int) -> None:
    task = HumanTask.objects.get(instance=instance, state="open")
    assert isinstance(services.send(instance, CompleteTask(task.item), TEST), Done)


def all_hold() -> None:
    for instance in Instance.objects.all():
        verdict = verify(instance)
        assert verdict.ok, (instance, verdict)


def break_cases(monkeypatch: pytest.MonkeyPatch, *cases: int) -> None:
    """From now on, nothing can be done to these cases: they break with an error that nobody foresaw."""
    send = services.send

    def breaks(instance: int, *arguments: object, **named: object) -> object:
        if instance in cases:
            raise RuntimeError("this case cannot be read")
        return send(instance, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "send", breaks)


def test_a_shipment_finds_the_customer_by_its_number_and_the_receipt_finds_the_order(trade: Definition) -> None:
    other, mine = begin(trade, "customer", "7"), begin(trade, "customer", "8")
    order = begin(trade, "order", "8")
    tasks.deliver_outbox()
    assert open_tasks(mine) == ["Unpack"] and open_tasks(other) == []
    finish(mine)
    tasks.deliver_outbox()
    assert (status(mine), status(order), status(other)) == ("completed", "completed", "active")
    assert refusals(mine) == refusals(order) == refusals(other) == 0
    assert not Outbox.objects.filter(delivered=None).exists()
    all_hold()


@pytest.mark.parametrize("forged", [{"source": "system:inlet x"}, {"thread": 7}, {"hops": 1}], ids=str)
def test_a_letter_that_says_to_come_from_elsewhere_is_named(trade: Definition, forged: dict[str, object]) -> None:
    order = begin(trade, "order", "8")
    Outbox.objects.update(**forged)
    (fault,) = verify(Instance.objects.get(pk=order)).faults
    assert "of outbox 1 is not the one in the history" in fault.reason


def test_a_very_long_number_finds_its_customer_too(trade: Definition) -> None:
    other, mine = begin(trade, "customer", "7" * 399 + "8"), begin(trade, "customer", "7" * 400)
    begin(trade, "order", "7" * 400)
    tasks.deliver_outbox()
    assert open_tasks(mine) == ["Unpack"] and open_tasks(other) == []


def test_a_message_without_a_key_finds_its_receiver_by_what_it_says(db: None) -> None:
    """The sender's model knows no key; that of the receivers, another case type, reads it from the message."""
    receivers, senders = deployed("reading.bpmn", root="reader"), deployed("telling.bpmn", root="teller", key="other")
    other, mine = (begin(receivers, "reader", number) for number in ("7", "8"))
    begin(senders, "teller", "8")
    tasks.deliver_outbox()
    assert open_tasks(mine) == ["Read it"] and open_tasks(other) == []
    all_hold()


def test_of_two_that_wait_for_the_same_message_the_first_gets_it(trade: Definition) -> None:
    first, second = begin(trade, "customer", "8"), begin(trade, "customer", "8")
    begin(trade, "order", "8")
    tasks.deliver_outbox()
    tasks.deliver_outbox()
    assert open_tasks(first) == ["Unpack"] and open_tasks(second) == []


def test_a_message_that_nobody_waits_for_is_delivered_to_nobody_and_asked_about_once(trade: Definition) -> None:
    order = begin(trade, "order", "8")
    tasks.deliver_outbox()
    assert not Outbox.objects.filter(delivered=None).exists()
    late = begin(trade, "customer", "8")
    tasks.deliver_outbox()
    assert open_tasks(late) == [] and status(order) == "active"


def test_a_message_waits_while_its_receiver_is_suspended(trade: Definition) -> None:
    customer = begin(trade, "customer", "8")
    assert isinstance(services.send(customer, Suspend(), TEST), Done)
    begin(trade, "order", "8")
    for _ in range(3):
        tasks.deliver_outbox()
    assert refusals(customer) == 0 and Outbox.objects.filter(delivered=None).count() == 1
    assert isinstance(services.send(customer, Resume(), TEST), Done)
    tasks.deliver_outbox()
    assert open_tasks(customer) == ["Unpack"]
    all_hold()


def test_a_message_passes_a_terminated_receiver_by(trade: Definition) -> None:
    gone, here = begin(trade, "customer", "8"), begin(trade, "customer", "8")
    assert isinstance(services.send(gone, Terminate(), TEST), Done)
    assert not Subscription.objects.filter(instance=gone).exists()
    begin(trade, "order", "8")
    tasks.deliver_outbox()
    assert open_tasks(here) == ["Unpack"] and refusals(gone) == 0


def test_a_delivery_that_dies_before_it_is_marked_has_not_happened(trade: Definition, clock: Clock) -> None:
    """Otherwise the message would come a second time, and the second customer would get what was sent once."""
    first, second = begin(trade, "customer", "8"), begin(trade, "customer", "8")
    begin(trade, "order", "8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "bring", _delivers_and_dies)
        tasks.deliver_outbox()
    assert open_tasks(first) == [] and Outbox.objects.filter(delivered=None).count() == 1
    clock.passes(seconds=15)
    assert open_tasks(first) == ["Unpack"] and open_tasks(second) == []
    all_hold()


def _delivers_and_dies(letter: routing.Letter, post: routing.Post) -> int | None:
    assert routing.bring(letter, post) is None
    raise RuntimeError("killed before the letter is marked")


def test_a_letter_that_cannot_be_delivered_does_not_hold_up_the_next(trade: Definition, clock: Clock) -> None:
    sick, sound = begin(trade, "customer", "7"), begin(trade, "customer", "8")
    begin(trade, "order", "7")
    begin(trade, "order", "8")
    with pytest.MonkeyPatch.context() as patch:
        break_cases(patch, sick)
        tasks.deliver_outbox()
    assert open_tasks(sound) == ["Unpack"] and open_tasks(sick) == []
    clock.passes(seconds=15)
    assert open_tasks(sick) == ["Unpack"]
    all_hold()


def test_a_signal_reaches_everybody_who_listens_once(trade: Definition) -> None:
    guards = [begin(trade, "guard") for _ in range(3)]
    alarm = begin(trade, "alarm")
    tasks.deliver_outbox()
    tasks.deliver_outbox()
    assert status(alarm) == "completed"
    assert [open_tasks(guard) for guard in guards] == [["Look what burns"]] * 3
    assert [received(guard) for guard in guards] == [1, 1, 1]
    begin(trade, "alarm")
    tasks.deliver_outbox()
    assert [sorted(open_tasks(guard)) for guard in guards] == [["Call for help", "Look what burns"]] * 3
    all_hold()


def test_a_signal_passes_over_a_case_that_cannot_go_on(trade: Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    before, sick, after = (begin(trade, "guard") for _ in range(3))
    begin(trade, "alarm")
    break_cases(monkeypatch, sick)
    tasks.deliver_outbox()
    assert (received(before), received(sick), received(after)) == (1, 0, 1)
    assert not Outbox.objects.filter(delivered=None).exists()


def test_a_signal_that_nobody_hears_is_over(trade: Definition) -> None:
    begin(trade, "alarm")
    tasks.deliver_outbox()
    guard = begin(trade, "guard")
    tasks.deliver_outbox()
    assert open_tasks(guard) == [] and received(guard) == 0
    all_hold()


def test_the_sweep_finds_a_letter_whose_nudge_was_lost(trade: Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(trade, "order", "8")
    nudged: list[bool] = []
    monkeypatch.setattr(tasks, "nudge_outbox", lambda: nudged.append(True))
    tasks.sweep()
    assert nudged == [True]
    tasks.deliver_outbox()
    tasks.sweep()
    assert nudged == [True]


def test_two_workers_at_once_bring_a_letter_once(real_database: str) -> None:
    version = deployed("trade.bpmn", root="order")
    first, second = begin(version, "customer", "8"), begin(version, "customer", "8")
    begin(version, "order", "8")
    assert at_once(*[tasks.deliver_outbox] * 4) == [None] * 4
    assert (open_tasks(first), open_tasks(second)) == (["Unpack"], [])
    assert not Outbox.objects.filter(delivered=None).exists()


# -- letters that have to wait


def tries(clock: Clock, monkeypatch: pytest.MonkeyPatch, minutes: float) -> list[float]:
    """The moments, in minutes from now, at which the letter is tried, while a worker looks every fifteen seconds."""
    found, began = [], clock.now
    with pytest.MonkeyPatch.context() as patch:
        brought = outbox._brought
        patch.setattr(outbox, "_brought", lambda letter: (found.append(clock.now), brought(letter))[1])
        while clock.now < began + timedelta(minutes=minutes):
            clock.passes(seconds=15)
    return [(moment - began).total_seconds() / 60 for moment in found]


@pytest.fixture
def held(trade: Definition, clock: Clock) -> tuple[int, int]:
    """A customer who stands still, and the order whose shipment is for them."""
    customer = begin(trade, "customer", "8")
    assert isinstance(services.send(customer, Suspend(), TEST), Done)
    return customer, begin(trade, "order", "8")


def test_it_is_tried_less_and_less_often(held: tuple[int, int], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tries(clock, monkeypatch, minutes=40)
    assert found == [0.25, 0.5, 1, 2, 4, 8, 16, 26, 36]


def test_when_its_receiver_goes_on_it_arrives_at_once(held: tuple[int, int], clock: Clock) -> None:
    customer, _ = held
    for _ in range(60):
        clock.passes(minutes=1)
    assert isinstance(services.send(customer, Resume(), TEST), Done)
    clock.passes(seconds=1)
    assert open_tasks(customer) == ["Unpack"] and not Outbox.objects.filter(delivered=None).exists()


def incidents(case: int) -> list[str]:
    return list(Incident.objects.filter(instance=case, resolved=None).values_list("message", flat=True))


def wait_for_an_incident(clock: Clock) -> None:
    for _ in range(90):
        clock.passes(minutes=1)


def test_after_an_hour_a_person_finds_it_at_the_sender_s_case(held: tuple[int, int], clock: Clock) -> None:
    customer, order = held
    for _ in range(30):
        clock.passes(minutes=1)
    assert incidents(order) == []
    wait_for_an_incident(clock)
    assert incidents(order) == ["The message 'shipment' has not arrived: a case that waits for it stands still."]
    assert incidents(customer) == []
    wait_for_an_incident(clock)
    assert len(incidents(order)) == 1
    all_hold()


def test_when_it_arrives_after_all_the_incident_is_over(held: tuple[int, int], clock: Clock) -> None:
    customer, order = held
    wait_for_an_incident(clock)
    assert isinstance(services.send(customer, Resume(), TEST), Done)
    clock.passes(seconds=1)
    assert open_tasks(customer) == ["Unpack"] and incidents(order) == []
    assert Incident.objects.get(instance=order).resolution == "retry"
    all_hold()


def test_a_person_may_have_it_tried_again(held: tuple[int, int], clock: Clock) -> None:
    _, order = held
    wait_for_an_incident(clock)
    number = Incident.objects.get(instance=order).incident
    before = Outbox.objects.get().run_at
    assert isinstance(services.send(order, ResolveIncident(number), TEST), Done)
    clock.passes(seconds=1)
    letter = Outbox.objects.get()
    assert (letter.attempts, letter.incident) == (1, None) and before is not None and letter.run_at < before
    assert incidents(order) == []
    wait_for_an_incident(clock)
    assert len(incidents(order)) == 1
    all_hold()


def test_a_person_may_give_it_up(held: tuple[int, int], clock: Clock) -> None:
    customer, order = held
    wait_for_an_incident(clock)
    number = Incident.objects.get(instance=order).incident
    assert isinstance(services.send(order, ResolveIncident(number, "skip"), TEST), Done)
    clock.passes(seconds=1)
    assert not Outbox.objects.filter(delivered=None).exists()
    assert isinstance(services.send(customer, Resume(), TEST), Done)
    clock.passes(days=1)
    assert open_tasks(customer) == [] and incidents(order) == []
    all_hold()


def test_of_a_sender_that_is_over_it_is_found_at_the_case_that_stands_still(
    held: tuple[int, int], clock: Clock
) -> None:
    customer, order = held
    assert isinstance(services.send(order, Terminate(), TEST), Done)
    wait_for_an_incident(clock)
    assert len(incidents(customer)) == 1 and incidents(order) == []
    assert isinstance(services.send(customer, Resume(), TEST), Done)
    clock.passes(seconds=1)
    assert open_tasks(customer) == ["Unpack"] and incidents(customer) == []
    all_hold()


def test_of_a_sender_that_ends_meanwhile_it_is_found_there_later(held: tuple[int, int], clock: Clock) -> None:
    customer, order = held
    wait_for_an_incident(clock)
    assert isinstance(services.send(order, Terminate(), TEST), Done)
    assert incidents(order) == incidents(customer) == []
    wait_for_an_incident(clock)
    assert len(incidents(customer)) == 1
    all_hold()


def test_what_breaks_on_the_way_is_found_by_a_person_too(trade: Definition, clock: Clock) -> None:
    sick, order = begin(trade, "customer", "8"), begin(trade, "order", "8")
    with pytest.MonkeyPatch.context() as patch:
        break_cases(patch, sick)
        wait_for_an_incident(clock)
    assert incidents(order) == ["The message 'shipment' has not arrived: something went wrong on the way."]
    clock.passes(minutes=10)
    assert open_tasks(sick) == ["Unpack"] and incidents(order) == []
    all_hold()


def test_a_letter_that_its_receiver_refuses_for_now_goes_to_nobody_else(trade: Definition, clock: Clock) -> None:
    busy, other = begin(trade, "customer", "8"), begin(trade, "customer", "8")
    begin(trade, "order", "8")
    send = services.send

    def not_now(instance: int, *given: object) -> object:
        return Refused("state", "Not now.") if instance == busy else send(instance, *given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "send", not_now)
        clock.passes(seconds=1)
    assert Outbox.objects.get().attempts == 1
    clock.passes(seconds=15)
    assert (open_tasks(busy), open_tasks(other)) == (["Unpack"], [])


def test_a_clock_that_was_put_back_does_not_keep_a_letter_for_long(held: tuple[int, int], clock: Clock) -> None:
    customer, _ = held
    clock.passes(days=365)
    assert isinstance(services.send(customer, Resume(), TEST), Done)
    Outbox.objects.update(held_by=None)
    clock.passes(days=-365)
    assert open_tasks(customer) == ["Unpack"]
