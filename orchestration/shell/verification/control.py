"""Do the rules, models and actors in force stand on the chain that no case owns, as they are?

The chain of rules, roles and actors is checked like a case's; then what it says last of each version, model and actor
is held against the rows, and each version's files against their hash. Casework adds people, groups and rights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import orjson
from django.contrib.auth import get_user_model

from audit.chain import Head
from audit.checking import ChainCheck
from audit.db.sql import cursor
from audit.models import AuditEvent, StandingChain, VerifiedHead
from audit.reading import links_of
from orchestration.actors.budgets import budgets_apart
from orchestration.actors.registry import made_facts
from orchestration.casetypes.case_type import Faulty, by_definition
from orchestration.casetypes.files import content_hash
from orchestration.engine.bpmn.view import starters
from orchestration.models import Actor, ActorVersion, Definition, StartTimer
from orchestration.shell.verification.cases import BROKEN
from orchestration.shell.verification.change import Change
from orchestration.shell.verification.every import snapshot
from orchestration.shell.verification.hosts import hosts_apart
from orchestration.shell.verification.kept import NOT_OURS, Verified, keep
from orchestration.shell.verification.knowledge import knowledge_apart
from orchestration.shell.verification.stops import stops_apart
from orchestration.shell.verification.tokens import tokens_apart
from orchestration.shell.verification.verdict import Fault, Verdict

Compared = Callable[[list[Change]], Iterable[str]]
NEW: Final = (ActorVersion.State.REGISTERED, 0)
with_every_control: list[Compared] = []
"""What others compare with the control chain: a sentence for each fault."""

BEGUN: Final = "control.begun"
"""The fact that notes what was there already when the chain began to tell of people, groups and actors."""


def control_has_begun() -> bool:
    """Whether it was noted who and what was there, so that later changes can be told from forgeries."""
    return AuditEvent.objects.filter(chain=StandingChain.CONTROL, action=BEGUN).exists()


def verify_control(heads: list[Verified] | None = None, *, new_key: bool = False) -> Verdict:
    """Check the control chain, and all that it rules, as it is at one moment; `heads` takes up to where it holds."""
    with snapshot():
        verdict, changes = read_standing(StandingChain.CONTROL, heads=heads, new_key=new_key)
        if not verdict.ok:
            return verdict
        reasons = [*_versions_apart(changes), *_models_apart(changes), *_actors_apart(changes), *tokens_apart(changes)]
        reasons += _start_timers_apart()
        reasons += hosts_apart(changes)
        reasons += knowledge_apart(changes)
        reasons += stops_apart(changes)
        reasons += budgets_apart((change.action, change.detail) for change in changes)
        for compared in with_every_control:
            reasons += compared(changes)
    return Verdict.of([Fault(verdict.events, reason) for reason in reasons], verdict.events, verdict.events)


def verify_access(heads: list[Verified] | None = None, *, new_key: bool = False) -> Verdict:
    """Check the chains that tell who came in and what was denied; `heads` takes up to where they hold."""
    found = [read_standing(chain, told=False, heads=heads, new_key=new_key)[0] for chain in StandingChain.ACCESS]
    events = sum(one.events for one in found)
    return Verdict.of([fault for one in found for fault in one.faults], events, events)


def read_standing(
    number: int, *, told: bool = True, heads: list[Verified] | None = None, new_key: bool = False
) -> tuple[Verdict, list[Change]]:
    """Whether a chain that no case owns holds, and what it says (`told`: where somebody wants to know)."""
    changes: list[Change] = []
    with snapshot():
        head = StandingChain.objects.filter(pk=number).first()
        kept, is_ours = verified_before(number)
        pin = kept if is_ours else None
        chain, faults = ChainCheck(number, Head()), []
        for row in links_of([number]):
            if chain.feed(row) and told and row[13] is not None:
                changes.append(Change(row[1], row[2], row[3], row[6], orjson.loads(row[13])))
            if pin is not None and row[1] == pin.sequence and row[11] != pin.digest:
                faults.append(Fault(row[1], f"event {row[1]} is not the one that was there when it was verified last"))
    if head is None:
        return Verdict.of([Fault(0, f"the head of chain {number} is gone")], chain.sequence, chain.sequence), changes
    if pin is not None and chain.sequence < pin.sequence:
        faults.append(Fault(chain.sequence, "it is shorter than when it was verified last"))
    chain.end(Head(head.head_sequence, bytes(head.head_digest)))
    faults += [Fault(one.sequence, one.reason) for one in chain.breaks]
    faults += [Fault(event, f"the content of event {event} is gone") for event in chain.unread]
    if not (is_ours or new_key):
        faults.append(Fault(chain.sequence, NOT_OURS))
    if heads is not None and not faults:
        heads.append(Verified(number, chain.sequence, chain.digest, bytes(32)))
    return Verdict.of(faults, chain.sequence, chain.sequence), changes


def verified_before(number: int) -> tuple[Verified | None, bool]:
    """Up to where such a chain was verified, if it was; whether nobody but the product has written that."""
    row = VerifiedHead.objects.filter(chain=number).first()
    if row is None:
        return None, True
    found = Verified(number, row.sequence, bytes(row.digest), bytes(row.state))
    return found, found.is_ours(bytes(row.mac))


def keep_standing(run: int, heads: list[Verified]) -> None:
    """Remember up to where the chains that no case owns hold."""
    with cursor() as plain:
        keep(plain, run, heads, [])


def _versions_apart(changes: list[Change]) -> Iterator[str]:
    told = {(c.detail["key"], c.detail["version"]): c for c in changes if c.action == "definition.deployed"}
    for row in Definition.objects.select_related("deployed_by").order_by("key", "version").iterator(chunk_size=20):
        name, change = str(row), told.pop((row.key, row.version), None)
        if content_hash(row.files) != row.content_hash:
            yield f"the files of {name} are not those of its hash"
        if change is None:
            yield f"{name} was never deployed"
            continue
        if change.detail["hash"] != row.content_hash:
            yield f"{name} is not what was deployed"
        if (change.detail["note"], change.at) != (row.note, row.deployed_at):
            yield f"{name} was not deployed then, or with another note"
        yield from _who_deployed(row, change)
    for key, version in told:
        yield f"{key} v{version} was deployed, but is gone"


def _is_somebody(named: str) -> bool:
    """Whether there is such a person: a row cannot name one who is not there."""
    return get_user_model().objects.filter(username=named.removeprefix("person:")).exists()


def _who_deployed(row: Definition, change: Change) -> Iterator[str]:
    """What the row says of who put it in force, and of its name."""
    by = "" if row.deployed_by is None else f"person:{row.deployed_by.get_username()}"
    named = change.actor if change.actor.startswith("person:") else ""
    if (by != named and (by or _is_somebody(named))) or (row.deployed_by_id is None) != (row.deployed_by is None):
        yield f"{row} was put in force by somebody else"
    try:
        if by_definition(row.pk).name != row.name:
            yield f"the name of {row} is not the one in its files"
    except (Faulty, *BROKEN):
        yield f"{row} cannot be read"


def _models_apart(changes: list[Change]) -> Iterator[str]:
    told = {(c.detail["actor"], c.detail["version"]): c for c in changes if c.action == "model.registered"}
    weights = _weights(changes)
    states = _states(changes)
    for row in ActorVersion.objects.select_related("actor").order_by("actor__key", "version").iterator(chunk_size=5):
        key = (row.actor.key, row.version)
        name, change = f"model {row.version} of {row.actor.key}", told.pop(key, None)
        if change is None:
            yield f"{name} was never registered"
        elif change.detail["metrics"] != row.metrics:
            yield f"the figures of {name} are not those that were registered"
        elif not _was_registered_so(row, change):
            yield f"{name} was not registered then, by somebody else, or with another note"
        if key in weights and weights[key] != sha256(bytes(row.artefact)).hexdigest():
            yield f"the weights of {name} are not those that were registered"
        if (row.state, row.share) not in _alike(states.get(key, NEW)):
            yield f"{name} is {row.get_state_display()}, though the last change says otherwise"
    for actor, version in told:
        yield f"model {version} of {actor} was registered, but is gone"


def _was_registered_so(row: ActorVersion, change: Change) -> bool:
    """Rows of before say nobody; the row was made a moment before the event."""
    by = row.registered_by in ("", change.actor) and row.note == change.detail.get("note", "")
    return by and timedelta() <= change.at - row.created < timedelta(minutes=1)


def _states(changes: list[Change]) -> dict[tuple[str, str], tuple[str, int]]:
    """How far each version is, and its share, as the last change of it says."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for change in changes:
        if change.action == "model.activated":
            actor = change.detail["actor"]
            for key, told in found.items():
                if key[0] == actor and told[0] == ActorVersion.State.IN_USE:
                    found[key] = (ActorVersion.State.RETIRED, 0)
            found[actor, change.detail["version"]] = (ActorVersion.State.IN_USE, 100)
        elif change.action == "version.moved":
            detail = change.detail
            found[detail["actor"], detail["version"]] = (detail["state"], detail["share"])
    return found


