"""What may an actor see of a case, and what of what goes in?

The same masking as for people: an actor is a principal with a clearance. What stands in the input is judged by the
contract's classification of its fields, and by the case's data: a value that is hidden there stays hidden in any text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

from orchestration.actors.handoff import CaseFacts, Handoff
from orchestration.privacy.classification import LEVELS, Classification, Rule, classify, rank
from orchestration.privacy.texts import NO_SECRETS, Secrets

Json = Any
HIGHEST: Final = LEVELS[-1]
_WORD: Final = b'"x-classification"'


@lru_cache(maxsize=256)
def _classified(schema: bytes) -> Classification | None:
    return classify(orjson.loads(schema)) if _WORD in schema else None


def classification_of(schema: Mapping[str, Json] | None) -> Classification | None:
    """How secret each field of a contract is; None where it says nothing of that at all."""
    return None if not schema else _classified(orjson.dumps(schema))


def input_classification(handoff: Handoff) -> Classification | None:
    """That of what goes in: the capability's, else what the actor says of its own input."""
    return classification_of(handoff.capability.input) or classification_of(handoff.input_schema)


def output_classification(handoff: Handoff) -> Classification | None:
    return classification_of(handoff.capability.output) or classification_of(handoff.output_schema)


def lower(one: str, other: str) -> str:
    """The lower of two levels."""
    return one if rank(one) <= rank(other) else other


def hidden_from(case: CaseFacts, clearance: str) -> Secrets:
    """What of the case's data a principal with this clearance must not learn from any text."""
    view = case.seen_with(clearance)
    return NO_SECRETS if view is None else view.secrets


def sees(clearance: str, rule: Rule) -> bool:
    return rank(rule.level) <= rank(clearance)
