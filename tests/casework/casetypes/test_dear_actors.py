"""An actor that costs money is called where a rule of routing says so, and for no other case, however it stands."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.registry import actor_enable
from orchestration.casetypes.case_type import by_definition, current, folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteJob
from orchestration.jobs import choosing, runner, trials
from orchestration.models import ActorCall, Job
from orchestration.shell import services
from orchestration.shell.selectors import data_of
from tests.casework.casetypes.scored import set_up
from tests.casework.casetypes.test_insurance_claim_story import SMALL
from tests.casework.stand_ins import Demo, demo, know, store
from tests.orchestration.machines import work_jobs

__all__ = ["demo", "store"]

pytestmark = pytest.mark.django_db
Opens = Callable[..., Case]
TEST = Origin("system:test")
LARGE = {"amount": 18600, "severity": "major", "contacted": "none", "police_report": "no"}


@pytest.fixture
def claim(people: dict[str, User], demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Opens:
    set_up("insurance-claim", demo, monkeypatch)
    customer = {"name": "Elena Rossi", "iban": "DE89 3704 0044 0532 0130 00"}
    said = {"message": "My car was hit.", "customer": customer}
    return lambda **of: _opened("insurance-claim", said | {"claim": SMALL | of})


@pytest.fixture
def review(people: dict[str, User], demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Opens:
    _deployed("kyc-review", demo, monkeypatch)
    received = {"received": "2026-11-16T09:00:00+01:00"}
    return lambda worked=True, **of: _opened("kyc-review", received | {"customer": of}, worked=worked)


def _deployed(key: str, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    know(demo.url, monkeypatch)
    host_allow("127.0.0.1", None, private=True, origin=TEST)
    outcome = deploy(folder_files(CASE_TYPES / key), TEST)
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    ensure_shipped(CASE_TYPES / key / "actors")


def _opened(case_type: str, data: dict[str, Any], *, worked: bool = True) -> Case:
    number = Case.objects.count()
    found = case_open(by=None, case_type=case_type, reference=f"D-{number}", source="test", data=data)
    assert isinstance(found, Opened), found
    if worked:
        work_jobs(found.case.instance_id)
    return Case.objects.get(pk=found.case.pk)


def called(case: Case, capability: str) -> list[tuple[str, Decimal | None]]:
    """Who did this work in the case, and what it cost."""
    calls = ActorCall.objects.filter(job__instance=case.instance_id, job__capability=capability).order_by("pk")
    return [(one.actor, one.cost) for one in calls]


def test_the_dear_score_is_asked_for_a_large_claim_alone_and_the_ledger_says_by_which_rule(claim: Opens) -> None:
    small, large = claim(amount=9999), claim(**LARGE)
    assert called(small, "motor-fraud") == [("motor-fraud", Decimal(0))]
    assert called(large, "motor-fraud") == [("motor-fraud-service", Decimal("0.90"))]
    call = ActorCall.objects.get(actor="motor-fraud-service")
    assert call.route is not None and call.route["rule"].startswith("rule 1 of Routing of work in insurance-claim v")
    fraud = data_of(large.instance)["fraud"]
    assert fraud["band"] == "high" and {"input": "severity", "title": "severity", "effect": 1.4} in fraud["reasons"]


def test_either_score_takes_over_where_the_one_that_the_rules_ask_first_cannot_be_had(claim: Opens) -> None:
    actor_enable("motor-fraud-service", False, TEST, "Too dear")
    assert called(claim(**LARGE), "motor-fraud") == [("motor-fraud", Decimal(0))]
    actor_enable("motor-fraud-service", True, TEST, "Again")
    actor_enable("motor-fraud", False, TEST, "It is trained anew")
    small = claim(amount=500)
    assert called(small, "motor-fraud") == [("motor-fraud-service", Decimal("0.90"))]
    route = ActorCall.objects.get(job__instance=small.instance_id, actor="motor-fraud-service").route
    assert route is not None and route["passed"] == {"motor-fraud": "It is switched off."}
    assert route["rule"].startswith("rule 3 of Routing of work")


def test_the_dear_lists_are_asked_about_who_holds_an_office_or_lives_far_away_and_about_nobody_else(
    review: Opens,
) -> None:
    near, office = review(name="Sergej Varnikow", country="CY"), review(name="Mirjam Holt", pep=True)
    far = review(name="Nightjar Shipping Limited", country="PA", also="Night Jar Maritime")
    assert [name for case in (near, office, far) for name, _ in called(case, "screen-name")] == [
        "name-list", "screening-service", "screening-service"
    ]  # fmt: skip
    assert data_of(office.instance)["screening"]["hits"] == []
    found = data_of(far.instance)["screening"]
    assert found["best"] > 90 and {one["id"] for one in found["hits"]} == {"V-004", "V-005"}
    assert "stand-in" in found["list"] and found["names"] == 9


def test_of_a_long_contract_a_language_model_writes_a_second_summary_that_is_kept_and_not_used(
    people: dict[str, User], demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    _deployed("contract", demo, monkeypatch)
    tried: list[tuple[int, int]] = []
    monkeypatch.setattr(trials, "nudge_shadow", lambda job, version: tried.append((job, version)))
    for number in (7, 8):
        opened = case_open(
            by=None, case_type="contract", reference=f"N-{number}", source="test", data={"counterparty": {"name": "B"}}
        )
        assert isinstance(opened, Opened), opened
        said = {"text": "Invoices are due within 14 days.", "page": 1}
        clauses = [{"number": str(at), "heading": f"Clause {at}", **said} for at in range(number)]
        _answered(opened.case, "read-clauses", {"document": 1, "pages": 3, "clauses": clauses})
        job = Job.objects.get(instance=opened.case.instance_id, capability="summarise-contract")
        runner.run(job.instance_id, job.job)
    assert [one for one, _ in tried] == [job.pk]
    found = trials.shadow(*tried[0])
    assert found is not None and found.output is not None, found and found.error
    assert "stand-in" in found.output["text"] and found.cost and not found.agrees
    assert "Invoices are due" in data_of(Case.objects.get(pk=opened.case.pk).instance)["summary"]["text"]


def _answered(case: Case, capability: str, result: dict[str, Any]) -> None:
    job = Job.objects.get(instance=case.instance_id, capability=capability)
    services.send(case.instance_id, CompleteJob(job.job, result), TEST)
    case.instance.refresh_from_db()


def test_rules_that_ask_for_the_work_alone_read_nothing_of_the_case(
    review: Opens, open_case: Callable[..., Case], django_assert_num_queries: Any
) -> None:
    asked = {"complaint": open_case(), "kyc-review": review(name="Lena Brandt", worked=False)}
    for (key, case), reads in zip(asked.items(), (0, 1), strict=True):
        job = Job.objects.filter(instance=case.instance_id, state=Job.State.WAITING).earliest("pk")
        case_type = by_definition(current(key).pk)
        with django_assert_num_queries(reads):
            choosing.choose(job, case_type, case_type.capability(job.capability))
