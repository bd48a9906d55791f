"""A payment is approved by as many as the rules ask for, each another person, each for what they saw, and paid once."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors.bundled import CASE_TYPES
from casework.cases.services import case_verify
from casework.deadlines.models import Deadline
from casework.documents.services import Added, document_add
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.tasks.many import Wish, carried_out
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteJob
from orchestration.models import HumanTask, Job
from orchestration.shell import services
from orchestration.shell.selectors import data_of
from tests.casework.actions import open_task, refusals
from tests.casework.browsing import client
from tests.casework.reading import told
from tests.orchestration.documents.papers import picture

pytestmark = pytest.mark.django_db

People = dict[str, User]
Asks = Callable[..., Case]
PAYEE = {"name": "Hafen Logistics AG", "iban": "DE75 5121 0800 1245 1261 99", "since": "2019-04-01"}
WHY = {"justification": "The freight of November has arrived.", "evidence": "INV-7"}
RELEASE = {"approval.verdict": "release"}


@pytest.fixture
def asks(people: People) -> Asks:
    """`asks(amount=20_000)`: a payment that came in by a program and is to be justified."""
    outcome = deploy(folder_files(CASE_TYPES / "payment-release"), Origin("system:test"))
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    count = 0

    def asked(**data: Any) -> Case:
        nonlocal count
        count += 1
        given = {"payee": PAYEE, "amount": 4200, "received": "2026-11-16T09:00:00+01:00", **data}
        opened = case_open(by=None, case_type="payment-release", reference=f"P-{count}", source="test", data=given)
        assert isinstance(opened, Opened), opened
        return opened.case

    return asked


def seen(who: User, task: HumanTask) -> str:
    """What the page of a task carries of what it shows, once they have taken it."""
    client(who).post(f"/tasks/{task.pk}/claim/")
    page = client(who).get(f"/tasks/{task.pk}/").content.decode()
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def finish(who: User, task: HumanTask, **given: str) -> Any:
    return client(who).post(f"/tasks/{task.pk}/complete/", given)


def justified(who: User, case: Case) -> HumanTask:
    assert finish(who, open_task(case), **WHY).status_code == 302
    return open_task(case)


def releases(who: User, case: Case) -> int:
    task = open_task(case)
    return int(finish(who, task, **RELEASE, seen=seen(who, task)).status_code)


def jobs(case: Case) -> list[Job]:
    return list(Job.objects.filter(instance=case.instance_id))


def test_a_large_payment_climbs_from_person_to_person_and_is_paid_once(people: People, asks: Asks) -> None:
    case = asks(amount=120_000)
    justified(people["anna"], case)
    assert releases(people["ben"], case) == 302 and not jobs(case)
    assert releases(people["clara"], case) == 302 and not jobs(case)
    assert releases(people["emil"], case) == 302
    (job,) = jobs(case)
    for _ in range(2):
        services.send(case.instance_id, CompleteJob(job.job, {"payment": "P-000009"}), Origin("system:test"))
    case.refresh_from_db()
    case.instance.refresh_from_db()
    assert case.closed and data_of(case.instance)["payment"] == {"outcome": "paid", "reference": "P-000009"}
    page = told(client(people["clara"]).get(f"/cases/{case.pk}/"))
    assert (
        page.count("What was seen has the mark") == 3
        and "is right: release it" in page
        and "“Release the payment” was done" in page
    )
    assert f"/cases/{case.pk}/review/" in client(people["clara"]).get(f"/cases/{case.pk}/").content.decode()
    examined = told(client(people["axel"]).get(f"/cases/{case.pk}/review/"))
    for words in ("Hafen Logistics AG", "120,000.00 EUR", "Who has to approve", "signed", "is right: release it",
                  "Rule", "The freight of November has arrived.", "P-000009"):  # fmt: skip
        assert words in examined, words
    assert PAYEE["iban"] not in examined and "Money flows" not in examined
    assert Deadline.objects.get(instance=case.instance_id, key="release").state in ("met", "late")
    assert case_verify(by=people["axel"], case=case).ok


def test_without_a_justification_nothing_is_submitted(people: People, asks: Asks) -> None:
    case = asks()
    for given in ({}, {"justification": "Because.", "evidence": "INV-7"}, {"justification": WHY["justification"]}):
        assert finish(people["anna"], open_task(case), **given).status_code == 400
    assert open_task(case).name == "Justify the payment"


def test_one_person_is_only_one_of_the_chain_by_any_door(people: People, asks: Asks) -> None:
    case = asks(amount=20_000, asked_by="Ben Bauer")
    task = justified(people["anna"], case)
    for name in ("anna", "ben"):
        assert finish(people[name], task, **RELEASE).status_code == 409
    address, sent = f"/api/tasks/{task.pk}/complete/", {"answers": RELEASE}
    answer = client(people["ben"]).post(address, sent, content_type="application/json")
    assert answer.status_code == 409 and "You appeared by name in what it is about" in answer.json()["message"]
    assert refusals(case) == [(f"person:{name}", "four-eyes") for name in ("anna", "ben", "ben")]
    assert open_task(case).pk == task.pk


def test_a_step_of_the_chain_is_not_skipped(people: People, asks: Asks) -> None:
    """Who gives the second approval does not give the first, and the second is not there before it."""
    case = asks(amount=20_000)
    task = justified(people["anna"], case)
    assert finish(people["emil"], task, **RELEASE, seen="{}").status_code in (403, 404, 409)
    assert finish(people["clara"], HumanTask(pk=task.pk + 1), **RELEASE).status_code == 404
    assert not jobs(case) and open_task(case).pk == task.pk


def test_what_nobody_was_shown_is_not_signed(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    seen(people["ben"], task)
    forged = ("", "{}", "[1]", "not JSON", '{"/amount": "0"}')
    for sent in forged:
        assert finish(people["ben"], task, **RELEASE, seen=sent).status_code == 409
    assert refusals(case) == [("person:ben", "not-what-was-seen")] * len(forged)


def test_what_changed_since_is_named_and_asked_again(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    carried = seen(people["ben"], task)
    added = document_add(by=people["anna"], case=case, name="invoice.png", content=picture())
    assert isinstance(added, Added)
    answer = finish(people["ben"], task, **RELEASE, seen=carried)
    assert answer.status_code == 409
    assert "This has changed since you opened the page: Documents." in told(answer)
    assert finish(people["ben"], task, **RELEASE, seen=seen(people["ben"], task)).status_code == 302


def test_what_another_person_saw_is_not_what_one_signs(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    carried = seen(people["ben"], task)
    client(people["ben"]).post(f"/tasks/{task.pk}/release/")
    people["clara"].groups.add(*people["ben"].groups.all())
    assert carried != seen(people["clara"], task)
    assert finish(people["clara"], task, **RELEASE, seen=carried).status_code == 409


def test_many_at_once_are_not_signed(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    client(people["ben"]).post(f"/tasks/{task.pk}/claim/")
    (result,) = carried_out(people["ben"], [task.pk], Wish("complete"))
    assert not result.done and "signs what stands on its page" in result.message


def test_the_api_gives_what_it_wants_back(people: People, asks: Asks) -> None:
    case = asks()
    task = justified(people["anna"], case)
    browser = client(people["ben"])
    browser.post(f"/tasks/{task.pk}/claim/")
    carried = browser.get(f"/api/tasks/{task.pk}/").json()["seen"]
    answers = {"answers": {"approval.verdict": "stop", "approval.reason": "The sum is wrong."}, "seen": carried}
    assert browser.post(f"/api/tasks/{task.pk}/complete/", answers, content_type="application/json").status_code == 200
    case.refresh_from_db()
    assert case.closed and not jobs(case)


def test_a_sign_of_fraud_says_why_where_it_is_decided(people: People, asks: Asks) -> None:
    case = asks(payee={**PAYEE, "account_changed": "2026-11-09"})
    task = justified(people["anna"], case)
    page = told(client(people["ben"]).get(f"/tasks/{task.pk}/"))
    assert "The account was changed within the last 30 days." in page and "look closer" in page
