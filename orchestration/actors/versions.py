"""Which step may a version of an actor take next, and who may take it?

Registered, quarantined, tried on recorded jobs, in the shadow of the one in use, a share of cases, in use, retired; and
steps back. Pure: what stands is given, the answer is a sentence or nothing. Where the card asks for four eyes, whoever
registered a version does not take it on, and no step is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from orchestration.models import ActorVersion

State = ActorVersion.State

NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    State.REGISTERED: (State.QUARANTINED, State.RETIRED),
    State.QUARANTINED: (State.SHADOW, State.RETIRED),
    State.SHADOW: (State.SHARE, State.QUARANTINED, State.RETIRED),
    State.SHARE: (State.SHARE, State.IN_USE, State.SHADOW, State.QUARANTINED, State.RETIRED),
    State.IN_USE: (State.SHADOW, State.RETIRED),
    State.RETIRED: (State.QUARANTINED,),
}
"""The steps that a version may take from where it is, the next one first."""
ORDER: Final = (State.RETIRED, State.REGISTERED, State.QUARANTINED, State.SHADOW, State.SHARE, State.IN_USE)
WORDS: Final[Mapping[str, str]] = {
    State.QUARANTINED: "Put into quarantine",
    State.SHADOW: "Let it run in the shadow",
    State.SHARE: "Give it a share of cases",
    State.IN_USE: "Put to work",
    State.RETIRED: "Retire",
}
LEAST_SHARE: Final = 1
MOST_SHARE: Final = 99


@dataclass(frozen=True, slots=True)
class Standing:
    """A version as it is. `has_worked`: it was in use or had a share before. `others`: states of the actor's others.
    `two`: whether two people are asked for wherever this product is changed."""

    state: str
    registered_by: str
    has_worked: bool = False
    others: frozenset[str] = frozenset()
    four_eyes: bool = False
    actor: str = ""
    two: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step that may be taken. `on`: towards use; `refusal`: why this person may not take it."""

    to: str
    words: str
    on: bool
    refusal: str = ""


def is_on(state: str, to: str) -> bool:
    """Whether the step leads towards use."""
    return ORDER.index(State(to)) > ORDER.index(State(state)) or (state, to) == (State.SHARE, State.SHARE)


def following(version: Standing) -> tuple[str, ...]:
    """Where it may go from here. Without four eyes it may be put to work at once; what has worked, at any time."""
    steps = NEXT[State(version.state)]
    at_once = version.state != State.IN_USE and (version.has_worked or not version.four_eyes)
    return (*steps, State.IN_USE) if at_once and State.IN_USE not in steps else steps


def steps(version: Standing, by: str) -> Iterator[Step]:
    """Every step from here, for this person (`person:ada`)."""
    for to in following(version):
        yield Step(to, WORDS[to], is_on(version.state, to), refusal(version, to, by))


def refusal(version: Standing, to: str, by: str, share: int = LEAST_SHARE) -> str:
    """Why this step may not be taken, by this person; "" where it may."""
    if to not in State.values:
        return f"A version can be: {', '.join(State.values)}."
    if to not in following(version):
        return f"A version that is {_called(version.state)} cannot be {_called(to)} next."
    if to == State.SHARE and not LEAST_SHARE <= share <= MOST_SHARE:
        return f"A share is from {LEAST_SHARE} to {MOST_SHARE} per cent of cases."
    if to == State.SHARE and version.state != State.SHARE and State.SHARE in version.others:
        return "Another version has a share of cases; one at a time."
    if version.four_eyes and is_on(version.state, to) and by == version.registered_by:
        return f"You registered this version; the card of {version.actor} asks that somebody else takes it on."
    if version.two and is_on(version.state, to) and by == version.registered_by and by.startswith("person:"):
        return "You registered this version; two people are asked for here, so somebody else takes it on."
    return ""


def _called(state: str) -> str:
    return {State.SHADOW: "in the shadow", State.SHARE: "at a share of cases"}.get(
        State(state), State(state).label.casefold()
    )
