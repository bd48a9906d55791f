"""Do the stops that stand say what the control chain tells of them, and no more?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

from orchestration.jobs.stopping import covers
from orchestration.models import Actor, Stop
from orchestration.shell.verification.change import Change

WRITTEN_WITHIN: Final = timedelta(minutes=1)
"""A stop is written just before its event."""


def stops_apart(changes: Iterable[Change]) -> Iterator[str]:
    """A sentence for each stop that is otherwise than it was made, that nobody made, or that is gone."""
    told = _told(changes)
    for row in Stop.objects.order_by("scope"):
        change, keys = told.pop(row.scope, (None, set()))
        if change is None:
            yield f"the stop of {row.scope} was never made, or is over"
        elif (row.reason, row.by, {*row.actors}) != (change.detail.get("reason", ""), change.actor, keys):
            yield f"the stop of {row.scope} is not as it was made"
        elif not timedelta() <= change.at - row.at <= WRITTEN_WITHIN:
            yield f"the stop of {row.scope} was not made then"
    for scope in told:
        yield f"{scope} was stopped, but the stop is gone"


def _told(changes: Iterable[Change]) -> dict[str, tuple[Change, set[str]]]:
    """The stops that stand by their scopes, each with those that it holds."""
    kinds: dict[str, str] = dict(Actor.objects.values_list("key", "kind"))
    found: dict[str, tuple[Change, set[str]]] = {}
    for change in changes:
        if change.action != "capability.stopped":
            continue
        scope, keys = change.detail["scope"], {*change.detail["actors"]}
        if change.detail["stopped"]:
            found[scope] = change, keys
        elif scope in found:
            _taken_over(found, found.pop(scope)[1] - keys, kinds)
    return found


def _taken_over(found: dict[str, tuple[Change, set[str]]], keys: Collection[str], kinds: dict[str, Any]) -> None:
    """What one stop let go of is held by the first of the others that covers it."""
    for key in keys:
        if scope := next((one for one in sorted(found) if covers(one, kinds.get(key, ""))), ""):
            found[scope][1].add(key)
