"""Who is to do this job, by the rules of its case type and what is known of the actors now?

Routing of work: the case type names a decision (DMN) in its manifest (`routing`), which admins edit where they edit the
other rules. It reads the case's data and, under `work` and `actors`, what is known of the job and of who could do it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from orchestration.actors import gauges
from orchestration.actors.capability import Capability
from orchestration.actors.guardrails.declared import rate_of
from orchestration.actors.routing import ANY, AUTOMATIC, MODES, Candidate, Choice, Wish, route
from orchestration.casetypes.case_type import CaseType
from orchestration.engine.codec import decode
from orchestration.engine.decisions import Facts, decide
from orchestration.engine.scope import AtRest, Scope
from orchestration.engine.state import ROOT
from orchestration.engine.timers import BadTimer, later
from orchestration.ground import clock
from orchestration.models import Instance, Job

Json = Any
SHARES: Final = 100
AT_HAND: Final = "at_hand"
"""What a job that has just been claimed brings along: rows of `gauges.OFFERING`, read in the statement of the claim."""
WORK: Final = "work"
ACTORS: Final = "actors"


class RoutingFault(ValueError):
    """The decision says something that routing does not understand; a sentence for who edits it."""


def choose(job: Job, case_type: CaseType, capability: Capability) -> Choice:
    """The choice for one attempt. Raises RoutingFault."""
    now = clock.utc_now()
    draw = zlib.crc32(b"%d" % job.instance_id) % SHARES
    read = job.__dict__.pop(AT_HAND, None)
    at_hand = (
        gauges.candidates(capability.key, now, draw, case_type.key)
        if read is None or job.capability != capability.key
        else gauges.candidates_of(read, draw)
    )
    failed = job.actor if _has_to_move(job, capability) else ""
    found = _limited([_marked(one, job, failed) for one in at_hand], rate_of(capability))
    wishes = _wishes(job, case_type, found, now) if case_type.routing else ()
    return route(wishes, found, now, job.wanted_actor)


def _marked(one: Candidate, job: Job, failed: str) -> Candidate:
    lapsed, moves = one.key in job.lapsed, one.key == failed
    return replace(one, lapsed=lapsed, failed=moves) if lapsed or moves else one


def most_tries(job: Job, capability: Capability) -> int:
    """How often a job is tried where it fails only for the moment, its first time included."""
    return job.max_attempts if capability.times is None else capability.times + 1


def _has_to_move(job: Job, capability: Capability) -> bool:
    """Whether this try goes to another actor than the one before: the last one does, and each where work may move."""
    return job.attempts > 1 and (capability.moves or job.attempts == most_tries(job, capability))


def _limited(found: list[Candidate], most: int | None) -> list[Candidate]:
    """The candidates with the rate that this work allows, where that is lower than their own."""
    if most is None:
        return found
    rates = [most if one.card.rate is None else min(most, one.card.rate) for one in found]
    return [replace(one, card=replace(one.card, rate=rate)) for one, rate in zip(found, rates, strict=True)]


def _wishes(job: Job, case_type: CaseType, found: Sequence[Candidate], now: datetime) -> list[Wish]:
    model = case_type.library.decisions.get(case_type.routing)
    if model is None:
        raise RoutingFault(f"{case_type.label} routes by {case_type.routing!r}, but has no such decision.")
    decided = decide(model, case_type.routing, _known(job, case_type, found, now), now)
    rows = decided.output if isinstance(decided.output, list) else [decided.output]
    rules = [_rule(case_type, hit) for hit in decided.hits]
    return [
        _wish(row, rules[at] if at < len(rules) else case_type.routing, now)
        for at, row in enumerate(rows)
        if row is not None
    ]


def _rule(case_type: CaseType, hit: Mapping[str, Json]) -> str:
    return f"rule {hit.get('rule')} of {hit.get('decision')} in {case_type.label}"


def _wish(row: Json, rule: str, now: datetime) -> Wish:
    given = row if isinstance(row, Mapping) else {"actor": row}
    mode = given.get("mode") or AUTOMATIC
    if mode not in MODES:
        raise RoutingFault(f"{rule} says the mode {mode!r}; {', '.join(MODES)} are possible.")
    return Wish(str(given.get("actor") or ANY), mode, _span(given, rule, now), str(given.get("group") or ""), rule)


def _span(given: Mapping[str, Json], rule: str, now: datetime) -> timedelta | None:
    text = given.get("deadline")
    if not text:
        return None
    try:
        return later(now, str(text)) - now
    except BadTimer as error:
        raise RoutingFault(f"The deadline of {rule} cannot be read: {error}") from None


def _known(job: Job, case_type: CaseType, found: Sequence[Candidate], now: datetime) -> Facts:
    local = now.astimezone()
    work = {
        "capability": job.capability, "step": job.definition_item, "attempt": job.attempts, "priority": job.priority,
        "urgent": job.priority > 0, "age": (now - job.created).total_seconds(), "hour": local.hour,
        "weekday": local.isoweekday(),
    }  # fmt: skip
    if case_type.asks_for_load:
        work["waiting"] = Job.objects.filter(capability=job.capability, state=Job.State.WAITING).count()
    actors = {one.key.replace("-", "_"): one.facts() for one in found}
    return Facts({WORK: work, ACTORS: actors}, partial(_scope, job))


def _scope(job: Job) -> Scope:
    row = Instance.objects.only("items", "data").get(pk=job.instance_id)
    state = decode(bytes(row.items), bytes(row.data))
    item = state.items.get(job.item)
    instance = ROOT if item is None else item.instance
    return Scope(AtRest(state), instance, None if item is None else item.id)
