"""Does the page of a prompt say who works by it, what another says otherwise, and what both give for a recorded job?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from audit.services import Origin
from casework.models import Case
from casework.studio import from_words
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.registration import version_step
from orchestration.jobs import side_by_side
from orchestration.modelling.form import filled
from orchestration.models import ActorCall, ActorVersion, Job, Trial
from tests.casework.reading import told
from tests.orchestration.actors.language.provider import KEY, Provider, providing, says
from tests.orchestration.machines import work_jobs
from tests.orchestration.modelling.outlines import leave

pytestmark = pytest.mark.django_db
TEST = Origin("system:test")
KEEP = "Keep to what is described"


@pytest.fixture
def admin(people: dict[str, Any], client: Client) -> Client:
    client.force_login(people["ada"])
    return client


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("CASEWRIGHT_SECRET_LLM_KEY", KEY)
    with providing() as found:
        host_allow("127.0.0.1", found.system.port, private=True, origin=TEST)
        url = f"{found.system.url}/v1/chat/completions"
        call_command("language_model", "outline-process", url=url, model="small-instruct", secret="llm-key")
        found.does(says(filled(leave())))
        yield found


@pytest.fixture
def another(provider: Provider) -> ActorVersion:
    """The same with another word in its prompt, in quarantine."""
    row = ActorVersion.objects.get(actor__key="outline-process-model")
    changed = bytes(row.artefact).replace(KEEP.encode(), b"Stay with what is described")
    made = connector_register(Wanted("language-model", row.actor.key, changed), TEST)
    assert isinstance(made, ActorVersion)
    version_step(row=made, to="quarantined", by=TEST)
    return ActorVersion.objects.get(pk=made.pk)


@pytest.fixture
def job(admin: Client, provider: Provider) -> Job:
    """A recorded one."""
    words = "Somebody asks for parental leave by letter, and human resources decides about it."
    admin.post("/models/words/", {"do": "describe", "description": words})
    case = Case.objects.get(case_type=from_words.KEY)
    work_jobs(case.instance_id)
    return Job.objects.get(instance=case.instance_id, capability="outline-process")


PAGE = "/actors/prompts/outline-process/"


def test_what_ships_is_listed_also_where_nobody_works_by_it(admin: Client) -> None:
    page = told(admin.get("/actors/prompts/"))
    assert "Outline a process that is described" in page and "draft-reply" in page and "answer-about-case" in page
    assert (
        "No language model works by it" in told(admin.get(PAGE)) and admin.get("/actors/prompts/x/").status_code == 404
    )


def test_a_prompt_says_which_versions_and_models_work_by_it_and_two_are_compared(
    admin: Client, another: ActorVersion
) -> None:
    answer = admin.get(PAGE)
    one, other = answer.context["prompts"]
    assert (one.ships, one.at_work, other.ships, other.at_work) == (True, True, False, False)
    assert "small-instruct" in told(answer) and another.version in told(answer)
    compared = told(admin.get(PAGE, {"from": one.digest, "to": other.digest}))
    assert f"-{KEEP}" in compared.replace("- ", "-") and "+Stay with what is described" in compared.replace("+ ", "+")


def test_one_is_tried_on_a_recorded_job_beside_the_version_in_use_and_nothing_of_it_is_used(
    admin: Client, another: ActorVersion, job: Job, provider: Provider
) -> None:
    calls, state = ActorCall.objects.count(), bytes(job.instance.data)
    answer = admin.post(PAGE, {"version": another.pk, "job": job.pk})
    assert answer.status_code == 302
    for version in ActorVersion.objects.filter(actor=another.actor):
        side_by_side.run(job.pk, version.pk)
    page = admin.get(PAGE, {"version": another.pk, "job": job.pk})
    used, tried = page.context["tried"].sides
    assert used.version != tried.version == another.version and not tried.waits and not used.waits
    assert dict(tried.output)["name"] == "Parental leave" and any("schema" in one for one in tried.said)
    assert "parental leave by letter" in told(page) and Trial.objects.filter(way="tried").count() == 2
    job.instance.refresh_from_db()
    assert ActorCall.objects.count() == calls and bytes(job.instance.data) == state
    sent = [body["messages"][0]["content"] for body in provider.came[-2:]]
    assert sum(KEEP in one for one in sent) == 1


def test_what_fails_is_said_beside_the_other(
    admin: Client, another: ActorVersion, job: Job, provider: Provider
) -> None:
    provider.does(says("no"))
    admin.post(PAGE, {"version": another.pk, "job": job.pk})
    side_by_side.run(job.pk, another.pk)
    assert "had not its form" in told(admin.get(PAGE, {"version": another.pk, "job": job.pk}))


def test_only_what_may_be_tried_is_tried(admin: Client, another: ActorVersion, job: Job) -> None:
    version_step(row=another, to="retired", by=TEST)
    for given in ({"version": another.pk, "job": job.pk}, {"version": another.pk, "job": 999_999}):
        assert admin.post(PAGE, given).status_code == 409
    assert admin.post(PAGE, {"version": "x", "job": job.pk}).status_code == 404 and not Trial.objects.exists()


def test_questions_of_people_are_not_shown_to_who_tries_prompts(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(job=-1)
    assert side_by_side.recorded("outline-process") == [] and side_by_side.run(job.pk, 1) is None


def test_an_auditor_reads_and_does_not_try(people: dict[str, Any], client: Client, another: ActorVersion) -> None:
    client.force_login(people["axel"])
    assert client.get(PAGE).status_code == 200 and client.post(PAGE, {"version": another.pk}).status_code == 403
