"""What happened in a case, told in plain words, and in full for those who check it?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson
from django.utils.text import capfirst

from audit.actions import ACTIONS, ENGINE
from audit.selectors import Entry
from casework.access.trail import NOBODY, UNKNOWN
from casework.cases.document_words import as_seen
from casework.cases.handoff_words import Told
from casework.cases.narration import KINDS, Names, has_words, names_of, tell
from casework.cases.read.actor_names import Names as ActorNames
from casework.cases.read.case_view import Look
from casework.cases.read.changes import Change, Changes
from casework.cases.read.decisions import Fired, decision_names, fired_in, titles
from casework.cases.read.touched import Places, Touched, variable_named
from casework.cases.read.values import version_in_words

Json = Any

PLANNING: Final = ("engine.ItemPlanned", "engine.PlanRefused")
ALL: Final = "all"
"""As a kind of events: all that have words."""
MACHINES: Final = {"model": "AI", "system": "Casewright", "bot": "Bot", "case": "Case"}
NO_MODELS: Final = {
    "http": "Connector",
    "soap": "Connector",
    "sql": "Connector",
    "code": "Program",
    "external": "Worker",
}
"""How machines are called that are no AI, by the kind of actor; histories name all of them in one way."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event for a reader. `who` is empty where the sentence stands for itself; `fired` are rules that decided.

    `part`: the process or case inside the case that it happened in; empty for the case itself. `changes`: what it
    wrote, from what to what; `touched`: where that stands.
    """

    sequence: int
    at: datetime
    who: str
    told: Told
    fired: tuple[Fired, ...] = ()
    part: str = ""
    actor: str = ""
    changes: tuple[Change, ...] = ()
    touched: Touched | None = None


@dataclass(frozen=True, slots=True)
class Full:
    """One event as it is kept, masked, for those who check the history; `who`, `what`, for `whom`: by their names."""

    sequence: int
    at: datetime
    actor: str
    action: str
    on_behalf_of: str
    who: str
    what: str
    whom: str
    cause: str
    version: str
    version_in_words: str
    line: Line | None
    rules: str
    detail: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are told. `kind`: one of `narration.KINDS`, ALL, or empty: the main points. `field`: a variable that
    they wrote or revealed. `after`: only newer events, and not those of `unless_by`."""

    kind: str = ""
    actor: str = ""
    field: str = ""
    after: int = 0
    unless_by: str = ""

    @property
    def is_main(self) -> bool:
        return not (self.kind in (*KINDS, ALL) or self.actor or self.field)

    def holds(self, entry: Entry) -> bool:
        """Whether the event is one of them, as far as it says so without its words."""
        is_new = entry.sequence > self.after and entry.actor != self.unless_by
        return is_new and self.actor in ("", entry.actor)

    def told(self, words: Told) -> bool:
        """Whether these words are wanted."""
        return words.notable if self.is_main else self.kind not in KINDS or words.kind == self.kind


def lines(look: Look, *, kind: str = "") -> tuple[Line, ...]:
    """The notable events, the newest first; with a `kind` (of `narration.KINDS`) all events of it that have words."""
    return tuple(timeline(look, Wanted(kind), Changes(look), Places(look, {})))


def timeline(look: Look, wanted: Wanted, changes: Changes, places: Places) -> Iterator[Line]:
    """The events that are wanted, the newest first, each with what it changed and where. Told one by one as they are
    asked for."""
    tell_one = _teller(look)
    for before, entry in reversed(list(zip((None, *look.history), look.history, strict=False))):
        if not wanted.holds(entry) or (wanted.field and not _touches(entry, wanted.field, changes)):
            continue
        line = tell_one(entry, before)
        if line is not None and wanted.told(line.told):
            written = changes.of(entry.sequence)
            if wanted.is_main and line.who and line.told.kind == "people":
                written = written or changes.of_step(entry)
            yield replace(line, changes=written, touched=places.of(entry))


def _touches(entry: Entry, field: str, changes: Changes) -> bool:
    return field == variable_named(entry) or changes.writes(entry.sequence, field)


def full(look: Look, *, actor: str = "", action: str = "", text: str = "") -> tuple[Full, ...]:
    """Every event, the newest first: by actor, by (part of) an action, by a word of what it says or of its reason."""
    return tuple(every(look, actor=actor, action=action, text=text))


def every(look: Look, *, actor: str = "", action: str = "", text: str = "") -> Iterator[Full]:
    """As `full`, one by one as they are asked for."""
    tell_one = _teller(look)
    for before, entry in reversed(list(zip((None, *look.history), look.history, strict=False))):
        if actor in ("", entry.actor) and action in ("", entry.action):
            row = _full(look, entry, tell_one(entry, before))
            if _mentions(row, text):
                yield row


def fields_written(look: Look) -> list[tuple[str, str]]:
    """The variables of the case that one can filter by, with their titles: those of which the reader sees anything."""
    named, seen = titles(look.case_type), (look.view.clear | look.view.masked) - look.view.hidden
    tops = {pointer.split("/")[1] for pointer in seen if pointer}
    return sorted(((name, named.get(f"/{name}", name)) for name in look.past["changed"] if name in tops), key=_second)


