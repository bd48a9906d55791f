"""Who is looking, and what is clear to them?

Pure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from orchestration.privacy.classification import LEVELS, Classification, Rule, rank
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
    """Who is looking: `clearance` is public, internal, confidential or restricted; `purposes` what they may look for
    (`x-purposes`); `revealed` holds JSON Pointers
    (RFC 6901) of what was revealed to them for a reason, each with all that is below it;
    `wrote` whether a text is word for word their own; `named` gives the name that stands for a value in the case at
    hand (`x-mask: pseudonym`), which has none elsewhere."""

    clearance: str
    roles: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    revealed: frozenset[str] = frozenset()
    wrote: Callable[[str], bool] = field(default=_nobody_wrote, repr=False, compare=False)
    named: Callable[[str], str] = field(default=_unnamed, repr=False, compare=False)

    def sees(self, rule: Rule, pointer: str) -> bool:
        """Whether a field under this rule is clear to them."""
        return not rule.withheld and (self.is_cleared(rule) or self.has_revealed(pointer))

    def is_cleared(self, rule: Rule) -> bool:
        """Whether what stands under this rule is clear to them wherever it is: by their level, and for a purpose."""
        for_one = not rule.purposes or not rule.purposes.isdisjoint(self.purposes)
        return for_one and not rule.withheld and rank(rule.level) <= rank(self.clearance)

    def sees_all(self, classification: Classification) -> bool:
        """Whether nothing under this classification is hidden from them, whatever stands there."""
        kept = classification.is_bound or bool(classification.withheld)
        return self.clearance == LEVELS[-1] and not kept

    def has_revealed(self, pointer: str) -> bool:
        """Whether this place, or something around it, was revealed to them."""
        return is_within(pointer, self.revealed)

    def instead(self, value: str, mask: str) -> str:
        """What they see in the place of a value that is hidden from them."""
        return self.named(value) if mask == PSEUDONYM else mask_value(value, mask)
