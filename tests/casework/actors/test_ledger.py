"""Does the ledger tell what each call of a machine was and cost, to whom it may be told?"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import F

from audit.models import AuditEvent
from audit.services import Origin
from casework.actors.ledger import read
from casework.actors.ledger.people import rate_set
from casework.models import GroupRate
from casework.tasks.services import task_claim, task_complete
from casework.tasks.task_page import task_page
from orchestration.actors.contract import Answer
from orchestration.actors.registry import actor_ensure, card_change, register_model_version
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.ground.refusals import Refused
from orchestration.models import Actor, ActorCall, HumanTask
from orchestration.shell.verification.control import verify_control
from tests.orchestration.machines import work_jobs
from tests.sql import statements

pytestmark = pytest.mark.django_db

TEST = Origin("system:test")


def priced(amount: str, per: str = "call") -> None:
    card_change("intent", {"price": {"amount": amount, "currency": "EUR", "per": per}}, TEST)


def lines_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


@pytest.fixture
def ada(people, client):
    client.force_login(people["ada"])
    return client


def test_every_call_says_who_asked_what_it_cost_and_how_long_it_waited(people, machines, open_case):
    priced("0.05")
    work_jobs(open_case(by=people["anna"]).instance_id)
    intent, tone = ActorCall.objects.get(actor="intent"), ActorCall.objects.get(actor="sentiment")
    assert (intent.cost, intent.currency, intent.case_type) == (Decimal("0.05"), "EUR", "complaint")
    assert (tone.cost, tone.currency) == (None, "")
    assert intent.asked_by == "person:anna"
    assert intent.queue_ms >= 0 and len(intent.output_digest) == 64


def test_work_that_a_machines_answer_set_off_was_asked_for_by_the_machine(machines, analysed):
    askers = set(ActorCall.objects.filter(instance=analysed().instance_id).values_list("asked_by", flat=True))
    assert askers <= {"system:test", "system:intake", "model:intent", "model:sentiment"} and "" not in askers


def test_units_and_what_the_actor_says_itself_make_the_cost(machines, open_case):
    priced("0.001", per="unit")
    output = machines.by_kind["intent"].answers[0]
    machines.by_kind["intent"].answers = [Answer(output, 0.93, usage={"units": 1200})]
    work_jobs(open_case().instance_id)
    machines.by_kind["intent"].answers = [Answer(output, 0.93, cost=Decimal("0.7"))]
    work_jobs(open_case().instance_id)
    machines.by_kind["intent"].answers = [Answer(output, 0.93)]
    work_jobs(open_case().instance_id)
    costs = list(ActorCall.objects.filter(actor="intent").order_by("pk").values_list("cost", flat=True))
    assert costs == [Decimal("1.2"), Decimal("0.7"), None]


@pytest.mark.parametrize("by", ["day", "actor", "case-type", "case"])
def test_calls_are_added_up_and_what_is_unknown_is_never_zero(ada, machines, analysed, by):
    priced("0.05")
    analysed()
    analysed()
    answer = ada.get(f"/ledger/?by={by}")
    together = answer.context["together"]
    assert (together.calls, together.cost.words, together.cost.unknown) == (4, "0.10 EUR", 2)
    for row, _, url in answer.context["rows"]:
        behind = ada.get(f"/ledger/{url}").context["page"].rows
        assert len(behind) == row.calls
    lines = lines_of(ada.get(f"/ledger/?by={by}&as=csv"))
    assert sum(int(line["calls"]) for line in lines) == 4
    assert sum(int(line["calls of unknown cost"]) for line in lines) == 2


def test_the_file_of_single_calls_has_what_the_page_shows(ada, machines, analysed):
    priced("0.05")
    analysed()
    lines = lines_of(ada.get("/ledger/?by=calls&as=csv"))
    assert {(line["actor"], line["cost"], line["currency"]) for line in lines} == {
        ("intent", "0.05", "EUR"), ("sentiment", "unknown", ""),
    }  # fmt: skip
    assert lines_of(ada.get("/ledger/?by=calls&actor=intent&outcome=failed&as=csv")) == []


def test_a_single_call_names_what_was_asked_for_as_its_case_type_does(ada, machines, analysed):
    case_type = by_definition(analysed().instance.definition_id)
    page = ada.get("/ledger/?by=calls").content.decode()
    for key in ("intent", "sentiment"):
        assert f'data-label="Asked for" class="wrap-anywhere">{case_type.capability(key).title}</td>' in page


def test_the_file_of_single_calls_says_what_was_counted_and_why_this_actor(ada, machines, analysed):
    actor_ensure("other", name="Other", kind="intent", capability="intent", rank=5)
    analysed()
    ActorCall.objects.filter(actor="intent").update(usage={"tokens": 24})
    line, without = (
        next(one for one in lines_of(ada.get("/ledger/?by=calls&as=csv")) if one["actor"] == actor)
        for actor in ("intent", "sentiment")
    )
    assert (line["counted"], without["counted"]) == ("tokens 24", "")
    assert line["rule"] == "rule 3 of Routing of work in complaint v1"
    assert line["passed over"] == "other: It has no active version." and without["passed over"] == ""
    said = ActorCall.objects.get(actor="intent").verdicts
    assert len(line["verdicts"].split("; ")) == len(said) > 5 and "after schema pass" in line["verdicts"]


def test_a_cell_of_the_file_is_never_run_by_a_spreadsheet(ada, machines, analysed):
    analysed()
    ActorCall.objects.update(version="=1+1")
    assert {line["version"] for line in lines_of(ada.get("/ledger/?by=calls&as=csv"))} == {"'=1+1"}


def test_the_page_of_a_call_tells_who_was_passed_over_and_each_verdict(ada, machines, analysed):
    actor_ensure("other", name="Other", kind="intent", capability="intent", rank=5)
    register_model_version("other", "1", b"x", {}, activate=True)
    Actor.objects.filter(key="other").update(enabled=False)
    analysed()
    call = ActorCall.objects.get(actor="intent")
    told = ada.get(f"/ledger/calls/{call.pk}/").content.decode()
    assert "<strong>Other</strong>: It is switched off." in told
    assert all(verdict["guardrail"] in told for verdict in call.verdicts)
    assert call.output_digest[:16] in told and "unknown" in told


def test_what_a_machine_gave_is_shown_to_who_may_see_the_case_alone(people, client, machines, analysed):
    analysed(intent="refund_request")
    call = ActorCall.objects.get(actor="intent")
    client.force_login(people["ada"])
    assert "refund_request" not in client.get(f"/ledger/calls/{call.pk}/").content.decode()
    client.force_login(people["anna"])
    assert "refund_request" in client.get(f"/ledger/calls/{call.pk}/").content.decode()
    client.force_login(people["olga"])
    assert client.get(f"/ledger/calls/{call.pk}/").status_code == 404


def test_what_is_masked_on_the_case_is_masked_on_the_call(people, client, machines, analysed):
    analysed()
    ActorCall.objects.filter(actor="intent").update(error="It wrote to maria.sandoval@example.org.")
    call = ActorCall.objects.get(actor="intent")
    client.force_login(people["anna"])
    assert "maria.sandoval@example.org" not in client.get(f"/ledger/calls/{call.pk}/").content.decode()


def test_who_sees_no_case_sees_no_call(people, client, machines, analysed):
    analysed()
    client.force_login(people["olga"])
    assert client.get("/ledger/?by=calls").context["page"].rows == ()
    assert lines_of(client.get("/ledger/?by=calls&as=csv")) == []
    client.force_login(people["anna"])
    assert len(client.get("/ledger/?by=calls").context["page"].rows) == 2


def test_the_ledger_takes_the_same_few_statements_for_any_number_of_calls(people, client, machines, analysed):
    def counted(by: str) -> int:
        client.get(f"/ledger/?by={by}")
        with statements() as sent:
            client.get(f"/ledger/?by={by}")
        return len(sent)

    client.force_login(people["anna"])
    analysed()
    before = {by: counted(by) for by in ("day", "case", "calls")}
    for _ in range(3):
        analysed()
    assert {by: counted(by) for by in before} == before
    assert max(before.values()) <= 14


def test_pages_of_single_calls_follow_each_other_without_a_gap(ada, machines, analysed, monkeypatch):
    monkeypatch.setattr(read.single, "__defaults__", ("", 3))
    for _ in range(4):
        analysed()
    found, address = [], "/ledger/?by=calls"
    while address:
        page = ada.get(address)
        found += [row.pk for row in page.context["page"].rows]
        address = page.context["page"].following and f"/ledger/{page.context['next']}"
    assert found == list(ActorCall.objects.order_by("-started", "-pk").values_list("pk", flat=True))


def finished_by(person, case, minutes: int) -> None:
    """A task of the case that the person took, and finished so many minutes later."""
    task = HumanTask.objects.get(instance=case.instance_id, state="open")
    assert not isinstance(task_claim(by=person, task=task), Refused)
    page = task_page(user=person, task=task, now=clock.utc_now())
    outcome = task_complete(by=person, task=task, answers=page.initial | {"verdict": "accept"})
    assert not isinstance(outcome, Refused), outcome
    HumanTask.objects.filter(pk=task.pk).update(claimed=F("ended") - timedelta(minutes=minutes))


def test_the_work_of_people_has_a_price_by_their_time(people, ada, machines, analysed):
    rate_set(Group.objects.get(name="Analysts"), Decimal(60), "EUR", TEST)
    case = analysed()
    finished_by(people["anna"], case, minutes=30)
    page = ada.get("/ledger/?by=people")
    (row,) = page.context["work"]
    assert (row.label, row.tasks, row.cost.words) == ("Analysts", 1, "30.00 EUR")
    assert "estimate by time" in page.content.decode()


def test_a_task_left_open_over_night_counts_for_eight_hours_and_without_a_rate_for_nobody_knows(
    people, ada, machines, analysed
):
    case = analysed()
    finished_by(people["anna"], case, minutes=60 * 30)
    (row,) = ada.get("/ledger/?by=people").context["work"]
    assert row.hours == pytest.approx(8)
    assert (row.cost.words, row.cost.unknown) == ("unknown", 1)


def test_a_rate_is_set_by_administrators_and_each_change_is_on_the_chain(people, client):
    group = Group.objects.get(name="Analysts")
    client.force_login(people["anna"])
    assert client.post(f"/ledger/rates/{group.pk}/", {"amount": "60", "currency": "EUR"}).status_code == 403
    client.force_login(people["ada"])
    assert client.post(f"/ledger/rates/{group.pk}/", {"amount": "a lot", "currency": "EUR"}).status_code == 400
    client.post(f"/ledger/rates/{group.pk}/", {"amount": "60,5", "currency": "eur"})
    client.post(f"/ledger/rates/{group.pk}/", {"amount": "60.50", "currency": "EUR"})
    group.refresh_from_db()
    assert (group.rate.amount, group.rate.currency) == (Decimal("60.50"), "EUR")
    assert AuditEvent.objects.filter(chain=0, action="rate.changed", actor="person:ada").count() == 1
    assert verify_control().ok
    GroupRate.objects.update(amount=1)
    assert "the rate of the group Analysts is not what the last change made it" in str(verify_control().reason)
    assert "counts as 60.50 EUR" in client.get("/changes/").content.decode()


def test_a_case_says_what_its_machines_and_its_people_cost(people, client, machines, analysed):
    priced("0.05")
    rate_set(Group.objects.get(name="Analysts"), Decimal(60), "EUR", TEST)
    case = analysed()
    finished_by(people["anna"], case, minutes=30)
    client.force_login(people["anna"])
    cost = client.get(f"/cases/{case.pk}/decisions/").context["page"].cost
    assert (cost.machines.words, cost.machines.unknown, cost.calls) == ("0.05 EUR", 1, 2)
    assert (cost.people.words, cost.tasks, round(cost.hours, 2)) == ("30.00 EUR", 1, 0.5)
    told = client.get(f"/cases/{case.pk}/decisions/").content.decode()
    assert "0.05 EUR" in told and "estimate by time" in told
    behind = client.get(f"/ledger/?by=calls&case={case.pk}&from=1971-01-01").context["page"].rows
    assert {row.instance_id for row in behind} == {case.instance_id}


OTHER_INDEXES = """
select indexname from pg_indexes where tablename = 'orchestration_actorcall' and indexname <> 'call_added_up'
and indexname not in (select conname from pg_constraint)
"""


@pytest.mark.parametrize("by", ["day", "actor", "case-type", "case"])
def test_calls_are_added_up_from_one_index_without_a_look_at_the_rows(people, machines, analysed, by):
    analysed()
    wanted = read.Wanted(by, *read.span(7, clock.utc_now()))
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        cursor.execute("set constraints all immediate")
        cursor.execute(OTHER_INDEXES)  # of a table with next to no rows, any of them would do
        for (name,) in cursor.fetchall():
            cursor.execute(f'drop index "{name}"')
        cursor.execute("alter table orchestration_actorcall drop constraint orchestration_actorcall_pkey cascade")
    plan = read.summed(read.calls(people["ada"], wanted), by).explain()
    assert "Index Only Scan using call_added_up" in plan, plan
