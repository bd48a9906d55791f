"""What did agents want in this case, why, what became of it, and what waits for a person?

The newest run first; as this reader may see it. Read only where the case's past tells of an agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from casework.cases.read.case_view import Look
from casework.cases.read.decisions import titles
from casework.cases.read.timeline import actor_name
from orchestration.agents.approvals import is_decoy, shown_digest
from orchestration.agents.checking import BLIND
from orchestration.agents.grants import SEARCH, step_of
from orchestration.agents.undoing import taking_back, why_it_stays
from orchestration.knowledge.search import Reader, passages
from orchestration.models import AgentProposal, AgentRun
from orchestration.privacy.classification import rank
from orchestration.privacy.masks import DOTS

Json = Any
PLANNED: Final = "agent.planned"
WANTED: Final = "agent.proposed"
ENDED: Final = "agent.ended"
MOST: Final = 5
"""Runs that the page of a case tells of."""
LEVEL: Final = "internal"
"""What an agent says may quote what customers write; who may not read that reads dots."""
PASSAGE: Final = "passage:"
UNTOLD: Final = "A step that you choose"
"""Stands for what an agent wants where people are not told."""


UNREAD: Final = "A passage that is gone, or that you may not read"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage of the knowledge base that is cited; without its words where the reader may not read it now."""

    title: str = UNREAD
    text: str = ""
    document: int = 0
    piece: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that an agent wanted. `evidence`: the fields that it rests on, each with its value as the reader sees
    it; `quoted`: the passages. `blind`: people choose without being told what it is. `found`: what came of a search.
    `stays`: why what was done is not taken back with a click."""

    id: int
    name: str
    state: str
    reason: str
    evidence: tuple[tuple[str, Json], ...]
    conditions: tuple[str, ...]
    chosen: tuple[tuple[str, Json], ...]
    changed: tuple[tuple[str, Json], ...]
    outcome: str
    rule: str
    price: str
    digest: str
    made: datetime
    opened: datetime | None
    expires: datetime | None
    decided: datetime | None
    decided_by: str
    can_undo: bool
    blind: bool = False
    quoted: tuple[Quoted, ...] = ()
    found: str = ""
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an agent, with what it planned and wanted."""

    id: int
    who: str
    goal: str
    state: str
    outcome: str
    why: str
    plan: tuple[tuple[str, str], ...]
    wanted: tuple[Wanted, ...]
    began: datetime

    @property
    def waits(self) -> bool:
        return any(one.state == AgentProposal.State.HELD for one in self.wanted)


def agent_runs(seen: Look) -> tuple[Run, ...]:
    """No statement where no agent ever worked on the case, two where one did. What it cites stands on the page of
    each proposal alone."""
    if not {PLANNED, WANTED, ENDED} & {*seen.past["actions"]}:
        return ()
    rows = list(AgentRun.objects.filter(instance=seen.case.instance_id).order_by("-pk")[:MOST])
    wanted = list(AgentProposal.objects.filter(run__in=rows).order_by("number"))
    return tuple(_run(seen, row, [one for one in wanted if one.run_id == row.pk], {}) for row in rows)


def cited(rows: Sequence[AgentProposal], reader: Reader) -> Mapping[str, Quoted]:
    """The passages that are cited and that this reader may read now, by how they are cited."""
    ids = {int(one.removeprefix(PASSAGE)) for row in rows for one in row.evidence if one.startswith(PASSAGE)}
    found = passages(sorted(ids), reader)
    return {f"{PASSAGE}{one.id}": Quoted(one.heading or one.name, one.text, one.document, one.id) for one in found}


def _run(seen: Look, row: AgentRun, wanted: Sequence[AgentProposal], named: Mapping[str, Quoted]) -> Run:
    return Run(
        row.pk, actor_name(f"model:{row.actor}", seen.names), row.goal, row.state, row.outcome, text(seen, row.why),
        planned(seen, row, wanted),
        tuple(one_wanted(seen, one, named) for one in wanted), row.began,
    )  # fmt: skip


def planned(seen: Look, row: AgentRun, wanted: Sequence[AgentProposal]) -> tuple[tuple[str, str], ...]:
    """The steps of its plan, each with why; none while something that it wants is put to people otherwise."""
    if any(one.put and one.state == AgentProposal.State.HELD for one in wanted):
        return ()
    names = {step_of(one.tool): one.name for one in wanted}
    plan = [(step_of(one["tool"]), one["why"]) for one in row.plan]
    told = [(names.get(step, step.partition(":")[2] or step), why) for step, why in plan]
    return tuple((text(seen, name).replace("_", " "), text(seen, why)) for name, why in told)


def one_wanted(seen: Look, row: AgentProposal, named: Mapping[str, Quoted]) -> Wanted:
    """A proposal as this reader may see it; while it is put to people otherwise, as it is put."""
    return as_put(_as_it_is(seen, row, named), row)


def as_put(wanted: Wanted, row: AgentProposal) -> Wanted:
    """Without what the agent wants where people choose blindly; with what is never done where that is put to them."""
    if is_decoy(row):
        decoy = row.decoy
        return replace(
            wanted, name=decoy["name"], reason=decoy["reason"], chosen=(), conditions=(), price="",
            digest=shown_digest(row),
        )  # fmt: skip
    if row.put == BLIND and row.state == AgentProposal.State.HELD:
        return replace(
            wanted, name=UNTOLD, reason="", evidence=(), quoted=(), conditions=(), chosen=(), price="", blind=True
        )
    return wanted


def _as_it_is(seen: Look, row: AgentProposal, named: Mapping[str, Quoted]) -> Wanted:
    fields = [one for one in row.evidence if not one.startswith(PASSAGE)]
    return Wanted(
        row.pk, text(seen, row.name), row.state, text(seen, row.reason), tuple(cited_values(seen, fields)),
        tuple(seen.view.text(one) for one in row.conditions), tuple(_values(seen, row.chosen)),
        tuple(_values(seen, row.changed or {})), text(seen, row.outcome), row.rule, row.price, row.digest, row.made,
        row.opened, row.expires, row.decided, actor_name(row.decided_by, seen.names) if row.decided_by else "",
        taking_back(seen.case_type, seen.state, row) is not None,
        stays=why_it_stays(seen.case_type, seen.state, row),
        quoted=tuple(named.get(one, Quoted()) for one in row.evidence if one.startswith(PASSAGE)),
        found=row.outcome if (row.tool, row.state) == (SEARCH, AgentProposal.State.DONE) else "",
    )  # fmt: skip


def cited_values(seen: Look, places: Iterable[str]) -> Iterator[tuple[str, Json]]:
    """A field by its title, with its value now; of a passage no more than that it is one."""
    known = titles(seen.case_type)
    for place in places:
        if place.startswith(PASSAGE):
            yield "A passage of the knowledge base", None
        else:
            yield known.get(place, place.strip("/").replace("_", " ").capitalize()), _at(seen.view.data, place)


def _at(data: Json, pointer: str) -> Json:
    for name in pointer.strip("/").split("/"):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _values(seen: Look, given: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Arguments by the titles of the fields that they go into, hidden where those are."""
    known, reader = titles(seen.case_type), seen.view.principal
    for name, value in given.items():
        rule = seen.case_type.classification.rule(f"/{name}")
        shown = seen.view.text(value) if isinstance(value, str) else value
        yield known.get(f"/{name}", name), shown if reader.is_cleared(rule) else DOTS


def text(seen: Look, said: str) -> str:
    """What an agent or a person said of it, as the reader may read it."""
    return seen.view.text(said) if rank(seen.view.principal.clearance) >= rank(LEVEL) else DOTS
