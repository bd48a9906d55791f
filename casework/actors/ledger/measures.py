"""How good are the answers of each version, by the word of the people who looked at them, and where is a person in the
way, or missing?

Accuracy: of the answers that people judged, how many they took as they were. Override rate: of all answers that went
into a case or to a person, how many were changed or rejected. Beside each share stands of how many it is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from casework.intake.samples import SOURCE
from orchestration.actors.calibration import Calibration, Judged, Share, calibration

SPAN: Final = timedelta(days=180)
MOST: Final = 5_000
"""Judged answers of a version, the newest, from which its calibration is found."""
OVERRIDDEN: Final = 0.2
"""From which share of overridden answers on a step counts as done too much by machines."""
ENOUGH: Final = 20
"""So many judged answers are needed before a step is said to be checked too much or too little."""

_VERSIONS = """
with answered as (
    select actor, version, count(*) n from orchestration_actorcall
    where started >= %(since)s and actor <> '' and outcome in ('done', 'suggested') group by actor, version)
select a.actor, a.version, a.n, count(j.id), count(j.id) filter (where j.verdict = 'accepted')
from answered a
left join orchestration_actorcall c
    on c.actor = a.actor and c.version = a.version and c.started >= %(since)s and c.outcome in ('done', 'suggested')
   and exists (select from orchestration_judgement e where e.call_id = c.id)
left join orchestration_judgement j on j.call_id = c.id
group by a.actor, a.version, a.n order by a.actor, a.version"""
_JUDGED = """
select c.version, c.confidence, j.verdict = 'accepted'
from orchestration_judgement j join orchestration_actorcall c on c.id = j.call_id
where c.actor = %(actor)s and c.started >= %(since)s and c.confidence is not null
order by c.started desc limit %(most)s"""
_WEEKS = """
select c.version, date_trunc('week', c.started)::date, count(*), count(*) filter (where j.verdict = 'accepted'),
       avg(c.confidence)
from orchestration_judgement j join orchestration_actorcall c on c.id = j.call_id
where c.actor = %(actor)s and c.started >= %(since)s group by 1, 2 order by 2 desc, 1"""
_STEPS = """
select c.case_type, b.definition_item, max(b.name), c.capability, count(*),
       count(*) filter (where j.verdict <> 'accepted')
from orchestration_judgement j join orchestration_actorcall c on c.id = j.call_id
join orchestration_job b on b.id = c.job_id
where c.started >= %(since)s group by 1, 2, 4 order by 5 desc"""

_ON_SAMPLES = """
select count(*) from orchestration_judgement j
join orchestration_actorcall c on c.id = j.call_id
join casework_case s on s.instance_id = c.instance_id and s.source = %(source)s
where c.started >= %(since)s and %(actor)s in ('', c.actor)"""


@dataclass(frozen=True, slots=True)
class VersionMeasures:
    actor: str
    version: str
    answered: int
    accuracy: Share
    overridden: Share
    calibration: Calibration | None = None


@dataclass(frozen=True, slots=True)
class Week:
    version: str
    begins: date
    accuracy: Share
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a case type whose answers people judged. `finding`: what that says of it, in words; "" nothing yet."""

    case_type: str
    name: str
    capability: str
    overridden: Share
    finding: str


def versions(now: datetime, actor: str = "") -> tuple[VersionMeasures, ...]:
    """Of every version that gave an answer in the last half year; its calibration where one actor is asked for."""
    rows = _rows(_VERSIONS, now)
    sure = _calibrations(actor, now) if actor else {}
    return tuple(
        VersionMeasures(key, version, n, Share(accepted, judged), Share(judged - accepted, n), sure.get(version))
        for key, version, n, judged, accepted in rows
        if actor in ("", key)
    )


def _calibrations(actor: str, now: datetime) -> dict[str, Calibration]:
    found = judged_of(actor, now)
    made = {version: calibration(rows[:MOST]) for version, rows in found.items()}
    return {version: one for version, one in made.items() if one is not None}


def judged_of(actor: str, now: datetime) -> dict[str, list[Judged]]:
    """The judged answers with a confidence of each version, the newest first."""
    found: dict[str, list[Judged]] = {}
    for version, confidence, right in _rows(_JUDGED, now, actor=actor, most=4 * MOST):
        found.setdefault(version, []).append(Judged(min(max(confidence, 0.0), 1.0), right))
    return found


def on_samples(now: datetime, actor: str = "") -> int:
    """How many of the judged answers (of one actor) were given on sample cases, which are made up."""
    ((found,),) = _rows(_ON_SAMPLES, now, actor=actor, source=SOURCE)
    return int(found)


def weeks(actor: str, now: datetime) -> tuple[Week, ...]:
    """The accuracy of each version over time, the newest week first."""
    rows = _rows(_WEEKS, now, actor=actor)
    return tuple(Week(version, begins, Share(right, n), sure) for version, begins, n, right, sure in rows)


def steps(now: datetime, limit: float = OVERRIDDEN) -> tuple[Step, ...]:
    """The steps that machines do too much of alone, those that people check too much, and the others."""
    rows = _rows(_STEPS, now)
    return tuple(
        Step(case_type, name or item, capability, share := Share(wrong, n), finding(share, limit))
        for case_type, item, name, capability, n, wrong in rows
    )


def finding(overridden: Share, limit: float) -> str:
    """What the share of overridden answers says of a step (S12: neither too much nor too little by machines)."""
    if overridden.n < ENOUGH:
        return ""
    if overridden.hits / overridden.n > limit:
        return "too much by machines"
    return "always accepted: could go without a person" if overridden.hits == 0 else "balanced"


def _rows(statement: str, now: datetime, **wanted: Any) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"since": now - SPAN, **wanted})
        return list(cursor.fetchall())
