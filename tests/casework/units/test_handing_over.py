"""A case goes over to another unit: from then on it is seen there, and nobody of before holds a task of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from audit.models import AuditEvent, StandingChain
from audit.services import Origin
from casework.access import units
from casework.access.people import group_right
from casework.access.roles_verification import control_begin
from casework.access.unit_models import BusinessUnit, HomeUnit
from casework.access.units_verification import units_apart
from casework.actors.bundled import CASE_TYPES
from casework.cases.verification import verify
from casework.models import Case
from casework.people import unit_services
from casework.people.models import RightsProposal
from casework.people.second_person import proposal_decide
from casework.people.sight import Changed
from casework.tasks.handing_over import HandedOver, case_hand_over
from casework.tasks.services import task_claim
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.ground.refusals import Refused
from orchestration.models import HumanTask, TaskCandidate
from orchestration.shell.verification.control import read_standing
from tests.casework.units.payments import WHY, complete, open_task, payment

pytestmark = pytest.mark.django_db
BY = Origin("system:test")


@pytest.fixture
def north(people: dict[str, User]) -> BusinessUnit:
    control_begin(BY)
    return units.unit_make(key="north", name="North", parent=None, origin=BY)


@pytest.fixture
def south(people: dict[str, User]) -> BusinessUnit:
    control_begin(BY)
    return units.unit_make(key="south", name="South", parent=None, origin=BY)


def test_what_is_handed_over_is_seen_there_and_given_back_here(
    people: dict[str, User], analysed: Callable[..., Case], north: BusinessUnit, south: BusinessUnit, client: Client
) -> None:
    units.home_set(person=people["anna"], unit=north, origin=BY)
    units.home_set(person=people["ben"], unit=south, origin=BY)
    units.home_set(person=people["clara"], unit=north, origin=BY)
    case = analysed()
    assert isinstance(case_hand_over(by=people["ada"], case=case, to="north", reason="Hers"), HandedOver)
    task = HumanTask.objects.get(instance=case.instance_id, state="open")
    assert isinstance(task_claim(by=people["anna"], task=task), HumanTask)
    clara = _signed_in(client, people["clara"])
    assert clara.get(f"/cases/{case.pk}/unit/").status_code == 200
    sent = clara.post(f"/cases/{case.pk}/unit/", {"unit": "south", "reason": "The customer has moved"})
    assert (sent.status_code, sent["Location"]) == (302, "/cases/")  # she does not see it any more
    assert clara.get(f"/cases/{case.pk}/").status_code == 404
    task.refresh_from_db()
    assert task.assignee is None
    assert set(TaskCandidate.objects.filter(task=task).values_list("unit", flat=True)) == {south.pk}
    assert _signed_in(client, people["anna"]).get(f"/tasks/{task.pk}/").status_code == 404
    ben = _signed_in(client, people["ben"])
    assert ben.get(f"/cases/{case.pk}/").status_code == 200
    assert f"/tasks/{task.pk}/" in ben.get("/?tab=all").content.decode()
    told = AuditEvent.objects.filter(chain=case.instance_id, action="case.handed_over")
    assert told.count() == 2
    case.refresh_from_db()
    assert verify(case.instance).ok
    Case.objects.filter(pk=case.pk).update(unit=north)
    assert "another business unit" in verify(case.instance).reason


def test_a_case_being_approved_goes_nowhere_where_somebody_has_to_approve_who_was_not_asked(
    people: dict[str, User], north: BusinessUnit, south: BusinessUnit
) -> None:
    outcome = deploy(folder_files(CASE_TYPES / "payment-release"), BY)
    assert isinstance(outcome, Published), outcome
    for unit, group, least in ((north, "Payments team", 5000), (south, "Payments team", 6001), (south, "Analysts", 0)):
        units.policy_keep(unit=unit, kind="approval", subject=f"payment-release: {group}", value=least, origin=BY)
    case, other = payment(""), payment("")  # of 6000 each, for the analysts to approve
    given = {"by": people["ada"], "to": "north", "reason": "It is of North"}
    refused = case_hand_over(case=case, **given)
    assert isinstance(refused, Refused) and "North asks Payments team to approve too" in refused.message
    assert Case.objects.get(pk=case.pk).unit is None
    assert isinstance(case_hand_over(case=other, **given | {"to": "south"}), HandedOver)  # asks for nobody else
    complete(case, {"approval": {"verdict": "back"}})
    assert isinstance(case_hand_over(case=case, **given), HandedOver)  # who approves is chosen anew
    complete(case, WHY)
    complete(case, {"approval": {"verdict": "release"}})
    assert TaskCandidate.objects.get(task=open_task(case)).group.name == "Payments team"


def test_a_bad_word_hands_nothing_over(people: dict[str, User], analysed: Callable[..., Case]) -> None:
    case = analysed()
    for to, reason in (("nowhere", "Because"), ("no\0where", "Because"), ("", "x"), ("", "Because")):
        outcome = case_hand_over(by=people["clara"], case=case, to=to, reason=reason)
        assert isinstance(outcome, Refused), (to, reason)


def test_what_is_kept_of_units_is_held_against_the_chain(people: dict[str, User], north: BusinessUnit) -> None:
    units.home_set(person=people["anna"], unit=north, origin=BY)
    assert not _apart()
    HomeUnit.objects.update(unit=units.unit_make(key="east", name="East", parent=north, origin=BY))
    assert _apart() == ["where anna belongs is not as the last change said"]
    HomeUnit.objects.update(unit=north)
    BusinessUnit.objects.filter(key="east").update(path=[north.pk])
    assert _apart() == ["the unit east stands in another place of the tree than the one above it says"]


def test_who_administers_a_unit_changes_nothing_else(
    people: dict[str, User], north: BusinessUnit, south: BusinessUnit, client: Client
) -> None:
    units.home_set(person=people["ben"], unit=north, origin=BY)
    units.home_set(person=people["anna"], unit=north, origin=BY)
    people["ben"].groups.add(Group.objects.get(name="Administrators"))
    ben = _signed_in(client, people["ben"])
    assert ben.get(f"/people/units/{north.pk}/").status_code == 200
    assert ben.get(f"/people/units/{south.pk}/").status_code == 404
    assert "South" not in ben.get("/people/units/").content.decode()
    made = ben.post("/people/units/", {"key": "branch", "name": "Branch", "parent": "north", "reason": "New here"})
    assert made.status_code == 302
    refused = ben.post("/people/units/", {"key": "other", "name": "Other", "parent": "", "reason": "New here"})
    assert refused.status_code == 409
    branch = BusinessUnit.objects.get(key="branch")
    sent = ben.post(f"/people/units/{branch.pk}/", {"do": "home", "person": "anna", "reason": "Works there"})
    assert sent.status_code == 302
    assert HomeUnit.objects.get(person=people["anna"]).unit == branch
    by = User.objects.get(username="ben")
    for unit in ("", "south"):
        outcome = unit_services.person_home(by=by, user=people["anna"], unit=unit, reason="Elsewhere")
        assert outcome == unit_services.NOT_YOURS
    assert unit_services.person_home(by=by, user=people["dora"], unit="north", reason="Mine") == unit_services.NOT_YOURS
    for address in ("/people/groups/", "/people/matrix/", "/changes/", "/people/services/"):
        assert ben.get(address).status_code in (403, 404), address


def test_what_gives_sight_waits_for_a_second_person_and_what_takes_it_does_not(
    people: dict[str, User], north: BusinessUnit, south: BusinessUnit, settings: object
) -> None:
    settings.SECOND_PERSON = True  # type: ignore[attr-defined]
    home = unit_services.person_home(by=people["ada"], user=people["anna"], unit="north", reason="Narrower")
    assert home == Changed(True)
    away = unit_services.person_home(by=people["ada"], user=people["anna"], unit="south", reason="Elsewhere")
    assert away == Changed(True, waiting=True)
    assert HomeUnit.objects.get(person=people["anna"]).unit == north
    people["axel"].groups.add(Group.objects.get(name="Administrators"))
    axel = User.objects.get(username="axel")
    proposal = RightsProposal.objects.get()
    assert isinstance(proposal_decide(by=people["ada"], proposal_id=proposal.pk, agree=True), Refused)
    assert isinstance(proposal_decide(by=axel, proposal_id=proposal.pk, agree=True), RightsProposal)
    assert HomeUnit.objects.get(person=people["anna"]).unit == south


def test_the_last_administrator_of_the_whole_is_not_sent_into_a_unit(
    people: dict[str, User], north: BusinessUnit
) -> None:
    outcome = unit_services.person_home(by=people["ada"], user=people["ada"], unit="north", reason="Narrower")
    assert isinstance(outcome, Refused)
    assert outcome.code == "last"
    assert not HomeUnit.objects.filter(person=people["ada"]).exists()


def test_a_right_on_all_cases_in_a_unit_opens_those_cases_and_no_page_of_the_whole(
    people: dict[str, User], analysed: Callable[..., Case], north: BusinessUnit, client: Client
) -> None:
    units.home_set(person=people["axel"], unit=north, origin=BY)
    inside, outside = analysed(), analysed()
    case_hand_over(by=people["ada"], case=inside, to="north", reason="There")
    axel = _signed_in(client, people["axel"])
    assert axel.get(f"/cases/{inside.pk}/").status_code == 200
    assert axel.get(f"/cases/{outside.pk}/").status_code == 404
    assert axel.get("/changes/").status_code == 403
    listed = axel.get("/cases/").content.decode()
    assert f"/cases/{inside.pk}/" in listed
    assert f"/cases/{outside.pk}/" not in listed


def test_a_case_begins_where_whoever_opens_it_belongs(
    people: dict[str, User], open_case: Callable[..., Case], north: BusinessUnit
) -> None:
    units.home_set(person=people["anna"], unit=north, origin=BY)
    assert open_case(by=people["anna"]).unit == north
    assert open_case(by=people["ben"]).unit is None
    assert group_right(group=Group.objects.get(name="Analysts"), right="casework.view_case", given=True, origin=BY)


def _apart() -> list[str]:
    return list(units_apart(read_standing(StandingChain.CONTROL)[1]))


def _signed_in(client: Client, user: User) -> Client:
    made = type(client)()
    made.force_login(User.objects.get(pk=user.pk))
    return made


def test_who_administers_a_unit_keeps_its_people_and_takes_over_nobody_who_holds_more(
    people: dict[str, User], north: BusinessUnit, client: Client
) -> None:
    for who in ("ben", "anna", "axel"):
        units.home_set(person=people[who], unit=north, origin=BY)
    auditors = Group.objects.get(name="Auditors")
    units.roles_set(person=people["axel"], group=auditors, units=[None], origin=BY)  # belongs there, and audits all
    people["ben"].groups.add(Group.objects.get(name="Administrators"))
    ben = _signed_in(client, people["ben"])
    listed = ben.get("/people/").content.decode()
    assert "anna" in listed
    assert "dora" not in listed
    assert "axel" not in listed
    assert ben.get(f"/people/{people['anna'].pk}/").status_code == 200
    for who in ("dora", "axel", "ada"):
        assert ben.get(f"/people/{people[who].pk}/").status_code == 404
        assert ben.post(f"/people/{people[who].pk}/link/").status_code == 404
        assert ben.post(f"/people/{people[who].pk}/", {"do": "out", "reason": "Gone"}).status_code == 404
    made = ben.post("/people/new/", {"name": "nils", "reason": "Begins on Monday"})
    assert made.status_code == 200
    assert HomeUnit.objects.get(person__username="nils").unit == north


def test_of_whom_a_unit_administrator_does_not_change_the_unit_page_says_why_and_leads_nowhere(
    people: dict[str, User], north: BusinessUnit, south: BusinessUnit, client: Client
) -> None:
    for who in ("ben", "anna"):
        units.home_set(person=people[who], unit=north, origin=BY)
    people["ben"].groups.add(Group.objects.get(name="Administrators"))
    ben, link = _signed_in(client, people["ben"]), f'href="/people/{people["anna"].pk}/"'
    shown = ben.get(f"/people/units/{north.pk}/").content.decode()
    assert link in shown
    assert "holds a role elsewhere" not in shown
    analysts = Group.objects.get(name="Analysts")
    units.roles_set(person=people["anna"], group=analysts, units=[north, south], origin=BY)
    shown = ben.get(f"/people/units/{north.pk}/").content.decode()
    assert link not in shown
    assert shown.count("holds a role elsewhere: administrators of the whole organisation change them") == 2
    assert link in _signed_in(client, people["ada"]).get(f"/people/units/{north.pk}/").content.decode()


def test_who_administers_the_whole_alone_is_told_before_that_nobody_could_agree(
    people: dict[str, User], north: BusinessUnit, client: Client, settings: object
) -> None:
    settings.SECOND_PERSON = False  # type: ignore[attr-defined]
    people["ada"].groups.add(Group.objects.get(name="Auditors"))
    ada, page = _signed_in(client, people["ada"]), f"/people/units/{north.pk}/"
    assert "Nobody else administers the whole organisation." in ada.get(page).content.decode()
    moved = {"do": "group", "group": "Auditors", "reason": "Tried"}
    assert "Changed." in ada.post(page, moved, follow=True).content.decode()
    back = ada.post(page, moved | {"out": "on"}, follow=True).content.decode()
    assert "Nobody else administers the whole organisation now: it waits until somebody does." in back
    assert RightsProposal.objects.get().group == Group.objects.get(name="Auditors")
    people["clara"].groups.add(Group.objects.get(name="Administrators"))
    assert "Nobody else administers" not in ada.get(page).content.decode()
