"""Does the page show all that runs in a case, in whichever process or case inside it, and nothing twice?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.selectors import ERASED, entries_of
from audit.services import Origin
from casework.cases.read import case_view
from casework.cases.read.progress import Step
from casework.cases.services import external_receive
from casework.intake.services import case_open
from casework.models import Case
from casework.tasks.task_page import task_page
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import FireTimer, Terminate
from orchestration.ground import clock
from orchestration.models import HumanTask, Timer
from orchestration.shell import services
from tests.casework.claims import DAMAGE, claim, finish, in_repair, page_of, with_carrier
from tests.orchestration.machines import Machines, work_jobs
from tests.sql import statements

__all__ = ["claim"]
pytestmark = pytest.mark.django_db

People = dict[str, User]
Claim = Callable[..., Case]


def html(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def steps(case: Case, by: User, part: str) -> dict[str, Step]:
    strip = next(strip for strip in page_of(case, by).strips if strip.name == part)
    return {step.name: step for step in strip.steps}


CARRIER = "Repair › Sending › Carrier"


def test_open_tasks_say_which_part_they_belong_to(people: People, claim: Claim) -> None:
    case = in_repair(claim(), people["anna"])
    page = page_of(case, people["anna"])
    assert {(task.part, task.name) for task in page.tasks} == {
        ("Repair › Sending", "Pack it"), ("Repair › Shop check", "Visit the shop"),
    }  # fmt: skip
    assert "Repair › Sending" in html(people["anna"], f"/cases/{case.pk}/")


def test_every_part_has_its_steps_done_at_work_and_possible(people: People, claim: Claim) -> None:
    case = with_carrier(claim(), people["anna"])
    sending = steps(case, people["anna"], "Repair › Sending")
    assert list(sending) == [
        "It is to be sent", "Pack it", "Is it heavy?", "Send it by carrier", "Send it by post", "Sent",
    ]  # fmt: skip
    assert {name: step.status for name, step in sending.items()} == {
        "It is to be sent": "done", "Pack it": "done", "Is it heavy?": "done", "Send it by carrier": "active",
        "Send it by post": "left out", "Sent": "possible",
    }  # fmt: skip
    assert sending["Is it heavy?"].note == "yes"
    assert steps(case, people["anna"], CARRIER)["Book the carrier"].status == "active"
    assert steps(case, people["anna"], "Repair › Shop check")["Visit the shop"].status == "active"


def test_machine_work_and_its_trouble_are_named_in_the_part_where_they_are(
    people: People, claim: Claim, machines: Machines
) -> None:
    case = with_carrier(claim(), people["anna"])
    (work,) = page_of(case, people["anna"]).machine_work
    assert (work.part, work.name) == (CARRIER, "Book the carrier")


def test_an_error_path_that_was_taken_is_told_in_words(people: People, claim: Claim, machines: Machines) -> None:
    case = with_carrier(claim(), people["anna"])
    machines.fail("sentiment", temporary=False)
    work_jobs(case.instance_id)
    carrier = steps(case, people["anna"], CARRIER)
    assert (carrier["Book the carrier"].status, carrier["Book the carrier"].note) == (
        "stopped", "interrupted by No carrier can be booked",
    )  # fmt: skip
    caught = carrier["No carrier can be booked"]
    assert (caught.status, caught.detour, caught.note) == ("done", True, "this ended “Book the carrier”")
    assert (carrier["Drive it there"].status, carrier["Drive it there"].detour) == ("active", True)
    assert (carrier["The carrier answers"].status, carrier["On its way"].detour) == ("left out", False)
    told = html(people["anna"], f"/cases/{case.pk}/")
    assert "An error was caught, the case takes the other way: “No carrier can be booked”" in told
    assert "other way" in told


def test_a_timer_says_when_it_is_due_and_what_happens_then(people: People, claim: Claim) -> None:
    case = claim()
    (week,) = page_of(case, people["anna"]).coming
    assert (week.kind, week.name, week.then) == ("timer", "A week is over", "“Remind the customer” begins")
    assert week.due is not None and week.due - case.created == timedelta(days=7)
    assert "Goes on by itself" in html(people["anna"], f"/cases/{case.pk}/")


def test_a_message_from_outside_goes_to_the_process_that_waits_for_it_however_deep(
    people: People, claim: Claim
) -> None:
    case = with_carrier(claim(), people["anna"])
    work_jobs(case.instance_id)
    (waited,) = page_of(case, people["anna"]).awaited
    assert (waited.part, waited.label) == (CARRIER, "The carrier's answer")
    case.refresh_from_db()
    assert case.state == "Awaiting external data"
    client = Client()
    client.force_login(people["anna"])
    client.post(f"/cases/{case.pk}/receive/carrier_answers/?at={waited.at}", {"carrier": "We come at noon."})
    page = page_of(case, people["anna"])
    assert page.awaited == ()
    assert ("Hand it over", CARRIER) in {(task.name, task.part) for task in page.tasks}
    (late,) = [one for one in page.coming if one.name == "Nobody came for it"]
    assert late.then == "“Hand it over” ends; “Drive it there” follows"


def test_a_deadline_in_a_process_that_has_gone_by_shows_the_way_it_took(people: People, claim: Claim) -> None:
    case = with_carrier(claim(), people["anna"])
    work_jobs(case.instance_id)
    external_receive(by=people["anna"], case=case, item="carrier_answers", answers={"carrier": "We come."})
    timer = Timer.objects.get(instance=case.instance_id, node="too_late")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestration.ground.clock.utc_now", lambda: timer.due)
        services.send(case.instance_id, FireTimer(timer.timer), Origin("system:timer"))
    carrier = steps(case, people["anna"], CARRIER)
    assert carrier["Hand it over"].note == "interrupted by Nobody came for it"
    assert carrier["Drive it there"].status == "active"
    assert "The time has come: “Nobody came for it”" in html(people["anna"], f"/cases/{case.pk}/")


def test_milestones_of_the_parts_count_towards_the_goal(people: People, claim: Claim) -> None:
    case = in_repair(claim(), people["anna"])
    progress = page_of(case, people["anna"]).progress
    assert progress.achieved == 1
    finish(case, "Visit the shop", people["anna"])
    progress = page_of(case, people["anna"]).progress
    assert progress.achieved == 2
    assert "2 of 2 milestones achieved" in html(people["anna"], f"/cases/{case.pk}/")


def test_a_task_deep_inside_reads_and_writes_the_data_of_its_part(people: People, claim: Claim) -> None:
    case = in_repair(claim(), people["anna"])
    task = HumanTask.objects.get(instance=case.instance_id, name="Pack it")
    page = task_page(user=people["anna"], task=task, now=clock.utc_now())
    assert page.part == "Repair › Sending"
    assert {field.name: field.value for field in page.data}["Weight"] == 12
    finish(case, "Pack it", people["anna"])
    assert steps(case, people["anna"], "Repair › Sending")["Send it by carrier"].status == "active"


def test_a_field_of_a_part_is_revealed_from_the_task_that_reads_it(people: People, claim: Claim) -> None:
    case = in_repair(claim(), people["anna"])
    task = HumanTask.objects.get(instance=case.instance_id, name="Pack it")
    client = Client()
    client.force_login(people["clara"])
    told = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "4711" not in told and "Reveal" in told
    asked = {"path": "/parcel/key", "task": str(task.pk)}
    assert "4711" not in client.get(f"/cases/{case.pk}/reveal/", asked).content.decode()
    assert client.get(f"/cases/{case.pk}/reveal/", {"path": "/parcel/key"}).status_code == 404
    shown = client.post(f"/cases/{case.pk}/reveal/", asked | {"reason": "To open the box"}, follow=True)
    assert "4711" in shown.content.decode()


def test_the_story_of_a_part_says_which_part_it_is(people: People, claim: Claim) -> None:
    case = with_carrier(claim(), people["anna"])
    told = {(line.part, line.told.text) for line in page_of(case, people["anna"]).happened}
    assert ("Repair › Sending", "finished “Pack it”") in told
    assert ("Repair › Sending", "Is it heavy? yes") in told
    assert ("", "“Carrier” began") in told


def test_decisions_and_tasks_still_to_come_are_named(people: People, claim: Claim) -> None:
    case = in_repair(claim(), people["anna"])
    assert set(page_of(case, people["anna"]).to_make) == {"Pack it (by a person)", "Visit the shop (by a person)"}


def test_what_has_ended_is_left_out_of_the_bar_and_the_steps(people: People, claim: Claim) -> None:
    case = claim()
    assert [stage.status for stage in page_of(case, people["anna"]).stages] == ["active", "ahead"]
    services.send(case.instance_id, Terminate(), Origin("system:test"))
    page = page_of(case, people["anna"])
    assert [stage.status for stage in page.stages] == ["left out", "left out"]
    assert page.closed and page.is_quiet and page.strips == ()


def test_a_case_that_is_a_process_has_its_steps_from_the_beginning(people: People, claim: Claim) -> None:
    claim()
    files = folder_files(DAMAGE)
    manifest = files["manifest.yaml"].replace("key: damage", "key: sending").replace("case: damage", "case: sending")
    manifest = manifest.replace("stages: [assess, repair]", "stages: [pack, by_carrier]")
    outcome = deploy(files | {"manifest.yaml": manifest}, Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    data = {"message": "Broken", "parcel": {"weight": 2}}
    opened = case_open(by=None, case_type="sending", reference="S-1", source="test", data=data)
    case = getattr(opened, "case", None)
    assert case is not None, opened
    assert [(s.name, s.status) for s in page_of(case, people["anna"]).stages] == [
        ("Pack it", "active"), ("Send it by carrier", "ahead"),
    ]  # fmt: skip
    assert steps(case, people["anna"], "")["Sent"].status == "possible"
    assert html(people["anna"], f"/cases/{case.pk}/").count("Step by step") == 1
    assert "Pack it" in html(people["anna"], "/?tab=unassigned")
    finish(case, "Pack it", people["anna"])
    page = page_of(case, people["anna"])
    assert page.closed
    assert page.progress.told == "1 of 2 stages done, 1 not needed"
    assert [stage.status for stage in page.stages] == ["done", "left out"]
    assert {s.name: s.status for s in page.strips[0].steps}["Send it by post"] == "done"


@pytest.mark.parametrize("seen_back", [0, 1, 7, 40])
def test_a_page_that_does_not_look_back_to_the_beginning_shows_what_is_open(
    people: People, claim: Claim, monkeypatch: pytest.MonkeyPatch, seen_back: int
) -> None:
    case = with_carrier(claim(), people["anna"])
    whole = page_of(case, people["anna"])
    monkeypatch.setattr(case_view, "SHOWN", seen_back)
    page = page_of(case, people["anna"])
    assert (page.tasks, page.awaited, page.coming, page.offered) == (
        whole.tasks, whole.awaited, whole.coming, whole.offered,
    )  # fmt: skip
    assert [strip.name for strip in page.strips] == [strip.name for strip in whole.strips]
    assert "Book the carrier" in html(people["anna"], f"/cases/{case.pk}/")


def test_a_case_whose_history_was_erased_still_has_a_page(
    people: People, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = with_carrier(claim(), people["anna"])
    monkeypatch.setattr(case_view, "entries_of", lambda *which, **more: [
        replace(entry, detail=ERASED) for entry in entries_of(*which, **more)
    ])  # fmt: skip
    page = page_of(case, people["anna"])
    assert ("Shop check", "Visit the shop") in {(task.part.rpartition(" › ")[2], task.name) for task in page.tasks}
    assert "Book the carrier" in html(people["anna"], f"/cases/{case.pk}/")
    assert "was erased" in html(people["axel"], f"/cases/{case.pk}/history/")


def test_a_deep_case_costs_the_page_no_statement_more_than_one_with_fewer_parts(people: People, claim: Claim) -> None:
    flat, deep = in_repair(claim(), people["anna"]), with_carrier(claim(), people["anna"])
    with statements() as few:
        page_of(flat, people["anna"])
    with statements() as many:
        page_of(deep, people["anna"])
    assert len(many) <= len(few) + 2  # in the deep one a machine is at work: what it does, and for whose word
