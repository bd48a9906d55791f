"""What did an event change in the data, from what to what?

The history says what was written (`VariablesChanged`), not what stood there before: that is what was written last
before it. What was written before the events at hand is not known, unless they are given too (`earlier`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from audit.selectors import Entry
from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.cases.read.past import ROOT, WRITTEN
from casework.cases.read.values import InWords, values_in_words
from orchestration.ground.counts import counted

Json = Any

STARTED: Final = "engine.InstanceStarted"
EARLIER: Final = 500
"""Events that wrote data, of which the newest are read to find what stood there before."""
MOST: Final = 6
"""Values of one event that are told each for itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value in words, masked. `before` and `after` are None where nothing stands there; `known`: what was before.

    `name`: the variable it stands in.
    """

    name: str
    label: str
    before: Json
    after: Json
    known: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """One variable that an event wrote, in clear."""

    name: str
    before: Json
    after: Json
    known: bool


@dataclass(slots=True)
class _Data:
    """What stands in the parts of a case, as far as events have said; `begun`: parts of which all is known."""

    values: dict[tuple[int, int | None], dict[str, Json]] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)

    def take(self, entry: Entry) -> tuple[_Written, ...]:
        if entry.detail.get("erased"):
            self.begun.clear()
            return ()
        instance, item = entry.detail.get("instance", ROOT), entry.detail.get("item")
        there = self.values.setdefault((instance, item), {})
        given: Mapping[str, Json] = entry.detail.get(WRITTEN[entry.action]) or {}
        if entry.action == STARTED:
            self.begun.add(instance)
        told = tuple(
            _Written(name, there.get(name), value, name in there or instance in self.begun)
            for name, value in (*given.items(), *((name, None) for name in entry.detail.get("removed", ())))
        )
        there.update(given)
        for name in entry.detail.get("removed", ()):
            there[name] = None
        return told


class Changes:
    """What each event of a look wrote. Masked only when it is asked for."""

    def __init__(self, look: Look, earlier: Iterable[Entry] = ()) -> None:
        data = _Data()
        for entry in earlier:
            data.take(entry)
        self._written = {entry.sequence: data.take(entry) for entry in look.history if entry.action in WRITTEN}
        self._look, self._named, self._said = look, titles(look.case_type), values_in_words(look.case_type)
        self._of_step = _first_of_steps(look.history)

    def of(self, sequence: int) -> tuple[Change, ...]:
        """The values that this event wrote, as the reader may see them."""
        return tuple(one for written in self._written.get(sequence, ()) for one in self._told(written))

    def of_step(self, entry: Entry) -> tuple[Change, ...]:
        """What the person wrote in whose step this event is: the first that the step wrote."""
        return self.of(self._of_step.get(entry.at.isoformat(), 0))

    def writes(self, sequence: int, name: str) -> bool:
        """Whether the event wrote this variable."""
        if self._look.view.is_absent("/" + name):
            return False
        return any(written.name == name for written in self._written.get(sequence, ()))

    def _told(self, written: _Written) -> Iterator[Change]:
        shown = (_masked(self._look, written.name, value) for value in (written.before, written.after))
        for pointer, before, after in _apart(f"/{written.name}", (written.before, written.after), tuple(shown)):
            if self._look.view.is_absent(pointer):
                continue
            label = label_of(pointer, self._named)
            yield Change(
                written.name, label, _in_words(self._said, pointer, before), _in_words(self._said, pointer, after),
                written.known,
            )  # fmt: skip


def _first_of_steps(history: Iterable[Entry]) -> dict[str, int]:
    """Of each step (it has one time) its first event that wrote data, if rules had not decided before."""
    found: dict[str, int] = {}
    for entry in history:
        if entry.action == "engine.DecisionEvaluated":
            found.setdefault(entry.at.isoformat(), 0)
        elif entry.action == "engine.VariablesChanged":
            found.setdefault(entry.at.isoformat(), entry.sequence)
    return found


def _masked(look: Look, name: str, value: Json) -> Json:
    """A variable as the reader may see it: under the rule of the field of that name."""
    if value is None:
        return None
    shown = look.view.payload({"changes": {name: value}})["changes"]
    return next(iter(shown.values()), None)


Pair = tuple[Json, ...]


def _apart(pointer: str, clear: Pair, shown: Pair) -> Iterator[tuple[str, Json, Json]]:
    """The values that differ, walked as far as both are documents and the reader sees into them."""
    if clear[0] == clear[1]:
        return
    if all(isinstance(one, Mapping | None) for one in (*clear, *shown)) and any(clear):
        names = dict.fromkeys(name for one in clear for name in one or {})
        for name in names:
            below, seen = (tuple((one or {}).get(name) for one in pair) for pair in (clear, shown))
            yield from _apart(f"{pointer}/{name}", below, seen)
        return
    yield pointer, *shown


def label_of(pointer: str, named: Mapping[str, str]) -> str:
    """The titles on the way to a value."""
    parts = pointer.split("/")[1:]
    return ": ".join(named.get("/" + "/".join(parts[: depth + 1]), part) for depth, part in enumerate(parts))


def _in_words(said: InWords, pointer: str, value: Json) -> Json:
    if isinstance(value, list) and any(isinstance(one, list | Mapping) for one in value):
        return counted(len(value), "entry", "entries")
    return None if value in (None, "", [], {}) else said(pointer, value)
