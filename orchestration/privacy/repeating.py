"""Does a text repeat what a restricted field says?

For what has to stand in clear, as the reference by which a sender calls a case: it is refused, since nobody could seal
it. Compared as people read it: without capitals, accents, spaces and signs. Pure.
"""

from __future__ import annotations

from typing import Any, Final

from orchestration.privacy.classification import LEVELS, Classification
from orchestration.privacy.folding import light, tight
from orchestration.privacy.masking import fields

SHORTEST: Final = 5
"""Letters and digits of a value that is not told from what anybody writes."""


def repeats_restricted(text: str, data: Any, classification: Classification) -> bool:
    """Whether it has a value of one of the restricted fields of this data in it."""
    said = tight(light(text))
    secrets = (
        tight(light(str(value)))
        for field in fields(data, classification) if field.rule.level == LEVELS[-1]
        for value in field.values
    )  # fmt: skip
    return any(len(secret) >= SHORTEST and secret in said for secret in secrets)
