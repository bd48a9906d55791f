"""Do two agents look into an odd order across systems, and lay what they found before the person who decides?

The shipped agents and connectors, with the stand-ins over real HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from audit.models import AuditEvent
from audit.selectors import timeline
from casework.access.roles import SETUP
from casework.actors.bundled import CASE_TYPES
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.management.commands import deploy as deploy_command
from casework.models import Case
from casework.runtime.stand_ins.place import STAND_IN_HOST
from orchestration.actors import kinds
from orchestration.actors.hosts.register import host_allow
from orchestration.jobs import runner
from orchestration.models import ActorCall, AgentRun
from orchestration.shell.selectors import data_of
from tests.casework.actions import open_task
from tests.casework.stand_ins import Demo, demo, know, store
from tests.orchestration.machines import Machines, work_jobs

__all__ = ["demo", "store"]
pytestmark = pytest.mark.django_db
Opens = Callable[..., Case]
REAL = kinds.load
OFTEN = {
    "message": "The jacket is too small again.", "about": "purchase", "amount": 52, "earlier_refunds": 5,
    "purchase": {"receipt": "R-20540"}, "customer": {"name": "Daniel Kim", "iban": "DE89 3704 0044 0532 0130 00"},
}  # fmt: skip


@pytest.fixture
def odd(people: dict[str, User], machines: Machines, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """`odd(amount=60)`: a refund of a sample order that the stand-in knows, with the machines' work done."""
    know(demo.url.replace("127.0.0.1", STAND_IN_HOST), monkeypatch)
    host_allow(STAND_IN_HOST, None, private=True, note="a test's", origin=SETUP)
    monkeypatch.setattr(deploy_command, "ensure_actors", lambda folder: [])

    def load(key: str, version: str, artefact: Any) -> Any:
        return (REAL if key in ("agent", "http") else machines.load)(key, version, artefact)

    monkeypatch.setattr(runner.kinds, "load", load)
    call_command("deploy", CASE_TYPES / "refund", stdout=StringIO(), stderr=StringIO())

    def opened(**data: Any) -> Case:
        reference = f"R-{Case.objects.count()}"
        found = case_open(by=None, case_type="refund", reference=reference, source="test", data=OFTEN | data)
        assert isinstance(found, Opened), found
        work_jobs(found.case.instance_id)
        return Case.objects.get(pk=found.case.pk)

    return opened


def task_html(case: Case, who: User) -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/tasks/{open_task(case).pk}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_who_decides_sees_what_the_systems_said_by_whom_it_was_found_and_on_what_it_rests(
    odd: Opens, people: dict[str, User]
) -> None:
    case = odd()
    data = data_of(case.instance)
    assert open_task(case).name == "Approve the refund"
    assert data["account"] | {"since": 2019, "refunds": 4} == data["account"]
    assert data["account"]["email"] == "daniel.kim@example.net" and data["payments"] == {"count": 0, "total": 0.0}
    assert [one["says"] for one in data["found"]["findings"]] == [
        "Nothing was paid for this order before.",
        "The request says 5 refunds within a year, the record 4.",
        "The customer's record counts 4 refunds.",
        "Customer since 2019.",
    ]
    assert data["found"]["findings"][1]["evidence"] == ["/earlier_refunds", "/account/refunds"]
    assert (data["found"]["answer"], data["second"]["answer"]) == ("goodwill", "approve")
    page = task_html(case, people["clara"])
    for said in (
        "The two agents differ: a person weighs what they found.", "It would say: <strong>right: pay it</strong>",
        "It would say: <strong>not owed, but we give a credit</strong>", "Refunds by the customer's record: 4",
        "The request says 5 refunds within a year, the record 4.", "Can be refunded: 52",
    ):  # fmt: skip
        assert said in page.replace("&#x27;", "'"), (said, page)


def test_it_reads_by_connectors_as_an_agent_and_the_history_tells_and_holds(
    odd: Opens, people: dict[str, User]
) -> None:
    case = odd()
    asked = set(ActorCall.objects.filter(instance=case.instance_id).values_list("capability", "outcome"))
    assert {("customer-lookup", "done"), ("payment-lookup", "done")} <= set(asked)
    planned = AuditEvent.objects.filter(chain=case.instance_id, action="engine.ItemPlanned")
    assert {one.actor for one in planned} == {"model:order-investigator"} and len(planned) == 2
    told = [entry.detail for entry in timeline(case.instance_id, action="agent.ended") if "findings" in entry.detail]
    assert told[0]["answer"] == "goodwill" and told[0]["findings"][0]["evidence"] == ["/payments/count"]
    assert case_verify(by=people["axel"], case=case).ok


def test_where_both_say_the_same_that_is_proposed_and_a_person_still_decides(
    odd: Opens, demo: Demo, people: dict[str, User]
) -> None:
    demo.ask("/payments", {"order": "R-20540", "amount": 52, "iban": "X"}, Idempotency_Key="before")
    case = odd()
    data = data_of(case.instance)
    assert data["advice"]["by"] == "both" and data["advice"]["answer"] == "refuse"
    assert data["found"]["findings"][0]["says"] == "Paid for this order before: once, 52 EUR in all."
    assert open_task(case).name == "Approve the refund" and case.state == "Pending review"
    assert "Proposed: <strong>not owed: refuse it</strong>" in task_html(case, people["clara"])


def test_an_order_that_is_not_odd_is_looked_into_by_nobody(odd: Opens) -> None:
    case = odd(earlier_refunds=1)
    assert not AgentRun.objects.exists()
    assert open_task(case).name == "Approve the refund" and data_of(case.instance)["odd"]["look"] is False
