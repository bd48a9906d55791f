"""What is left when processes of the running product are killed again and again? Everything, and once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from tests.chaos.machine import DEADLINE
from tests.chaos.product import Product, lived, wait_for

PAUSE = (0.1, 0.6)
"""Seconds between two kills."""
IN_TURN = ("worker", "carrier", "beat", "web")
EVERY = 4
"""After so many kills the worker as a whole, the one outside, beat or the web process has its turn; all others are of
busy processes."""
WORKERS = frozenset({"worker process", "worker", "carrier"})
PROCESSES = {"errand": 5, "parcel": 4}
"""What cases run, and how many jobs each has (with those of the case that its message begins)."""
BUSY = 0.5
"""Seconds by which an answer of two processors that do much else may be late: a call is timed from the claim on."""
LIVED = 12.0
"""Seconds that one of those must have lived: if it never lived longer, it would look as if it could not come up."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it: what was killed, what the product kept, and what the other system saw."""

    cases: int
    jobs: int
    effects_wanted: int
    """Jobs that change something elsewhere: all but those of the model that is served."""
    kills: dict[str, int]
    seconds: float
    seconds_after_the_last_kill: float
    requests: int
    effects: int
    doubled: int
    misused_keys: int
    calls: dict[str, int]
    dead_calls: int
    """How often the dead actor was asked, by all jobs that it could have had."""
    passed_over: dict[str, int]
    """Jobs that the dead actor was passed over for, by the reason in the ledger."""
    longest_beside_the_dead: float
    """Seconds from its first attempt to the end of a job that began with the dead actor."""
    dead_held: float
    """Seconds that the dead actor itself held a job at most; its deadline is one."""
    dead_cost: float
    """Seconds from asking the dead actor to asking the next for the same job: the median, kills and all."""
    dead_cases: int
    """Cases of which the dead actor held a job."""
    dead_most: float
    """Seconds that it cost one case at most: all its calls for that case together, kills and all."""
    dead_over: list[tuple[int, float]]
    """Cases that it cost more than its deadline (with what a busy machine adds) although nothing of theirs was killed:
    number and seconds."""
    open_cases: int
    incidents: int
    verified: str
    not_once: list[tuple[Any, ...]]
    """Jobs with no result in the ledger, or with two: which, its state, and what came of each attempt."""

    @property
    def holds(self) -> bool:
        """Nothing lost, nothing done twice, nobody asked, every history whole."""
        return not self.faults

    @property
    def faults(self) -> list[str]:
        """What does not hold, each with what it was found by."""
        found = {
            "cases are not over": self.open_cases,
            "effects differ from jobs": self.effects - self.effects_wanted,
            "jobs have not one result": self.not_once,
            "effects were doubled": self.doubled,
            "keys were used for two things": self.misused_keys,
            "incidents are open": self.incidents,
            "the dead actor was never passed over": not self.passed_over,
            "cases waited longer for the dead actor than its deadline": self.dead_over,
        }
        return [f"{what}: {how}" for what, how in found.items() if how]


OVER = """
select not exists (select from orchestration_instance where ended is null)
   and not exists (select from orchestration_outbox where delivered is null)
"""
NOT_ONCE = """
select j.instance_id, j.job, j.capability, j.state, j.attempts, j.worker, j.last_error,
       array_agg(c.attempt || ' ' || c.outcome || ' ' || c.started::time || ' ' || c.error order by c.id)
from orchestration_job j left join orchestration_actorcall c on c.job_id = j.id
group by j.id having count(*) filter (where c.outcome = 'done') <> 1
"""

PASSED = """
select route -> 'passed' ->> 'charge-dead', count(distinct job_id) from orchestration_actorcall
where actor <> 'charge-dead' and route -> 'passed' ? 'charge-dead' group by 1
"""
LONGEST = """
select coalesce(max(extract(epoch from j.ended - c.started)), 0)::float8 from orchestration_job j
join orchestration_actorcall c on c.job_id = j.id and c.actor = 'charge-dead'
"""

