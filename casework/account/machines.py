"""Which AI works beside somebody here, and have they read that it does?

Whoever signs in is told where one works that they have not read of, until they say that they have (AI Act, article
26 (7)). That they did stands on the control chain, with all that they have read of so far: nothing else is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from audit.models import AuditEvent, StandingChain
from audit.selectors import Entry, entries_of
from audit.services import Fact, record_control
from casework.access.permissions import origin_of
from casework.actors.capability_names import capability_names
from casework.actors.words import kind_words
from casework.cases.read.timeline import NO_MODELS
from orchestration.ground import clock
from orchestration.models import Actor, ActorVersion

READ: Final = "machines.read"
UNREAD: Final = "machines_unread"
"""Where a session keeps that there is one."""
NO_AI: Final = frozenset({*NO_MODELS, "bot"})


@dataclass(frozen=True, slots=True)
class Machine:
    """One that is at work. `does`: what it is asked for, as it is called. `new`: they have not read of it."""

    key: str
    name: str
    kind: str
    does: str
    new: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Who works here. `at`: when they last said that they had read; `lacks`: how many machines came since."""

    name: str
    at: datetime | None
    lacks: int


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told; `read`: when they last said that they had read it."""

    machines: tuple[Machine, ...]
    read: datetime | None

    @property
    def is_read(self) -> bool:
        return not any(machine.new for machine in self.machines)


def told_to(user: User) -> Told:
    said = _last([origin_of(user).actor]).get(origin_of(user).actor)
    known, names = _known(said), capability_names()
    found = (
        Machine(actor.key, actor.name, kind_words(actor.kind), names.get(actor.capability, actor.capability),
                actor.key not in known)
        for actor in _at_work()
    )  # fmt: skip
    return Told(tuple(found), None if said is None else said.at)


def readers() -> Iterator[Reader]:
    """Everybody who may come in, by name; services are no people."""
    people = User.objects.filter(is_active=True, service=None).order_by("last_name", "first_name", "username")
    said, keys = _last(None), {actor.key for actor in _at_work()}
    for one in people:
        entry = said.get(origin_of(one).actor)
        yield Reader(
            one.get_full_name() or one.get_username(), None if entry is None else entry.at, len(keys - _known(entry))
        )


def machines_read(*, by: User, shown: Iterable[str]) -> bool:
    """Keep that they have read of these (keys) beside those before; whether they know of all that are at work now."""
    origin, at_work = origin_of(by), {actor.key for actor in _at_work()}
    before = _known(_last([origin.actor]).get(origin.actor))
    known = before | (at_work & {*shown})
    if known != before:
        record_control([Fact(READ, {"machines": sorted(known)})], origin, clock.utc_now())
    return at_work <= known


def _at_work() -> list[Actor]:
    """Enabled, with a version that gets work, and of a kind that is called AI elsewhere."""
    at_work = ActorVersion.objects.filter(state__in=(ActorVersion.State.IN_USE, ActorVersion.State.SHARE))
    return list(Actor.objects.filter(enabled=True, pk__in=at_work.values("actor")).exclude(kind__in=NO_AI))


def _last(actors: list[str] | None) -> Mapping[str, Entry]:
    """The newest word of each of these; None: of everybody."""
    said = AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=READ)
    if actors is not None:
        said = said.filter(actor__in=actors)
    newest = said.order_by("actor", "-sequence").distinct("actor").values_list("sequence", flat=True)
    return {entry.actor: entry for entry in entries_of(StandingChain.CONTROL, after=0, until=0, also=newest)}


def _known(entry: Entry | None) -> set[str]:
    return set() if entry is None else set(entry.detail.get("machines", ()))


@receiver(user_logged_in, dispatch_uid="casework.account.machines")
def _told(sender: object, request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is None:
        return
    actor = origin_of(user).actor
    if {one.key for one in _at_work()} - _known(_last([actor]).get(actor)):
        request.session[UNREAD] = True
