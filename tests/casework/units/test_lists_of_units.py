"""Lists by business unit: a column, a filter that takes what is below in, views that keep it; no more is told by it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from guardian.shortcuts import assign_perm

from audit.services import Origin
from casework.access import units, within
from casework.access.unit_models import BusinessUnit
from casework.cases.read.attention import Waiting, held, troubles, waiting
from casework.comments.notices import theirs
from casework.models import Case, Comment, CommentNotice
from casework.tasks.board import board
from orchestration.ground import clock
from orchestration.models import AgentProposal, AgentRun, Incident
from tests.sql import statements

pytestmark = pytest.mark.django_db
BY = Origin("system:test")
UNIT = "is.@unit"


@pytest.fixture
def cases(people: dict[str, User], analysed: Callable[..., Case]) -> dict[str, Case]:
    """One case in each of North, Harbour (a branch of North) and South, and one of the whole organisation; anna is at
    home in North."""
    north = units.unit_make(key="north", name="North", parent=None, origin=BY)
    harbour = units.unit_make(key="harbour", name="Harbour", parent=north, origin=BY)
    south = units.unit_make(key="south", name="South", parent=None, origin=BY)
    found = {}
    for key, unit in {"north": north, "harbour": harbour, "south": south, "": None}.items():
        found[key] = analysed(reference=f"IN-{key or 'all'}")
        Case.objects.filter(pk=found[key].pk).update(unit=unit)
    units.home_set(person=people["anna"], unit=north, origin=BY)
    return found


def shown(client: Client, person: User, place: str, **asked: Any) -> set[str]:
    """Which of the cases stand in a list of somebody's."""
    client.force_login(User.objects.get(pk=person.pk))
    page = client.get(place, asked).content.decode()
    return {key for key in ("north", "harbour", "south", "all") if f"IN-{key}" in page}


@pytest.mark.parametrize(("place", "more"), [("/cases/", {"which": "all"}), ("/", {"tab": "groups"})])
def test_a_list_is_cut_to_a_unit_and_what_is_below_it(
    cases: dict[str, Case], people: dict[str, User], client: Client, place: str, more: dict[str, str]
) -> None:
    ben, anna = people["ben"], people["anna"]
    assert shown(client, ben, place, **more) == {"north", "harbour", "south", "all"}
    assert shown(client, ben, place, **more, **{UNIT: "north"}) == {"north", "harbour"}
    assert shown(client, ben, place, **more, **{UNIT: ["harbour", "(none)"]}) == {"harbour", "all"}
    assert shown(client, anna, place, **more) == {"north", "harbour"}
    assert shown(client, anna, place, **more, **{UNIT: "harbour"}) == {"harbour"}
    page = client.get(place, {**more, "col": "@unit"}).content.decode()
    assert 'data-label="Business unit"' in page and "Harbour" in page and "South" not in page


def test_who_does_not_see_a_unit_hears_of_it_what_they_hear_of_none(
    cases: dict[str, Case], people: dict[str, User], client: Client
) -> None:
    client.force_login(people["anna"])
    for place in ("/cases/", "/"):
        said = [client.get(place, {UNIT: key}).content.decode() for key in ("south", "nowhere", "(none)")]
        assert all("There is no business unit of this key that you see." in one for one in said)
    told = [client.get("/api/cases/", {UNIT: key}) for key in ("south", "nowhere")]
    assert [one.status_code for one in told] == [400, 400]
    assert told[0].json()["errors"] == told[1].json()["errors"]
    found = client.get("/api/cases/", {UNIT: "harbour", "columns": "@unit"}).json()["results"]
    assert [one["values"] for one in found] == [{"@unit": "Harbour"}]
    assert client.get("/api/cases/", {"sort": "@unit"}).status_code == 400
    assert client.get("/api/cases/", {"begins.@unit": "n"}).status_code == 400


def test_a_saved_view_keeps_the_unit(cases: dict[str, Case], people: dict[str, User], client: Client) -> None:
    client.force_login(people["clara"])
    query = "which=all&is.%40unit=north&col=%40unit&group=unit"
    made = client.post("/views/", {"kind": "cases", "name": "The North", "state": query, "group": ""})
    assert made.status_code == 302 and "view=" in made["Location"]
    page = client.get(made["Location"]).content.decode()
    assert "group=unit" in page  # what it is grouped by is kept too
    assert "Business unit: North" in page and "IN-harbour" in page and "IN-south" not in page