def _second(pair: tuple[str, str]) -> str:
    return pair[1]


def actors_and_actions(look: Look) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What one can filter by: actors and actions, with their names."""
    actors = [(actor, actor_name(actor, look.names)) for actor in sorted(look.past["actors"])]
    return actors, sorted(((action, action_name(action)) for action in look.past["actions"]), key=_second)


def action_name(action: str) -> str:
    """ "task.claimed" -> "Took the task", "engine.ItemChanged" -> "Item changed (machinery)"."""
    if not action.startswith(ENGINE):
        return capfirst(ACTIONS.get(action, action))
    return re.sub("(?<=[a-z])[A-Z]", lambda found: f" {found[0].lower()}", action.removeprefix(ENGINE)) + " (machinery)"


def _mentions(row: Full, text: str) -> bool:
    words = f"{row.reason} {row.detail} {row.line.told.in_full if row.line else ''} {row.rules} {row.cause}"
    return text.casefold() in words.casefold()


def _teller(look: Look) -> Callable[[Entry, Entry | None], Line | None]:
    """How the events of this case are told: an event and the one before it -> its line; None where it has no words."""
    decisions = decision_names(look.case.instance.definition_id)
    names = replace(names_of(look.case_type, look.past), decisions=decisions, actors=look.names)
    fired = fired_in(look, look.history)
    versions = {f"job {job}": asked["calls"][-1][3] for job, asked in look.past["jobs"].items() if asked["calls"]}

    def tell_one(entry: Entry, before: Entry | None) -> Line | None:
        words = _masked(look, entry, names, before)
        if words is None:
            return None
        who = _who(entry, look.names, versions) if words.by_actor else ""
        return Line(
            entry.sequence, entry.at, who, words, fired.get(entry.sequence, ()), _part(look, entry), entry.actor
        )

    return tell_one


def _who(entry: Entry, named: ActorNames, versions: dict[str, str]) -> str:
    """Who acts; a machine that changes the plan is named with the version of its model."""
    name, version = actor_name(entry.actor, named), versions.get(entry.cause, "")
    return f"{name}, version {version}" if version and entry.action in PLANNING else name


def _part(look: Look, entry: Entry) -> str:
    part = look.running.parts.get(entry.detail.get("instance", 0))
    if part is None or entry.action in ("engine.InstanceStarted", "engine.InstanceEnded"):
        return ""
    return look.view.text(look.running.inside(part))


def _masked(look: Look, entry: Entry, names: Names, before: Entry | None) -> Told | None:
    if not has_words(entry.action):
        return None
    told = tell(replace(entry, detail=dict(detail_shown(look, entry))), names, before)
    if told is None:
        return None
    return replace(told, text=_around_own_words(look, entry, told.text), how=look.view.text(told.how))


def detail_shown(look: Look, entry: Entry) -> Mapping[str, Json]:
    """The detail of an event, masked; the choice of an actor as it is: it is of actors and rules, whatever a case calls
    its own fields, and only told through `View.text`."""
    shown: dict[str, Json] = look.view.payload(as_seen(entry, look.case_type, look.view.principal))
    return {**shown, "route": entry.detail["route"]} if "route" in entry.detail else shown


def _around_own_words(look: Look, entry: Entry, text: str) -> str:
    """A sentence masked, but for the reader's own words in it."""
    typed = (said for said in entry.detail.values() if isinstance(said, str) and said in text)
    words = next((said for said in typed if said and look.view.principal.wrote(said)), "")
    if not words:
        return look.view.text(text)
    before, _, after = text.partition(words)
    return look.view.text(before) + look.view.text(words) + look.view.text(after)


def _full(look: Look, entry: Entry, line: Line | None) -> Full:
    detail = look.view.payload(as_seen(entry, look.case_type, look.view.principal))
    rules = ", ".join(f"Rule {each.number} of {each.decision}" for each in (line.fired if line else ()))
    return Full(
        sequence=entry.sequence, at=entry.at, actor=entry.actor, action=entry.action, on_behalf_of=entry.on_behalf_of,
        who=actor_name(entry.actor, look.names), what=action_name(entry.action),
        whom=actor_name(entry.on_behalf_of, look.names) if entry.on_behalf_of else "",
        cause=look.view.text(entry.cause), version=entry.definition,
        version_in_words=version_in_words(look.case_type, entry.definition), line=line, rules=rules,
        detail=orjson.dumps(detail, option=orjson.OPT_INDENT_2).decode(),
        reason=str(detail.get("reason", "")),
    )  # fmt: skip


def actor_name(actor: str, named: ActorNames) -> str:
    """ "person:anna" -> "Anna Adler"; "model:intent" -> "Intent model (AI)", "model:erp" -> "ERP, reading"; a machine
    that is registered no more by its key: "AI intent"."""
    kind, _, name = actor.partition(":")
    if kind == "person":
        return named.get(actor, UNKNOWN if actor == NOBODY else name)
    called, machine = named.get(actor, ""), NO_MODELS.get(named.get(f"kind:{name}", ""), MACHINES.get(kind, kind))
    if called:
        return f"{called} (AI)" if machine == MACHINES["model"] else called
    return f"{machine} {name}"
