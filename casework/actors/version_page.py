"""How does a version compare with the one in use, and what may be done with it next?

What it gave on recorded jobs and in the shadow, held against what was used: agreement with its interval and how many
jobs stand behind it, where the two differ, how long each took, what failed.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from casework.actors.actor_page import figures
from casework.actors.score_card import ScoreCard, score_card
from orchestration.actors import versions
from orchestration.actors.agreement import Share, differences
from orchestration.actors.capability import shipped
from orchestration.actors.kinds.declared import FILE_KINDS
from orchestration.actors.registration import standing
from orchestration.jobs import trials
from orchestration.models import ActorCall, ActorVersion, Replay, Trial

MOST: Final = 2000
"""Trials that are looked at, the newest."""
SHOWN: Final = ("public", "internal")
"""What administrators may read without a case: values of places of these levels."""
PAIRS: Final = 5
SIGNS: Final = {"+": "plus", "-": "minus", "@": "at"}
MOST_LINES: Final = 1000
TEXTS: Final = frozenset({*FILE_KINDS, "clauses", "code", "external", "money-flows", "watchlist"})
"""Kinds whose versions are made of a text that people can compare."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`pairs`: what was used, what was tried, and how often; only where the contract says that anybody may read it."""

    place: str
    count: int
    pairs: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a version gave in one way. Times in milliseconds: the medians of it and of what was used, on the same jobs.

    `failed`: how many gave no answer; `errors`: the sentences, with how often each.
    """

    way: str
    tried: int
    agreement: Share
    failed: Share
    median_ms: float | None
    used_ms: float | None
    differences: tuple[Difference, ...]
    errors: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What the file of a version says otherwise than that of another: (sign, line). `version`: the other one."""

    version: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VersionPage:
    row: ActorVersion
    metrics: tuple[tuple[str, str], ...]
    steps: tuple[versions.Step, ...]
    in_use: ActorVersion | None
    replay: Replay | None
    cannot_be_tried: str
    compared: tuple[Compared, ...]
    score: ScoreCard | None
    changed: Changed | None = None
    in_use_metrics: tuple[tuple[str, str], ...] = ()

    @property
    def may_replay(self) -> bool:
        return not self.cannot_be_tried and self.row.state in trials.REPLAYED_IN

    @property
    def on(self) -> list[versions.Step]:
        return [step for step in self.steps if step.on]

    @property
    def back(self) -> list[versions.Step]:
        return [step for step in self.steps if not step.on]


def version_page(row: ActorVersion, by: str, *, with_file: bool = False) -> VersionPage:
    """`by`: who looks, as the history names them; `with_file`: whether they may read what a version is made of."""
    in_use = ActorVersion.objects.filter(actor=row.actor, state=ActorVersion.State.IN_USE).defer("artefact").first()
    return VersionPage(
        row, tuple(figures(row.metrics)), tuple(versions.steps(standing(row), by)), in_use,
        Replay.objects.filter(version=row).first(), trials.cannot_be_tried(row.actor.kind),
        tuple(one for way in (Trial.Way.REPLAY, Trial.Way.SHADOW) if (one := compared(row, way)).tried),
        score_card(row),
        changed(row) if with_file and row.actor.kind in TEXTS else None,
        () if in_use in (None, row) else tuple(figures(in_use.metrics)),
    )  # fmt: skip


def changed(row: ActorVersion) -> Changed | None:
    """What is new in the file of a version, against the one in use, else the one before; None: there is no other."""
    others = ActorVersion.objects.filter(actor=row.actor_id).exclude(pk=row.pk)
    before = others.filter(created__lte=row.created).order_by("-created", "-pk")
    other = others.filter(state=ActorVersion.State.IN_USE).first() or before.first()
    if other is None:
        return None
    old, new = (bytes(one.artefact).decode("utf-8", "replace").splitlines() for one in (other, row))
    lines = list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
    return Changed(other.version, tuple((SIGNS.get(line[:1], ""), line) for line in lines[:MOST_LINES]))


def compared(row: ActorVersion, way: str) -> Compared:
    """The trials of a version in this way, held against what was used."""
    tried = list(Trial.objects.filter(version=row, way=way).order_by("-at")[:MOST])
    calls = ActorCall.objects.filter(job__in=[one.job_id for one in tried], outcome__in=trials.USED).order_by("pk")
    used = {call.job_id: call for call in calls.defer("detail", "usage", "route", "verdicts")}
    answered = [one for one in tried if one.output is not None]
    judged = [one for one in answered if one.agrees is not None]
    errors = Counter(one.error for one in tried if one.output is None)
    return Compared(
        way, len(tried), Share(sum(bool(one.agrees) for one in judged), len(judged)),
        Share(len(tried) - len(answered), len(tried)), _median(one.latency_ms for one in answered),
        _median(used[one.job_id].latency_ms for one in answered if one.job_id in used),
        _differences(row, [(used[one.job_id].output, one.output) for one in judged if one.job_id in used]),
        tuple(errors.most_common(PAIRS)),
    )  # fmt: skip


def _differences(row: ActorVersion, pairs: Iterable[tuple[Any, Any]]) -> tuple[Difference, ...]:
    known = shipped().get(row.actor.capability)
    contract = None if known is None else known.output
    found: dict[str, Counter[tuple[str, str]]] = {}
    for used, tried in pairs:
        for place in differences(contract, used, tried):
            shown = (_text(used, place), _text(tried, place)) if may_show(contract, place) else ("", "")
            found.setdefault(place, Counter())[shown] += 1
    return tuple(Difference(place, counts.total(), tuple(_pairs(counts))) for place, counts in found.items())


def _pairs(counts: Counter[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    yield from ((used, tried, count) for (used, tried), count in counts.most_common(PAIRS) if used or tried)


def may_show(contract: Mapping[str, Any] | None, place: str) -> bool:
    """Whether the contract lets anybody read this place; what it says of the whole holds where it is silent."""
    whole = contract or {}
    own = whole.get("properties", {}).get(place, {}).get("x-classification")
    return (own or whole.get("x-classification")) in SHOWN


def _text(output: Any, place: str) -> str:
    value = output.get(place) if isinstance(output, Mapping) else output
    return str(value)[:80]


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return median(found) if found else None
