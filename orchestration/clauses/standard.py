"""What does the house standard for contracts ask of each clause?

A document of the knowledge base, in Markdown: a heading for each kind of clause, below it the text that the house uses,
and lines that say what a clause of the other side may depart by:

    Also called: fees, remuneration.
    Needed: yes.                          whether a contract has to have it
    Weight: severe.                       how much a departure weighs; else usual
    Limit: days near invoice, at least 30.
    Must say: in writing or by e-mail.
    May not say: unlimited or without limit.
    Not like: The supplier is free to hand the contract on.
    Like: Only with our leave is work given to others.
    Both sides: yes.                      whether what binds or frees one side alone departs

`Not like` and `Like` are sentences of other contracts, one to a line, as many as one has: what reads rather like the
first kind departs. They speak of the supplier and the customer, whatever the parties are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

UNITS: Final = ("days", "months", "percent", "euros")
LINE: Final = re.compile(
    r"^(also called|needed|weight|limit|must say|may not say|not like|like|both sides):\s*(.+?)\.?$", re.IGNORECASE
)
LIMIT: Final = re.compile(
    r"^(?P<unit>days|months|percent|euros)(?: near (?P<near>.+?))?, at (?P<way>least|most) (?P<value>\d+(?:\.\d+)?)$",
    re.IGNORECASE,
)
SEVERE, USUAL = "severe", "usual"


@dataclass(frozen=True, slots=True)
class Limit:
    """`near`: words one of which a sentence has that is meant; none: any sentence is."""

    unit: str
    at_most: bool
    value: float
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What is asked of one kind of clause. `passage`: its number in the knowledge base."""

    passage: int
    kind: str
    text: str
    names: tuple[str, ...] = ()
    needed: bool = False
    weight: str = USUAL
    limits: tuple[Limit, ...] = ()
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[tuple[str, ...], ...] = ()
    unlike: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    both: bool = False


def sections_of(passages: Iterable[tuple[int, str, str]]) -> tuple[Section, ...]:
    """Of (number, headings, text) of each passage; the last heading names the kind of clause.

    A part of the document that is longer than a passage is several passages under one heading: the first one counts.
    """
    parts: dict[str, tuple[int, list[str]]] = {}
    for number, heading, text in passages:
        if heading:
            parts.setdefault(heading, (number, []))[1].append(text)
    return tuple(_section(number, heading, "\n".join(texts)) for heading, (number, texts) in parts.items())


def _section(number: int, heading: str, text: str) -> Section:
    lines = [(line, LINE.match(line.strip())) for line in text.splitlines()]
    plain = " ".join(line for line, found in lines if not found)
    section = Section(number, heading.rpartition("›")[2].strip(), plain.strip())
    for _, found in lines:
        section = section if found is None else _asked(section, found[1].lower(), found[2])
    return section


def _asked(section: Section, name: str, value: str) -> Section:
    match name:
        case "also called":
            return replace(section, names=tuple(one.strip().lower() for one in value.split(",")))
        case "needed":
            return replace(section, needed=value.lower() == "yes")
        case "weight":
            return replace(section, weight=SEVERE if value.lower() == SEVERE else USUAL)
        case "both sides":
            return replace(section, both=value.lower() == "yes")
        case "not like":
            return replace(section, unlike=(*section.unlike, value))
        case "like":
            return replace(section, like=(*section.like, value))
        case "must say":
            return replace(section, must=(*section.must, _either(value)))
        case "may not say":
            return replace(section, must_not=(*section.must_not, _either(value)))
    if (found := LIMIT.match(value)) is None:
        return section
    near = _either(found["near"]) if found["near"] else ()
    one = Limit(found["unit"].lower(), found["way"].lower() == "most", float(found["value"]), near)
    return replace(section, limits=(*section.limits, one))


def _either(value: str) -> tuple[str, ...]:
    return tuple(one.strip().lower() for one in value.split(" or ") if one.strip())
