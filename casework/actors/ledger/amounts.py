"""Is what somebody typed an amount of money, and a currency?"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

AMOUNT: Final = re.compile(r"[0-9]{1,14}(?:[.,][0-9]{1,2})?")
CURRENCY: Final = re.compile(r"[A-Z]{3}")


def amount_of(text: str, whole: int = 14) -> tuple[Decimal | None, str]:
    """The amount, and what is wrong with it where there is none; `whole`: digits before the point."""
    digits = re.split(r"[.,]", text)[0]
    if not AMOUNT.fullmatch(text) or len(digits) > whole:
        return None, f"Write an amount like 1500 or 1500.50, with at most {whole} digits before the point."
    return Decimal(text.replace(",", ".")).quantize(Decimal("0.01")), ""


def currency_of(text: str) -> str:
    """What is wrong with a currency; empty where it may be one."""
    return "" if CURRENCY.fullmatch(text) else "Write the currency in three letters, as in EUR."
