"""Which capabilities are there, what does each promise, who offers it and who asks for it?

Those that ship, those that the newest version of a case type declares (or tightens), and those that no file declares
but that an actor offers or a step asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from casework.actors.actor_page import Declared, declared
from casework.actors.read import ActorRow, actor_list
from casework.studio.model_overview import Asker, askers
from casework.studio.rule_versions import newest_types
from orchestration.actors.capability import Capability, Guard, shipped, undeclared
from orchestration.actors.guardrails.guardrail import AFTER, BEFORE
from orchestration.actors.guardrails.registry import GUARDRAILS
from orchestration.ground import clock
from orchestration.ground.counts import counted
from orchestration.jobs import retry
from orchestration.models import Actor, Job

SHIPPED: Final = "Casewright"


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """`source`: whose file declares it; "" where none does."""

    key: str
    title: str
    source: str
    purpose: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    evaluators: tuple[str, ...]
    failure: tuple[str, ...]
    declared: Declared | None
    offered_by: tuple[ActorRow, ...]
    asked_by: tuple[Asker, ...]

    @property
    def anchor(self) -> str:
        return f"capability-{self.key}-{self.source}".replace(" ", "-")

    @property
    def is_offered(self) -> bool:
        return any(row.is_ready for row in self.offered_by)


def capability_list() -> list[CapabilityRow]:
    """All capabilities, by key; one that a case type declares, too, stands there once more."""
    rows, asked = actor_list(clock.utc_now()), askers()
    found = list(_declared())
    known = {one.key for one, _ in found}
    others = sorted(({row.capability for row in rows} | asked.keys()) - known)
    found += [(undeclared(key), "") for key in others]
    return [
        _row(one, source, [row for row in rows if row.capability == one.key], asked.get(one.key, []))
        for one, source in sorted(found, key=lambda each: (each[0].key, each[1] != SHIPPED))
    ]


def _declared() -> Iterator[tuple[Capability, str]]:
    yield from ((one, SHIPPED) for one in shipped().values())
    for _, case_type in newest_types():
        yield from ((one, case_type.name) for one in case_type.capabilities.values())


def _row(one: Capability, source: str, offered_by: Sequence[ActorRow], asked: Sequence[Asker]) -> CapabilityRow:
    places = None if one.input is None and one.output is None else declared(one.input or {}, one.output or {})
    own = tuple(asker for asker in asked if source in ("", SHIPPED, asker.case_type))
    return CapabilityRow(
        one.key, one.title, source, one.purpose, _names(one.before), _names(one.after), _names(one.evaluators),
        tuple(failure_words(one)), places, tuple(offered_by), own,
    )  # fmt: skip


def _names(guards: Sequence[Guard]) -> tuple[str, ...]:
    return tuple(guard.name + ("" if guard.parameters is None else f": {_words(guard.parameters)}") for guard in guards)


def _words(parameters: Any) -> str:
    """The parameters of a guardrail in a line."""
    if isinstance(parameters, dict):
        return ", ".join(f"{name} {_words(value)}" for name, value in parameters.items())
    return ", ".join(map(str, parameters)) if isinstance(parameters, list) else str(parameters)


FOR_GOOD: Final = {
    "incident": "What lasts asks a person (an incident).", "person": "What lasts becomes a person's work.",
    "skip": "What lasts is left out: the case goes on without it.",
}  # fmt: skip


def failure_words(one: Capability) -> Iterator[str]:
    """What happens when it fails, a sentence each."""
    times = Job._meta.get_field("max_attempts").default - 1 if one.times is None else one.times
    pauses = ", ".join(f"{one.retry.pause(attempt).total_seconds():g} s" for attempt in range(1, min(times, 6) + 1))
    if times:
        yield f"What passes is tried again {counted(times, 'time')}, after {pauses}."
    yield FOR_GOOD[one.then]
    yield f"One attempt may take {counted(one.limit.total_seconds(), 'second')}."
    if one.by_hand:
        yield "A person may do it by hand."
    if not one.skip:
        yield "It may not be skipped."


def policy() -> tuple[tuple[str, str], ...]:
    """What holds for every call of every actor, in words; the figures are those that are carried out."""
    attempts = Job._meta.get_field("max_attempts").default
    waits = ", ".join(f"{retry.JOBS.pause(attempt).total_seconds():.0f} s" for attempt in range(1, attempts))
    return (
        ("Time limit", f"{settings.CELERY_TASK_SOFT_TIME_LIMIT} seconds a call, less where a capability says so"),
        ("Attempts", f"{attempts}, where trying again may help; {waits} between them"),
        ("When it fails for good", "the error event on its step leads on; without one an incident asks a person"),
        ("Before a call", _standing(BEFORE)),
        ("After a call", _standing(AFTER)),
    )


def _standing(stage: str) -> str:
    """What always holds on one side, as the guardrails say it themselves."""
    return " ".join(one.about for one in GUARDRAILS[stage] if one.stands)


def capability_keys() -> list[str]:
    """What an actor might be registered for: what is declared, offered or asked for."""
    offered = Actor.objects.values_list("capability", flat=True)
    return sorted({one.key for one, _ in _declared()} | set(offered) | askers().keys())