HELD = """
select coalesce(max(latency_ms) / 1000, 0)::float8 from orchestration_actorcall
where actor = 'charge-dead' and outcome <> 'lost'
"""
COST = """
select coalesce(percentile_cont(0.5) within group (order by extract(epoch from following - started)), 0)::float8
from (
  select actor, started, lead(started) over (partition by job_id order by started) as following
  from orchestration_actorcall
) c where actor = 'charge-dead' and following is not null
"""
COST_OF_CASES = """
select instance_id, sum(latency_ms) filter (where actor = 'charge-dead' and outcome <> 'lost') / 1000.0::float8 as cost,
       bool_or(outcome = 'lost')
from orchestration_actorcall group by instance_id
having bool_or(actor = 'charge-dead' and outcome <> 'lost') order by cost desc
"""


def killed(product: Product, kills: int, cases: int, seed: int, patience: float, jobs: int = 0) -> Report:
    """Kill so many processes while so many cases are under way, then let these come to their ends.

    `patience`: seconds that the killing may take, and again what is left to do. `jobs`: as many there are at least.
    """
    chance, began = random.Random(seed), time.monotonic()
    done: Counter[str] = Counter()
    turns = cycle(IN_TURN)
    servers = {kills // 2: ("broker", product.restart_broker), kills * 3 // 4: ("database", product.restart_database)}
    while done.total() < kills:
        assert time.monotonic() - began < patience, product.said()
        product.keep_carrier()
        missing = cases - product.count("instance where ended is null")
        if missing > cases // 5:
            _open(product, missing)
        if server := servers.pop(done.total(), None):
            server[1]()
            done[server[0]] += 1
            continue
        name = next(turns) if done.total() % EVERY == EVERY - 1 else ""
        victim = _victim(product, chance, name)
        if victim is not None:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(victim, signal.SIGKILL)
                done[name or "worker process"] += 1
        time.sleep(chance.uniform(*PAUSE))
    after = time.monotonic()
    if (more := jobs - product.count("instance") * min(PROCESSES.values())) > 0:
        _open(product, more // min(PROCESSES.values()) + 1)
    wait_for(lambda: _over(product), patience, product.said)
    wait_for(product.serves, patience, product.said)
    return _report(product, done, time.monotonic() - began, time.monotonic() - after)


def _open(product: Product, cases: int) -> None:
    """Cases of each kind, half and half."""
    for process in PROCESSES:
        product.open_cases(process, cases // len(PROCESSES) + 1)


def _victim(product: Product, chance: random.Random, name: str) -> int | None:
    """The number of a process to be killed; None when there is none at the moment."""
    if name:
        pid = product.running().get(name)
        return pid if pid is not None and lived(pid) > LIVED else None
    busy = [pid for pid in product.workers() if pid in product.at_work()]
    return chance.choice(busy) if busy else None


def _over(product: Product) -> bool:
    """Nothing is under way: no case, no letter; asked at one moment, since a letter becomes a case."""
    product.keep_carrier()
    return bool(product.ask(OVER)[0][0])


def _report(product: Product, kills: Counter[str], seconds: float, afterwards: float) -> Report:
    record, cost = product.record, [(case, float(spent), lost) for case, spent, lost in product.ask(COST_OF_CASES)]
    return Report(
        cases=product.count("instance"),
        jobs=product.count("job"),
        effects_wanted=product.count("job where capability <> 'weigh'"),
        kills=dict(kills),
        seconds=round(seconds, 1),
        seconds_after_the_last_kill=round(afterwards, 1),
        requests=record.requests.total(),
        effects=record.effects.total(),
        doubled=len(record.doubled),
        misused_keys=len(record.misused),
        calls=dict(product.ask("select outcome, count(*) from orchestration_actorcall group by outcome")),
        dead_calls=product.count("actorcall where actor = 'charge-dead'"),
        passed_over=dict(product.ask(PASSED)),
        longest_beside_the_dead=round(product.ask(LONGEST)[0][0], 1),
        dead_held=round(product.ask(HELD)[0][0], 2),
        dead_cost=round(product.ask(COST)[0][0], 2),
        dead_cases=len(cost),
        dead_most=round(max((spent for _, spent, _ in cost), default=0.0), 2),
        dead_over=[(case, round(spent, 2)) for case, spent, lost in cost if not lost and spent > DEADLINE + BUSY],
        open_cases=product.count("instance where status <> 'completed'"),
        incidents=product.count("incident"),
        verified=product.manage("verify_audit").strip(),
        not_once=product.ask(NOT_ONCE),
    )
