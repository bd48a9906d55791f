"""Does what the answer names stand in what was given?

The evaluator `grounded`: of the numbers, dates and names in the answer's texts, the share that stands in the input. A
reply that names an amount, a day or a person that nobody gave it is a likely invention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from orchestration.actors.evaluators.evaluator import Evaluator, Parameters, Result, Scored
from orchestration.actors.guardrails.places import texts
from orchestration.privacy.dates import dates_in
from orchestration.privacy.folding import Folded

Json = Any
_NUMBER: Final = re.compile(r"(?<![\w.,-])\d[\d.,']*(?![\w])")
_NAME: Final = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![.!?:\n])\b[^\W\d_]*[A-ZÀ-ÖØ-Þ][^\W\d_]+\b", re.MULTILINE)
_WORD: Final = re.compile(r"[^\W\d_]+")


def score(result: Result, parameters: Parameters) -> Scored | None:
    output, given = _text(result.output, parameters.get("of")), _text(result.given, None)
    if result.output is None or not output.strip():
        return None
    known = {spelling for one in _named(given) for spelling in one} | set(_WORD.findall(given.casefold()))
    named = set(_named(output))
    there = sum(not known.isdisjoint(one) for one in named)
    if not named:
        return Scored(1.0, "it names no number, date or name")
    return Scored(there / len(named), f"{there} of {len(named)} numbers, dates and names stand in what was given")


def _text(value: Json, of: str | None) -> str:
    """All the texts of a value, or the one at a place, and its numbers."""
    if of is not None:
        return dict(texts(value)).get(of, "")
    return "\n".join(_leaves(value))


def _leaves(value: Json) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _named(text: str) -> Iterator[frozenset[str]]:
    """What a text names, each with all that it may mean, in a form in which two spellings of one thing are the same."""
    rest = text
    for start, end, days in dates_in(Folded(text).light):
        if days and rest[start:end].strip():
            yield frozenset(day.isoformat() for day in days)
            rest = rest[:start] + " " * (end - start) + rest[end:]
    yield from (frozenset({_plain(found[0])}) for found in _NUMBER.finditer(rest))
    yield from (frozenset({found[0].casefold()}) for found in _NAME.finditer(rest))


def _plain(number: str) -> str:
    """A number without what separates thousands: 1.234,50 and 1,234.5 are one."""
    digits = number.rstrip(".,'").replace("'", "")
    last = max(digits.rfind("."), digits.rfind(","))
    decimals = len(digits) - last - 1 if last >= 0 else 0
    if last >= 0 and decimals != 3:
        whole = re.sub(r"[.,]", "", digits[:last])
        return str((Decimal(f"{whole}.{digits[last + 1 :]}")).normalize())
    return str(Decimal(re.sub(r"[.,]", "", digits)).normalize())


EVALUATOR: Final = Evaluator(
    "grounded",
    "Which share of its numbers, dates and names stands in what was given.",
    score,
    parameters={
        "anyOf": [
            {"type": "null"},
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"of": {"type": "string", "pattern": "^/"}},
            },
        ]
    },
)
