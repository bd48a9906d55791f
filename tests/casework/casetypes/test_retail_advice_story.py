"""A customer is named what is in stock: by what they bought where they agreed to that, and only there."""

from __future__ import annotations

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from audit.services import Origin
from casework.access.roles import ensure_roles
from casework.actors import recommenders
from casework.actors.bundled import CASE_TYPES
from casework.actors.recommenders import ensure_recommender
from casework.actors.shipped import ensure_shipped
from casework.cases.services import case_verify
from casework.intake.services import Opened, case_open
from casework.models import Case
from casework.runtime.database_programs import asked as asked_of
from casework.runtime.stand_ins.place import SHOP_DATABASE
from casework.runtime.stand_ins.shop_database import shop_database
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.kinds.sql.database import THIS_MACHINE
from orchestration.advice.made_up import bought_by, left_of
from orchestration.casetypes.case_type import folder_files
from orchestration.casetypes.deployment import Published, deploy
from orchestration.engine.commands import CompleteJob, FailJob
from orchestration.ground import clock
from orchestration.jobs import runner
from orchestration.models import Actor, ActorCall, ActorVersion, Gauge, HumanTask, Incident, Job
from orchestration.shell import services
from orchestration.shell.selectors import data_of
from tests.orchestration.actors.connectors.test_documented import store
from tests.orchestration.machines import work_jobs

__all__ = ["store"]

pytestmark = pytest.mark.django_db

People = dict[str, User]
FOLDER = CASE_TYPES / "retail-advice"
TEST = Origin("system:test")


