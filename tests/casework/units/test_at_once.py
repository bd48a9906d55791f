"""Two who change units at one moment: one after the other, and who comes too late is told so."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection

from audit.services import Origin
from casework.access import units
from casework.access.unit_models import BusinessUnit, HomeUnit
from casework.actors.bundled import CASE_TYPES
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.people import unit_services as services
from casework.people.models import RightsProposal
from casework.people.read import group_version, person_version
from casework.people.second_person import proposal_decide, proposal_make
from casework.people.services import group_change, person_groups
from casework.tasks.handing_over import case_hand_over
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground.refusals import Refused
from tests.orchestration.case_types import TEST
from tests.orchestration.real import at_once, real_database, real_template

__all__ = ["real_database", "real_template"]

pytestmark = pytest.mark.django_db
BY = Origin("system:test")
WHY = "At one moment"


@pytest.fixture
def ada(real_database: str) -> User:
    return User.objects.create_superuser("ada")


def made(key: str, parent: BusinessUnit | None = None) -> BusinessUnit:
    return units.unit_make(key=key, name=key.title(), parent=parent, origin=BY)


def make(ada: User, key: str, name: str, parent: str = "") -> Callable[[], object]:
    return lambda: services.unit_make(by=ada, key=key, name=name, parent=parent, reason=WHY)


def remove(ada: User, unit: BusinessUnit) -> Callable[[], object]:
    return lambda: services.unit_remove(by=ada, unit=unit, reason=WHY)


def refused(outcomes: list[object]) -> list[Refused]:
    """What was refused; nothing may crash."""
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    return [one for one in outcomes if isinstance(one, Refused)]


def test_of_four_who_make_one_unit_at_once_one_does(ada: User) -> None:
    for number in range(2):
        key = f"same-{number}"
        lost = refused(at_once(*(make(ada, key, f"Key {number} {n}") for n in range(4))))
        assert [set(one.errors) for one in lost] == [{"key"}] * 3
        name = f"Name {number}"
        lost = refused(at_once(*(make(ada, f"n-{number}-{n}", name.upper() if n else name) for n in range(4))))
        assert [set(one.errors) for one in lost] == [{"name"}] * 3
        assert BusinessUnit.objects.filter(name__iexact=name).count() == 1


def test_the_database_itself_keeps_a_second_unit_of_a_name_out(ada: User) -> None:
    made("north")
    with pytest.raises(IntegrityError):
        units.unit_make(key="other", name="nORTH", parent=None, origin=BY)


def test_two_units_of_one_name_from_before_stay_and_a_third_does_not_come(ada: User) -> None:
    migration = import_module("casework.migrations.0050_unit_names")
    with connection.cursor() as cursor:
        cursor.execute("drop index casework_unit_name_once")
    for key in ("one", "two"):
        units.unit_make(key=key, name="Twin", parent=None, origin=BY)
    migration.hold_names(None, SimpleNamespace(connection=connection))
    assert BusinessUnit.objects.filter(name="Twin").count() == 2
    with pytest.raises(IntegrityError):
        units.unit_make(key="three", name="TWIN", parent=None, origin=BY)


def test_a_unit_is_taken_away_or_something_comes_to_it_and_never_both(ada: User) -> None:
    for number in range(3):
        home, below, moved, other = (made(f"{word}-{number}") for word in ("home", "below", "moved", "other"))
        nora = User.objects.create_user(f"nora{number}")
        lost = refused(
            at_once(
                remove(ada, home),
                lambda nora=nora, home=home: services.person_home(by=ada, user=nora, unit=home.key, reason=WHY),  # type: ignore[misc]
                remove(ada, below),
                make(ada, f"part-{number}", f"Part {number}", below.key),
                remove(ada, other),
                lambda moved=moved, other=other: services.unit_move(by=ada, unit=moved, parent=other.key, reason=WHY),  # type: ignore[misc]
            )
        )
        assert len(lost) == 3
        assert {one.code for one in lost} <= {"in-use", "invalid", "gone"}
        there = set(BusinessUnit.objects.values_list("key", flat=True))
        assert HomeUnit.objects.filter(person=nora).exists() == (home.key in there)
        assert (f"part-{number}" in there) == (below.key in there)


def test_a_case_goes_to_a_unit_or_comes_in_there_or_the_unit_is_taken_away(ada: User) -> None:
    outcome = deploy(folder_files(CASE_TYPES / "complaint"), TEST)
    assert isinstance(outcome, Published), outcome
    case = come_in("T-0")
    for number in range(1, 4):
        unit = made(f"unit-{number}")
        given = at_once(
            remove(ada, unit),
            lambda unit=unit: case_hand_over(by=ada, case=case, to=unit.key, reason=WHY),  # type: ignore[misc]
            lambda unit=unit, number=number: come_in(f"T-{number}", unit.key),  # type: ignore[misc]
        )
        refused(given)
        there = BusinessUnit.objects.filter(pk=unit.pk).exists()
        assert there == Case.objects.filter(unit_id=unit.pk).exists()
        assert there == isinstance(given[0], Refused)


def test_groups_are_changed_while_what_waits_is_decided_and_two_change_each_other(ada: User) -> None:
    """One order of locks for all: whom it is about, then what waits for them, and no lock that keeps rows which only
    name them (foreign keys) from being written."""
    bea, nora = User.objects.create_superuser("bea"), User.objects.create_user("nora")
    for name in ("Left", "Right"):
        Group.objects.create(name=name)
    for number in range(4):
        fresh = {one.username: User.objects.get(pk=one.pk) for one in (ada, bea, nora)}
        asked = proposal_make(by=fresh["ada"], change={"join": ["Left"]}, reason=WHY, person=fresh["nora"])

        def groups(by: str, of: str, name: str, fresh: dict[str, User] = fresh) -> Callable[[], object]:
            version = person_version(fresh[of])
            return lambda: person_groups(by=fresh[by], user=fresh[of], groups=[name], reason=WHY, version=version)

        lost = at_once(
            groups("ada", "nora", "Left" if number % 2 else "Right"),
            lambda asked=asked, fresh=fresh: proposal_decide(by=fresh["bea"], proposal_id=asked.pk, agree=True),  # type: ignore[misc]
            groups("bea", "ada", "Left" if number % 2 else "Right"),
            groups("ada", "bea", "Left" if number % 2 else "Right"),
            group_level("Left", bea, number),
        )  # fmt: skip
        refused(lost)
        assert not RightsProposal.objects.filter(pk=asked.pk).exists()


def group_level(name: str, by: User, number: int) -> Callable[[], object]:
    group = Group.objects.get(name=name)
    version, level = group_version(group), "internal" if number % 2 else "public"
    return lambda: group_change(by=by, group=group, level=level, rights=[], purposes=[], reason=WHY, version=version)


def come_in(reference: str, unit: str = "") -> Case:
    data = {"message": "My card was swallowed.", "customer": {"name": "Maria Sandoval"}}
    outcome = case_open(by=None, case_type="complaint", reference=reference, source="test", data=data, unit=unit)
    assert isinstance(outcome, Opened), outcome
    return outcome.case


def test_who_comes_after_a_unit_was_taken_away_is_told_so(people: dict[str, User]) -> None:
    ada = people["ada"]
    unit = services.unit_make(by=ada, key="brief", name="Brief", parent="", reason=WHY)
    assert isinstance(unit, BusinessUnit)
    BusinessUnit.objects.all().delete()
    for outcome in (
        services.unit_rename(by=ada, unit=unit, name="Other", reason=WHY),
        services.unit_move(by=ada, unit=unit, parent="", reason=WHY),
        services.unit_remove(by=ada, unit=unit, reason=WHY),
        services.home_here(by=ada, unit=unit, user=people["anna"], out=True, reason=WHY),
    ):
        assert outcome == services.GONE
