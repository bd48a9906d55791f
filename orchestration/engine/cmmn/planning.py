"""What may a person add to the plan, and who? (5.4.9 and 8.7)

The planning table of an active stage, of an active human task, or of the case offers discretionary items. An item may
be planned when all its applicability rules hold and the person has one of the roles that it, and each table around it,
names. What is planned becomes an ordinary item of the stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.engine.cmmn.model import Node, TableItem

if TYPE_CHECKING:
    from orchestration.engine.cmmn.run import Run


@dataclass(frozen=True, slots=True)
class Offer:
    """`holder`: the item whose table it is (None: the case); `stage`: where the planned item will stand."""

    holder: int | None
    stage: int | None
    item: TableItem
    node: Node

    def is_open_to(self, roles: tuple[str, ...] | None) -> bool:
        return roles is None or all(not asked.isdisjoint(roles) for asked in self.item.roles)

    @property
    def role_names(self) -> frozenset[str]:
        """The roles of which a person needs one; empty: anybody may."""
        needed = self.item.roles
        return frozenset.intersection(*needed) if needed else frozenset()


def offers(run: Run) -> Iterator[Offer]:
    """Everything that may be planned now in this case."""
    if run.is_active(None):
        yield from _offers_of(run, run.model.plan, None, None)
    for item in list(run.step.state.items.values()):
        if item.instance == run.instance and item.state == "active":
            node = run.node(item)
            if node.table:
                yield from _offers_of(run, node, item.id, item.id if node.is_stage else item.parent)


def offers_in(run: Run, stage: int | None) -> bool:
    """Whether the stage's own table offers anything to anybody. (8.6.1)"""
    node = run.model.plan if stage is None else run.node(run.step.state.items[stage])
    return next(_offers_of(run, node, stage, stage), None) is not None


def _offers_of(run: Run, node: Node, holder: int | None, stage: int | None) -> Iterator[Offer]:
    for entry in node.table:
        if all(run.is_met(rule, holder) for rule in entry.rules):
            yield Offer(holder, stage, entry, run.model.nodes[entry.node])
