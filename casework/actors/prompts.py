"""Which prompts do language models work by, in which versions, and what does one give beside the version in use?

A prompt is part of the file of a version, so that every one that was ever registered is there; those that ship stand
beside them. What a recorded job was given and what versions answer is the case's: it is shown, masked, to who may see
the case, and else only the places that anybody who sees to actors may read.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import User

from audit.sealed_values import read
from casework.access import permissions
from casework.actors.version_page import SIGNS, may_show
from casework.cases.read.case_view import look
from casework.models import Case
from orchestration.actors.capability import Capability
from orchestration.actors.evaluators.evaluator import SETTLED, Result
from orchestration.actors.evaluators.registry import scores
from orchestration.actors.kinds.files import FileRefused, read_file
from orchestration.actors.kinds.language_model.prompt import digest_of
from orchestration.actors.shipped_prompts import shipped_prompts
from orchestration.casetypes.case_type import by_definition
from orchestration.ground import clock
from orchestration.jobs import side_by_side, trials
from orchestration.models import Actor, ActorCall, ActorVersion, Job, Trial

Json = Any
KIND: Final = "language-model"
SHIPPED: Final = "ships with the product"
HIDDEN: Final = "hidden: it is the case's"
MOST_LINES: Final = 500


@dataclass(frozen=True, slots=True)
class Prompt:
    """`digest`: what it is known by; `by`: the versions that work by it, the newest first; `ships`: whether it is the
    one that comes with the product."""

    digest: str
    system: str
    user: str
    ships: bool = False
    by: tuple[Worker, ...] = ()
    procedure: str = ""

    @property
    def lines(self) -> list[str]:
        house = ["", "procedure:", *self.procedure.splitlines()] if self.procedure else []
        return ["system:", *self.system.splitlines(), *house, "", "user:", *self.user.splitlines()]

    @property
    def at_work(self) -> bool:
        return any(one.row.active for one in self.by)


@dataclass(frozen=True, slots=True)
class Worker:
    """A version that works by a prompt, and the model that it asks."""

    row: ActorVersion
    model: str
    can_be_tried: bool


@dataclass(frozen=True, slots=True)
class Listed:
    capability: str
    title: str
    prompts: int
    at_work: int


def prompt_list() -> list[Listed]:
    """Each capability for which there is a prompt."""
    known = dict.fromkeys(sorted(set(shipped_prompts()) | _asked_of_models()))
    found = ((one, prompts_of(one)) for one in known)
    return [Listed(key, _title(key), len(all), sum(one.at_work for one in all)) for key, all in found]


def _asked_of_models() -> set[str]:
    return set(Actor.objects.filter(kind=KIND).values_list("capability", flat=True))


def _title(capability: str) -> str:
    there = shipped_prompts().get(capability)
    return capability if there is None else there.title


def prompts_of(capability: str) -> list[Prompt]:
    """All prompts for a capability: those at work first, then by how new what works by them is."""
    rows = ActorVersion.objects.filter(actor__capability=capability, actor__kind=KIND).select_related("actor")
    found: dict[str, Prompt] = {}
    for row in rows.order_by("-created", "-pk"):
        given = _read(bytes(row.artefact))
        if given is not None:
            _enter(found, given["prompt"], worker=Worker(row, str(given.get("model", "")), _can_be_tried(row)))
    there = shipped_prompts().get(capability)
    if there is not None:
        _enter(found, there.document["prompt"], ships=True)
    return sorted(found.values(), key=lambda one: not one.at_work)


def _enter(
    found: dict[str, Prompt], given: Mapping[str, str], *, worker: Worker | None = None, ships: bool = False
) -> None:
    digest = digest_of(given)[:12]
    before = found.get(digest) or Prompt(digest, given["system"], given["user"], procedure=given.get("procedure", ""))
    by = before.by if worker is None else (*before.by, worker)
    found[digest] = replace(before, by=by, ships=before.ships or ships)


def _read(artefact: bytes) -> Mapping[str, Json] | None:
    try:
        return read_file(artefact)
    except FileRefused:
        return None


def _can_be_tried(row: ActorVersion) -> bool:
    return row.state in (*trials.REPLAYED_IN, ActorVersion.State.IN_USE)


def difference(one: Prompt, other: Prompt) -> tuple[tuple[str, str], ...]:
    """What the second says otherwise: (sign, line)."""
    lines = list(difflib.unified_diff(one.lines, other.lines, lineterm="", n=3))[2:]
    return tuple((SIGNS.get(line[:1], ""), line) for line in lines[:MOST_LINES])


# One recorded job, under two versions


@dataclass(frozen=True, slots=True)
class Side:
    """What one version gave. `waits`: it is being asked; `said`: by guardrails and evaluators, a sentence each."""

    version: str
    waits: bool
    output: tuple[tuple[str, str], ...]
    error: str
    cost: str
    latency_ms: float | None
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`case`: its page, 0 where the reader may not see it. `used`: what the case got."""

    job: Job
    case: int
    given: tuple[tuple[str, str], ...]
    sides: tuple[Side, ...]
    used: tuple[tuple[str, str], ...]


