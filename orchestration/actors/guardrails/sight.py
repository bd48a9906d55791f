"""What may an actor see of a case, and what of what goes in?

The same masking as for people: an actor is a principal with a clearance, who looks for the purpose of the capability.
What stands in the input is judged by the contract's classification of its fields, and by the case's data: a value that
is hidden there stays hidden in any text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

from orchestration.actors.handoff import CaseFacts, Handoff
from orchestration.privacy.classification import LEVELS, Classification, classify, rank
from orchestration.privacy.principal import Principal
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


def looking(handoff: Handoff, most: str = HIGHEST) -> Principal:
    """The actor as who looks at a case: cleared as its card says and for `most` at most, for this work's purpose."""
    purposes = frozenset({handoff.purpose} if handoff.purpose else ())
    return Principal(lower(handoff.card.clearance, most), purposes=purposes)


def hidden_from(case: CaseFacts, actor: Principal) -> Secrets:
    """What of the case's data this principal must not learn from any text."""
    view = case.seen_by(actor)
    return NO_SECRETS if view is None else view.secrets
