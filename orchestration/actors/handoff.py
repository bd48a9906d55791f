"""What is one crossing from the case to an actor and back, and what did each guardrail say of it?

A handoff is what stands fixed while an actor is called: the contract, who it is, what it may see. Guardrails turn what
is to cross into a `Checked`: what may cross (cut, masked, with pseudonyms) and a verdict of each guardrail. Values,
never exceptions; a verdict names places and rules, never the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from orchestration.actors.capability import Capability
from orchestration.actors.card import Card
from orchestration.privacy.classification import Classification
from orchestration.privacy.masking import View, mask
from orchestration.privacy.principal import Principal

Json = Any


class Outcome(StrEnum):
    """What a guardrail wants, from the mildest to the hardest."""

    PASS = "pass"  # noqa: S105 - no secret
    REPAIR = "repair"
    PERSON = "person"
    BLOCK = "block"


ORDER = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one guardrail says. `stage`: before or after; `sentence`: for people; `places`: JSON Pointers.

    `again`: seconds after which the same may pass.
    """

    guardrail: str
    stage: str
    outcome: Outcome = Outcome.PASS
    sentence: str = ""
    places: tuple[str, ...] = ()
    again: float | None = None

    def told(self) -> dict[str, Json]:
        """As history and ledger keep it; what passed is told by its name alone."""
        found: dict[str, Json] = {"guardrail": self.guardrail, "stage": self.stage, "outcome": str(self.outcome)}
        if self.sentence:
            found["sentence"] = self.sentence
        if self.places:
            found["places"] = list(self.places)
        return found


@dataclass(frozen=True, slots=True)
class Checked:
    """What may cross, and what each guardrail said. `restore`: pseudonym -> what it stands for, for this call only."""

    value: Json
    verdicts: tuple[Verdict, ...] = ()
    restore: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def outcome(self) -> Outcome:
        """The hardest of all."""
        return max((one.outcome for one in self.verdicts), key=ORDER.index, default=Outcome.PASS)

    @property
    def sentence(self) -> str:
        """Why it is not simply passed on: the sentence of the hardest."""
        hardest = self.outcome
        return next((one.sentence for one in self.verdicts if one.outcome == hardest and one.sentence), "")

    @property
    def again(self) -> float | None:
        """Seconds after which it may pass as it is; None where it never will."""
        against = [one.again for one in self.verdicts if one.outcome is not Outcome.PASS]
        waits = [one for one in against if one is not None]
        return max(waits) if waits and len(waits) == len(against) else None


@dataclass(frozen=True)
class CaseFacts:
    """What guardrails may ask of the case: its data, how secret each place of it is, and its type."""

    load: Callable[[], Mapping[str, Json]] = dict
    classification: Classification | None = None
    case_type: str = ""

    @cached_property
    def data(self) -> Mapping[str, Json]:
        """Read when a guardrail first asks for it."""
        return self.load()

    def seen_by(self, actor: Principal) -> View | None:
        """The case as this principal sees it; None where nothing is hidden, and nothing is read."""
        if self.classification is None or actor.sees_all(self.classification):
            return None
        if actor not in self._views:
            self._views[actor] = mask(self.data, self.classification, actor)
        return self._views[actor]

    @cached_property
    def _views(self) -> dict[Principal, View]:
        return {}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was known when the actor was chosen: `calls` of this minute, what this one is expected to `cost`, and money
    of the month in `currency`; a budget of None is no limit."""

    calls: int = 0
    cost: Decimal | None = None
    currency: str = ""
    spent: Decimal = Decimal(0)
    budget: Decimal | None = None
    case_spent: Decimal = Decimal(0)
    case_budget: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """`input_schema`, `output_schema`: the actor's own. `asked_by`: whose step it was. `canaries`: what is planted in
    its instructions, so that a leak shows."""

    capability: Capability
    actor: str
    card: Card
    input_schema: Mapping[str, Json]
    output_schema: Mapping[str, Json]
    case: CaseFacts = CaseFacts()
    actor_capability: str = ""
    purpose: str = ""
    asked_by: str = ""
    name: str = ""
    numbers: Numbers = Numbers()
    canaries: tuple[str, ...] = ()
