"""Which settings hold only once a second administrator agrees, and what is done then?

Each kind says who may change it, how it stands now, what a change of it is in words, and does it. What stops an actor,
or takes a host off the list, is no such setting: it holds at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import User

from audit.services import Origin
from casework.access import permissions
from casework.actors.changes import differences, events_of
from casework.deadlines.calendars import calendar_save
from casework.deadlines.models import WorkingCalendar
from casework.deadlines.standing import FIELDS
from casework.erasure.models import RetentionRule
from casework.erasure.rules import rule_set
from orchestration.actors import budgets
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.registration import actor_edit
from orchestration.actors.registry import CHANGEABLE
from orchestration.ground.refusals import Refused
from orchestration.jobs import stopping
from orchestration.models import Actor, AllowedHost, Budget, Stop

Change = Mapping[str, Any]
"""The arguments of what is done, as JSON; `{}`: what is there is taken away."""


@dataclass(frozen=True, slots=True)
class Setting:
    """`about`: whose setting it is, as "the actor {}". `stands`: of the one with this name, None: there is none."""

    about: str
    may: Callable[[User], bool]
    stands: Callable[[str], Any]
    does: Callable[[str, Change, Origin, str], object]


def carry_out(kind: str, name: str, change: Change, origin: Origin, reason: str) -> object:
    """Do it; a value that is refused says why. The whole reason is kept with it."""
    return SETTINGS[kind].does(name, change, origin, reason)


def in_words(kind: str, name: str, change: Change) -> Iterator[str]:
    """What would be another than it is."""
    if kind in _LOOSE:
        yield "let it work again"
        return
    if not change:
        yield "take it away"
        return
    stands = SETTINGS[kind].stands(name) or {}
    for place in differences(stands, _told(kind, change, stands)):
        yield f"{place.name}: {place.before or 'nothing'} becomes {place.after or 'nothing'}"


def _told(kind: str, change: Change, stands: Change) -> Change:
    """A change as `stands` tells of what is there."""
    if kind == "card":
        return {**{name: stands.get(name) for name in CHANGEABLE}, **change["fields"], **change["card"]}
    return {name: value for name, value in change.items() if name not in ("moves", "key")}


def _card_stands(key: str) -> Any:
    row = Actor.objects.filter(key=key).first()
    return row and {name: getattr(row, name) for name in CHANGEABLE} | row.card


def _card(key: str, change: Change, origin: Origin, reason: str) -> object:
    actor = Actor.objects.get(key=key)
    return actor_edit(actor=actor, card=change["card"], by=origin, reason=reason, **change["fields"])


def _loose_stands(key: str) -> Any:
    """Which act it was that last stopped it or let it loose: a later stop is another one."""
    acts = [event.sequence for event, detail in events_of(key) if "enabled" in detail or "stopped" in detail]
    return [Actor.objects.get(key=key).enabled, *acts[-1:]]


def _loose(key: str, change: Change, origin: Origin, reason: str) -> object:
    return stopping.actor_switch(key, True, origin, reason)


def _calendar_stands(key: str) -> Any:
    row = WorkingCalendar.objects.filter(key=key).first()
    return row and {name: getattr(row, name) for name in FIELDS if name != "key"}


def _calendar(key: str, change: Change, origin: Origin, reason: str) -> object:
    values = {name: change[name] for name in FIELDS if name != "key"} | {"key": key}
    return calendar_save(origin=origin, values=values, reason=reason, expected=change["moves"])


def _keeping_stands(case_type: str) -> Any:
    row = RetentionRule.objects.filter(pk=case_type).first()
    return row and {"floor": row.floor_days, "keep": row.keep_days, "law": row.law}


def _keeping(case_type: str, change: Change, origin: Origin, reason: str) -> object:
    return rule_set(origin=origin, case_type=case_type, reason=reason, **change)


def _budget_stands(scope: str) -> Any:
    row = Budget.objects.filter(scope=scope).first()
    return row and budgets.told(row)


def _budget(scope: str, change: Change, origin: Origin, reason: str) -> object:
    if not change:
        return budgets.budget_remove(scope, origin) or Refused("gone", "There is no such budget any more.")
    return budgets.budget_set(scope, Decimal(change["amount"]), change["currency"], origin, warn_at=change["warn_at"],
                              beyond=change["beyond"])  # fmt: skip


def _host_stands(name: str) -> Any:
    host, _, port = name.rpartition(":")
    row = AllowedHost.objects.filter(host=host, port=int(port) if port else None).first()
    return row and {"private": row.private, "note": row.note}


def _host(name: str, change: Change, origin: Origin, reason: str) -> object:
    host, _, port = name.rpartition(":")
    return host_allow(host, int(port) if port else None, origin=origin, **change)


SETTINGS: Final = {
    "card": Setting("the actor {}", permissions.may_publish, _card_stands, _card),
    "loose": Setting("the actor {}", permissions.may_publish, _loose_stands, _loose),
    "loose-together": Setting(
        "the actors stopped as {}", permissions.may_publish,
        lambda scope: Stop.objects.filter(scope=scope).values_list("pk", flat=True).first(),
        lambda scope, _, origin, reason: stopping.end(scope, origin, reason),
    ),
    "calendar": Setting("the calendar {}", permissions.may_publish, _calendar_stands, _calendar),
    "keeping": Setting("how long cases of {} are kept", permissions.may_erase, _keeping_stands, _keeping),
    "budget": Setting("the budget of {}", permissions.may_publish, _budget_stands, _budget),
    "host": Setting("the host {}", permissions.may_publish, _host_stands, _host),
}  # fmt: skip
"""By the kind that a proposal names."""
_LOOSE: Final = ("loose", "loose-together")
