"""What do agents want that waits for a person, in the cases that this person may work?

The one whose time is over first stands first. Reasons are not listed here: they stand on the page of each, masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.contrib.auth.models import User

from audit.data_keys import KeyFault
from casework.access import permissions
from casework.cases.asked_first import as_read
from casework.cases.read.agent_work import UNTOLD
from casework.cases.read.attention import MOST, held
from casework.cases.read.case_view import SHUT
from orchestration.agents.approvals import is_decoy
from orchestration.agents.checking import BLIND
from orchestration.casetypes.case_type import by_definition
from orchestration.models import Actor, AgentProposal
from orchestration.privacy.masking import mask
from orchestration.privacy.masks import DOTS
from orchestration.shell import selectors

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """`agent`: its key; `called`: as people call it."""

    id: int
    case: int
    title: str
    name: str
    agent: str
    made: datetime
    expires: datetime | None
    called: str


def waiting_for(user: User, now: datetime) -> tuple[tuple[Held, ...], bool]:
    """At most MOST, and whether there are more; three statements, and what masking a title takes for each case."""
    rows = list(held(user, now).select_related("run__instance__case").order_by("expires", "pk")[: MOST + 1])
    names = dict(Actor.objects.filter(key__in={row.run.actor for row in rows}).values_list("key", "name"))
    shown = (_held(user, row, now, names.get(row.run.actor, row.run.actor)) for row in rows[:MOST])
    return tuple(shown), len(rows) > MOST


def _held(user: User, row: AgentProposal, now: datetime, called: str) -> Held:
    instance = row.run.instance
    assert instance is not None
    case = instance.case
    try:
        state = selectors.state_of(instance)
    except KeyFault as fault:  # one case whose key is gone spoils no list
        log.error("case not opened", case=case.pk, fault=str(fault))
        return Held(row.pk, case.pk, SHUT, DOTS, row.run.actor, row.made, row.expires, called)
    data = dict(state.root.variables)
    case_type = as_read(by_definition(instance.definition_id), instance.pk, state)
    view = mask(data, case_type.classification, permissions.principal(user, case, now), [data])
    return Held(
        row.pk, case.pk, view.text(case.title), view.text(_name(row)), row.run.actor, row.made, row.expires, called
    )


def _name(row: AgentProposal) -> str:
    """As it is put to people."""
    if is_decoy(row):
        return str(row.decoy["name"])
    return UNTOLD if row.put == BLIND else row.name
