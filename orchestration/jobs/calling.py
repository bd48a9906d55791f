"""How is an actor called, with guardrails before and after?

Outside any transaction, under the job's idempotency key and within the time that its capability gives it. Whatever an
actor raises, or gives, becomes an `Attempt`: a value, never a dead worker.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from orchestration.actors import disturbed, kinds
from orchestration.actors.call import Call, Work, limited
from orchestration.actors.contract import Actor, Answer, AsksPerson, Waits
from orchestration.actors.handoff import Checked, Outcome
from orchestration.ground.tracing import span
from orchestration.jobs import crossing
from orchestration.jobs.attempt import Attempt, kept_back
from orchestration.jobs.crossing import Outward, Ready

Json = Any


def call(ready: Ready) -> Attempt:
    """Call the chosen actor once; once more where a guardrail asks for a repair."""
    began = time.perf_counter()
    with span("actor", actor=ready.chosen.key, version=ready.chosen.version):
        attempt = _guarded(ready)
    return crossing.timed(ready, attempt, time.perf_counter() - began)


def _guarded(ready: Ready) -> Attempt:
    chosen = ready.chosen
    try:
        actor = kinds.load(chosen.kind, chosen.version, lambda: crossing.artefact_of(chosen))
        return _handed_over(ready, actor)
    except Waits as waits:
        return replace(crossing.failed(ready, str(waits)), waits=True)
    except AsksPerson as asks:
        return crossing.failed(ready, "", person=str(asks), answer=asks.answer)
    except kinds.ActorError as error:
        faulty = error.temporary and error.code is None
        return crossing.failed(
            ready,
            crossing.told(ready, str(error)),
            temporary=error.temporary,
            code=error.code,
            after=error.after,
            faulty=faulty,
            cost=error.cost,
            detail=error.detail,
        )
    except Exception as error:  # an actor is outside code: whatever it raises is an incident, never a dead worker
        told = crossing.told(ready, str(error))
        return crossing.failed(ready, f"{type(error).__name__}: {told}", temporary=True, faulty=True)


def _handed_over(ready: Ready, actor: Actor) -> Attempt:
    out = crossing.outward(ready, actor)
    if stopped := crossing.stopped_before(ready, out):
        return stopped
    answer = _run(ready, actor, out)
    back = crossing.inward(out, answer)
    if back.outcome is Outcome.REPAIR:
        answer = _with_first(answer, _run(ready, actor, out, objection=back.sentence))
        back = crossing.inward(out, answer)
    attempt = crossing.judged(ready, out.checked.verdicts, answer, back)
    return attempt if attempt.answer is not None else replace(kept_back(attempt, answer), cost=answer.cost)


def _with_first(first: Answer, second: Answer) -> Answer:
    """The second answer, with what both cost and used."""
    if first.cost is None and not first.usage:
        return second
    usage = {name: first.usage.get(name, 0) + count for name, count in second.usage.items()}
    cost = second.cost if first.cost is None or second.cost is None else first.cost + second.cost
    return replace(second, cost=cost, usage=usage)


def _run(ready: Ready, actor: Actor, out: Outward, objection: str = "") -> Answer:
    job = ready.job
    about = Call(
        ready.chosen.key, job.capability, ready.capability.limit, job.attempts, f"job {job.pk}", objection=objection,
        case=job.instance_id, work=_work(ready, out),
    )  # fmt: skip
    with limited(about):
        disturbed.wait(ready.chosen.key, about.limit.total_seconds())
        return disturbed.said(ready.chosen.key, actor.run(out.value, idempotency_key=job.idempotency_key))


def _work(ready: Ready, out: Outward) -> Work:
    """What an agent knows of its job; each thing that it says passes the guardrails on the way back."""

    def checks(said: dict[str, Any]) -> Checked:
        return crossing.inward(out, Answer(said, None))

    job, price = ready.job, ready.chosen.card.price
    return Work(
        job.job, job.definition_item, job.idempotency_key, ready.chosen.version, ready.choice.mode, ready.choice.rule,
        "" if price is None else price.currency, job.asked_by, checks,
    )  # fmt: skip
