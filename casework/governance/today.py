"""What do an administrator and an auditor look at first?

What waits for somebody, what is in trouble, what is overdue, and how far the proof has come: each line leads to the
page where it is dealt with. Nothing is decided or counted anew here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib.auth.models import User
from django.urls import reverse

from casework.access import permissions
from casework.actors.ledger.budget_pages import warnings
from casework.actors.ledger.drift import signed
from casework.actors.read import STATES, ActorRow, actor_list
from casework.cases.breaking_glass import glasses
from casework.cases.read.attention import waiting
from casework.governance.proof import completeness, signings
from casework.governance.reviews import looked_after
from casework.people.read import waiting as waiting_rights
from casework.proof.controls.rounds import board
from casework.studio.publishing import proposals_waiting
from orchestration.actors.budgets import Use
from orchestration.actors.registration import HAS_WORKED
from orchestration.actors.shipping import shipped_waiting
from orchestration.ground.counts import counted

BAD: Final = "bad"
WAITS: Final = "wait"
HOLDS: Final = "done"
MOST: Final = 6
"""Lines of one kind that are named one by one; the page behind has them all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing, and the address where it is dealt with. `sign`: BAD, WAITS, HOLDS; `said`: more about it; `at`: since
    when, or by when."""

    words: str
    address: str
    sign: str
    said: str = ""
    at: date | None = None

    @property
    def is_day(self) -> bool:
        return self.at is not None and not isinstance(self.at, datetime)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one kind. `nothing`: what is said where there are none; `more`: the words of the link to the page."""

    key: str
    title: str
    lines: tuple[Line, ...]
    nothing: str
    more: str
    address: str

    @property
    def shown(self) -> tuple[Line, ...]:
        return self.lines[:MOST]

    @property
    def left(self) -> int:
        return max(0, len(self.lines) - MOST)


def parts(user: User, now: datetime) -> tuple[Part, ...]:
    """What this administrator, auditor or both look at; nothing for anybody else."""
    runs, audits = permissions.may_publish(user), permissions.may_audit(user)
    found = [_waits(user, now)] if runs else []
    found += [_actors(now)] if runs else []
    found += [_proof(user)] if audits else []
    return (*found, _overdue(now)) if found else ()


def _waits(user: User, now: datetime) -> Part:
    rights = _rights() if permissions.may_administer(user) else ()  # whoever changes rules alone decides none
    lines = (*rights, *_uploads(), *_shipped(), *_troubles(user, now))
    return Part("waits", "Waits for somebody", lines, "Nothing waits.", "All that failed", reverse("attention"))


def _rights() -> Iterator[Line]:
    for one in waiting_rights():
        said = f"{one.by} asks: {one.reason}"
        yield Line(f"{one.of}: {', '.join(one.what)}", reverse("people"), WAITS, said, one.at)


def _uploads() -> Iterator[Line]:
    for one in proposals_waiting():
        said = f"by {one.by.get_full_name() or one.by.get_username()}"
        address = reverse("model-proposal", args=[one.pk])
        yield Line(f"{one.key}: uploaded, not published", address, WAITS, said, one.created)


def _shipped() -> Iterator[Line]:
    for one in shipped_waiting().annotate(worked=HAS_WORKED):
        address = reverse("actor-version", args=[one.actor.key, one.pk])
        words, said = f"{one.actor.name}: another version ships, not in use", "use it or retire it"
        if one.worked:
            words, said = f"{one.actor.name}: the version that ships was taken back", "use it again or retire it"
        yield Line(words, address, WAITS, said, one.created)


def _troubles(user: User, now: datetime) -> Iterator[Line]:
    found = waiting(user, now)
    if found.troubles:
        yield Line(f"{counted(found.troubles, 'step')} failed in cases you may work", reverse("attention"), BAD)
    if found.proposals:
        yield Line(f"{counted(found.proposals, 'proposal')} of agents to decide", reverse("proposals"), WAITS)


def _actors(now: datetime) -> Part:
    rows = signed(actor_list(now), now)
    lines = (*(_actor(row) for row in rows if _stands_out(row)), *(_budget(one, rows) for one in warnings(now)))
    return Part("actors", "Actors and budgets", lines, "All actors work, no budget is nearly used up.", "All actors",
                reverse("actors"))  # fmt: skip


def _stands_out(row: ActorRow) -> bool:
    return row.state == "trouble" or bool(row.stopped_with or row.drift or (row.state == "off" and row.held))


def _actor(row: ActorRow) -> Line:
    state = "Stopped" if row.stopped_with else STATES[row.state]
    held = f"{counted(row.held, 'job')} held back" if row.held else ""
    said = ", ".join(each for each in (state, held, "its answers have moved" if row.drift else "") if each)
    return Line(row.name, reverse("actor", args=[row.key]), BAD if row.state == "trouble" else WAITS, said)


def _budget(use: Use, rows: list[ActorRow]) -> Line:
    kind, _, key = use.scope.partition(":")
    name = next((row.name for row in rows if kind == "actor" and row.key == key), key)
    said = f"{use.share:.0%} of {use.amount} {use.currency} in this month"
    return Line(f"Budget of {name}", reverse("budgets"), BAD if use.is_used_up else WAITS, said)


def _proof(user: User) -> Part:
    lines = (*_verified(), *_controls(), *_signed(), *_glasses(user))
    return Part("proof", "Proof", lines, "Nothing was proven yet.", "Proof", reverse("proof"))


def _verified() -> Iterator[Line]:
    found = completeness()
    if found is None:
        yield Line("Nobody has verified all histories yet", reverse("proof"), WAITS)
        return
    faults = found.run.faults
    words = f"{found.share} % of {counted(found.now, 'case')} verified, {counted(found.run.events or 0, 'event')}"
    said = f"{counted(faults, 'history', 'histories')} did not hold" if faults else "all held"
    yield Line(words, reverse("proof"), BAD if faults else HOLDS, said, found.run.ended)


def _controls() -> Iterator[Line]:
    found = board()
    if found is None:
        yield Line("No control was ever fired", reverse("liveness"), WAITS)
    elif found.dead:
        titles = ", ".join(one.title for one in found.dead[:3])
        yield Line(f"{counted(len(found.dead), 'control')} did not hold", reverse("liveness"), BAD, titles, found.at)
    else:
        late = "no round has come for a long time" if found.late else ""
        words, sign = f"All {len(found.rows)} controls held", WAITS if found.late else HOLDS
        yield Line(words, reverse("liveness"), sign, late, found.at)


def _signed() -> Iterator[Line]:
    newest = next(iter(signings()), None)
    if newest is None:
        yield Line("No checkpoint was signed yet", reverse("proof"), WAITS)
    else:
        words = f"Checkpoint {newest.number} signed over {counted(newest.chains, 'chain')}"
        yield Line(words, reverse("proof"), HOLDS, newest.anew, newest.at)


def _glasses(user: User) -> Iterator[Line]:
    for one in glasses(user):
        if one.review is None and not one.mine:
            yield Line(f"{one.who} broke the glass of case {one.case}", reverse("glass"), WAITS, one.reason)


def _overdue(now: datetime) -> Part:
    found = [one for one in looked_after(now.date()) if one.state in ("overdue", "soon")]
    lines = tuple(
        Line(one.name, one.address, BAD if one.state == "overdue" else WAITS,
             f"{one.kind}, {one.owner or 'nobody is named'}", one.review_by)
        for one in found
    )  # fmt: skip
    return Part("reviews", "To be looked at again", lines, "Nothing is due within 30 days.", "Owners and reviews",
                reverse("reviews"))  # fmt: skip
