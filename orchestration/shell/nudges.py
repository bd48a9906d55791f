"""How do workers hear that there is work?

A message only says "look at this job": the row is the truth. It is handed over after the commit and sent by a thread of
its own, so that no request and no connection to the database waits for a broker; what cannot be sent, the sweep finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from celery import current_app
from django.db import transaction

from orchestration.ground.tracing import carrier
from orchestration.shell.outgoing import Outgoing

RUN_JOB = "orchestration.tasks.run_job"
SHADOW = "orchestration.tasks.run_shadow"
TRIAL = "orchestration.tasks.run_trial"
REPLAY = "orchestration.tasks.replay_version"
GOLDEN = "orchestration.tasks.run_golden"
DELIVER = "orchestration.tasks.deliver_outbox"
EVENTS = "orchestration.tasks.deliver_events"
READING = "casework.documents.read"
COMPARE = "casework.systems.compare"
CHANGE = "casework.systems.change"
PEOPLE = "casework.tasks.assign"
CONTROLS = "casework.proof.fire_controls"
HISTORIES = "casework.proof.verify_histories"
KNOWLEDGE = "orchestration.tasks.index_knowledge"
KNOWLEDGE_INDEXES = "orchestration.tasks.make_knowledge_indexes"
PUSHES = "casework.agents.tell"

AT_ONCE: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
"""Once more, for a connection that has gone stale; then the broker is left alone for a while."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A message to a worker: the task's name, its arguments, and in how many seconds it is to be looked at.

    `trace`: headers by which a worker goes on with the trace of what set it off.
    """

    task: str
    arguments: tuple[int, ...]
    after: float = 0
    trace: tuple[tuple[str, str], ...] = ()


def nudge_jobs(instance: int, jobs: Iterable[int], after: float = 0) -> None:
    """After the commit and `after` seconds, have a worker look at these jobs of a case."""
    for job in jobs:
        _after_commit(RUN_JOB, instance, job, countdown=after)


def nudge_shadow(job: int, version: int) -> None:
    """After the commit, have a worker try this version on a job that another one has done."""
    _after_commit(SHADOW, job, version)


def nudge_replay(version: int, after: float = 0) -> None:
    """After the commit and `after` seconds, have a worker try this version on some more recorded jobs."""
    _after_commit(REPLAY, version, countdown=after)


def nudge_golden(version: int, after: float = 0) -> None:
    """After the commit and `after` seconds, have a worker try this version on the golden cases."""
    _after_commit(GOLDEN, version, countdown=after)


def nudge_trial(job: int, version: int) -> None:
    """After the commit, have a worker try this version on one recorded job, for somebody who looks at both."""
    _after_commit(TRIAL, job, version)


def nudge_reading(document: int) -> None:
    """After the commit, have a worker read this document."""
    _after_commit(READING, document)


def nudge_comparison(comparison: int) -> None:
    """After the commit, have a worker compare copies with their owner."""
    _after_commit(COMPARE, comparison)


def nudge_change(change: int, after: float = 0) -> None:
    """After the commit and `after` seconds, have a worker send a change to the owner of a copy."""
    _after_commit(CHANGE, change, countdown=after)


def nudge_knowledge(document: int) -> None:
    """After the commit, have a worker read this document of the knowledge base."""
    _after_commit(KNOWLEDGE, document)


def nudge_knowledge_indexes() -> None:
    """After the commit, have a worker make the indexes of what is known that are lacking."""
    _after_commit(KNOWLEDGE_INDEXES)


def nudge_outbox() -> None:
    _after_commit(DELIVER)


def nudge_events() -> None:
    """After the commit, have a worker send what other systems are to be told."""
    _after_commit(EVENTS)


def nudge_pushes() -> None:
    """After the commit, have a worker tell agents outside of their tasks."""
    _after_commit(PUSHES)


def nudge_controls() -> None:
    """After the commit, have a worker fire the controls."""
    _after_commit(CONTROLS)


def nudge_histories() -> None:
    """After the commit, have a worker verify all histories, or go on with it."""
    _after_commit(HISTORIES)


def nudge_people() -> None:
    """After the commit, have a worker look whom new tasks are for."""
    _after_commit(PEOPLE)


def _after_commit(task: str, *arguments: int, countdown: float = 0) -> None:
    trace = tuple(carrier().items())
    transaction.on_commit(lambda: _send(task, arguments, countdown, trace))


def _send(task: str, arguments: tuple[int, ...], countdown: float, trace: tuple[tuple[str, str], ...] = ()) -> None:
    _workers.put(Nudge(task, arguments, countdown, trace))


def _deliver(nudges: Sequence[Nudge]) -> None:
    for nudge in nudges:
        current_app.send_task(
            nudge.task, args=nudge.arguments, countdown=nudge.after or None, retry=True, retry_policy=AT_ONCE,
            ignore_result=True, headers=dict(nudge.trace) or None,
        )  # fmt: skip


_workers: Outgoing[Nudge] = Outgoing("nudges", _deliver)
