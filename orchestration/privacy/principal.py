"""Who is looking, and what is clear to them?

Pure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from orchestration.privacy.classification import Rule, rank
from orchestration.privacy.masks import DOTS, PSEUDONYM, mask_value


def _nobody_wrote(text: str) -> bool:
    return False


def _unnamed(value: str) -> str:
    return DOTS


def is_within(pointer: str, places: Iterable[str]) -> bool:
    """Whether this place is one of these, or below one."""
    return any(pointer == place or pointer.startswith(place + "/") for place in places)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is looking: `clearance` is public, internal, confidential or restricted; `revealed` holds JSON Pointers
    (RFC 6901) of what was revealed to them for a reason, each with all that is below it;
    `wrote` whether a text is word for word their own; `named` gives the name that stands for a value in the case at
    hand (`x-mask: pseudonym`), which has none elsewhere."""

    clearance: str
    roles: frozenset[str] = frozenset()
    revealed: frozenset[str] = frozenset()
    wrote: Callable[[str], bool] = field(default=_nobody_wrote, repr=False, compare=False)
    named: Callable[[str], str] = field(default=_unnamed, repr=False, compare=False)

    def sees(self, rule: Rule, pointer: str) -> bool:
        """Whether a field under this rule is clear to them."""
        if rule.withheld:
            return False
        return rank(rule.level) <= rank(self.clearance) or self.has_revealed(pointer)

    def has_revealed(self, pointer: str) -> bool:
        """Whether this place, or something around it, was revealed to them."""
        return is_within(pointer, self.revealed)

    def instead(self, value: str, mask: str) -> str:
        """What they see in the place of a value that is hidden from them."""
        return self.named(value) if mask == PSEUDONYM else mask_value(value, mask)
