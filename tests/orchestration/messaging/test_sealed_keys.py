"""Keys by which messages find who waits are kept sealed, and messages find them all the same, also older ones."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import override_settings

from casework.models import Case
from orchestration import tasks
from orchestration.engine.keys import LONGEST
from orchestration.models import Definition, Instance, Outbox, Subscription
from orchestration.shell.sealing import keys_as_kept
from orchestration.shell.verification import verify
from tests.orchestration.case_types import deployed
from tests.orchestration.messaging.test_outbox import all_hold, begin, finish, open_tasks, status
from tests.orchestration.messaging.test_registry_events import ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing")]
NUMBER = "Zqx-4711"


@pytest.fixture
def trade(db: None) -> Definition:
    return deployed("trade.bpmn", root="order")


def kept() -> list[str]:
    """The keys as they stand in the database."""
    found: list[str] = []
    for model in (Subscription, Outbox):
        with connection.cursor() as cursor:
            cursor.execute(f"select correlation from {model._meta.db_table} where correlation is not null order by id")  # noqa: S608
            found += [text for (text,) in cursor.fetchall()]
    return found


def test_a_message_finds_who_waits_by_a_key_that_the_database_does_not_say(trade: Definition) -> None:
    other, mine = begin(trade, "customer", "Zqx-4712"), begin(trade, "customer", NUMBER)
    order = begin(trade, "order", NUMBER)
    assert len(kept()) >= 3 and all(text.startswith("sealed:") for text in kept())
    assert {NUMBER, "Zqx-4712"} == {row.correlation for row in Subscription.objects.exclude(correlation=None)}
    tasks.deliver_outbox()
    assert open_tasks(mine) == ["Unpack"] and open_tasks(other) == []
    finish(mine)
    tasks.deliver_outbox()
    assert (status(mine), status(order), status(other)) == ("completed", "completed", "active")
    all_hold()


def test_an_event_finds_the_case_that_it_began_once_though_its_reference_is_sealed() -> None:
    orders = deployed("orders.bpmn", "ordered.event", root="shop")
    for number in (NUMBER, NUMBER, "A-2"):
        ordered(orders, number)
    assert Case.objects.count() == 2 and not any("Zqx" in text for text in kept())
    all_hold()


def test_another_key_than_the_one_of_the_history_is_found_sealed_or_in_clear(trade: Definition) -> None:
    case = begin(trade, "customer", NUMBER)
    for planted in ("Zqx-4712", keys_as_kept(["Zqx-4712"])[1], kept()[0] + "x"):
        with connection.cursor() as cursor:
            cursor.execute("update orchestration_subscription set correlation = %s", [planted])
        (fault,) = verify(Instance.objects.get(pk=case)).faults
        assert "the correlation key of subscription" in fault.reason


def test_who_waits_since_before_there_were_keys_is_found_and_the_migration_seals_and_opens(trade: Definition) -> None:
    migration = import_module("orchestration.migrations.0035_correlation_keys_sealed")
    with override_settings(DATA_KEY=""):
        mine = begin(trade, "customer", NUMBER)
        begin(trade, "order", NUMBER)
        assert {*kept()} == {NUMBER}
    all_hold()
    migration.seal(apps, None)
    assert [text.startswith("sealed:2:letters:") for text in kept()].count(True) >= 1
    migration.opened(apps, None)
    assert {*kept()} == {NUMBER}
    tasks.deliver_outbox()
    assert open_tasks(mine) == ["Unpack"]
    all_hold()


def test_the_longest_key_of_the_oddest_letters_has_its_place_in_the_index(trade: Definition) -> None:
    for letter in ("\x01", "\N{PILE OF POO}"):
        mine = begin(trade, "customer", letter * LONGEST)
        Subscription.objects.filter(instance=mine).update(name="\N{PILE OF POO}" * 200)
    with connection.cursor() as cursor:
        cursor.execute("reindex index subscription_lookup")
    assert Subscription.objects.filter(name="\N{PILE OF POO}" * 200).count() == 2
