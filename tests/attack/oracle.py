"""Does any answer tell two cases apart by what is masked in them?

Twins are cases that differ in nothing but values which the asker does not see, and whose masks are the same; two of
them are of one customer. Whoever guesses at these values, whole, in parts, as a filter, as an order, by page or by API,
has to find all or none, in the order in which they stand unasked, after the same work: neither a value, nor that two
cases have the same one, may be told by an answer or by how long it takes.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from statistics import median
from time import process_time
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework.intake.services import Opened, case_open
from tests.attack.within import within

TWINS: Final = {
    "TWINONE": {"name": "Mirabel Tollander", "email": "mirabel@tollander.com", "phone": "+49 30 71829 342",
                "iban": "DE02120300000000202051", "card": "4539578763621486"},
    "TWINTWO": {"name": "Marietta Tremain", "email": "marietta@tremain.com", "phone": "+49 89 55310 842",
                "iban": "DE75512108001245122051", "card": "4716258050951486"},
}  # fmt: skip
TWINS["TWINSAME"] = TWINS["TWINONE"]
PAGES: Final = ("/", "/cases/", "/deadlines/", "/api/cases/", "/api/tasks/")
SEARCHES: Final = ("/search/", "/api/search/")
REPEATED: Final = ("/api/search/", {"q": TWINS["TWINONE"]["phone"]})
"""A value of several words, which a text of the case repeats."""
_NAMED: Final = re.compile("|".join(TWINS))


def twins() -> None:
    """Three complaints that say the same, of two customers."""
    for reference, customer in TWINS.items():
        data = {
            "channel": "web",
            "message": f"I am {customer['name']}, call {customer['phone']}.",
            "customer": customer,
        }
        opened = case_open(by=None, case_type="complaint", reference=reference, source="oracle", data=data)
        assert isinstance(opened, Opened), opened


@dataclass(frozen=True)
class Answers:
    """`named`: in how many answers the twins were; `apart`: the questions whose answer told one from the other."""

    asked: int
    named: int
    apart: frozenset[str]


@dataclass(frozen=True)
class Work:
    """`apart`: questions after which right guesses asked the database otherwise than wrong ones; `ratio`: how much of
    the CPU right ones took beside wrong ones (medians)."""

    asked: int
    apart: frozenset[str]
    ratio: float


def told_apart(asker: User, many: int, seconds: float = inf) -> Answers:
    """What is told by the answers to so many questions, as far as these seconds reach."""
    browser, count, named, found = Client(), 0, 0, set[str]()
    browser.force_login(asker)
    usual = {page: _order(browser, page) for page in (*PAGES, *SEARCHES)}
    for page, asked in within(seconds, questions(random.Random(1), many)):
        cache.clear()
        count += 1
        order = _order(browser, f"{page}?{urlencode(asked)}")
        named += bool(order)
        some, all_otherwise = 0 < len(order) < len(TWINS), len(order) == len(TWINS) and usual[page]
        if some or (all_otherwise and order != usual[page]):
            found.add(f"{page} {asked}")
    return Answers(count, named, frozenset(found))


def questions(chance: random.Random, many: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Guesses at the values of one twin."""
    for _ in range(many):
        field, value = chance.choice(list(TWINS[chance.choice(list(TWINS))].items()))
        guess = _part(chance, value)
        path = f"customer.{field}"
        kinds: list[tuple[tuple[str, ...], dict[str, str]]] = [
            (SEARCHES, {"q": guess}), (PAGES, {"q": guess}), (PAGES, {"reference": guess}), (PAGES, {"tag": guess}),
            (PAGES, {f"{chance.choice(('is', 'begins', 'from', 'to'))}.{path}": guess}),
            (PAGES, {"sort": chance.choice(("", "-")) + path}), (PAGES, {"group": path}), (PAGES, {"columns": path}),
        ]  # fmt: skip
        pages, asked = chance.choice(kinds)
        yield chance.choice(pages), asked


def _part(chance: random.Random, value: str) -> str:
    begin = chance.choice((0, 0, chance.randrange(len(value) - 3)))
    part = value[begin : chance.choice((len(value), begin + chance.randrange(3, 12)))]
    return chance.choice((part, part.upper(), part.replace(" ", ""), f'"{part}"', f"{part}*"))


def _order(browser: Client, address: str) -> tuple[str, ...]:
    """The twins as the answer names them, each where it comes first."""
    answer: Any = browser.get(address, follow=True)
    return tuple(dict.fromkeys(_NAMED.findall(answer.content.decode())))


def work_of(asker: User, many: int, seconds: float = inf) -> Work:
    """What so many right guesses cost, as far as these seconds reach, beside as many wrong ones."""
    browser, apart = Client(), set[str]()
    browser.force_login(asker)
    took: tuple[list[float], list[float]] = ([], [])
    for page, asked in within(seconds, (REPEATED, *questions(random.Random(1), many - 1))):
        wrong = {name: "".join(map(_other, value)) if name not in _NAMES else value for name, value in asked.items()}
        addresses = [f"{page}?{urlencode(each)}" for each in (asked, wrong)]
        counts = [_timed(browser, address, times) for address, times in zip(addresses, took, strict=True)]
        if counts[0] != counts[1] and _apart_again(browser, addresses):
            apart.add(f"{page} {asked}")
    return Work(len(took[0]), frozenset(apart), median(took[0]) / median(took[1]))


def _apart_again(browser: Client, addresses: list[str]) -> bool:
    """Whether they do so the next time, too: that somebody is there is written once in a while, by one of the two."""
    counts = [_timed(browser, address, []) for address in addresses]
    return counts[0] != counts[1]


_NAMES: Final = frozenset({"sort", "group", "columns"})
"""Of parts of a question that name a field, and no value."""


def _other(character: str) -> str:
    """Of the same kind: a guess as long, that is wrong."""
    if character.isdigit():
        return str((int(character) + 5) % 10)
    return chr((ord(character.lower()) - 84) % 26 + 97) if character.isascii() and character.isalpha() else character


def _timed(browser: Client, address: str, times: list[float]) -> int:
    """How many statements an answer takes."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        began = process_time()
        browser.get(address, follow=True)
        times.append(process_time() - began)
    return len(asked)
