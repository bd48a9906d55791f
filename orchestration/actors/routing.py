"""Who does a piece of work: which actor, in which mode, and until when?

Pure. What the routing decision says (a DMN table that admins edit; a wish a rule, in their order) is held against the
actors that offer the capability: the first that is wished for and can be had is chosen, and of all others it is said
why not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from orchestration.actors.card import Card

Json = Any
ANY: Final = "any"
ANY_BUT: Final = "any but "
"""Before the key of one that is asked only where another rule names it: a dear one."""
CHEAPEST: Final = "cheapest"
PERSON: Final = "person"
AUTOMATIC: Final = "automatic"
SUGGEST: Final = "suggest"
SHADOW: Final = "shadow"
MODES: Final = (AUTOMATIC, SUGGEST, SHADOW)
BY_RANK: Final = "no rule of routing applies: by rank"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An actor that offers the capability, as it is now. `version` is empty where it has none that new jobs get.

    `running`: calls under way; `calls`: in this minute. `spent`: this month, with what is reserved. `budget`: for a
    month, None: unlimited; `beyond`: what holds when it is used up. `case_...`: the same of the case type of the job,
    in the currency of this actor's price. `probing`: its circuit is half open, and one call tries it already.
    `shadows`: its versions that run beside the one in use, by number.
    `lapsed`: it let the deadline of this very job pass. `failed`: it had the last try of this job,
    which is to go to another now, where one can be had.
    """

    id: int
    key: str
    name: str
    kind: str
    card: Card
    enabled: bool = True
    version: str = ""
    version_id: int = 0
    running: int = 0
    calls: int = 0
    failures: int = 0
    open_until: datetime | None = None
    probing: bool = False
    spent: Decimal = Decimal(0)
    budget: Decimal | None = None
    beyond: str = ""
    case_spent: Decimal = Decimal(0)
    case_budget: Decimal | None = None
    case_beyond: str = ""
    shadows: Sequence[int] = ()
    lapsed: bool = False
    failed: bool = False

    @property
    def cost(self) -> Decimal | None:
        """What one call is expected to cost; None where nobody knows."""
        return None if self.card.price is None else self.card.price.amount

    @property
    def healthy(self) -> bool:
        return self.enabled and bool(self.version) and self.open_until is None

    def facts(self) -> dict[str, Json]:
        """What a rule of routing can ask of it."""
        return {
            "enabled": self.enabled, "healthy": self.healthy, "failures": self.failures, "running": self.running,
            "price": None if self.cost is None else float(self.cost), "spent": float(self.spent),
            "budget": None if self.budget is None else float(self.budget), "source": self.card.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an actor cannot be had. `passes`: it may be had again later without anybody doing anything, in `seconds`.

    `beyond`: money has run out, and what is to happen then, as the budget says: `cheaper` or `person`.
    """

    sentence: str
    passes: bool = False
    seconds: float = 0
    beyond: str = ""


FAILED: Final = Objection("It has failed at this job.")
TESTED: Final = Objection("It has failed too often, and a job that has failed does not test whether it works again.")
SECOND: Final = "Another one comes first by the rules."
BY_ITS_RANK: Final = "Another one comes first by its rank."
NOT_CHEAPEST: Final = "In the place of one whose money is used up comes the cheapest."
NOT_ASKED: Final = "By the rules it is not asked for here."
NOT_WANTED: Final = "A person has chosen another one."
PERSON_FIRST: Final = "By the rules a person comes first."
NO_MONEY: Final = "The money for another one, which comes first, is used up, and then a person does it."
WAITED_FOR: Final = "The work waits for another one, which comes first by the rules."
BESIDE: Final = "By the rules it works beside: what it says is kept and not used."
BY_THE_RULES: Final = "The routing of work gives it to a person."
BEYOND_BUDGET: Final = "This month's budget has no money left for the machine that would do it."
SECONDS: Final = frozenset({SECOND, BY_ITS_RANK, NOT_CHEAPEST})
"""Of one that could have been had in the place of the chosen one."""
TURNS: Final = frozenset({SECOND, BY_ITS_RANK, PERSON_FIRST, NO_MONEY, WAITED_FOR})
"""Of one to which nothing is objected, but that it was not its turn: true only where a wish was for it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one rule says. `actor`: a key, `any`, `any but KEY`, `cheapest` or `person`; `group`: who of the people."""

    actor: str = ANY
    mode: str = AUTOMATIC
    deadline: timedelta | None = None
    group: str = ""
    rule: str = BY_RANK


class Way(StrEnum):
    ACTOR = "actor"
    PERSON = "person"
    WAIT = "wait"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Choice:
    """`passed`: of each other actor, why not, a sentence by key. `seconds`: how long to wait, where the way is that.

    `shadows`: keys of actors that are to run beside, for what they give to be kept and not used. `why`: a sentence,
    where the way is to a person.
    """

    way: Way
    candidate: Candidate | None = None
    mode: str = AUTOMATIC
    deadline: timedelta | None = None
    rule: str = BY_RANK
    passed: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0
    group: str = ""
    shadows: tuple[str, ...] = ()
    why: str = ""

    @property
    def has_second(self) -> bool:
        """Whether another actor could have been had as well."""
        return not SECONDS.isdisjoint(self.passed.values())

    def told(self) -> dict[str, Json]:
        """The choice as the history and the ledger keep it."""
        found: dict[str, Json] = {"rule": self.rule, "mode": self.mode}
        if self.passed:
            found["passed"] = dict(self.passed)
        return found


def objection(candidate: Candidate, now: datetime) -> Objection | None:
    """Why this actor cannot be had now; None where it can."""
    card = candidate.card
    if not candidate.enabled:
        return Objection("It is switched off.")
    if not candidate.version:
        return Objection("It has no active version.")
    if candidate.lapsed:
        return Objection("It did not do this job before its deadline.")
    if broke := _beyond_budget(candidate):
        return broke
    if candidate.open_until is not None and (candidate.open_until > now or candidate.probing):
        left = max((candidate.open_until - now).total_seconds(), 1)
        return Objection("It has failed too often; it is left alone for a while.", passes=True, seconds=left)
    if card.concurrency is not None and candidate.running >= card.concurrency:
        return Objection("It has as much at once as it may have.", passes=True, seconds=1)
    if card.rate is not None and candidate.calls >= card.rate:
        return Objection("It was called as often as it may be in this minute.", passes=True, seconds=60 - now.second)
    return None


def _beyond_budget(candidate: Candidate) -> Objection | None:
    """An actor of which nobody knows that it costs anything is kept back by no budget."""
    costs = candidate.cost or Decimal(0)
    if candidate.budget is not None and candidate.spent + costs > candidate.budget:
        return Objection("Its budget of this month is used up.", beyond=candidate.beyond or PERSON)
    if costs and candidate.case_budget is not None and candidate.case_spent + costs > candidate.case_budget:
        sentence = "It costs more than what is left of this month's budget for cases of this type."
        return Objection(sentence, beyond=candidate.case_beyond or PERSON)
    return None


def route(wishes: Sequence[Wish], candidates: Sequence[Candidate], now: datetime, wanted: str = "") -> Choice:
    """The choice among candidates, which come by rank. `wanted`: a person has said who it is to be."""
    if wanted:
        wishes = (Wish(wanted, rule="a person has chosen"),)
    shadows = tuple(wish.actor for wish in wishes if wish.mode == SHADOW)
    wishes = [wish for wish in wishes if wish.mode != SHADOW] or (Wish(),)
    choice = _with_another(wishes, candidates, now)
    unwished = _unwished(wishes, candidates, shadows, bool(wanted))
    passed = {key: unwished.get(key, said) if said in TURNS else said for key, said in choice.passed.items()}
    return replace(choice, shadows=shadows, passed=passed)


def _with_another(wishes: Sequence[Wish], candidates: Sequence[Candidate], now: datetime) -> Choice:
    """What is not to go to the actor that failed at it goes to another, where the rules have one for it now; and it
    tests none that is left alone, where another can be had."""
    objections = {one.key: found for one in candidates if (found := objection(one, now))}
    failed = {one.key: FAILED for one in candidates if one.failed and one.key not in objections}
    tested = {one.key: TESTED for one in candidates if one.open_until is not None and one.key not in objections}
    for more in ({**tested, **failed}, tested) if failed else ():
        other = _routed(wishes, candidates, objections | more)
        if other.way is Way.ACTOR:
            return other
    return _routed(wishes, candidates, objections)


def _routed(wishes: Sequence[Wish], candidates: Sequence[Candidate], objections: dict[str, Objection]) -> Choice:
    broke: list[Candidate] = []
    for wish in wishes:
        if wish.actor == PERSON:
            passed = _passed(candidates, objections, PERSON_FIRST)
            return _to_a_person(wish, wish.rule, passed, BY_THE_RULES)
        for candidate in _wished(wish, candidates):
            found = objections.get(candidate.key) or _dearer(candidate, broke)
            if found is not None:
                objections[candidate.key] = found
            if found is not None and found.beyond == PERSON:
                return _for_money(wish, candidates, objections)
            if found is not None and found.beyond:
                broke.append(candidate)
            if found is None:
                passed = _passed(candidates, objections, BY_ITS_RANK if wish.actor == ANY else SECOND, candidate)
                return Choice(Way.ACTOR, candidate, wish.mode, wish.deadline, wish.rule, passed, group=wish.group)
            if found.passes and candidate.card.waits_when_open:
                return _waiting(wish, candidates, objections, found.seconds)
    if broke:
        return _cheaper(wishes[0], candidates, objections, broke)
    return _nobody(wishes, candidates, objections)


def _dearer(candidate: Candidate, broke: Sequence[Candidate]) -> Objection | None:
    """In the place of one whose money has run out only a cheaper one may come. What nobody knows is not cheaper."""
    for one in broke:
        if one.cost is not None and (candidate.cost is None or candidate.cost >= one.cost):
            return Objection(f"It is not cheaper than {one.name}, for which there is no money left.")
    return None


def _cheaper(
    wish: Wish, candidates: Sequence[Candidate], objections: dict[str, Objection], broke: Sequence[Candidate]
) -> Choice:
    """The cheapest of all that offer it, also where no rule has wished for it; else a person."""
    objections |= {one.key: found for one in candidates if one.key not in objections and (found := _dearer(one, broke))}
    if able := [one for one in candidates if one.key not in objections]:
        cheapest = min(able, key=_price)
        passed = _passed(candidates, objections, NOT_CHEAPEST, cheapest)
        rule = f"{wish.rule}; beyond the budget: a cheaper one"
        return Choice(Way.ACTOR, cheapest, wish.mode, wish.deadline, rule, passed, group=wish.group)
    if soon := [found.seconds for found in objections.values() if found.passes]:
        return _waiting(wish, candidates, objections, min(soon))
    return _for_money(wish, candidates, objections)


def _for_money(wish: Wish, candidates: Sequence[Candidate], objections: Mapping[str, Objection]) -> Choice:
    """A person, since there is no money left for the machine."""
    rule = f"{wish.rule}; beyond the budget: a person"
    passed = _passed(candidates, objections, NO_MONEY)
    return _to_a_person(wish, rule, passed, BEYOND_BUDGET)


def _to_a_person(wish: Wish, rule: str, passed: Mapping[str, str], why: str) -> Choice:
    """A rule that asked for a machine gave that one its deadline, and the person who comes in its place none."""
    deadline = wish.deadline if wish.actor == PERSON else None
    return Choice(Way.PERSON, None, wish.mode, deadline, rule, passed, group=wish.group, why=why)


def _wished(wish: Wish, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    if wish.actor == CHEAPEST:
        yield from sorted(candidates, key=_price)
    elif wish.actor.startswith(ANY_BUT):
        yield from (one for one in candidates if one.key != wish.actor.removeprefix(ANY_BUT))
    else:
        yield from (one for one in candidates if wish.actor in (ANY, one.key))


def _unwished(
    wishes: Sequence[Wish], candidates: Sequence[Candidate], shadows: Sequence[str], chosen_by_hand: bool
) -> dict[str, str]:
    """Of each that no wish was for, why it could not have come to its turn."""
    wished = {one.key for wish in wishes for one in _wished(wish, candidates)}
    why = NOT_WANTED if chosen_by_hand else NOT_ASKED
    return {one.key: why for one in candidates if one.key not in wished} | dict.fromkeys(shadows, BESIDE)


def _price(one: Candidate) -> tuple[bool, Decimal]:
    """By what a call costs; those of which nobody knows come last."""
    return one.cost is None, one.cost or Decimal(0)


def _nobody(wishes: Sequence[Wish], candidates: Sequence[Candidate], objections: Mapping[str, Objection]) -> Choice:
    """None can be had now: wait where one will be soon, else say so."""
    wished = {one.key for wish in wishes for one in _wished(wish, candidates)}
    passing = [found.seconds for key, found in objections.items() if found.passes and key in wished]
    if passing:
        return _waiting(wishes[0], candidates, objections, min(passing))
    return Choice(Way.NOBODY, rule=wishes[0].rule, passed=_passed(candidates, objections, WAITED_FOR))


def _waiting(
    wish: Wish, candidates: Sequence[Candidate], objections: Mapping[str, Objection], seconds: float
) -> Choice:
    passed = _passed(candidates, objections, WAITED_FOR)
    return Choice(Way.WAIT, None, wish.mode, wish.deadline, wish.rule, passed, max(seconds, 1))


def _passed(
    candidates: Sequence[Candidate],
    objections: Mapping[str, Objection],
    otherwise: str,
    chosen: Candidate | None = None,
) -> dict[str, str]:
    """Of each but the chosen one, what is objected to it, or `otherwise`."""
    others = (one for one in candidates if chosen is None or one.key != chosen.key)
    return {one.key: objections[one.key].sentence if one.key in objections else otherwise for one in others}
