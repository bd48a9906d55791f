"""Which lengths of time, shares and sums does a sentence of a contract name?

Pure. In English and German, in digits or in words, or both (“thirty (30) days”); weeks are told as days, years as
months. Parts are read, too
(“half a year”, “a tenth”), and what is paid for some time as a share of what is paid for a year (“three months' fees”).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orchestration.knowledge.wording import NAMED

NUMBER: Final = r"(?P<digits>\d[\d,.]*\d|\d)|(?P<words>[a-zäöüß]+(?:-[a-z]+)?)"
UNIT: Final = (
    r"(?P<unit>hours?|days?|weeks?|months?|years?|stunden?|tagen?|tage?|wochen?|monaten?|monate?|jahren?|jahre?|%|"
    r"per\s?cent|percent|prozent|eur(?:os?)?\b|€)"
)
KINDS: Final = r"(?:calendar |working |business |full |consecutive |volle[nr]? )*"
AFTER: Final = re.compile(rf"(?:\b|€\s?)(?:{NUMBER})\s*(?:\((?P<again>\d[\d,.]*)\)\s*)?{KINDS}{UNIT}", re.IGNORECASE)
BEFORE: Final = re.compile(r"(?:€|EUR)\s?(?P<digits>\d[\d,.]*\d|\d)", re.IGNORECASE)
ONE: Final = {"one": "1", "a": "1", "ein": "1", "eine": "1", "einem": "1", "einen": "1", "einer": "1", "eines": "1"}
TIMES: Final = {
    "hour": ("days", 1 / 24),
    "day": ("days", 1),
    "week": ("days", 7),
    "month": ("months", 1),
    "year": ("months", 12),
    "stunde": ("days", 1 / 24),
    "tag": ("days", 1),
    "woche": ("days", 7),
    "monat": ("months", 1),
    "jahr": ("months", 12),
}
FEES: Final = r"(?:fees?|remuneration|price|charges|tariffs?)"
YEARLY: Final = rf"(?:(?:yearly|annual) {FEES}|{FEES} (?:of|for) (?:a|one|the) year|year['’]?s?['’]? {FEES})"
A: Final = r"\b(?:a|one|eine?[mnrs]?|des|das)\s"
PARTS: Final = {
    "half|hälfte": "50", "third|drittels?": "33.3", "quarter|viertels?": "25", "fifth|fünftels?": "20",
    "tenth|zehntels?": "10", "twentieth|zwanzigstels?": "5",
}  # fmt: skip
"""Shares in words; what is a third party, or a quarter of a year, is none."""
SPELT: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"\bone and a half\b", "1.5"), (r"\btwo and a half\b", "2.5"),
        (r"\bhalf a decade\b", "60 months"), (r"\ba decade\b", "120 months"),
        (r"\b(?:a|one) year and a half\b", "18 months"), (r"\b(?:a|one) month and a half\b", "45 days"),
        (r"\bhalf (?:a|of a|of the) year\b", "6 months"), (r"\bhalf a month\b", "15 days"),
        (r"\b(?:a|one) (?:whole |full )?quarter(?: of a year)?\b(?! of the)", "3 months"),
        (r"\ba fortnight\b", "14 days"), (r"\b(?:ein |einem |eines )?halbe[ns]? jahre?s?\b", "6 months"),
        (r"\b(?:ein |einem |eines )?vierteljahre?s?\b", "3 months"), (r"\banderthalb jahre\b", "18 months"),
        (r"\bdoppelten? de[rs] jahres\w+", "200 percent"),
        (rf"\btwice (?:the |a )?{YEARLY}", "200 percent"), (rf"\bhalf (?:of )?(?:the |a )?{YEARLY}", "50 percent"),
        (r"\b(?:half|one half) (?:of )?(?=the\b)", "50 percent of "), (r"\bdie hälfte\b", "50 percent"),
        *((rf"{A}(?:{names})\b(?! part)", f"{share} percent") for names, share in PARTS.items()),
        (r"\b(?:same|next|following) day\b", "1 day"), (r"\b(?:a|one) hundred\b", "100"), (r"\btwo hundred\b", "200"),
    )
)  # fmt: skip
"""Parts and multiples in words, and what they are in digits."""
OF_FEES: Final = re.compile(
    rf"(?:{NUMBER})\s(?P<unit>months?|years?)['’]?\s{FEES}|{FEES}\s(?:of|for)\s(?:{NUMBER.replace('<', '<of_')})\s"
    r"(?P<of_unit>months?|years?)",
    re.IGNORECASE,
)
"""What is paid for some months or years."""


def amounts_in(sentence: str) -> Iterator[tuple[str, float]]:
    """(unit, how many) of each; the unit is one of `standard.UNITS`."""
    for pattern, instead in SPELT:
        sentence = pattern.sub(instead, sentence)
    yield from _of_fees(sentence)
    sentence = OF_FEES.sub(" ", sentence)
    for found in AFTER.finditer(sentence):
        value = _value(found["again"] or found["digits"] or _named(found["words"]))
        if value is not None:
            unit, times = _unit(found["unit"].lower())
            yield unit, value * times
    for found in BEFORE.finditer(sentence):
        if (value := _value(found["digits"])) is not None:
            yield "euros", value


def _of_fees(sentence: str) -> Iterator[tuple[str, float]]:
    for found in OF_FEES.finditer(sentence):
        own = "" if found["unit"] else "of_"
        value = _value(found[f"{own}digits"] or _named(found[f"{own}words"]))
        if value is not None:
            yield "percent", round(100 * value * _unit(found[f"{own}unit"].lower())[1] / 12, 1)


def _named(word: str | None) -> str:
    known = (word or "").lower()
    return NAMED.get(known, "") or ONE.get(known, "")


def _unit(word: str) -> tuple[str, float]:
    if word.startswith(("eur", "€")):
        return "euros", 1
    plain = word.rstrip("s") if word.rstrip("s") in TIMES else re.sub(r"e?n?$", "", word)
    return TIMES.get(plain) or TIMES.get(f"{plain}e") or ("percent", 1)


def _value(digits: str) -> float | None:
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".").strip(".")
    try:
        return float(plain)
    except ValueError:
        return None
