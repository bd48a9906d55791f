"""Workers outside work over HTTP, with a token that opens nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orchestration.actors.registry import actor_enable
from orchestration.actors.tokens import token_make, token_revoke
from orchestration.ground import clock
from orchestration.models import Instance, WorkerToken
from orchestration.shell.verification.control import verify_control
from tests.orchestration.case_types import TEST
from tests.orchestration.jobs.outside import Outside, filing_actor, outside

__all__ = ["outside"]

pytestmark = pytest.mark.django_db


class Caller:
    """A worker's program."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.secret}"}
        answer = Client().post(f"/api/workers/{path}", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()


@pytest.fixture
def worker(outside: Outside) -> Caller:
    return Caller(token_make(outside.actor, "bot", None, TEST)[1])


def lease_of(worker: Caller) -> str:
    status, told = worker.post("fetch/", worker="bot-1")
    assert status == 200 and len(told["jobs"]) == 1, told
    return told["jobs"][0]["lease"]


def test_a_job_is_fetched_extended_and_completed_and_twice_is_as_once(outside: Outside, worker: Caller) -> None:
    job = outside.offered()
    status, told = worker.post("fetch/")
    (fetched,) = told["jobs"]
    assert status == 200 and fetched["job"] == job.idempotency_key and fetched["input"] == {}
    assert worker.post(f"leases/{fetched['lease']}/extend/", lease=90)[1]["until"] > fetched["until"]
    done = (200, {"state": "done", "message": "Taken into the case."})
    assert worker.post(f"leases/{fetched['lease']}/complete/", output={"shelf": 7}) == done
    assert worker.post(f"leases/{fetched['lease']}/complete/", output={"shelf": 7}) == done
    assert worker.post(f"leases/{fetched['lease']}/complete/", output={"shelf": 8})[0] == 409
    assert Instance.objects.get().status == "completed"


def test_what_failed_is_offered_again_or_waits_for_a_person(outside: Outside, worker: Caller) -> None:
    outside.offered()
    path = f"leases/{lease_of(worker)}/fail/"
    assert worker.post(path, error="No paper.", temporary=True)[1]["state"] == "retry"
    outside.offered()
    assert worker.post(f"leases/{lease_of(worker)}/fail/", error="No shelf.")[1]["state"] == "incident"
    outside.offered()
    told = worker.post(f"leases/{lease_of(worker)}/error/", code="already-filed")[1]
    assert told == {"state": "incident", "message": "The worker reports already-filed."}


def test_another_actor_s_token_may_not_finish_it(outside: Outside, worker: Caller) -> None:
    outside.offered()
    lease = lease_of(worker)
    stranger = Caller(token_make(filing_actor("stranger", rank=1), "bot", None, TEST)[1])
    for what, body in (
        ("complete", {"output": {}}),
        ("fail", {"error": "x"}),
        ("error", {"code": "x"}),
        ("extend", {}),
    ):
        assert stranger.post(f"leases/{lease}/{what}/", **body)[0] == 403
        assert worker.post(f"leases/no-such-lease/{what}/", **body)[0] == 404
    assert worker.post(f"leases/{lease}/complete/", output={"shelf": 1})[0] == 200


def test_a_token_opens_only_what_is_for_workers_and_only_while_it_is_good(outside: Outside, worker: Caller) -> None:
    headers = {"Authorization": f"Bearer {worker.secret}"}
    assert Client().get("/api/cases/", headers=headers).status_code == 401
    assert Caller("cww_guessed").post("fetch/")[0] == 401
    assert Client().post("/api/workers/fetch/", {}, content_type="application/json").status_code == 401
    row = WorkerToken.objects.get(name="bot")
    assert row.digest not in worker.secret and worker.secret not in row.digest and row.last_used is None
    assert worker.post("fetch/")[0] == 200
    row.refresh_from_db()
    assert row.last_used is not None
    assert token_revoke(row, TEST) and not token_revoke(row, TEST)
    assert worker.post("fetch/")[0] == 401
    ended = token_make(outside.actor, "short", clock.utc_now() - timedelta(seconds=1), TEST)[1]
    assert Caller(ended).post("fetch/")[0] == 401


def test_a_token_that_nobody_gave_out_is_found(outside: Outside) -> None:
    token_make(outside.actor, "bot", clock.utc_now() + timedelta(days=1), TEST)
    assert verify_control().ok
    WorkerToken.objects.filter(name="bot").update(expires=None)
    assert "token bot of clerk is not as it was given out" in str(verify_control().faults)
    WorkerToken.objects.create(actor=outside.actor, name="forged", digest="0" * 64, created=clock.utc_now())
    assert "token forged of clerk was never given out" in str(verify_control().faults)


def test_a_stopped_actor_s_worker_is_told_so(outside: Outside, worker: Caller) -> None:
    outside.offered()
    lease = lease_of(worker)
    actor_enable("clerk", False, TEST, "it files wrongly")
    assert worker.post("fetch/")[1] == {"jobs": []}
    status, told = worker.post(f"leases/{lease}/complete/", output={"shelf": 7})
    assert (status, told["code"]) == (409, "stopped")


def test_a_name_that_the_call_does_not_know_is_refused(worker: Caller) -> None:
    assert worker.post("fetch/", waits=3)[0] == 400
