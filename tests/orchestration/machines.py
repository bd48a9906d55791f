"""What stands in for the machine actors in a test? Machines that say what the test tells them to, at the actors' port.

They behave like the real ones: same schemas' shape, same errors, one answer for each call; everything around them
(jobs, guardrails, ledger, history) is the product's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestration.actors.contract import TEXT_INPUT
from orchestration.actors.kinds import ActorError, Answer
from orchestration.actors.registry import actor_ensure, register_model_version
from orchestration.jobs import runner
from orchestration.models import ActorVersion, Job

LABELLED = {
    "type": "object",
    "required": ["label", "confidence"],
    "properties": {
        "label": {"type": "string"},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
}

MAIL = "mail-system"
SENT = {"how": "e-mail", "reference": "M-000001"}


@dataclass
class Machine:
    """An actor that gives the next of its answers; an exception among them is raised; the last one stays."""

    capability: str
    answers: list[Any]
    key: str = "fake"
    version: str = "1"
    input_schema: dict[str, Any] = field(default_factory=lambda: TEXT_INPUT)
    output_schema: dict[str, Any] = field(default_factory=lambda: LABELLED)
    calls: list[tuple[dict[str, Any], str]] = field(default_factory=list)

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        self.calls.append((input, idempotency_key))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Answer):
            return answer
        return Answer(answer, answer.get("confidence") if isinstance(answer, dict) else None)


class Machines:
    """The machines of a test, by kind."""

    def __init__(self) -> None:
        mail = Machine("send-message", [dict(SENT)], key=MAIL, input_schema={}, output_schema={"type": "object"})
        self.by_kind = {"intent": Machine("intent", [{}]), "sentiment": Machine("sentiment", [{}]), MAIL: mail}
        self.say("refund_request", 0.93, "neutral")

    def say(self, intent: str, confidence: float, tone: str, certain: float = 0.9) -> None:
        """What the two machines answer from now on."""
        self.by_kind["intent"].answers = [{"label": intent, "confidence": confidence, "alternatives": []}]
        self.by_kind["sentiment"].answers = [{"label": tone, "confidence": certain, "score": 0.0}]

    def fail(self, kind: str, *, temporary: bool, times: int | None = None) -> None:
        """Have a machine fail, for good or a number of times before its present answer."""
        error = ActorError("The model did not answer.", temporary=temporary)
        machine = self.by_kind[kind]
        machine.answers = [error] if times is None else [*[error] * times, machine.answers[-1]]

    def load(self, key: str, version: str, artefact: Any) -> Machine:
        if key not in self.by_kind:
            raise ActorError(f"No machine of this test is a {key!r}.", temporary=False)
        return self.by_kind[key]


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch, db: None) -> Machines:
    """Machines in place of the models, registered like them."""
    for kind in ("intent", "sentiment"):
        actor_ensure(kind, name=kind.title(), kind=kind, capability=kind)
        register_model_version(kind, "1", b"a test's model", {}, activate=True)
    assert ActorVersion.objects.filter(state=ActorVersion.State.IN_USE).count() == 2
    found = Machines()
    monkeypatch.setattr(runner.kinds, "load", found.load)
    return found


def send_messages(instance: int) -> None:
    """Have a mail system, and have it send what the case waits for."""
    actor_ensure(MAIL, name="Mail system", kind=MAIL, capability="send-message", card={"clearance": "confidential"})
    register_model_version(MAIL, "1", b"a test's mail system", {}, activate=True)
    work_jobs(instance)


def work_jobs(instance: int, rounds: int = 20) -> int:
    """Do all waiting jobs of a case, as a worker would, until there are none; how many were done."""
    done = 0
    for _ in range(rounds):
        waiting = list(Job.objects.filter(instance=instance, state=Job.State.WAITING).values_list("job", flat=True))
        if not waiting:
            return done
        for number in waiting:
            done += runner.run(instance, number) is not None
    raise AssertionError(f"case {instance} still has work for machines after {rounds} rounds")