@pytest.fixture(autouse=True)
def advice(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = deploy(folder_files(FOLDER), TEST)
    assert isinstance(outcome, Published), outcome
    ensure_roles(outcome.case_type)
    whole = recommenders.made_up
    monkeypatch.setattr(recommenders, "made_up", lambda wanted: whole(min(wanted, 300)))
    ensure_recommender(FOLDER / "training")
    ensure_recommender(FOLDER / "training")
    ensure_shipped(FOLDER / "actors")


def answered(case: Case, capability: str, result: dict[str, Any]) -> None:
    """What the shop says, in place of its connector."""
    job = Job.objects.filter(instance=case.instance_id, capability=capability).latest("pk")
    services.send(case.instance_id, CompleteJob(job.job, result), TEST)


def asked(consent: str | None) -> Case:
    case = recommended(consent)
    named = [one["item"] for one in data(case)["recommended"]["items"]]
    answered(case, "read-stock", {"available": [one for one in named if left_of(one)]})
    return case


def begun(consent: str | None) -> Case:
    customer = {"number": "C-0003", "email": "mila@example.com", "consent": consent}
    opened = case_open(by=None, case_type="retail-advice", reference="A-1", source="test", data={"customer": customer})
    assert isinstance(opened, Opened), opened
    return opened.case


def recommended(consent: str | None) -> Case:
    """A case in which it is to be seen what is in stock."""
    case = begun(consent)
    if consent == "purchases":
        answered(case, "read-purchases", {"bought": bought_by("C-0003")})
    job = Job.objects.get(instance=case.instance_id, capability="recommend-items")
    runner.run(job.instance_id, job.job)
    return case


def data(case: Case) -> dict[str, Any]:
    case.instance.refresh_from_db()
    found: dict[str, Any] = data_of(case.instance)
    return found


def test_who_agreed_is_named_what_goes_with_their_purchases_and_is_in_stock_by_itself(people: People) -> None:
    case = asked("purchases")
    found = data(case)
    assert found["recommended"]["how"] == "personal" and len(found["advice"]["items"]) >= 3
    for one in found["advice"]["items"]:
        assert left_of(one["item"]) and one["item"] not in bought_by("C-0003")
        assert "as you did" in one["why"] and one["why"] in found["advice"]["text"]
    answered(case, "send-message", {"how": "e-mail", "reference": "M-1"})
    answered(case, "note-advice", {"number": "1"})
    case.refresh_from_db()
    assert case.closed and case_verify(by=people["axel"], case=case).ok


@pytest.mark.parametrize("consent", ["general", "nothing", None])
def test_without_that_nobody_looks_at_purchases_and_the_text_says_so(consent: str | None) -> None:
    case = asked(consent)
    found = data(case)
    assert found["recommended"]["how"] == "popular" and found.get("bought") is None
    assert not Job.objects.filter(instance=case.instance_id, capability__in=["read-purchases", "send-message"]).exists()
    assert "You have not agreed that we look at what you bought." in found["advice"]["text"]
    assert HumanTask.objects.get(instance=case.instance_id, state="open").name == "Look at the advice"


def test_who_decides_about_work_that_failed_reads_what_was_sent_as_they_read_it_in_the_case(
    people: People, client: Client
) -> None:
    case = begun("purchases")
    job = Job.objects.get(instance=case.instance_id, capability="read-purchases")
    services.send(case.instance_id, FailJob(job.job, "The shop is away."), TEST)
    number = Incident.objects.get(instance=case.instance_id).incident
    client.force_login(people["anna"])
    assert client.get(f"/api/cases/{case.pk}/").json()["data"]["customer"]["number"] == "C-0003"
    sent = client.get(f"/api/cases/{case.pk}/incidents/{number}/").json()["input"]
    assert sent == {"input.number": "C-0003"}


def test_purchases_of_a_shop_of_ones_own_become_a_version_that_waits_for_a_person(tmp_path: Path) -> None:
    rows = [f"{who},{item},yes" for who in "abcdef" for item in ("boots", "poles", "kettle")] + ["g,boots,no"]
    file = tmp_path / "bought.csv"
    file.write_text("\n".join(["customer,item,consent", *rows]), "utf-8")
    said = StringIO()
    call_command("train_recommender", "--csv", str(file), stdout=said)
    assert "18 purchases of 6 customers, 3 items." in said.getvalue() and "1 purchases of people" in said.getvalue()
    row = ActorVersion.objects.filter(actor__key="shop-advice").latest("pk")
    assert row.state != ActorVersion.State.IN_USE and row.metrics["asked"] == 6
    file.write_text("customer,thing\n1,2\n", "utf-8")
    with pytest.raises(CommandError, match="no column item"):
        call_command("train_recommender", "--csv", str(file))
    with pytest.raises(CommandError, match="no recommender"):
        call_command("train_recommender", "other", "--csv", str(file))


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the made-up shop, in the server of the tests, which several processes may share."""
    name = f"shop_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    sockets = Path(str(settings.DATABASES["default"]["HOST"]))
    if not sockets.is_absolute():
        pytest.skip("The tests use a server of somebody's own, in which the shop has no database.")
    found = shop_database(sockets, name)
    monkeypatch.setenv(SHOP_DATABASE, found)
    host_allow(THIS_MACHINE, 5432, private=True, origin=TEST)
    return found


@pytest.mark.usefixtures("store")
def test_through_the_stand_in_of_a_shop_a_machine_does_all_of_it_and_the_shop_keeps_it(shop: str) -> None:
    customer = {"number": "C-0042", "email": "ines@example.com", "consent": "purchases"}
    opened = case_open(by=None, case_type="retail-advice", reference="A-2", source="test", data={"customer": customer})
    assert isinstance(opened, Opened), opened
    ensure_shipped(CASE_TYPES / "complaint" / "actors")
    work_jobs(opened.case.instance_id)
    found = data(opened.case)
    assert found["bought"] == bought_by("C-0042") and all(left_of(one) for one in found["available"])
    assert found["available"] and found["sent"]["how"] == "e-mail", found["handling"]
    named = ",".join(one["item"] for one in found["advice"]["items"])
    number = int(found["noted"]["number"])
    kept = asked_of(shop, f"select message, customer, items from advised where number = {number}")
    assert kept == f"{found['sent']['reference']}|C-0042|{named}"


@pytest.mark.usefixtures("store")
def test_the_shop_s_database_says_the_same_as_its_service_where_that_is_away(shop: str) -> None:
    case = recommended("purchases")
    Gauge.objects.update_or_create(
        actor=Actor.objects.get(key="shop-stock"), defaults={"open_until": clock.utc_now() + timedelta(minutes=1)}
    )
    waiting = Job.objects.get(instance=case.instance_id, capability="read-stock")
    runner.run(case.instance_id, waiting.job)
    call = ActorCall.objects.get(job=waiting)
    assert call.actor == "shop-database" and call.route is not None and "rule 1 of Routing" in call.route["rule"]
    named = [one["item"] for one in data(case)["recommended"]["items"]]
    assert sorted(data(case)["available"]) == sorted(one for one in named if left_of(one))


@pytest.mark.usefixtures("store")
def test_where_the_shop_has_no_database_the_advice_has_gone_out_all_the_same() -> None:
    case = asked("purchases")
    answered(case, "send-message", {"how": "e-mail", "reference": "M-1"})
    work_jobs(case.instance_id)
    case.refresh_from_db()
    assert case.closed and "noted" not in data(case)
    call = ActorCall.objects.get(job__instance=case.instance_id, capability="note-advice")
    assert "shop-database" in call.error