def _alike(told: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    """A release before versions had states kept only whether one was at work."""
    return (told, NEW) if told == (ActorVersion.State.RETIRED, 0) else (told,)


def _weights(changes: list[Change]) -> dict[tuple[str, str], str]:
    """The digest of each model's weights, where it was noted."""
    found: dict[tuple[str, str], str] = {}
    for change in changes:
        if change.action == BEGUN:
            found |= {(actor, version): digest for actor, version, digest in change.detail["models"]}
        elif change.action == "model.registered" and "weights" in change.detail:
            found[change.detail["actor"], change.detail["version"]] = change.detail["weights"]
    return found


def _actors_apart(changes: list[Change]) -> Iterator[str]:
    made: dict[str, dict[str, Any]] = {}
    enabled: dict[str, bool] = {}
    cards: dict[str, dict[str, Any]] = {}
    begun = False
    for change in changes:
        if change.action == BEGUN:
            begun = True
            for key, facts in change.detail["actors"].items():
                made[key] = {name: value for name, value in facts.items() if name != "card"}
                cards[key] = facts.get("card", {})
        elif change.action == "actor.changed":
            key = change.detail["actor"]
            if "made" in change.detail:
                made[key] = {name: value for name, value in change.detail["made"].items() if name != "card"}
                cards[key] = change.detail["made"].get("card", {})
            if key in made:
                made[key] = made[key] | change.detail.get("fields", {})
            cards |= {key: change.detail["card"]} if "card" in change.detail else {}
            enabled |= {key: change.detail["enabled"]} if "enabled" in change.detail else {}
        elif change.action == "capability.stopped":
            enabled |= dict.fromkeys(change.detail["actors"], not change.detail["stopped"])
    for row in Actor.objects.order_by("key"):
        facts = made.pop(row.key, None)
        if facts is None and begun:
            yield f"actor {row.key} was never made"
        elif facts is not None and facts != made_facts(row):
            yield f"actor {row.key} is not as it was made"
        if row.card != cards.get(row.key, {}):
            yield f"the card of actor {row.key} is not what the last change made it"
        if row.enabled != enabled.get(row.key, True):
            yield f"actor {row.key} is switched {'on' if row.enabled else 'off'}, though the last change says otherwise"
    for key in made:
        yield f"actor {key} was made, but is gone"


def _start_timers_apart() -> Iterator[str]:
    """The timers that begin cases are those of the newest version of each case type."""
    newest = Definition.objects.order_by("key", "-version").distinct("key").only("pk", "key", "version")
    wanted: dict[tuple[str, str, str, int], str] = {}
    for definition in newest:
        try:
            library = by_definition(definition.pk).library
        except (Faulty, *BROKEN):
            yield f"{definition} cannot be read"
            continue
        for process, one in starters(library):
            if one.kind == "timer":
                words = "" if one.definition.schedule is None else one.definition.schedule.text
                wanted[process, one.at, words, definition.pk] = f"the timer {one.at} of {definition}"
    for row in StartTimer.objects.select_related("definition").order_by("pk"):
        if wanted.pop((row.process, row.node, row.written, row.definition_id), None) is None:
            yield f"the timer {row.node} of {row.definition} begins cases, but stands in no version in force"
    for name in wanted.values():
        yield f"{name} should begin cases, but has no row"
