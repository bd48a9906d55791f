"""Groups that are needed together are made as each would be by itself, and the same is told of each."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import AuditPayload, StandingChain
from audit.services import Origin
from casework.access import people
from casework.access.people import Needed, group_ensure, groups_ensure
from casework.models import GroupClearance

pytestmark = pytest.mark.django_db

US = Origin("system:test")
NEEDED = [
    Needed("Administrators", "internal", ("orchestration.publish_definition", "auth.change_user"), standing=True),
    Needed("Auditors", "internal", ("audit.verify_auditevent",), standing=True),
    Needed("Cards", "confidential"),
    Needed("Desk", "restricted", ("casework.view_case",)),
    Needed("Auditors", "public"),
]


def one_by_one() -> None:
    for each in NEEDED:
        group_ensure(name=each.name, clearance=each.clearance, rights=each.rights, origin=US, standing=each.standing)


def together() -> None:
    groups_ensure(NEEDED, US)


def there_already(*names: str, level: str = "", rights: tuple[str, ...] = ()) -> None:
    for name in names:
        group = Group.objects.create(name=name)
        group.permissions.add(*Permission.objects.filter(codename__in=rights))
        if level:
            GroupClearance.objects.create(group=group, level=level)


def outcome(of: Callable[[], None]) -> list[object]:
    """The groups, and what the control chain says came of it; undone afterwards."""
    with transaction.atomic():
        before = StandingChain.objects.get(pk=StandingChain.CONTROL).head_sequence
        of()
        told = AuditPayload.objects.filter(chain=StandingChain.CONTROL, sequence__gt=before).order_by("sequence")
        found = [
            sorted(Group.objects.values_list("name", "clearance__level", "permissions__codename")),
            [json.loads(bytes(each.body)) for each in told],
        ]
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    "before",
    [
        lambda: None,
        one_by_one,
        lambda: there_already("Cards", "Desk", "Others"),
        lambda: there_already("Cards", "Auditors", level="public"),
        lambda: there_already("Administrators", level="restricted", rights=("change_user", "reveal_case")),
        lambda: there_already("Administrators", "Auditors", rights=("verify_auditevent",)),
    ],
    ids=["nothing", "all of it", "no clearances", "other clearances", "some rights", "rights alone"],
)
def test_together_they_become_what_each_becomes_by_itself(before: Callable[[], None]) -> None:
    before()
    alone = outcome(one_by_one)
    assert outcome(together) == alone
    together()
    assert outcome(together)[1] == []  # and what is there is left alone


def test_whoever_loses_a_race_for_one_of_them_makes_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = outcome(one_by_one)

    def lost(wanted: object) -> list:
        raise IntegrityError("somebody was faster")

    monkeypatch.setattr(people, "_all_ensured", lost)
    assert outcome(together) == alone


def test_many_cost_no_more_statements_than_one() -> None:
    def statements(number: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            groups_ensure([Needed(f"{number} {at}", "internal", ("casework.view_case",)) for at in range(number)], US)
        return len(seen)

    assert statements(30) == statements(1)


def test_a_right_that_is_none_is_refused() -> None:
    with pytest.raises(Permission.DoesNotExist):
        groups_ensure([Needed("Cards", "internal", ("casework.no_such_right",))], US)
