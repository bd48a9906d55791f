"""What does an actor know of the call that it is in, beside its input?

Kept beside the call (a context variable), so that a kind that needs none of it has nothing to do with it. `limited`
ends a call that takes longer than it may.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from orchestration.actors.contract import ActorError
from orchestration.actors.handoff import Checked
from orchestration.ground.counts import counted


@dataclass(frozen=True, slots=True)
class Work:
    """The job as an agent works on it. `job`: the engine's number of it; `step`: the node of the model that wants it;
    `key`: its idempotency key; `mode`, `rule`: as routing chose. `currency`: of the actor's price. `checks`: the
    guardrails on the way back, for all that it says."""

    job: int
    step: str
    key: str
    version: str
    mode: str
    rule: str
    currency: str
    asked_by: str
    checks: Callable[[dict[str, Any]], Checked]


@dataclass(frozen=True, slots=True)
class Call:
    """`limit`: how long it may take. `reference`: names the job in logs and traces, without a word of the case.

    `objection`: what a guardrail had against the answer before; this call is to do better. `case`: whose work it is,
    for kinds that read more of it than their input; 0 outside of any. `work`: what an agent needs to know beside.
    """

    actor: str = ""
    capability: str = ""
    limit: timedelta = timedelta(minutes=5)
    attempt: int = 1
    reference: str = ""
    objection: str = ""
    case: int = 0
    work: Work | None = field(default=None, compare=False)


NO_CALL: Final = Call()
_current: ContextVar[Call] = ContextVar("call", default=NO_CALL)


def current() -> Call:
    """The call that is under way; one with defaults outside of any."""
    return _current.get()


@contextmanager
def limited(call: Call) -> Iterator[None]:
    """Inside, `current` is this call, and it ends with an ActorError (temporary) when its time is over.

    The alarm reaches the main thread of a process only; elsewhere each kind's own limits on waiting hold.
    """
    token = _current.set(call)
    try:
        if threading.current_thread() is threading.main_thread():
            with _alarm(call.limit):
                yield
        else:
            yield
    finally:
        _current.reset(token)


@contextmanager
def _alarm(limit: timedelta) -> Iterator[None]:
    def ring(*_: Any) -> None:
        raise ActorError(f"It took longer than {counted(limit.total_seconds(), 'second')}.", temporary=True)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
