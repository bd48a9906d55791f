"""Whatever workers outside send, in whatever order, every job's result counts once."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from orchestration import tasks
from orchestration.actors.contract import Answer
from orchestration.engine.commands import StartProcess
from orchestration.ground.refusals import Refused
from orchestration.jobs import bringing, fetching, leases, runner
from orchestration.jobs.bringing import Brought
from orchestration.models import ActorCall, Gauge, Instance, Job, Lease, WorkerToken
from orchestration.shell import services
from orchestration.shell.verification import verify
from tests.orchestration.case_types import TEST, deployed
from tests.orchestration.jobs.outside import filing_actor, token_for

pytestmark = pytest.mark.django_db

LATE = 70
"""Seconds: longer than a lease."""


class Crowd:
    """Two workers of one actor that restart, repeat themselves and come late, and one of another actor."""

    def __init__(self, seed: int, patch: pytest.MonkeyPatch) -> None:
        self.chance, self.now = random.Random(seed), datetime(2026, 11, 30, 8, tzinfo=UTC)
        patch.setattr("orchestration.ground.clock.utc_now", lambda: self.now)
        self.definition = deployed("fetched.bpmn", root="fetched")
        clerk = filing_actor("clerk")
        self.tokens: list[WorkerToken] = [token_for(clerk), token_for(clerk)]
        self.stranger = token_for(filing_actor("stranger", rank=1))
        self.hands: list[str] = []
        self.before: list[tuple[str, Brought]] = []
        self.counted: Counter[str] = Counter()
        self.requests, self.last_request = 0, ""

    def begin(self, cases: int) -> None:
        for _ in range(cases):
            services.start(self.definition, StartProcess("fetched"), TEST)
        self.offer()

    def offer(self) -> None:
        """What Celery's workers do beside."""
        due = Job.objects.filter(state=Job.State.WAITING, run_at__lte=self.now)
        for instance, number in list(due.values_list("instance", "job")):
            runner.run(instance, number)

    def go_on(self, requests: int) -> None:
        acts = [self.fetch, self.complete, self.complete, self.double, self.double, self.steal, self.extend, self.fail]
        while self.requests < requests:
            self.chance.choice(acts)()
            self.now += timedelta(seconds=self.chance.random())
            if self.chance.random() < 0.01:
                self.hands.clear()  # a restart: what it had in hand is forgotten
            if self.chance.random() < 0.01:
                self.come_late()

    def fetch(self) -> None:
        self.requests += 1
        again = self.last_request if self.chance.random() < 0.2 else ""
        self.last_request = again or f"request {self.requests}"
        wanted = fetching.Wanted(most=self.chance.randint(1, 4), request=self.last_request)
        handed = fetching.fetch(self.chance.choice(self.tokens), wanted)
        self.hands += [one.lease.key for one in handed if one.lease.key not in self.hands]

    def complete(self) -> None:
        if self.hands:
            key = self.hands.pop(self.chance.randrange(len(self.hands)))
            self.bring(key, Brought(Answer({"shelf": self.chance.randint(1, 9)}, 0.9)))

    def fail(self) -> None:
        if self.hands and self.chance.random() < 0.1:
            self.bring(self.hands.pop(), Brought(error="No paper.", temporary=True))

    def bring(self, key: str, brought: Brought) -> None:
        self.requests += 1
        told = bringing.bring(self.chance.choice(self.tokens), key, brought)
        self.counted["late" if isinstance(told, Refused) else told["state"]] += 1
        self.before.append((key, brought))

    def double(self) -> None:
        """The same once more, or another result for what was finished."""
        if not self.before:
            return
        self.requests += 1
        key, brought = self.chance.choice(self.before[-50:])
        other = self.chance.random() < 0.3
        calls = ActorCall.objects.count()
        told = bringing.bring(self.tokens[0], key, Brought(Answer({"shelf": 0}, 0.1)) if other else brought)
        assert isinstance(told, Refused) or (not other and Lease.objects.get(key=key).answer == told)
        assert ActorCall.objects.count() == calls

    def steal(self) -> None:
        self.requests += 1
        key = self.chance.choice(self.hands) if self.hands else "no-such-lease"
        told = bringing.bring(self.stranger, key, Brought(Answer({"shelf": 0}, 0.1)))
        assert isinstance(told, Refused) and told.code in ("foreign", "unknown")

    def extend(self) -> None:
        if self.hands:
            self.requests += 1
            leases.extend(self.tokens[0], self.chance.choice(self.hands), 60)

    def come_late(self) -> None:
        """All leases run out; what was in hand is brought all the same, before or after the sweep."""
        self.now += timedelta(seconds=LATE)
        swept = self.chance.random() < 0.5
        if swept:
            tasks.sweep()
        for key in self.hands[:3]:
            self.requests += 1
            assert isinstance(bringing.bring(self.tokens[0], key, Brought(Answer({"shelf": 0}, 0.1))), Refused)
        self.hands.clear()
        tasks.sweep()
        self.now += timedelta(seconds=LATE)
        self.offer()

    def finish(self) -> None:
        """Let what is left be done."""
        for _ in range(100):
            self.come_late()
            if not Job.objects.filter(state__in=(Job.State.WAITING, Job.State.OFFERED, Job.State.RUNNING)).exists():
                return
            for token in self.tokens:
                for handed in fetching.fetch(token, fetching.Wanted(most=50)):
                    self.bring(handed.lease.key, Brought(Answer({"shelf": 5}, 0.9)))
            self.now += timedelta(hours=1)


def every_result_counted_once(crowd: Crowd) -> None:
    ended = Job.objects.exclude(state__in=(Job.State.DONE, Job.State.INCIDENT))
    assert not ended.exists()
    done = Counter(ActorCall.objects.filter(outcome="done").values_list("job", flat=True))
    assert set(done.values()) == {1} and len(done) == Job.objects.filter(state=Job.State.DONE).count()
    assert Instance.objects.filter(status="completed").count() == len(done)
    assert all(gauge.running == 0 for gauge in Gauge.objects.all())
    for instance in Instance.objects.order_by("pk")[:40]:
        assert verify(instance).ok


@pytest.mark.parametrize("seed", [1, 2])
def test_every_result_counts_once_in_a_sample(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(seed, monkeypatch)
    crowd.begin(30)
    crowd.go_on(250)
    crowd.finish()
    every_result_counted_once(crowd)


@pytest.mark.long
def test_every_result_counts_once_over_ten_thousand_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    crowd = Crowd(9, monkeypatch)
    for _ in range(10):
        crowd.begin(60)
        crowd.go_on(crowd.requests + 1000)
    crowd.finish()
    every_result_counted_once(crowd)
    print(f"{crowd.requests} requests, {dict(crowd.counted)}, {time.monotonic() - began:.0f} s")
