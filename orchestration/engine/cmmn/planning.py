"""What may a person add to the plan, and who? (5.4.9 and 8.7)

The planning table of an active stage, of an active human task, or of the case offers discretionary items. An item may
be planned when all its applicability rules hold and the person has one of the roles that it, and each table around it,
names. What is planned becomes an ordinary item of the stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from orchestration.engine import events as e
from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import CaseModel, Node, Rule, TableItem
from orchestration.engine.step import CommandRejected


@dataclass(frozen=True, slots=True)
class Offer:
    """`holder`: the item whose table it is (None: the case); `stage`: where the planned item will stand.

    `unmet`: the applicability rules that do not hold now; with one of them it is not offered.
    """

    holder: int | None
    stage: int | None
    item: TableItem
    node: Node
    unmet: tuple[Rule, ...] = ()

    def is_open_to(self, roles: tuple[str, ...] | None) -> bool:
        return roles is None or all(not asked.isdisjoint(roles) for asked in self.item.roles)

    @property
    def role_names(self) -> frozenset[str]:
        """The roles of which a person needs one; empty: anybody may. Where no single role will do, combinations."""
        needed = self.item.roles
        if not needed:
            return frozenset()
        return frozenset.intersection(*needed) or frozenset(
            " and ".join(sorted(set(each))) for each in product(*needed)
        )


def considered(run: CaseRun) -> Iterator[Offer]:
    """Everything on the planning tables of what is active in this case, offered now or not."""
    if run.is_active(None):
        yield from _entries(run, run.model.plan, None, None)
    for item in list(run.step.state.items.values()):
        if item.instance == run.instance and item.state == "active":
            node = run.node(item)
            if node.table:
                yield from _entries(run, node, item.id, item.id if node.is_stage else item.parent)


def offers(run: CaseRun) -> Iterator[Offer]:
    """Everything that may be planned now in this case."""
    return (offer for offer in considered(run) if not offer.unmet)


def offers_in(run: CaseRun, stage: int | None) -> bool:
    """Whether the stage's own table offers anything to anybody. (8.6.1)"""
    node = run.model.plan if stage is None else run.node(run.step.state.items[stage])
    return any(not offer.unmet for offer in _entries(run, node, stage, stage))


def _entries(run: CaseRun, node: Node, holder: int | None, stage: int | None) -> Iterator[Offer]:
    for entry in node.table:
        unmet = tuple(rule for rule in entry.rules if not run.is_met(rule, holder))
        yield Offer(holder, stage, entry, run.model.nodes[entry.node], unmet)


def choose(run: CaseRun, wanted: str, roles: tuple[str, ...] | None, holder: int | None = None) -> Offer:
    """The offer of what is wanted (by the item's id, its definition's, or its name). Raises CommandRejected."""
    found = [
        offer
        for offer in offers(run)
        if wanted in (offer.node.id, offer.node.definition, offer.node.name) and holder in (None, offer.holder)
    ]
    if not found:
        known = run.model.nodes.get(wanted)
        raise CommandRejected("rule", f"{known.name if known and known.name else repr(wanted)} is not offered now.")
    offer = next((each for each in found if each.is_open_to(roles)), None)
    if offer is None:
        needed = ", ".join(sorted(frozenset().union(*found[0].item.roles)))
        raise CommandRejected("role", f"Only {needed} may add {found[0].node.name or wanted}.")
    return offer


def planned(run: CaseRun, offer: Offer, roles: tuple[str, ...] | None) -> e.ItemPlanned:
    """The fact that the offer was taken up by somebody with these roles."""
    node = offer.node
    return e.ItemPlanned(run.instance, offer.stage, node.id, node.definition, node.name, roles)


def discretionary_nodes(model: CaseModel) -> frozenset[str]:
    """Which items of a case are there only because somebody planned them; of a plan fragment, the items in it."""
    found = {entry.node for holder in (model.plan, *model.nodes.values()) for entry in holder.table}
    todo = [node for node in found if node in model.nodes and model.nodes[node].type == "planFragment"]
    while todo:
        inside = set(model.nodes[todo.pop()].children) - found
        found |= inside
        todo += [node for node in inside if node in model.nodes and model.nodes[node].type == "planFragment"]
    return frozenset(found)
