"""What does somebody who examines a review of a customer want to see on one page?

The names that were near, the money flows as a drawing and a table, the risk and why, what a person found, who approved
it, and what became of it; each as this reader may see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User

from casework.cases.read.approvals import Approval, approvals
from casework.cases.read.case_view import Look, look
from casework.cases.read.flow_drawing import Drawing, drawing
from casework.deadlines.read import Shown, deadlines_of
from casework.models import Case

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
    """`list_name`, `entries`: which list the names were held against. `drawn`: None where no transfer is known."""

    title: str
    facts: tuple[tuple[str, str], ...]
    hits: tuple[Mapping[str, Json], ...]
    list_name: str
    entries: Json
    signs: tuple[str, ...]
    edges: tuple[Edge, ...]
    drawn: Drawing | None
    approvals: tuple[Approval, ...]
    deadlines: tuple[Shown, ...]


def is_review(data: Mapping[str, Json]) -> bool:
    """Whether a case has the parts that make the page."""
    return any(isinstance(data.get(part), Mapping) for part in PARTS)


def review(*, user: User, case: Case, now: datetime) -> Review:
    """As this reader may see it; what there is not is left empty."""
    seen = look(user=user, case=case, now=now)
    screening, flows = (_part(seen.view.data, part) for part in PARTS)
    edges = [edge for edge in _list(flows, "edges") if isinstance(edge, Mapping)]
    return Review(
        title=seen.view.text(case.title), facts=tuple(_facts(seen)),
        hits=tuple(hit for hit in _list(screening, "hits") if isinstance(hit, Mapping)),
        list_name=str(screening.get("list", "")), entries=screening.get("names"),
        signs=tuple(map(str, _list(flows, "signs"))), edges=tuple(map(_edge, edges)),
        drawn=drawing(edges) if edges else None, approvals=approvals(seen),
        deadlines=deadlines_of(case, seen.case_type, now),
    )  # fmt: skip


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


def _facts(seen: Look) -> list[tuple[str, str]]:
    data = seen.view.data
    words = {path: field.choices for form in seen.case_type.forms.values() for path, field in _chosen(form.fields)}
    told = []
    for label, part, name in PLACES:
        value = (_part(data, part) if part else data).get(name)
        if value not in (None, ""):
            told.append((label, words.get(f"{part}.{name}", {}).get(str(value), str(value))))
    return told


def _chosen(fields: Any) -> list[tuple[str, Any]]:
    return [(field.path, field) for field in fields if field.choices]
