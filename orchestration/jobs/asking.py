"""How is an actor asked for a case outside of its model: to compare a copy with its owner, to send it a change?

By the same routing, guardrails and time limits as a job, under a key of its own. What comes back is an `Attempt`; who
asks takes it into the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from orchestration.actors import kinds
from orchestration.actors.routing import Way
from orchestration.casetypes.case_type import CaseType
from orchestration.ground import clock
from orchestration.jobs import calling, choosing, runner, trials
from orchestration.jobs.attempt import Attempt
from orchestration.jobs.crossing import Ready
from orchestration.models import Job

Json = Any


@dataclass(frozen=True, slots=True)
class Question:
    """What a case asks. `number`: its own, in the key under which the other side is asked; the same again for the same
    change, another for each reading. `by`: who set it off, as the history names them."""

    instance: int
    case_type: CaseType
    capability: str
    given: Json
    number: int
    by: str


def ask(question: Question) -> Attempt:
    """The answer, or why there is none. Outside any transaction."""
    capability = question.case_type.capability(question.capability)
    job = _job(question, capability.title)
    try:
        choice = choosing.choose(job, question.case_type, capability)
    except choosing.RoutingFault as fault:
        return Attempt("", "", 0, error=str(fault))
    chosen = choice.candidate
    if choice.way is Way.WAIT:
        return Attempt("", "", 0, error="Who could be asked is busy.", temporary=True, after=choice.seconds)
    if choice.way is not Way.ACTOR or chosen is None:
        return Attempt("", "", 0, error=runner.why_nobody(capability.key, choice), temporary=True)
    if kinds.is_fetched(chosen.kind):
        return Attempt("", "", 0, error=f"{chosen.name} fetches its work, so that it cannot be asked in between.")
    attempt = calling.call(Ready(job, question.case_type, capability, choice, chosen))
    trials.spend(chosen, attempt)
    return attempt


def _job(question: Question, name: str) -> Job:
    """A job that no step of the model asked for: it has no row. The engine counts from 1, so that its key is nobody
    else's. What the database would give of itself is given here."""
    now = clock.utc_now()
    return Job(
        instance_id=question.instance, job=-question.number, item=0, definition_item="", name=name,
        capability=question.capability, input=orjson.dumps(question.given), created=now, run_at=now, attempts=1,
        asked_by=question.by, priority=0, actor="", wanted_actor="", lapsed=[],
    )  # fmt: skip
