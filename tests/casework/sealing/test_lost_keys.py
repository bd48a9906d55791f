"""What is said, and what goes on, while the key of one case or the master key of all is not there?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse

from audit import data_keys, sealed_values
from audit.key_blocks import slot_of
from audit.models import AuditEvent
from audit.sealed_values import case_subject, forget, is_sealed, kept_as, opened, sealed
from casework.access import permissions
from casework.agents.a2a.task import own_tasks
from casework.agents.waiting import _held
from casework.cases.read.case_view import SHUT
from casework.cases.search_row import rebuild
from casework.cases.services import case_verify
from casework.comments.services import comment_say
from casework.governance.event_log import happened
from casework.governance.searched import Reader
from casework.models import Case, CasePast, Comparison, Follow, ListedValue, SearchedCase
from casework.search.find import search
from casework.systems.comparing import compare
from casework.tasks.services import task_claim
from orchestration.ground import clock
from orchestration.jobs import runner
from orchestration.jobs.actor_ledger import output_as_kept
from orchestration.models import ActorCall, ActorVersion, AgentRun, HumanTask, Job, Trial
from orchestration.shell.verification import verify
from tests.casework.erasure.test_erasing import verified
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db

People = dict[str, User]


@pytest.fixture(autouse=True)
def master(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA_KEY=str(tmp_path / "data.key"), DATA_KEYS=str(tmp_path / "keys")):
        yield tmp_path / "data.key"
        sealed_values._held.cache_clear()


def put(master: Path, content: str | None) -> None:
    """Another master key, or none, as a process sees it that has just started."""
    master.unlink() if content is None else master.write_text(content)
    sealed_values._held.cache_clear()


def block(subject: str) -> Path:
    """The file in which the key of a case stands with others."""
    slot = slot_of(subject)
    assert slot is not None
    (file,) = Path(slot.folder).iterdir()
    return file


OTHER = "ab" * 32 + "\n"


@pytest.mark.parametrize("instead", [OTHER, None])
def test_nothing_begins_under_another_master_key_and_all_is_read_when_the_right_one_is_back(
    instead: str | None, analysed: Callable[..., Case], people: People, client: Client, master: Path
) -> None:
    case, kept = analysed(), master.read_text()
    address = f"/api/cases/{case.pk}/"
    put(master, instead)
    client.force_login(people["anna"])
    with transaction.atomic():
        answer = client.get(address)
    assert answer.status_code == 503 and answer.json()["message"].endswith("so it cannot be opened or written now.")
    page = render_to_string("503.html", {"sentence": answer.json()["message"], "sealed": True})
    assert str(master.parent) not in answer.content.decode() and "Nothing was lost" not in page
    with transaction.atomic(), pytest.raises(data_keys.KeyFault):
        analysed(message="While another key stood there.")
    assert Case.objects.count() == 1
    with pytest.raises(CommandError, match="key"):
        call_command("seal_fields")
    put(master, kept)
    assert client.get(address).status_code == 200
    later = analysed(message="Now it is back.")
    sealed_values._held.cache_clear()
    assert verify(case.instance).faults == verify(later.instance).faults == ()


def test_a_job_of_a_case_whose_key_is_away_waits_and_is_done_when_it_is_back(
    open_case: Callable[..., Case], master: Path
) -> None:
    case, kept = open_case(), master.read_text()
    jobs = Job.objects.filter(instance=case.instance_id)
    numbers = list(jobs.values_list("job", flat=True))
    put(master, None)
    assert [runner.run(case.instance_id, number) for number in numbers] == [None] * len(numbers)
    assert set(jobs.values_list("state", "attempts", "lease_until")) == {("waiting", 0, None)}
    assert min(jobs.values_list("run_at", flat=True)) > clock.utc_now()
    put(master, kept)
    jobs.update(run_at=clock.utc_now())
    work_jobs(case.instance_id)
    assert not jobs.filter(job__in=numbers, state="waiting").exists() and verify(case.instance).faults == ()


def test_a_draft_of_a_case_whose_key_is_gone_is_answered_in_words(
    analysed: Callable[..., Case], people: People, client: Client, master: Path
) -> None:
    task = HumanTask.objects.get(instance=analysed().instance_id, state="open")
    assert isinstance(task_claim(by=people["anna"], task=task), HumanTask)
    put(master, None)
    client.force_login(people["anna"])
    form = urlencode({"form": reverse("task-complete", args=[task.pk]), "seen": 0})
    answer = client.post(f"{reverse('drafts')}?{form}", {"answer": "Dear Maria"})
    assert answer.status_code == 503 and answer.json()["said"].startswith("This is kept sealed")


def called(case: Case) -> str:
    beside = "" if case.pk == case.instance_id else f" (instance {case.instance_id})"
    return f"case {case.pk}{beside}"


def test_verification_without_the_master_key_says_so_and_names_cases_as_pages_do(
    analysed: Callable[..., Case], capsys: pytest.CaptureFixture[str], master: Path
) -> None:
    case, other = analysed(), analysed(message="The app shows two bookings.")
    assert "All histories hold" in verified("--whole")
    forget(case_subject(case.instance_id))
    with pytest.raises(CommandError, match="1 history does not hold"):
        call_command("verify_audit", "--whole")
    assert f"{called(case)}, event" in capsys.readouterr().out
    put(master, None)
    with pytest.raises(CommandError, match="not hold|key"):
        call_command("verify_audit", "--whole")
    assert f"{called(other)}, event" in capsys.readouterr().out


def test_one_case_whose_key_is_gone_spoils_no_search_no_list_and_no_register(
    analysed: Callable[..., Case], people: People
) -> None:
    anna, axel, now = people["anna"], people["axel"], clock.utc_now()
    lost, other = analysed(), analysed()
    Case.objects.update(source=permissions.own_source(anna), title="Swallowed at the counter")
    for case in (lost, other):
        rebuild(case.pk)
    assert {hit.id for hit in search(user=anna, now=now, asked="swallowed").hits} == {lost.pk, other.pk}
    forget(case_subject(lost.instance_id))
    assert [hit.id for hit in search(user=anna, now=now, asked="swallowed").hits] == [other.pk]
    asked = {"contextId": "", "pageToken": "", "status": "", "pageSize": 10, "includeArtifacts": True}
    tasks, _, count = own_tasks(anna, asked)
    assert [task["id"] for task in tasks] == [str(other.pk), str(lost.pk)] and count == 2
    assert tasks[1]["artifacts"] == [] and "sealed" in tasks[1]["metadata"] and "sealed" not in tasks[0]["metadata"]
    held = [_held(anna, _proposal(case), now, "An agent") for case in (lost, other)]
    assert [one.case for one in held] == [lost.pk, other.pk] and held[0].title == SHUT != held[1].title
    assert [Reader(axel).reads(case.pk, "a reason", "reason") for case in (lost, other)] == [False, True]
    assert {one.case for page in happened(other.case_type) for one in page} == {other.pk}


@pytest.mark.parametrize("command", ["rebuild_lists", "rebuild_pasts", "rebuild_search"])
def test_a_command_for_all_cases_names_one_whose_key_is_gone_and_does_the_others(
    command: str, analysed: Callable[..., Case], capsys: pytest.CaptureFixture[str]
) -> None:
    lost, other = analysed(), analysed()
    made = {
        "rebuild_lists": ListedValue.objects.filter(instance=other.instance),
        "rebuild_pasts": CasePast.objects.filter(instance=other.instance),
        "rebuild_search": SearchedCase.objects.filter(case=other),
    }[command]
    forget(case_subject(lost.instance_id))
    for kept in (ListedValue, CasePast, SearchedCase):
        kept.objects.all().delete()
    with pytest.raises(CommandError, match="1 case could not be read: see above"):
        call_command(command)
    said = capsys.readouterr()
    assert said.err.startswith(f"case {lost.pk}: its key is destroyed, or is not where it was; ")
    assert said.out.startswith("1 case: done.") and made.exists()


def test_keys_are_wrapped_anew_though_one_of_them_cannot_be_read(
    analysed: Callable[..., Case], master: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged, other = (case_subject(analysed().instance_id) for _ in range(2))
    place, wrapped = block(damaged), data_keys._wrapped_of(damaged) or b""
    place.write_bytes(place.read_bytes().replace(wrapped, wrapped[:-2] + b"??"))
    with pytest.raises(CommandError, match="1 data keys could not be read"):
        call_command("rotate_keys", "--new", "--drop-old")
    said = capsys.readouterr()
    assert damaged in said.err and other not in said.err and " data keys wrapped anew" in said.out
    assert data_keys._mark_in(data_keys._wrapped_of(other) or b"").hex() in said.out
    assert len(master.read_text().split()) == 2


def test_a_row_of_a_case_whose_key_is_gone_says_so_in_every_list(
    analysed: Callable[..., Case], people: People, client: Client
) -> None:
    lost, other = analysed(), analysed()
    anna = people["anna"]
    for case in (lost, other):
        comment_say(by=people["clara"], case=case, text="Look at this, @anna")
        Follow.objects.get_or_create(case=case, person=anna, defaults={"at": clock.utc_now()})
    forget(case_subject(lost.instance_id))
    client.force_login(anna)
    for address in ("inbox", "cases", "following", "comments-told"):
        page = client.get(reverse(address), {"tab": "all"}).content.decode()
        assert SHUT in page, address
    tasks = [HumanTask.objects.get(instance=case.instance_id, state="open").pk for case in (lost, other)]
    answer = client.post("/api/tasks/many/", {"tasks": tasks, "action": "claim"}, content_type="application/json")
    said, done = answer.json()["results"]
    assert not said["done"] and said["message"].startswith("This is kept sealed, and its key is not there")
    assert done["done"]


def test_an_auditor_who_verifies_a_case_whose_key_is_gone_hears_it_in_the_verdict(
    analysed: Callable[..., Case], people: People, client: Client
) -> None:
    case = analysed()
    forget(case_subject(case.instance_id))
    client.force_login(people["axel"])
    page = client.post(reverse("case-verify", args=[case.pk]))
    assert page.status_code == 200 and "Its key is destroyed" in page.content.decode().replace("its key", "Its key")
    answer = client.post(f"/api/cases/{case.pk}/verify/", "{}", content_type="application/json")
    assert answer.status_code == 200 and not answer.json()["ok"]
    assert "its key is destroyed, or is not where it was" in answer.json()["reason"]
    assert AuditEvent.objects.filter(chain=case.instance_id, action="case.verified").count() == 2


def test_a_history_holds_that_was_verified_while_its_key_was_away(
    analysed: Callable[..., Case], people: People, master: Path
) -> None:
    case = analysed()
    place = block(case_subject(case.instance_id))
    key = place.read_bytes()
    forget(case_subject(case.instance_id))
    assert not case_verify(by=people["axel"], case=case).ok
    place.write_bytes(key)
    assert case_verify(by=people["axel"], case=case).ok


def test_what_is_written_while_a_key_is_away_that_a_process_still_holds_is_sealed_by_it(
    analysed: Callable[..., Case],
) -> None:
    case = analysed()
    instance, place = case.instance_id, block(case_subject(case.instance_id))
    key = place.read_bytes()
    sealed(case_subject(instance), b"held")
    place.unlink()
    kept = kept_as(instance)(b"her own words")
    assert is_sealed(kept)
    place.write_bytes(key)
    sealed_values._held.cache_clear()
    assert opened(kept) == b"her own words"


def test_the_next_task_is_one_that_can_be_opened(analysed: Callable[..., Case], people: People, client: Client) -> None:
    lost, other = analysed(), analysed()
    HumanTask.objects.filter(instance=lost.instance_id).update(due=clock.utc_now())
    client.force_login(people["anna"])
    task = {case.pk: f"/tasks/{HumanTask.objects.get(instance=case.instance_id).pk}/" for case in (lost, other)}
    assert client.get("/tasks/next/").headers["Location"].startswith(task[lost.pk])
    forget(case_subject(lost.instance_id))
    assert client.get("/tasks/next/").headers["Location"].startswith(task[other.pk])


def _proposal(case: Case) -> Any:
    """What an agent wants in this case."""
    fresh = Case.objects.select_related("instance").get(pk=case.pk)
    run = SimpleNamespace(instance=fresh.instance, actor="agent")
    return SimpleNamespace(
        pk=1, run=run, made=fresh.created, expires=None, put="", name="Pay it back", state="held", checked=None
    )


def test_calls_trials_and_agents_of_a_case_whose_key_is_gone_are_listed_and_say_so(
    analysed: Callable[..., Case], people: People, client: Client
) -> None:
    lost, other = analysed(), analysed()
    run = AgentRun.objects.create(
        instance=lost.instance, job=1, actor="looker", goal="Find it", plan=[{"tool": "x", "why": "Maria"}],
        began=lost.created, seen=lost.created,
    )  # fmt: skip
    version = ActorVersion.objects.order_by("pk").first()
    assert version is not None
    for job in Job.objects.filter(
        instance__in=[lost.instance, other.instance], state="done", capability="analyse-text"
    ):
        output = output_as_kept(case_subject(job.instance_id), {"text": "Maria", "label": "refund_request"})
        Trial.objects.create(
            version=version, job=job, way=Trial.Way.REPLAY, output=output, at=lost.created, latency_ms=1.0
        )
    forget(case_subject(lost.instance_id))
    said = f"cannot be read: the key of case {lost.instance_id} is gone"
    run.refresh_from_db()
    assert run.goal == said and run.plan == []
    outputs = [one.output for one in ActorCall.objects.filter(instance=lost.instance).exclude(output=None)]
    assert outputs and all(said in str(output) or set(output) <= {"label", "band"} for output in outputs)
    client.force_login(people["ada"])
    for address in (
        reverse("ledger"),
        reverse("agents"),
        reverse("actor-version", args=[version.actor.key, version.pk]),
    ):
        assert client.get(address).status_code == 200, address


def test_a_comparison_of_a_case_whose_key_is_gone_fails_in_words_and_is_tried_again(
    analysed: Callable[..., Case],
) -> None:
    case = analysed()
    row = Comparison.objects.create(instance=case.instance, owner="crm", state="waiting", since=case.created)
    forget(case_subject(case.instance_id))
    compare(row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and row.error.startswith("The case cannot be read: its key") and row.look is not None
