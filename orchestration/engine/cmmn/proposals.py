"""What may a machine's answer add to the plan?

A task for a machine actor may name discretionary items that its answer may plan (the extension element `plan`). The
answer has passed the guardrails by then. Each item that it names is planned as by somebody without any role, and only
where a planning table offers it now (5.4.9, 8.7) and it is not there already. Whatever else it names is refused, and
that is kept: an answer never fails by it.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.engine import events as e
from orchestration.engine.cmmn import items, planning
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.state import Item
from orchestration.engine.step import CommandRejected

Json = Any

MOST: Final = 20
"""Items that one answer may name; what it names beyond that is refused together."""

_NO_ROLES: Final[tuple[str, ...]] = ()


def take_up(run: CaseRun, item: Item, result: Json) -> None:
    """Plan what the answer `result` to this task names, or keep why not."""
    asked = run.node(item).extensions.plans
    if asked is None:
        return
    named = run.value(asked.value, item.id, {"result": result})
    wanted = named if isinstance(named, list) else [] if named is None else [named]
    for each in wanted[:MOST]:
        try:
            _plan(run, each, asked.items)
        except CommandRejected as refused:
            _refuse(run, item, each, refused.rejection.message)
    if len(wanted) > MOST:
        _refuse(run, item, f"{len(wanted) - MOST} more", f"One answer may name {MOST} steps at most.")


def _plan(run: CaseRun, wanted: Json, allowed: tuple[str, ...]) -> None:
    if wanted not in allowed:
        raise CommandRejected("not-allowed", "The task does not allow its actor to add this.")
    offer = planning.choose(run, wanted, _NO_ROLES)
    if any(there.parent == offer.stage for there in run.open(offer.node.id)):
        raise CommandRejected("state", f"{offer.node.name or wanted} is part of the case already.")
    items.plan(run, offer, _NO_ROLES)


def _refuse(run: CaseRun, item: Item, wanted: Json, why: str) -> None:
    node = run.model.nodes.get(wanted) if isinstance(wanted, str) else None
    named = wanted[:200] if isinstance(wanted, str) else "something that is no name"
    run.step.emit(e.PlanRefused(run.instance, item.id, named, "" if node is None else node.name, why))
