"""Is a case's history unbroken, and does it lead to the state that is stored?

Two checks: the hash chain (nothing changed, missing or added), and the replay (the events alone give exactly the stored
state and data). Neither trusts the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from audit import selectors as audit
from audit.chain import Head, Link, Payload, first_break
from audit.models import ControlChain
from orchestration.engine.apply import replay
from orchestration.engine.codec import decode, decode_event
from orchestration.engine.events import Event
from orchestration.engine.state import State
from orchestration.models import Instance

ENGINE = "engine."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a history holds; `sequence` and `reason` name the first thing that does not."""

    ok: bool
    events: int
    sequence: int = 0
    reason: str = ""


def verify(instance: Instance) -> Verdict:
    """Check one case: first its chain, then that its events rebuild the stored state."""
    head = Head(instance.head_sequence, bytes(instance.head_digest))
    links = list(audit.links(instance.pk))
    if broken := first_break(links, head):
        return Verdict(False, len(links), broken.sequence, broken.reason)
    if any(payload is None for link, payload in links if link.action.startswith(ENGINE)):
        return Verdict(
            True, len(links), reason="Payloads were erased by order: the chain holds, the state is not rebuilt."
        )
    try:
        rebuilt = replay(_events(links))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return Verdict(False, len(links), head.sequence, f"the events cannot be replayed: {type(error).__name__}")
    if not _same(rebuilt, decode(bytes(instance.items), bytes(instance.data))):
        return Verdict(False, len(links), head.sequence, "the stored state is not the one that the events lead to")
    if rebuilt.root.state != instance.status:
        return Verdict(False, len(links), head.sequence, "the stored status is not the one that the events lead to")
    return Verdict(True, len(links))


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


def _same(rebuilt: State, stored: State) -> bool:
    return rebuilt == stored and rebuilt.root.variables == stored.root.variables
