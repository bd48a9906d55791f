"""What does somebody want to see on one page who examines what was approved in a case, or the review of a customer?

What it is about, who had to approve and why, who did, what rules decided and what machines found, and all that was
known; of a customer also the names that were near and the money flows as a drawing and a table. Each as this reader may
see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from casework.cases.read.approvals import Approval, approvals
from casework.cases.read.case_view import Look, look
from casework.cases.read.decisions import Decision, decisions_made
from casework.cases.read.fields import Field, fields
from casework.cases.read.flow_drawing import Drawing, drawing
from casework.cases.read.key_facts import key_facts
from casework.cases.read.results import Result, results
from casework.deadlines.read import Shown, deadlines_of
from casework.models import Case
from orchestration.casetypes.case_type import CaseType
from orchestration.privacy.principal import is_within

Json = Any

PARTS: Final = ("screening", "flows")
"""Places of the data of which a case has one where it reviews a customer."""
PATTERNS: Final = {"circle": "part of a circle", "fan-in": "part of a fan-in"}


@dataclass(frozen=True, slots=True)
class Edge:
    """A transfer; `pattern` in words, "" where it is of none."""

    source: str
    target: str
    amount: str
    day: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Review:
    """`parts`: of `PARTS`, those that the case has. `list_name`, `entries`: which list the names were held against.
    `drawn`: None where no transfer is known; `has_hidden_flows`: they are masked for this reader. `chain`: who has to
    approve, and why."""

    title: str
    parts: frozenset[str]
    facts: tuple[tuple[str, Json], ...]
    chain: tuple[Mapping[str, Json], ...]
    hits: tuple[Mapping[str, Json], ...]
    list_name: str
    entries: Json
    signs: tuple[str, ...]
    edges: tuple[Edge, ...]
    drawn: Drawing | None
    has_hidden_flows: bool
    approvals: tuple[Approval, ...]
    deadlines: tuple[Shown, ...]
    made: tuple[Decision, ...]
    results: tuple[Result, ...]
    data: tuple[Field, ...]


def is_review(case_type: CaseType, data: Mapping[str, Json]) -> bool:
    """Whether a case has what makes the page: approvals, or the parts of a customer's review."""
    return case_type.chain is not None or bool(_parts(data))


def _parts(data: Mapping[str, Json]) -> frozenset[str]:
    return frozenset(part for part in PARTS if isinstance(data.get(part), Mapping))


def review(*, user: User, case: Case, now: datetime) -> Review:
    """As this reader may see it; what there is not is left empty."""
    seen = look(user=user, case=case, now=now)
    screening, flows = (_part(seen.view.data, part) for part in PARTS)
    hides = any(is_within(pointer, ("/flows",)) for pointer in seen.view.hidden)
    flows = {} if hides else flows
    edges = [edge for edge in _list(flows, "edges") if isinstance(edge, Mapping)]
    return Review(
        title=seen.view.text(case.title), parts=_parts(seen.view.data), facts=tuple(_facts(seen)), chain=_chain(seen),
        hits=tuple(hit for hit in _list(screening, "hits") if isinstance(hit, Mapping)),
        list_name=str(screening.get("list", "")), entries=screening.get("names"),
        signs=tuple(map(str, _list(flows, "signs"))), edges=tuple(map(_edge, edges)),
        drawn=drawing(edges) if edges else None, has_hidden_flows=hides, approvals=approvals(seen),
        deadlines=deadlines_of(case, seen.case_type, now), made=decisions_made(seen), results=results(seen),
        data=fields(seen),
    )  # fmt: skip


def _chain(seen: Look) -> tuple[Mapping[str, Json], ...]:
    """As the case keeps it."""
    rule = seen.case_type.chain
    return tuple(row for row in _list(seen.view.data, rule.chain) if isinstance(row, Mapping)) if rule else ()


def _part(data: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(part: Mapping[str, Json], name: str) -> list[Json]:
    found = part.get(name)
    return found if isinstance(found, list) else []


def _edge(edge: Mapping[str, Json]) -> Edge:
    source, target, day = (str(edge.get(name, "")) for name in ("source", "target", "day"))
    return Edge(source, target, _written(edge.get("amount")), day, PATTERNS.get(str(edge.get("pattern")), ""))


def _written(amount: Json) -> str:
    """With two decimals; what is masked for the reader as its mask."""
    return f"{amount:,.2f}" if isinstance(amount, int | float) else str(amount or "")


PLACES: Final = (
    ("Customer", "customer", "name"), ("Why it is reviewed", "", "reason"), ("Risk", "risk", "level"),
    ("Why this risk", "risk", "why"), ("What was proposed", "finding", "proposal"), ("Why", "finding", "reason"),
    ("What became of the account", "restriction", "outcome"), ("Number of the restriction", "restriction", "reference"),
)  # fmt: skip


def _facts(seen: Look) -> list[tuple[str, Json]]:
    """The key facts, and those of a customer's review that are not among them."""
    data = seen.view.data
    words = {path: field.choices for form in seen.case_type.forms.values() for path, field in _chosen(form.fields)}
    told: list[tuple[str, Json]] = [(fact.label, fact.value) for fact in key_facts(seen)]
    known = {label for label, _ in told}
    for label, part, name in (place for place in PLACES if _parts(data) and place[0] not in known):
        value = (_part(data, part) if part else data).get(name)
        if value not in (None, ""):
            told.append((label, words.get(f"{part}.{name}", {}).get(str(value), str(value))))
    return told


def _chosen(fields: Any) -> list[tuple[str, Any]]:
    return [(field.path, field) for field in fields if field.choices]