def test_units_cost_a_list_no_statement_more(cases: dict[str, Case], people: dict[str, User], client: Client) -> None:
    client.force_login(people["clara"])
    for place in ("/cases/", "/?tab=groups"):
        client.get(place)
        more = place + ("&" if "?" in place else "?")
        with statements() as by_field:
            client.get(more + "col=intent.confidence&from.intent.confidence=0.1")
        with statements() as by_unit:
            client.get(more + "col=%40unit&is.%40unit=north")
        assert len(by_unit) == len(by_field), place


def test_the_bar_counts_what_the_lists_behind_it_show_whatever_somebody_may_do_and_where(
    cases: dict[str, Case], people: dict[str, User]
) -> None:
    now = clock.utc_now()
    assign_perm("view_case", people["emil"], cases["south"])
    assign_perm("work_case", people["emil"], cases["south"])
    for case in cases.values():
        Incident.objects.create(instance=case.instance, incident=1, code="x", message="It failed.", opened=now)
        note = Comment.objects.create(case=case, number=1, by="person:olga", at=now, tellings=[1])
        CommentNotice.objects.bulk_create(CommentNotice(comment=note, person=one, at=now) for one in people.values())
        run = AgentRun.objects.create(
            instance=case.instance, actor="agent", version="1", state="waiting", began=now, seen=now
        )
        AgentProposal.objects.create(run=run, number=1, state="held", made=now, expires=now + timedelta(hours=1))
    counted = {}
    for name in (*people, "root", "program"):
        user = User.objects.get_or_create(username=name, defaults={"is_superuser": name == "root"})[0]
        if name == "program":
            user.groups.set(people["clara"].groups.all())
            within.limit(user, ["complaint"])
        found = waiting(user, now)
        listed = len(troubles(user, now)[0]), theirs(user).filter(seen=None).count(), held(user, now).count()
        assert (found.troubles, found.comments, found.proposals) == listed, name
        counted[name] = listed
    assert counted["anna"] == (2, 2, 2) and counted["ben"] == (4, 4, 4) and counted["emil"] == (1, 1, 1)
    assert counted["axel"] == (0, 4, 0) and counted["root"] == (4, 0, 4)
    within.limit(people["ben"], ["refund"])
    assert waiting(people["ben"], now) == Waiting()


def test_the_board_is_cut_to_a_unit(cases: dict[str, Case], people: dict[str, User], client: Client) -> None:
    clara, north = people["clara"], BusinessUnit.objects.get(key="north")
    loads = {load.key: load.open for load in board(clara, clock.utc_now()).units}
    assert loads == {"north": 2, "harbour": 1, "south": 1}
    cut = board(clara, clock.utc_now(), north)
    assert max(load.open for load in cut.groups) == 2
    units.home_set(person=people["ben"], unit=BusinessUnit.objects.get(key="south"), origin=BY)
    names = {load.key for load in board(clara, clock.utc_now(), north).people}
    assert "anna" in names and "ben" not in names
    client.force_login(clara)
    group = next(load.key for load in cut.groups if load.open)
    page = client.get("/board/", {"unit": "harbour", "group": group}).content.decode()
    assert "IN-harbour" in page and "IN-north" not in page and "All units" in page
    units.home_set(person=clara, unit=north, origin=BY)
    client.force_login(User.objects.get(pk=clara.pk))
    page = client.get("/board/", {"unit": "south"}).content.decode()
    assert "There is no business unit of this key that you see" in page and "IN-south" not in page


def test_registers_and_the_ledger_are_cut_to_a_unit(
    cases: dict[str, Case], people: dict[str, User], client: Client
) -> None:
    client.force_login(people["axel"])
    for key in ("north", "south", "nowhere"):
        shown = client.get("/changes/registers/", {"register": "rules", "unit": key}).content.decode()
        there = {name for name, case in cases.items() if f"case {case.pk}, event" in " ".join(shown.split())}
        assert there == {"north": {"north", "harbour"}, "south": {"south"}, "nowhere": set()}[key]
    rows = list(csv.reader(client.get("/ledger/", {"by": "unit", "as": "csv"}).getvalue().decode().splitlines()))
    calls = {row[0].strip("'"): int(row[1]) for row in rows[1:]}
    assert calls["North"] == calls["Harbour"] == calls["South"] > 0
    north = client.get("/ledger/", {"by": "case", "unit": "North"}).content.decode()
    seen = {key for key, case in cases.items() if f"Case {case.pk}<" in "".join(north.split("\n"))}
    assert seen == {"north", "harbour"}
    client.force_login(User.objects.get(username="anna"))  # at home in North: nothing of South, and not its name
    assert "South" not in client.get("/ledger/", {"by": "unit"}).content.decode()
    assert client.get("/changes/registers/", {"unit": "north"}).status_code == 403
