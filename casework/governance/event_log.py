"""How do the histories of all cases of a type go to a program for process mining?

As XES (IEEE 1849) or OCEL 2.0 in JSON, portion by portion. Activities are the names of steps and decisions in the
models, and the times, actors and versions of the links: no value of any case's data is in it, so there is nothing in
it to mask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import orjson

from audit.db.sql import cursor
from audit.sealed_values import read_or_none
from casework.cases.read.decisions import decision_names
from orchestration.casetypes.case_type import by_definition
from orchestration.models import Definition
from orchestration.view.models import PlanNode

AT_ONCE: Final = 200
"""Cases read by one statement."""
CASES: Final = "select id from casework_case where case_type = %s and id > %s order by id limit %s"
EVENTS: Final = """
select c.id, e.sequence, e.action, e.actor, e.at, e.definition, p.body
from casework_case c join audit_auditevent e on e.chain = c.instance_id
left join audit_auditpayload p on p.chain = e.chain and p.sequence = e.sequence
where c.id = any(%s) and e.action = any(%s) order by c.id, e.sequence
"""
STATES: Final = {
    "active": "start", "completed": "complete", "terminated": "ate_abort", "suspended": "suspend", "failed": "pi_abort",
}  # fmt: skip
"""States of an item (CMMN 8.4) as XES names the transitions of an activity's life cycle."""


@dataclass(frozen=True, slots=True)
class Happened:
    case: int
    number: int
    activity: str
    transition: str
    resource: str
    at: datetime
    version: str


def happened(case_type: str) -> Iterator[list[Happened]]:
    """All cases of the type in portions, case by case, each in order. A portion is never half a case."""
    last = 0
    while True:
        with cursor() as plain:
            cases = [one for (one,) in plain.execute(CASES, [case_type, last, AT_ONCE]).fetchall()]
            rows = plain.execute(EVENTS, [cases, list(TOLD)]).fetchall() if cases else []
        if not cases:
            return
        last = cases[-1]
        yield [one for row in rows if (one := _happened(*row)) is not None]


def _happened(
    case: int, number: int, action: str, actor: str, at: datetime, version: str, body: bytes | None
) -> Happened | None:
    detail = None if body is None else read_or_none(body)
    told = None if detail is None else TOLD[action](detail, version)
    return None if told is None else Happened(case, number, *told, actor, at, version)


Told = tuple[str, str] | None
Detail = Mapping[str, Any]


def _item(detail: Detail, version: str) -> Told:
    name, transition = names_in(version).get(str(detail.get("definition"))), STATES.get(str(detail.get("target")))
    return (name, transition) if name and transition else None


def _passed(detail: Detail, version: str) -> Told:
    name = names_in(version).get(str(detail.get("node")))
    return (name, "complete") if name else None


def _decision(detail: Detail, version: str) -> Told:
    known = names_in(version)
    return f"Decision: {known.get(str(detail.get('decision')), 'unknown')}", "complete"


TOLD: Final[Mapping[str, Callable[[Detail, str], Told]]] = {
    "case.opened": lambda detail, version: ("Case opened", "complete"),
    "engine.ItemChanged": _item,
    "engine.ElementPassed": _passed,
    "engine.DecisionEvaluated": _decision,
    "actor.called": lambda detail, version: (f"Machine: {detail.get('capability', 'unknown')}", "complete"),
    "actor.failed": lambda detail, version: (f"Machine: {detail.get('capability', 'unknown')}", "ate_abort"),
}


@lru_cache(maxsize=256)
def names_in(version: str) -> Mapping[str, str]:
    """What the models of a version call their nodes and decisions, by id; versions never change."""
    key, _, number = version.rpartition(" v")
    rows = Definition.objects.filter(key=key, version=int(number) if number.isdecimal() else 0)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        return {}
    library = by_definition(found).library
    models = (*library.cases.values(), *library.processes.values())
    named = [node for model in models for node in model.nodes.values() if node.name]
    items = {node.definition: node.name for node in named if isinstance(node, PlanNode)}
    return {**items, **{node.id: node.name for node in named}, **decision_names(found)}


# --- XES


def as_xes(portions: Iterable[list[Happened]]) -> Iterator[bytes]:
    """One trace a case."""
    yield XES.encode()
    for portion in portions:
        yield "".join(_traces(portion)).encode()
    yield b"</log>\n"


XES: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<classifier name="Activity" keys="concept:name"/>
"""


def _traces(portion: list[Happened]) -> Iterator[str]:
    case = 0
    for one in portion:
        if one.case != case:
            yield ("</trace>\n" if case else "") + f'<trace><string key="concept:name" value="{one.case}"/>\n'
            case = one.case
        yield (
            f'<event><string key="concept:name" value={quoteattr(one.activity)}/>'
            f'<string key="lifecycle:transition" value="{one.transition}"/>'
            f'<string key="org:resource" value={quoteattr(one.resource)}/>'
            f'<date key="time:timestamp" value="{one.at.isoformat()}"/>'
            f'<string key="version" value={quoteattr(one.version)}/></event>\n'
        )
    yield "</trace>\n" if case else ""


# --- OCEL 2.0


def as_ocel(portions: Iterable[list[Happened]]) -> Iterator[bytes]:
    """Events first, then the objects that they are of: cases and who or what acted."""
    activities: set[str] = set()
    objects: dict[str, str] = {}
    yield b'{"events":['
    between = b""
    for portion in portions:
        for one in portion:
            activities.add(one.activity)
            objects |= {f"case {one.case}": "case", one.resource: "resource"}
            yield between + orjson.dumps(_event(one))
            between = b",\n"
    yield b'],\n"objects":' + orjson.dumps([{"id": id, "type": kind} for id, kind in objects.items()])
    types: list[dict[str, Any]] = [{"name": name, "attributes": []} for name in ("case", "resource")]
    yield b',\n"objectTypes":' + orjson.dumps(types)
    attributes = [{"name": name, "type": "string"} for name in ("transition", "version")]
    yield b',\n"eventTypes":' + orjson.dumps([{"name": name, "attributes": attributes} for name in sorted(activities)])
    yield b"}\n"


def _event(one: Happened) -> dict[str, Any]:
    return {
        "id": f"{one.case}-{one.number}", "type": one.activity, "time": one.at.isoformat(),
        "attributes": [{"name": "transition", "value": one.transition}, {"name": "version", "value": one.version}],
        "relationships": [
            {"objectId": f"case {one.case}", "qualifier": "of"}, {"objectId": one.resource, "qualifier": "by"}
        ],
    }  # fmt: skip
