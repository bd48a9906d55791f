"""Is a case's history unbroken, and does it lead to the state that is stored?

Three checks: the hash chain (nothing changed, missing or added), the replay (the events alone give exactly the stored
state and data), and the rows that people and workers go by (they are exactly what the state has open). None trusts the
others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet, Value

from audit import selectors as audit
from audit.chain import Head, Link, Payload, first_break
from audit.models import ControlChain
from orchestration.engine.apply import replay
from orchestration.engine.codec import decode, decode_event, encode
from orchestration.engine.events import Event
from orchestration.engine.state import State
from orchestration.models import HumanTask, Incident, Instance, Job, Subscription, Timer

ENGINE = "engine."
KINDS = ("task", "job", "timer", "incident")
SUBSCRIPTION = "subscription"
BROKEN = (KeyError, ValueError, TypeError, AttributeError, IndexError)
"""What reading a document or a history that somebody has forged may raise."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a history holds; `sequence` and `reason` name the first thing that does not."""

    ok: bool
    events: int
    sequence: int = 0
    reason: str = ""


def verify(instance: Instance) -> Verdict:
    """Check one case while nobody can add to it: its chain, then what its events rebuild, then its rows."""
    with transaction.atomic():
        locked = Instance.objects.select_for_update().get(pk=instance.pk)
        links = list(audit.links(locked.pk))
        broken = first_break(links, Head(locked.head_sequence, bytes(locked.head_digest)))
        if broken is not None:
            return Verdict(False, len(links), broken.sequence, broken.reason)
        if links and links[-1][0].definition != str(locked.definition):
            wrong = f"the case follows {locked.definition}, but its last event {links[-1][0].definition}"
            return Verdict(False, len(links), locked.head_sequence, wrong)
        found, told = _rebuilt(locked, links)
        if found:
            return Verdict(False, len(links), locked.head_sequence, found)
        return Verdict(True, len(links), reason=told)


def _rebuilt(instance: Instance, links: list[tuple[Link, Payload | None]]) -> tuple[str, str]:
    """What does not agree with the stored state, or else what could not be compared."""
    try:
        stored = decode(bytes(instance.items), bytes(instance.data))
        dict(stored.root.variables)
    except BROKEN as error:
        return f"the stored state cannot be read: {type(error).__name__}", ""
    if wrong := _rows_apart(instance.pk, stored):
        return wrong, ""
    if any(payload is None for link, payload in links if link.action.startswith(ENGINE)):
        return "", "Payloads were erased by order: the chain holds, the state is not rebuilt."
    try:
        rebuilt = replay(_events(links))
    except BROKEN as error:
        return f"the events cannot be replayed: {type(error).__name__}", ""
    if not _same(rebuilt, stored, bytes(instance.data)):
        return "the stored state is not the one that the events lead to", ""
    if rebuilt.root.state != instance.status:
        return "the stored status is not the one that the events lead to", ""
    return "", ""


def _rows_apart(instance: int, state: State) -> str:
    """The first of tasks, jobs, timers, subscriptions and incidents that is open in one place only."""
    wanted = {(wait.kind if wait.kind in KINDS else SUBSCRIPTION, wait.id) for wait in state.waits.values()}
    kept = set(_open_rows(instance))
    for kind, number in sorted(wanted - kept):
        return f"{kind} {number} is open in the stored state, but has no open row"
    for kind, number in sorted(kept - wanted):
        return f"{kind} {number} has an open row, but is not open in the stored state"
    return ""


def _open_rows(instance: int) -> Iterator[tuple[str, int]]:
    """All that the rows of a case say is open: (kind, the engine's number)."""
    at_work = [Job.State.WAITING, Job.State.RUNNING]
    parts = [
        _numbers(HumanTask.objects.filter(instance=instance, state=HumanTask.State.OPEN), "task", "item"),
        _numbers(Job.objects.filter(instance=instance, state__in=at_work), "job", "job"),
        _numbers(Timer.objects.filter(instance=instance), "timer", "timer"),
        _numbers(Subscription.objects.filter(instance=instance), SUBSCRIPTION, SUBSCRIPTION),
        _numbers(Incident.objects.filter(instance=instance, resolved=None), "incident", "incident"),
    ]
    yield from parts[0].union(*parts[1:], all=True)


def _numbers(rows: QuerySet[Any], kind: str, number: str) -> QuerySet[Any]:
    return rows.order_by().values_list(Value(kind), number)


def verify_control() -> Verdict:
    """Check the chain of rules, roles and actors."""
    control = ControlChain.objects.get()
    links = list(audit.links(ControlChain.CHAIN))
    broken = first_break(links, Head(control.head_sequence, bytes(control.head_digest)))
    return Verdict(True, len(links)) if broken is None else Verdict(False, len(links), broken.sequence, broken.reason)


def _events(links: list[tuple[Link, Payload | None]]) -> Iterator[Event]:
    for link, payload in links:
        if link.action.startswith(ENGINE) and payload is not None:
            yield decode_event(link.action.removeprefix(ENGINE), orjson.loads(payload.body))


def _same(rebuilt: State, stored: State, data: bytes) -> bool:
    """Equal as stored, to the byte but for the order of names: to Python alone, true would equal 1."""
    wanted = _sorted(dict(rebuilt.root.variables))
    read = (dict(stored.root.variables), orjson.loads(data))
    return _open(rebuilt) == _open(stored) and all(_sorted(variables) == wanted for variables in read)


def _open(state: State) -> bytes:
    """All that is open, as `encode` writes it, without where in the data each variable stands."""
    document = orjson.loads(encode(state)[0])
    return _sorted({name: value for name, value in document.items() if name != "data"})


def _sorted(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
