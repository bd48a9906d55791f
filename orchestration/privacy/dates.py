"""Which dates does a text name?

In numbers, in every order that people write them in, with the names of months in six languages or Roman numerals, and
with the signs of Chinese and Japanese for year and month. A date that may be read in two ways is given in both. Reads
folded text. Pure.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

_MONTHS: Final = (
    "jan janner januar january janvier enero gennaio januari ene gen",
    "feb februar february fevrier febrero febbraio februari fev",
    "mar marz maerz march mars marzo maart mrz mrt",
    "apr april avril abril aprile avr abr",
    "mai may mayo maggio mei mag",
    "jun juni june juin junio giugno giu",
    "jul juli july juillet julio luglio juil lug",
    "aug august aout agosto augustus ago",
    "sep september septembre septiembre settembre sept set",
    "okt oct oktober october octobre octubre ottobre ott",
    "nov november novembre noviembre",
    "dez dec dezember december decembre diciembre dicembre dic",
)
_ROMANS: Final = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
_NAMES: Final = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NUMBER_OF: Final = _NAMES | {roman: number for number, roman in enumerate(_ROMANS, 1)}
_NAME: Final = "(" + "|".join(sorted(_NAMES, key=len, reverse=True)) + ")"
_DAY: Final = r"(\d{1,2})(?:st|nd|rd|th|er|o)?"
_BETWEEN: Final = r"[\W_年月]{1,8}"
_LOOSE: Final = r"[\W_]{0,8}"
_YEAR: Final = r"'?(\d{4}|\d{2})(?!\d)"

_IN_NUMBERS: Final = re.compile(rf"(?<!\d)(\d{{1,4}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{1,4}})(?!\d)")
_DAY_FIRST: Final = re.compile(
    rf"(?<!\d){_DAY}{_LOOSE}(?:(?:of|de|del)\b)?{_LOOSE}{_NAME}{_LOOSE}(?:(?:of|de|del)\b)?{_LOOSE}{_YEAR}"
)
_MONTH_FIRST: Final = re.compile(rf"(?<![^\W_]){_NAME}{_LOOSE}{_DAY}(?:{_BETWEEN}){_YEAR}")
_YEAR_FIRST: Final = re.compile(rf"(?<!\d)(\d{{4}}){_LOOSE}{_NAME}{_LOOSE}(\d{{1,2}})(?!\d)")
_ROMAN: Final = re.compile(r"(?<!\d)(\d{1,2})(?:\s?[./-]\s?([ivx]{1,4})\s?[./-]\s?|\s([ivx]{2,4})\s)(\d{4})(?!\d)")
"""A single letter between spaces is none: "12 x 2000" is a product."""


def dates_in(text: str) -> Iterator[tuple[int, int, tuple[date, ...]]]:
    """Where dates stand in a folded text, each with all that it may mean."""
    yield from _in_numbers(text)
    for pattern, day, month, year in ((_DAY_FIRST, 1, 2, 3), (_MONTH_FIRST, 2, 1, 3), (_YEAR_FIRST, 3, 2, 1)):
        for match in pattern.finditer(text):
            yield *match.span(), tuple(_dates(match[year], _NUMBER_OF[match[month]], match[day]))
    for match in _ROMAN.finditer(text):
        yield *match.span(), tuple(_dates(match[4], _NUMBER_OF.get(match[2] or match[3], 0), match[1]))


def _in_numbers(text: str) -> Iterator[tuple[int, int, tuple[date, ...]]]:
    at = 0
    while match := _IN_NUMBERS.search(text, at):
        one, two, three = match[1], match[2], match[3]
        readings = ((one, two, three), (three, two, one), (three, one, two))  # year first, day first, month first
        days = tuple({day: None for year, month, day_ in readings for day in _dates(year, int(month), day_)})
        yield *match.span(), days
        at = match.end(1)


def _dates(year: str, month: int, day: str) -> Iterator[date]:
    if len(day) > 2 or len(year) not in (2, 4):
        return
    centuries = ("19", "20") if len(year) == 2 else ("",)
    for century in centuries:
        try:
            yield date(int(century + year), month, int(day))
        except ValueError:
            continue
