"""How is money of several currencies added up, and what is said where nobody knows the price?

Unknown is unknown, never zero: what has no known cost is counted beside the sum, not into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

CENT: Final = Decimal("0.01")
FINE: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Money:
    """Sums by currency, and of how many parts nobody knows what they cost."""

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: int = 0

    def __add__(self, other: Money) -> Money:
        found = dict(self.amounts)
        for currency, amount in other.amounts.items():
            found[currency] = found.get(currency, Decimal(0)) + amount
        return Money(found, self.unknown + other.unknown)

    @property
    def words(self) -> str:
        """ "12.30 EUR + 0.0042 USD"; "unknown" where nothing is known; "none" where there was nothing to pay."""
        known = " + ".join(amount_words(amount, currency) for currency, amount in sorted(self.amounts.items()))
        return known or ("unknown" if self.unknown else "none")


def amount_words(amount: Decimal, currency: str) -> str:
    """An amount to the cent, or finer where it is less than one."""
    fine = FINE if amount and abs(amount) < CENT else CENT
    return f"{amount.quantize(fine):,} {currency}".strip()


def total(parts: Iterable[Money]) -> Money:
    """All of it together."""
    return sum(parts, Money())