def side_by_side_of(version: ActorVersion, job: Job, user: User) -> SideBySide:
    """A recorded job with what this version gave for it, and the version in use."""
    case = _case(job, user)
    capability = by_definition(job.instance.definition_id).capability(job.capability)
    given = read(job.input if job.changed_input is None else job.changed_input)
    shown = _Shown(case, user, capability)
    beside = side_by_side.in_use(version.actor_id)
    both = [one for one in (beside, version) if one is not None]
    sides = tuple(_side(one, job, capability, given, shown) for one in {one.pk: one for one in both}.values())
    return SideBySide(
        job, 0 if case is None else case.pk, shown.of(given, capability.input), sides,
        shown.of(trials.used_for(job), capability.output),
    )  # fmt: skip


def _case(job: Job, user: User) -> Case | None:
    case = Case.objects.select_related("instance").filter(instance=job.instance_id).first()
    return case if case is not None and permissions.may(user, "view", case) else None


class _Shown:
    """What of a value this reader may see, by its names."""

    def __init__(self, case: Case | None, user: User, capability: Capability) -> None:
        self.view = None if case is None else look(user=user, case=case, now=clock.utc_now(), most=1).view

    def of(self, value: Json, contract: Mapping[str, Json] | None) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, Mapping):
            return ()
        if self.view is not None:
            return tuple((name, _text(one)) for name, one in self.view.payload(value).items())
        return tuple((name, _text(one) if may_show(contract, name) else HIDDEN) for name, one in value.items())

    def text(self, said: str) -> str:
        return said if self.view is None else self.view.text(said)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def _side(version: ActorVersion, job: Job, capability: Capability, given: Json, shown: _Shown) -> Side:
    trial = Trial.objects.filter(version=version, job=job, way=Trial.Way.TRIED).first()
    if trial is None:
        return _recorded(version, job, capability, given, shown)
    said = (*_verdicts(trial.verdicts or ()), *_scored(capability, given, trial.output))
    return Side(
        version.version, False, shown.of(trial.output, capability.output), shown.text(trial.error),
        _cost(trial.cost, trial.currency), trial.latency_ms, said,
    )  # fmt: skip


def _recorded(version: ActorVersion, job: Job, capability: Capability, given: Json, shown: _Shown) -> Side:
    """What it gave when the job was done, where it did it; else it is still asked, or was never."""
    calls = ActorCall.objects.filter(job=job, actor=version.actor.key, version=version.version)
    call = calls.exclude(output=None).order_by("-pk").first()
    if call is None:
        return Side(version.version, True, (), "", "", None, ())
    said = (*_verdicts(call.verdicts or ()), *_scored(capability, given, call.output))
    return Side(
        version.version, False, shown.of(call.output, capability.output), "", _cost(call.cost, call.currency),
        call.latency_ms, said,
    )  # fmt: skip


def _verdicts(verdicts: Iterable[Mapping[str, Json]]) -> Iterator[str]:
    """What guardrails had to say; those that let it pass without a word by their names."""
    passed = []
    for one in verdicts:
        if one.get("outcome") == "pass" and not one.get("sentence"):
            passed.append(str(one["guardrail"]))
        else:
            yield f"{one['guardrail']} ({one['outcome']}): {one.get('sentence', '')}"
    if passed:
        yield f"passed: {', '.join(dict.fromkeys(passed))}"


def _scored(capability: Capability, given: Json, output: Json) -> Iterator[str]:
    if output is None:
        return
    for name, scored in scores(capability.evaluators, SETTLED, Result(given, output)):
        yield f"{name} {scored.score:.2f}: {scored.note}" if scored.note else f"{name} {scored.score:.2f}"


def _cost(cost: Decimal | None, currency: str) -> str:
    return "not known" if cost is None else f"{cost.normalize():f} {currency}".strip()
