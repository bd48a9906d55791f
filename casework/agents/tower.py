"""Which agents are at work, how far have they come, and what do they wait for?

The control tower. It shows no word of a case: what an agent wants and why stands on the case's own page, masked for who
reads it. Runs of agents outside, which report here, are shown as they tell of themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Count, F, Q

from casework.access import permissions
from casework.models import Case
from casework.tasks.under_lock import name_of
from orchestration.agents.approvals import agent_behind
from orchestration.agents.grants import OPEN, SEARCH, WAYS, step_of
from orchestration.ground import clock
from orchestration.models import Actor, AgentProposal, AgentRun

Json = Any
State = AgentProposal.State
MOST: Final = 100
ENDED: Final = 50
PERSON: Final = "person:"
UNKNOWN: Final = "something that it is not granted"


@dataclass(frozen=True, slots=True)
class Flight:
    """One run. `case`: its case where this person may see it, else 0. `used`: what of each limit is used, in words."""

    row: AgentRun
    name: str
    case: int
    used: tuple[tuple[str, str], ...]
    waiting: int

    @property
    def outside(self) -> bool:
        return self.row.job is None

    def plan(self) -> list[tuple[str, str]]:
        """The steps of its plan; why, of an agent outside alone."""
        if self.outside:
            return [(step["tool"], step["why"]) for step in self.row.plan]
        known = granted(self.row)
        return [(said(step["tool"], known), "") for step in self.row.plan]

    def asks(self) -> tuple[str, float]:
        """By which rule of its file it asks a person first, and for how many hours it waits for them."""
        agent = agent_behind(self.row)
        return agent.approve_text, agent.within.total_seconds() / 3600

    def may(self) -> list[str]:
        """What its file grants it, in words."""
        known = granted(self.row)
        return sorted(said(tool, known) for tool in known)


def flights(user: User) -> tuple[list[Flight], list[Flight]]:
    """The runs under way, the newest first, and the last that ended. Five statements."""
    held = Count("proposals", filter=Q(proposals__state=AgentProposal.State.HELD))
    rows = AgentRun.objects.annotate(held=held).annotate(case_id=F("instance__case"))
    under_way = list(rows.filter(ended=None).order_by("-began")[:MOST])
    over = list(rows.exclude(ended=None).order_by("-ended")[:ENDED])
    names = dict(Actor.objects.filter(key__in={row.actor for row in (*under_way, *over)}).values_list("key", "name"))
    everything: list[Any] = [*under_way, *over]
    seen = _seen(user, (row.case_id for row in everything))
    return [_flight(row, names, seen) for row in under_way], [_flight(row, names, seen) for row in over]


def flight(user: User, run: int) -> Flight | None:
    """One of them."""
    held = Count("proposals", filter=Q(proposals__state=AgentProposal.State.HELD))
    row = AgentRun.objects.annotate(held=held).annotate(case_id=F("instance__case")).filter(pk=run).first()
    if row is None:
        return None
    names = dict(Actor.objects.filter(key=row.actor).values_list("key", "name"))
    return _flight(row, names, _seen(user, [row.case_id]))


def wanted(row: AgentRun) -> list[AgentProposal]:
    """What it wanted, by the names of its tools."""
    known = granted(row) if row.job is not None else frozenset()
    found = list(AgentProposal.objects.filter(run=row).order_by("number"))
    people = {one.decided_by.removeprefix(PERSON) for one in found if one.decided_by.startswith(PERSON)}
    names = {user.get_username(): name_of(user) for user in User.objects.filter(username__in=people)}
    for one in found:
        one.tool = said(one.tool, known)
        one.decided_by = names.get(one.decided_by.removeprefix(PERSON), one.decided_by)
    return found


LOOP: Final[Mapping[str, tuple[State, ...]]] = {
    "Waits for a word": (State.HELD,), "Approved": (State.DONE, State.UNDONE), "Rejected": (State.REJECTED,),
    "Let go undecided": (State.EXPIRED,), "Could not be done": (State.REFUSED,),
}  # fmt: skip
ALONE: Final = "Done without asking"


def in_the_loop(row: AgentRun) -> list[tuple[str, int]]:
    """How much of what it wanted came before people, and how they answered; what is none is left out."""
    found = AgentProposal.objects.filter(run=row).values_list("state", "decided_by")
    people = Counter(state for state, by in found if by or state in (State.HELD, State.EXPIRED))
    alone = sum(state in LOOP["Approved"] and not by for state, by in found)
    told = [(words, sum(people[state] for state in states)) for words, states in LOOP.items()]
    return [(words, number) for words, number in (*told, (ALONE, alone)) if number]


def granted(row: AgentRun) -> frozenset[str]:
    """The keys of the tools that its file grants."""
    return frozenset(grant.key for grant in agent_behind(row).grants)


def said(tool: str, known: frozenset[str]) -> str:
    """The tool in words, where it is one; what else an agent calls a tool may be a word of the case."""
    key = step_of(tool)
    if key not in known:
        return UNKNOWN
    do, _, item = key.partition(":")
    if do == SEARCH:
        return "Search the knowledge base"
    return f"{'Open a case' if do == OPEN else WAYS[do]}: {item.replace('_', ' ').replace('-', ' ')}"


def _seen(user: User, cases: Iterable[int | None]) -> set[int]:
    """Those cases of these that the person may see."""
    wanted = {case for case in cases if case is not None}
    found = Case.objects.filter(permissions.cases_with_right(user, "view"), pk__in=wanted)
    return set(found.values_list("pk", flat=True))


def _flight(row: Any, names: dict[str, str], seen: set[int]) -> Flight:
    case = row.case_id if row.case_id in seen else 0
    return Flight(row, names.get(row.actor, row.actor), case, tuple(used(row)), row.held)


def used(row: AgentRun) -> list[tuple[str, str]]:
    """What of each limit a run has used."""
    limits: dict[str, Json] = row.limits
    found = [("Thoughts", _of(row.calls, limits.get("calls"))), ("Tokens", _of(row.tokens, limits.get("tokens")))]
    if row.cost or "cost" in limits:
        limit = _plain(limits["cost"]) if limits.get("cost") else None
        found.append(("Money", f"{_of(_plain(row.cost), limit)} {row.currency}".strip()))
    if "hours" in limits:
        over = (row.ended or clock.utc_now()) - row.began
        hours = int(limits["hours"])
        found.append(("Time", f"{_of(int(over.total_seconds() // 3600), hours)} hour{'s' * (hours != 1)}"))
    return found


def _plain(amount: Json) -> str:
    """Digits without an exponent, as people write money."""
    return f"{Decimal(str(amount)).normalize():f}"


def _of(used: object, limit: Json) -> str:
    return f"{_grouped(used)} of {_grouped(limit)}" if limit else _grouped(used)


def _grouped(figure: object) -> str:
    return f"{figure:,}" if isinstance(figure, int) else f"{figure}"
