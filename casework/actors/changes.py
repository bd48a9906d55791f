"""What was changed of an actor, by whom and why, and what stood there before?

Read from the chain of rules, roles and actors, the newest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from audit.models import AuditEvent, AuditPayload, StandingChain
from casework.governance.read import called

ACTIONS: Final = ("actor.changed", "model.registered", "model.activated", "version.moved", "capability.stopped")
LOOKED_AT: Final = 1000
"""Events of the chain that are searched, from its end."""
SHOWN: Final = 20

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a card that was changed; empty where nothing stood, or stands."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ActorChange:
    at: datetime
    who: str
    words: str
    reason: str
    places: tuple[Place, ...]


def changes_of(key: str) -> list[ActorChange]:
    """The last changes of this actor, the newest first."""
    found = []
    card: Detail = {}
    told = events_of(key)
    names = called({event.actor for event, _ in told})
    for event, detail in told:
        if "card" in (detail.get("made") or {}):
            card = detail["made"]["card"]
        places: tuple[Place, ...] = ()
        if "card" in detail:
            places, card = tuple(differences(card, detail["card"])), detail["card"]
        if "kept" in detail:
            places = tuple(Place(name, "", _text(value)) for name, value in detail["kept"].items())
        words = words_of(event.action, detail)
        found.append(ActorChange(event.at, names[event.actor], words, _why(detail), places))
    return found[::-1][:SHOWN]


def differences(before: Detail, after: Detail) -> Iterator[Place]:
    """Each place of a card that is another one, in the order of names."""
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield Place(name.replace("-", " "), _text(before.get(name)), _text(after.get(name)))


def events_of(key: str) -> list[tuple[AuditEvent, Detail]]:
    """The events that speak of this actor, the oldest first."""
    chain = StandingChain.CONTROL
    events = list(AuditEvent.objects.filter(chain=chain, action__in=ACTIONS).order_by("-sequence")[:LOOKED_AT])[::-1]
    payloads = AuditPayload.objects.filter(chain=chain, sequence__in=[event.sequence for event in events])
    details = {one.sequence: orjson.loads(bytes(one.body)) for one in payloads}
    told = ((event, details.get(event.sequence, {})) for event in events)
    return [(event, detail) for event, detail in told if detail.get("actor") == key or key in detail.get("actors", ())]


def words_of(action: str, detail: Detail) -> str:
    match action, detail:
        case "actor.changed", {"made": _}:
            return "added it"
        case "actor.changed", {"card": _}:
            return "changed its card"
        case "actor.changed", {"fields": fields}:
            return f"changed its {', '.join(fields)}"
        case "actor.changed", {"kept": kept}:
            return f"left its {_listed(kept)} as it was changed here; with this release it ships otherwise"
        case "actor.changed", {"enabled": enabled}:
            return f"switched it {'on' if enabled else 'off'}"
        case "model.registered", _:
            return f"registered version {detail['version']}"
        case "model.activated", _:
            return f"put version {detail['version']} to work"
        case "version.moved", _:
            return f"took version {detail['version']} to: {_moved(detail)}"
    return "stopped it together with others" if detail.get("stopped") else "let it loose together with others"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("-", " ") for name in names)


def _moved(detail: Detail) -> str:
    return f"{detail['share']} % of cases" if detail.get("share") else str(detail["state"])


def _why(detail: Detail) -> str:
    return str(detail.get("reason") or detail.get("note") or "")


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)
