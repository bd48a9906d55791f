"""Whatever tree, homes, roles and moves there are: each list shows exactly what a plain specification says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.services import Origin
from casework.access import units
from casework.access.permissions import case_for_user, cases_with_right, listed_for, may, readers, rights, who_may_view
from casework.access.seers import seers
from casework.access.unit_models import BusinessUnit
from casework.cases.list_live import list_states
from casework.cases.read.listed import Filters, listed
from casework.models import Case
from casework.tasks.inbox import TABS, inbox_page
from casework.tasks.inbox_state import inbox_states
from orchestration.ground import clock
from orchestration.models import HumanTask

BY = Origin("system:test")
WHO = ("anna", "ben", "clara", "axel")


@dataclass
class Plain:
    """Units by number, each with the one above it (0: the whole organisation); where who, what and which belongs."""

    above: dict[int, int] = field(default_factory=dict)
    home: dict[str, int] = field(default_factory=dict)
    group: dict[str, int] = field(default_factory=dict)
    roles: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    case: dict[int, int] = field(default_factory=dict)

    def chain(self, unit: int) -> set[int]:
        return {0} if unit == 0 else {unit, *self.chain(self.above[unit])}

    def holds(self, person: str, group: str, unit: int) -> bool:
        """Whether a group holds for a person in a unit: below where they have it, and below where it belongs."""
        scopes = self.roles.get((person, group)) or {self.home.get(person, 0)}
        chain = self.chain(unit)
        return self.group.get(group, 0) in chain and any(scope in chain for scope in scopes)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(1, 4), st.integers(0, 4)),
        st.tuples(st.just("home"), st.sampled_from(WHO), st.integers(0, 4)),
        st.tuples(st.just("belongs"), st.sampled_from(("Analysts", "Auditors")), st.integers(0, 4)),
        st.tuples(st.just("role"), st.sampled_from(WHO), st.sets(st.integers(0, 4), max_size=2)),
        st.tuples(st.just("case"), st.integers(0, 2), st.integers(0, 4)),
    ),
    min_size=2, max_size=9,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps)
def test_each_list_shows_what_the_plain_specification_says(
    people: dict[str, User], analysed: Callable[..., Case], steps: list[tuple[str, int | str, int | set[int]]]
) -> None:
    with transaction.atomic():
        cases = [analysed() for _ in range(3)]
        _play(people, cases, steps)
        transaction.set_rollback(True)


def _play(people: dict[str, User], cases: list[Case], steps: Iterable[tuple[str, int | str, int | set[int]]]) -> None:
    made: dict[int, BusinessUnit] = {}
    plain = Plain(case=dict.fromkeys(range(3), 0))
    for number in range(1, 5):
        above = 0 if number < 3 else number - 2
        parent = made.get(above)
        made[number] = units.unit_make(key=f"u{number}", name=f"Unit {number}", parent=parent, origin=BY)
        plain.above[number] = above
    before = list_states([people[who].pk for who in WHO])
    assert before.keys() == {people[who].pk for who in WHO}
    for what, which, to in steps:
        _step(people, cases, made, plain, what, which, to)
    _holds(people, cases, plain)


def _unit(made: dict[int, BusinessUnit], number: int) -> BusinessUnit | None:
    return BusinessUnit.objects.get(pk=made[number].pk) if number else None


def _step(
    people: dict[str, User], cases: list[Case], made: dict[int, BusinessUnit], plain: Plain, what: str,
    which: int | str, to: int | set[int],
) -> None:  # fmt: skip
    if what == "role" and isinstance(to, set):
        name = people[str(which)].groups.order_by("name").values_list("name", flat=True)[0]
        group = Group.objects.get(name=name)
        units.roles_set(person=people[str(which)], group=group, units=[_unit(made, one) for one in to], origin=BY)
        plain.roles[str(which), name] = to
        return
    assert isinstance(to, int)
    if what == "move" and int(which) not in plain.chain(to):
        units.unit_move(unit=made[int(which)], parent=_unit(made, to), origin=BY)
        plain.above[int(which)] = to
    elif what == "home":
        units.home_set(person=people[str(which)], unit=_unit(made, to), origin=BY)
        plain.home[str(which)] = to
    elif what == "belongs":
        units.group_belongs(group=Group.objects.get(name=which), unit=_unit(made, to), origin=BY)
        plain.group[str(which)] = to
    elif what == "case":
        Case.objects.filter(pk=cases[int(which)].pk).update(unit=_unit(made, to))
        plain.case[int(which)] = to


def _holds(people: dict[str, User], cases: list[Case], plain: Plain) -> None:
    rows = [Case.objects.get(pk=case.pk) for case in cases]
    tasks = dict(HumanTask.objects.filter(instance__in=[row.instance_id for row in rows]).values_list("instance", "pk"))
    for who in WHO:
        user = User.objects.get(pk=people[who].pk)
        groups = list(user.groups.values_list("name", flat=True))
        seen = [
            row for number, row in enumerate(rows)
            if any(plain.holds(who, group, plain.case[number]) and _gives(group, row) for group in groups)
        ]  # fmt: skip
        numbers = {row.pk for row in seen}
        mine = Q(pk__in=[row.pk for row in rows])
        assert {row.pk for row in rows if may(user, "view", row)} == numbers
        assert set(Case.objects.filter(mine, cases_with_right(user, "view")).values_list("pk", flat=True)) == numbers
        assert set(Case.objects.filter(mine, listed_for(user, "pk")).values_list("pk", flat=True)) == numbers
        assert {case for case, _ in listed(readers(user), Filters(), "", 50).cases} == numbers
        pairs = {(user.pk, row.instance_id) for row in rows}
        assert {root for _, root in who_may_view(pairs)} == {row.instance_id for row in seen}
        assert {row.pk for row in rows if user.pk in {one.id for one in seers(row)}} == numbers
        offered = {
            tasks[row.instance_id] for number, row in enumerate(rows) if row.instance_id in tasks
            and any(plain.holds(who, group, plain.case[number]) for group in _offered(tasks[row.instance_id], groups))
        }  # fmt: skip
        now = clock.utc_now()
        for tab in ("groups", "unassigned", "all"):
            page = inbox_page(user=User.objects.get(pk=user.pk), tab=tab, now=now)
            assert {row.id for row in page.rows} == offered, tab
            assert page.counts[tab] == len(offered)
        assert set(inbox_states([user.pk], now)) == {user.pk}
    assert set(TABS) >= {"groups", "unassigned", "all"}


def _gives(group: str, case: Case) -> bool:
    """Whether a group may view a case, wherever it holds."""
    found = Group.objects.get(name=group)
    everywhere = found.permissions.filter(codename="view_case").exists()
    here = case.casegroupobjectpermission_set.filter(group=found, permission__codename="view_case")
    return everywhere or here.exists()


def _offered(task: int, groups: list[str]) -> list[str]:
    named = HumanTask.objects.get(pk=task).candidates.values_list("group__name", flat=True)
    return [group for group in groups if group in set(named)]


def test_rights_on_a_case_are_those_that_hold_in_its_unit(
    people: dict[str, User], analysed: Callable[..., Case]
) -> None:
    north = units.unit_make(key="north", name="North", parent=None, origin=BY)
    south = units.unit_make(key="south", name="South", parent=None, origin=BY)
    case = analysed()
    Case.objects.filter(pk=case.pk).update(unit=north)
    units.home_set(person=people["anna"], unit=north, origin=BY)
    units.home_set(person=people["ben"], unit=south, origin=BY)
    anna, ben = (User.objects.get(pk=people[who].pk) for who in ("anna", "ben"))
    assert "work" in rights(anna, case_for_user(anna, case.pk, "work"))
    assert not rights(ben, Case.objects.get(pk=case.pk))
    (way,) = [way for one in seers(Case.objects.get(pk=case.pk)) if one.id == anna.pk for way in one.ways]
    assert way.words == "in Analysts, on this case, in North and below"
