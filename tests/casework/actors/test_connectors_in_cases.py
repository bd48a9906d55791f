"""Does a connector do a case's work, and is its secret nowhere afterwards?"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from audit.services import Origin
from casework.models import Case
from orchestration.actors.contract import version_of
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.jobs import runner
from orchestration.models import ActorCall, Job
from tests.orchestration.actors.connectors.server import Reply, System, running
from tests.orchestration.machines import work_jobs

PLANTED = "s3cr3t-that-was-planted-4711"
FILE = """
capability: intent
method: POST
url: HERE/classify
auth: {bearer: {secret: planted}}
idempotency: Idempotency-Key
body: {text: "= input.text"}
input: {type: object, required: [text]}
output: {type: object, required: [label, confidence]}
answers:
  - when: status = 200
    output: {label: "= body.label", confidence: "= body.sure", alternatives: []}
    confidence: "= body.sure"
"""


@pytest.fixture
def system() -> Iterator[System]:
    with running() as found:
        yield found


@pytest.fixture
def connected(complaint, system: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """A connector in use for the capability `intent`, and its host on the list."""
    monkeypatch.setenv("CASEWRIGHT_SECRET_PLANTED", PLANTED)
    host_allow("127.0.0.1", system.port, private=True, origin=Origin("system:test"))
    artefact = FILE.replace("HERE", system.url).encode()
    actor_ensure("intent-elsewhere", name="Intent elsewhere", kind="http", capability="intent")
    register_model_version("intent-elsewhere", version_of(artefact), artefact, {}, activate=True)
    return system


def test_a_case_is_classified_by_another_system(connected: System, open_case: Callable[..., Case]) -> None:
    connected.reply(200, {"label": "refund_request", "sure": 0.93})
    case = open_case()
    work_jobs(case.instance_id)
    job = Job.objects.get(instance=case.instance_id, capability="intent")
    assert job.state == Job.State.DONE
    (came,) = connected.came
    assert came.headers["idempotency-key"] == job.idempotency_key
    assert json.loads(came.body)["text"] == "My card was swallowed by the machine."


@pytest.mark.parametrize("how", ["well", "echoed", "refused", "broken"])
def test_a_secret_is_in_no_table_log_or_page_whatever_the_system_answers(
    how: str,
    connected: System,
    open_case: Callable[..., Case],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    answers = {
        "well": Reply(200, {"label": "refund_request", "sure": 0.9}),
        "echoed": Reply(200, {"label": PLANTED, "sure": 0.9}),
        "refused": Reply(401, {"detail": f"Bearer {PLANTED} is not known"}, {"X-Token": PLANTED}),
        "broken": f"HTTP/1.1 {PLANTED}\r\n\r\n".encode(),
    }
    connected.says = lambda came: answers[how]
    caplog.set_level(logging.DEBUG)
    case = open_case()
    job = Job.objects.get(instance=case.instance_id, capability="intent")
    runner.run(case.instance_id, job.job)
    assert connected.came[0].headers["authorization"] == f"Bearer {PLANTED}"
    assert ActorCall.objects.get(actor="intent-elsewhere").outcome == ("done" if how == "well" else "failed")
    job.refresh_from_db()
    assert bool(job.last_error) == (how != "well"), "what is searched is there"
    assert not list(_tables_with(PLANTED))
    said = capfd.readouterr()
    assert PLANTED not in caplog.text + said.out + said.err


def _tables_with(text: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select count(*) from "{table}" t where t::text like %s', [f"%{text}%"])
            as_text = cursor.fetchone()[0]
            cursor.execute(f'select count(*) from "{table}" t where t::text like %s', [f"%{text.encode().hex()}%"])
            if as_text + cursor.fetchone()[0]:
                yield table
