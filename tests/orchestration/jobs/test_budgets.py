"""Do budgets of actors and of case types hold, whoever works at once and whoever dies?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.db.sql import do
from audit.models import AuditEvent
from orchestration.actors import gauges, spending
from orchestration.actors.budgets import budget_remove, budget_set, used
from orchestration.actors.card import Card, Price
from orchestration.actors.registry import actor_ensure, card_change, register_model_version
from orchestration.actors.routing import Candidate, Choice, Way, Wish, route
from orchestration.ground import clock
from orchestration.jobs import runner
from orchestration.models import Actor, ActorCall, Budget, Gauge, Job, Spending
from orchestration.shell import services
from orchestration.shell.verification.control import verify_control
from tests.orchestration.case_types import TEST
from tests.orchestration.jobs.test_jobs import work
from tests.orchestration.machines import machines
from tests.orchestration.real import at_once, real_database, real_template

__all__ = ["machines", "real_database", "real_template", "work"]

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TYPE = "case-type:trial"


def costing(key: str, amount: str | None, **more: object) -> Candidate:
    price = None if amount is None else Price(Decimal(amount), "EUR", "call")
    return Candidate(0, key, key.title(), "fake", Card(price=price), version="1", version_id=1, **more)


def priced(key: str, amount: str) -> None:
    card_change(key, {"price": {"amount": amount, "currency": "EUR", "per": "call"}}, TEST)


def chosen(key: str = "filing") -> Candidate:
    return next(one for one in gauges.candidates("filing", clock.utc_now(), 0, "trial") if one.key == key)


def told(choice: Choice) -> tuple[Way, str]:
    return choice.way, "" if choice.candidate is None else choice.candidate.key


DEAR = costing("dear", "2", spent=Decimal(9), budget=Decimal(10), beyond="cheaper")
ANY = (Wish(rule="rule 1"),)


def test_beyond_a_budget_the_work_goes_to_a_cheaper_actor_and_else_to_a_person() -> None:
    cheap, dearer, unknown = costing("cheap", "0.1"), costing("dearer", "3"), costing("unknown", None)
    assert told(route(ANY, [DEAR, dearer, cheap], NOW)) == (Way.ACTOR, "cheap")
    assert told(route((Wish("dear"),), [DEAR, dearer, cheap], NOW)) == (Way.ACTOR, "cheap")
    nobody = route(ANY, [DEAR, dearer, unknown], NOW)
    assert told(nobody) == (Way.PERSON, "")
    assert "budget" in nobody.passed["dear"] and "not cheaper than Dear" in nobody.passed["dearer"]
    assert nobody.rule == "rule 1; beyond the budget: a person" and "budget has no money left" in nobody.why


def test_a_person_who_comes_in_the_place_of_a_machine_without_money_has_none_of_its_deadline() -> None:
    short = Wish("dear", deadline=timedelta(minutes=1), rule="rule 1")
    assert route([short], [replace(DEAR, beyond="person")], NOW).deadline is None


def test_a_budget_may_say_that_a_person_comes_next_though_there_is_a_cheaper_actor() -> None:
    strict = replace(DEAR, beyond="person")
    assert told(route(ANY, [strict, costing("cheap", "0.1")], NOW)) == (Way.PERSON, "")


def test_work_waits_for_a_cheaper_actor_that_is_only_busy() -> None:
    busy = replace(
        costing("cheap", "0.1", running=1), card=Card(price=Price(Decimal("0.1"), "EUR", "call"), concurrency=1)
    )
    assert told(route(ANY, [DEAR, busy], NOW)) == (Way.WAIT, "")


def test_what_costs_nothing_that_anybody_knows_of_is_kept_back_by_no_budget_of_a_case_type() -> None:
    used_up = {"case_spent": Decimal(5), "case_budget": Decimal(5), "case_beyond": "person"}
    assert told(route(ANY, [costing("free", "0", **used_up)], NOW)) == (Way.ACTOR, "free")
    assert told(route(ANY, [costing("unknown", None, **used_up)], NOW)) == (Way.ACTOR, "unknown")
    assert told(route(ANY, [costing("dear", "1", **used_up)], NOW)) == (Way.PERSON, "")


@pytest.mark.django_db
def test_a_case_type_beyond_its_budget_has_a_person_do_the_work(work: Callable[[], Job]) -> None:
    priced("filing", "1")
    budget_set(TYPE, Decimal("1.5"), "EUR", TEST)
    first, second = work(), work()
    assert isinstance(runner.run(first.instance_id, first.job), services.Done)
    assert isinstance(runner.run(second.instance_id, second.job), services.Done)
    second.refresh_from_db()
    assert second.state == Job.State.HANDED
    row = Spending.objects.get()
    assert (row.scope, row.spent, row.reserved) == (TYPE, 1, 0)
    assert "budget for cases of this type" in ActorCall.objects.get(job=second).route["passed"]["filing"]


@pytest.mark.django_db
def test_money_of_a_failed_call_is_given_back_and_what_it_cost_is_unknown(work: Callable[[], Job], machines) -> None:
    priced("filing", "1")
    machines.fail("intent", temporary=True, times=1)
    job = work()
    runner.run(job.instance_id, job.job)
    row = Spending.objects.get()
    assert (row.spent, row.reserved) == (0, 0)
    assert ActorCall.objects.get(job=job).cost is None


@pytest.mark.django_db
def test_what_a_dead_worker_had_reserved_is_given_back(work: Callable[[], Job]) -> None:
    priced("filing", "1")
    job = work()
    claimed = runner.claim(job.instance_id, job.job)
    assert gauges.reserve(claimed.pk, chosen(), "automatic", clock.utc_now(), None)
    assert (Spending.objects.get().reserved, Gauge.objects.get().reserved) == (1, 1)
    runner.let_go(Job.objects.get(pk=job.pk))
    assert (Spending.objects.get().reserved, Gauge.objects.get().reserved) == (0, 0)


@pytest.mark.django_db
def test_where_the_case_type_has_no_money_left_the_place_with_the_actor_is_not_taken_either(
    work: Callable[[], Job],
) -> None:
    priced("filing", "2")
    budget_set(TYPE, Decimal(1), "EUR", TEST)
    assert not gauges.reserve(work().pk, chosen(), "automatic", clock.utc_now(), None)
    assert not Gauge.objects.filter(running__gt=0).exists() and not Spending.objects.exists()


@pytest.mark.django_db
def test_a_budget_in_another_currency_counts_nothing(work: Callable[[], Job]) -> None:
    priced("filing", "2")
    budget_set(TYPE, Decimal(1), "USD", TEST)
    assert gauges.reserve(work().pk, chosen(), "automatic", clock.utc_now(), None)


def test_a_budget_of_a_case_type_holds_over_workers_at_once(real_database: str, work: Callable[[], Job]) -> None:
    priced("filing", "1")
    actor_ensure("second", name="Second", kind="filing", capability="filing", rank=1)
    register_model_version("second", "1", b"another", {}, activate=True)
    priced("second", "0.5")
    budget_set(TYPE, Decimal("3.2"), "EUR", TEST)
    jobs, actors = [work() for _ in range(10)], [chosen("filing"), chosen("second")]

    def take(number: int) -> Callable[[], object]:
        now = clock.utc_now()
        return lambda: gauges.reserve(jobs[number].pk, actors[number % 2], "automatic", now, None)

    taken = at_once(*(take(number) for number in range(10)))
    assert all(isinstance(one, bool) for one in taken), taken
    row = Spending.objects.get()
    costs = [actors[number % 2].cost or Decimal(0) for number in range(10)]
    in_use = sum((cost for cost, had in zip(costs, taken, strict=True) if had), Decimal(0))
    by_actor = dict(Gauge.objects.values_list("actor__key", "reserved"))  # an actor that came too late has no gauge
    assert row.reserved == in_use == sum(by_actor.values()) and by_actor.keys() <= {"filing", "second"}
    refused = [cost for cost, had in zip(costs, taken, strict=True) if not had]
    assert in_use <= Decimal("3.2") and refused and all(in_use + cost > Decimal("3.2") for cost in refused)


STEPS = st.lists(st.tuples(st.sampled_from(["take", "done", "dearer", "crash"]), st.integers(0, 3)), max_size=25)


@pytest.mark.django_db
def test_whatever_happens_to_calls_what_is_reserved_is_what_is_under_way(work: Callable[[], Job]) -> None:
    priced("filing", "1")
    budget_set(TYPE, Decimal(5), "EUR", TEST)
    jobs = [work() for _ in range(4)]

    @settings(max_examples=25)
    @given(STEPS)
    def holds(steps: list[tuple[str, int]]) -> None:
        Spending.objects.all().delete()
        Gauge.objects.all().delete()
        running, spent = set(), Decimal(0)
        for what, number in steps:
            if what == "take" and number not in running:
                if gauges.reserve(jobs[number].pk, chosen(), "automatic", clock.utc_now(), None):
                    running.add(number)
            elif what == "crash" and number in running:
                job = Job.objects.get(pk=jobs[number].pk)
                gauges.release(job.actor, job.reserved)
                spending.give_back(job)
                running.remove(number)
            elif what in ("done", "dearer") and number in running:
                cost = Decimal(1) if what == "done" else Decimal("1.5")
                settled(jobs[number], cost)
                running.remove(number)
                spent += cost
            row = Spending.objects.first()
            assert (Decimal(0) if row is None else row.reserved) == len(running)
            assert (Decimal(0) if row is None else row.spent) == spent

    holds()


def settled(job: Job, cost: Decimal) -> None:
    """What goes with the step of a result, by itself."""
    now = clock.utc_now()
    parts = [gauges.settled(chosen(), now, failed=False, ok=True, cost=cost)]
    parts.append(spending.settled(chosen(), job.instance_id, now))
    do(parts)


@pytest.mark.django_db
def test_each_change_of_a_budget_is_on_the_chain_and_verification_finds_one_that_is_not() -> None:
    assert budget_set("actor:intent", Decimal(10), "EUR", TEST, warn_at=70)
    assert not budget_set("actor:intent", Decimal("10.00"), "EUR", TEST, warn_at=70)
    assert budget_set(TYPE, Decimal(5), "EUR", TEST)
    assert budget_remove(TYPE, TEST) and not budget_remove(TYPE, TEST)
    assert AuditEvent.objects.filter(chain=0, action="budget.changed").count() == 3
    assert verify_control().ok
    Budget.objects.update(amount=1000)
    assert "the budget of actor:intent is not what the last change made it" in verify_control().reason


@pytest.mark.django_db
def test_a_budget_is_a_months_and_warns_before_it_is_used_up(work: Callable[[], Job]) -> None:
    priced("filing", "1")
    budget_set("actor:filing", Decimal(2), "EUR", TEST, warn_at=50)
    job = work()
    runner.run(job.instance_id, job.job)
    (one,) = used(clock.utc_now())
    assert (one.share, one.warns, one.is_used_up, one.priced_in) == (0.5, True, False, "EUR")
    (later,) = used(clock.utc_now() + timedelta(days=40))
    assert (later.share, later.warns) == (0, False)
    assert Actor.objects.get(key="filing").gauge.spent == 1
