"""A customer is screened and rated, investigated by one, approved by others, and the account restricted after that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.actors.shipped import ensure_shipped
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.models import Case
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteJob
from orchestration.models import ActorVersion, HumanTask, Job
from orchestration.shell import services
from orchestration.shell.selectors import data_of
from tests.casework.actions import open_task
from tests.casework.browsing import client
from tests.casework.reading import told
from tests.orchestration.machines import work_jobs

pytestmark = pytest.mark.django_db

People = dict[str, User]
FOLDER = CASE_TYPES / "kyc-review"
CIRCLE = (
    "2026-10-01 Nightjar -> Osprey: 50000.00; 2026-10-04 Osprey -> Plover: 49000.00; "
    "2026-10-07 Plover -> Nightjar: 48500.00"
)
FOUND = {
    "finding.match": "listed", "finding.money": "open", "finding.proposal": "restrict",
    "finding.reason": "The name and the ship are those of the list.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def reviews(people: People) -> None:
    outcome = deploy(folder_files(FOLDER), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    ensure_shipped(FOLDER / "actors")


def asked(reference: str = "K-1", **data: Any) -> Case:
    """A review whose machine work is done as far as it goes."""
    given = {"received": "2026-11-16T09:00:00+01:00", **data}
    opened = case_open(by=None, case_type="kyc-review", reference=reference, source="test", data=given)
    assert isinstance(opened, Opened), opened
    for _ in range(2):
        work_jobs(opened.case.instance_id)
    opened.case.refresh_from_db()
    return opened.case


def nightjar() -> Case:
    return asked(customer={"name": "Nightjar Shipping Limited", "account": "Nightjar"}, statement=CIRCLE)


def finish(who: User, task: HumanTask, answers: dict[str, str]) -> int:
    browser = client(who)
    browser.post(f"/tasks/{task.pk}/claim/")
    seen = browser.get(f"/api/tasks/{task.pk}/").json().get("seen", "")
    sent = {"answers": answers, "seen": seen}
    return browser.post(f"/api/tasks/{task.pk}/complete/", sent, content_type="application/json").status_code


def test_a_customer_of_whom_nothing_is_known_needs_nobody(people: People) -> None:
    case = asked(customer={"name": "Lena Brandt"})
    case.instance.refresh_from_db()
    assert case.closed and data_of(case.instance)["risk"]["level"] == "low"
    assert not HumanTask.objects.filter(instance=case.instance_id).exists()


def test_a_high_risk_is_investigated_by_one_approved_by_two_others_and_then_the_account_is_restricted(
    people: People,
) -> None:
    case = nightjar()
    case.instance.refresh_from_db()
    data = data_of(case.instance)
    assert data["screening"]["hits"][0]["id"] == "M-05" and data["risk"]["level"] == "high"
    assert data["flows"]["signs"] == [
        "50,000.00 went in a circle and came back as 48,500.00: Nightjar to Osprey to Plover to Nightjar."
    ]
    assert finish(people["anna"], open_task(case), FOUND) == 200
    people["anna"].groups.add(*people["clara"].groups.all())
    assert finish(people["anna"], open_task(case), {"approval.verdict": "agree"}) == 409
    for name in ("clara", "emil"):
        assert not Job.objects.filter(instance=case.instance_id, capability="restrict-account").exists()
        assert finish(people[name], open_task(case), {"approval.verdict": "agree"}) == 200
    job = Job.objects.get(instance=case.instance_id, capability="restrict-account")
    services.send(case.instance_id, CompleteJob(job.job, {"restriction": "R-7"}), Origin("system:test"))
    case.refresh_from_db()
    case.instance.refresh_from_db()
    assert case.closed and data_of(case.instance)["restriction"] == {"outcome": "restricted", "reference": "R-7"}
    assert case_verify(by=people["axel"], case=case).ok


def test_who_investigated_in_an_earlier_round_does_not_approve_in_a_later_one(people: People) -> None:
    case = nightjar()
    assert finish(people["anna"], open_task(case), FOUND) == 200
    back = {"approval.verdict": "back", "approval.reason": "Who owns the ship?"}
    assert finish(people["clara"], open_task(case), back) == 200
    assert finish(people["ben"], open_task(case), FOUND) == 200
    for name in ("anna", "ben"):
        people[name].groups.add(*people["clara"].groups.all())
        assert finish(people[name], open_task(case), {"approval.verdict": "agree"}) == 409
        assert f"/tasks/{open_task(case).pk}/" not in told(client(people[name]).get("/?tab=groups"))


def test_the_examiner_reads_the_whole_of_it_on_one_page(people: People) -> None:
    case = nightjar()
    assert finish(people["anna"], open_task(case), FOUND) == 200
    assert finish(people["clara"], open_task(case), {"approval.verdict": "agree"}) == 200
    browser = client(people["clara"])
    assert f"/cases/{case.pk}/review/" in browser.get(f"/cases/{case.pk}/").content.decode()
    page = told(browser.get(f"/cases/{case.pk}/review/"))
    for words in (
        "Nightjar Shipping Ltd",
        "MADE-UP 2",
        "part of a circle",
        "restrict the account",
        "is right",
        "49,000.00",
        "A name on the list is almost the same: ",
    ):
        assert words in page, words
    assert "string(" not in page, "what a rule computed is shown as it came out"
    assert page.count("<line") == 3 and page.count("<circle") == 3


def test_other_cases_are_no_review(people: People, open_case: Callable[..., Case]) -> None:
    case = open_case()
    page = told(client(people["anna"]).get(f"/cases/{case.pk}/"))
    assert f"/cases/{case.pk}/review/" not in page


def test_a_real_list_is_read_and_waits_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "sdn.csv").write_text('36,"HERON COPPER, Paula","individual","X",-0- ,-0- \n\x1a', "utf-8")
    (tmp_path / "alt.csv").write_text('36,1,"aka","PAULA HERON",-0- \n', "utf-8")
    for _ in range(2):
        call_command("read_sanctions", tmp_path, verbosity=0)
    row = ActorVersion.objects.filter(actor__key="name-list").latest("pk")
    assert row.state != ActorVersion.State.IN_USE and row.actor.versions.count() == 2
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("read_sanctions", tmp_path / "nowhere")
